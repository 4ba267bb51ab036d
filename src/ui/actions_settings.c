/*
 * Commands of the desk about how it looks, and what may stand behind them.
 */
#include "actions.h"
#include "desk.h"

#include <string.h>

static void do_redraw(struct desk *desk, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (desk->suspend) {
        desk->suspend(desk->face, true);
        desk->suspend(desk->face, false);
    }
}

static void do_mouse(struct desk *desk, int argc, char **argv)
{
    bool on = argc > 1 && strcmp(argv[1], "on") == 0;

    if (argc < 2 || (!on && strcmp(argv[1], "off") != 0))
        desk_say(
            desk, STYLE_WARN,
            "mouse on, or mouse off: then the terminal selects text; with Shift most do anyhow");
    else {
        if (desk->mouse)
            desk->mouse(desk->face, on);
        desk_say(desk, STYLE_NORMAL, "the mouse is %s", on ? "carrel's" : "the terminal's");
    }
}

static void do_pictures(struct desk *desk, int argc, char **argv)
{
    desk_pictures_wish(desk, argc > 1 ? argv[1] : NULL);
}

static void do_theme(struct desk *desk, int argc, char **argv)
{
    desk_theme(desk, argc > 1 ? argv[1] : NULL);
}

static void do_layout(struct desk *desk, int argc, char **argv)
{
    desk_layout(desk, argc > 1 ? argv[1] : NULL);
}

static void do_hints(struct desk *desk, int argc, char **argv)
{
    desk_hints(desk, argc > 1 ? argv[1] : NULL);
}

/* ---- completion of what stands behind them ---- */

struct words_each {
    const char *typed;
    void (*each)(void *ctx, const char *text);
    void *ctx;
};

static void words_offer(void *ctx, const char *text)
{
    struct words_each *words = ctx;

    if (str_starts(text, words->typed))
        words->each(words->ctx, text);
}

bool desk_words_of(const char *name, const char *typed, void (*each)(void *ctx, const char *text),
                   void *ctx)
{
    static const struct {
        const char *name, *words[6];
    } known[] = { { "layout", { "one", "two", "three" } },
                  { "hints", { "on", "off" } },
                  { "mouse", { "on", "off" } },
                  { "theme", { "auto" } },
                  { "pictures", { "auto", "kitty", "sixel", "blocks", "off" } } };
    struct words_each words = { typed, each, ctx };
    size_t i, k;

    for (i = 0; i < ARRAY_LEN(known) && strcmp(known[i].name, name) != 0; i++)
        ;
    if (i == ARRAY_LEN(known))
        return false;
    for (k = 0; k < ARRAY_LEN(known[i].words) && known[i].words[k]; k++)
        words_offer(&words, known[i].words[k]);
    if (strcmp(name, "theme") == 0)
        theme_each(words_offer, &words);
    return true;
}

const struct desk_command desk_settings_commands[] = {
    { "mouse", "on or off (off: the terminal selects text)", do_mouse },
    { "theme", "dark, light, high-contrast, terminal or one of your own", do_theme },
    { "layout", "one, two or three panes; alone: the next", do_layout },
    { "hints", "on or off: the keys on the last line", do_hints },
    { "pictures", "auto, kitty, sixel, blocks or off; alone: the next way", do_pictures },
    { "redraw", "draw the screen anew", do_redraw },
    { 0 },
};
