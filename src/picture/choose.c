/*
 * From what is known of a terminal to how pictures are shown there.
 */
#include "carrel/terminal_pictures.h"

#include "carrel/mem.h"

#include <stdio.h>
#include <string.h>

#define CELL_WIDTH 8 /* pixels, where nobody tells */
#define CELL_HEIGHT 16

bool picture_wish_parse(enum picture_wish *wish, const char *text)
{
    static const char *const names[] = { "auto", "kitty", "sixel", "blocks", "off" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i], text) == 0) {
            *wish = (enum picture_wish)i;
            return true;
        }
    }
    return false;
}

static bool is_dumb(const struct picture_facts *facts)
{
    return str_blank(facts->term) || strcmp(facts->term, "dumb") == 0;
}

/* ---- colours ---- */

static int colors_of(const struct picture_facts *facts)
{
    static const char *const many[] = { "256",       "direct",  "kitty", "ghostty", "foot",
                                        "alacritty", "wezterm", "xterm", "tmux" };
    const char *term = facts->term ? facts->term : "";
    size_t i;

    if (facts->no_color)
        return 0;
    if (facts->colorterm
        && (strcmp(facts->colorterm, "truecolor") == 0 || strcmp(facts->colorterm, "24bit") == 0))
        return PICTURE_TRUE_COLOR;
    if (facts->colors > 0)
        return facts->colors;
    for (i = 0; i < ARRAY_LEN(many); i++)
        if (strstr(term, many[i]))
            return 256;
    return str_starts(term, "vt") ? 0 : 8;
}

/* ---- cells ---- */

static bool is_cell(int width, int height)
{
    return width >= 2 && width <= 200 && height >= 2 && height <= 200;
}

static void choose_cell(struct picture_display *display, const struct picture_facts *facts)
{
    const struct picture_answers *answers = &facts->answers;
    int columns = facts->columns > 0 ? facts->columns : 1;
    int rows = facts->rows > 0 ? facts->rows : 1;
    const int sizes[][2] = { { facts->width / columns, facts->height / rows },
                             { answers->cell_width, answers->cell_height },
                             { answers->width / columns, answers->height / rows },
                             { CELL_WIDTH, CELL_HEIGHT } };
    size_t i = 0;

    while (!is_cell(sizes[i][0], sizes[i][1]))
        i++;
    display->cell_width = sizes[i][0];
    display->cell_height = sizes[i][1];
}

/* ---- kinds ---- */

/* They speak the protocol, but know no placeholders. */
static bool lacks_placeholders(const char *name)
{
    static const char *const names[] = { "WezTerm", "Konsole", "iTerm" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++)
        if (str_istarts(name, names[i]))
            return true;
    return false;
}

/* tmux tells how the terminal around it is called; asking that one through tmux would bring the
 * answer to whatever pane has the keyboard then. */
static bool is_kitty(const struct picture_facts *facts)
{
    if (facts->tmux)
        return strstr(facts->outer, "kitty") || strstr(facts->outer, "ghostty");
    return facts->answers.kitty && !lacks_placeholders(facts->answers.name);
}

/* Whether kitty's protocol gets through; else display->why says what keeps it. */
static bool may_kitty(struct picture_display *display, const struct picture_facts *facts)
{
    if (facts->tmux && !facts->tmux_passes)
        snprintf(display->why, sizeof display->why,
                 "tmux lets no pictures through; to let it: tmux set -g allow-passthrough on");
    else if (facts->colors > 0 && facts->colors < 256) /* ids are colours */
        snprintf(display->why, sizeof display->why,
                 "TERM=%s has only %d colours, and pictures need 256", facts->term, facts->colors);
    return !display->why[0];
}

static enum picture_kind choose_kind(struct picture_display *display,
                                     const struct picture_facts *facts)
{
    bool kitty =
        facts->wish == PICTURES_WANT_KITTY || (facts->wish == PICTURES_AUTO && is_kitty(facts));

    if (kitty && may_kitty(display, facts))
        return PICTURES_KITTY;
    if (facts->wish == PICTURES_WANT_SIXEL
        || (facts->wish != PICTURES_WANT_BLOCKS && facts->answers.sixel))
        return PICTURES_SIXEL;
    return PICTURES_BLOCKS;
}

/* Why nothing can be shown whatever was found; NULL: something can. */
static const char *cannot(const struct picture_facts *facts)
{
    if (facts->wish == PICTURES_WANT_OFF)
        return "pictures are turned off (ui.pictures)";
    if (facts->ascii)
        return "there are no pictures in ASCII (--ascii, or a locale without UTF-8)";
    if (facts->linear)
        return "there are no pictures with --linear";
    if (is_dumb(facts))
        return "this terminal (TERM=dumb) shows no pictures";
    return NULL;
}

void picture_choose(struct picture_display *display, const struct picture_facts *facts)
{
    const char *why = cannot(facts);

    *display = (struct picture_display){ .colors = colors_of(facts), .tmux = facts->tmux };
    choose_cell(display, facts);
    if (!why)
        display->kind = choose_kind(display, facts);
    if (!why && display->colors == 0 && display->kind != PICTURES_SIXEL)
        why = "pictures need colours (NO_COLOR, --color never, or a terminal without)";
    if (why) {
        display->kind = PICTURES_OFF;
        snprintf(display->why, sizeof display->why, "%s", why);
    } else if (display->kind == PICTURES_KITTY && display->colors < 256) {
        display->colors = 256; /* ids are colours; what speaks the protocol has them */
    } else if (display->kind == PICTURES_BLOCKS && display->colors < 256 && !*display->why) {
        snprintf(display->why, sizeof display->why,
                 "this terminal has %d colours: pictures are black and white", display->colors);
    }
}
