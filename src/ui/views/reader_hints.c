/*
 * Letters over what is mentioned on the screen: f shows them, typing one chooses that mention. All
 * labels are of one length, so none is the beginning of another. Any other command takes them away.
 */
#include "reader.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

/* None that goes on among mentions or does something with the chosen one (data/keys, [hints]). */
static const char letters[] = "asdwerucvbmtixz";
#define LETTERS (sizeof letters - 1)

/* Of the i-th of `count`; "" when there are more than labels. */
static void label_of(char label[3], size_t i, size_t count)
{
    memset(label, 0, 3);
    if (count <= LETTERS) {
        label[0] = letters[i];
    } else if (i < LETTERS * LETTERS) {
        label[0] = letters[i / LETTERS];
        label[1] = letters[i % LETTERS];
    }
}

void reader_hints_show(struct view *view)
{
    struct reader *r = view->state;
    size_t first, last;

    reader_mentions_shown(r, &first, &last);
    r->hints.on = last - first > 1 && !view->desk->app->linear; /* spoken, they say nothing */
    r->hints.typed = '\0';
}

static void take_letter(struct view *view, char letter)
{
    struct reader *r = view->state;
    size_t first, last, i;
    char label[3];
    bool begins = false;

    reader_mentions_shown(r, &first, &last);
    for (i = first; i < last; i++) {
        label_of(label, i - first, last - first);
        if (r->hints.typed ? label[0] == r->hints.typed && label[1] == letter
                           : label[0] == letter && !label[1])
            break;
        begins |= !r->hints.typed && label[0] == letter;
    }
    if (i < last) {
        r->hints.on = false;
        reader_choose(view, i);
    } else if (begins) {
        r->hints.typed = letter;
    } else {
        r->hints.on = false;
        desk_refuse(view->desk, "no mention has the letter%s %.1s%c", r->hints.typed ? "s" : "",
                    &r->hints.typed, letter);
    }
}

bool reader_hint_command(struct view *view, int argc, char **argv)
{
    struct reader *r = view->state;

    if (strcmp(argv[0], "hint") == 0) {
        if (r->hints.on && argc > 1)
            take_letter(view, argv[1][0]);
        return true;
    }
    if (strcmp(argv[0], "next-mention") != 0 && strcmp(argv[0], "prev-mention") != 0)
        r->hints.on = false;
    return false;
}

void reader_hints_draw(const struct reader *r, struct canvas *canvas,
                       const struct reader_line *line, int x, int y)
{
    const char *text = r->text->doc->text;
    size_t first, last, i;
    char label[3];

    if (!r->hints.on)
        return;
    reader_mentions_shown(r, &first, &last);
    for (i = first; i < last; i++) {
        uint32_t start = r->text->mentions.items[i].start;
        char *before;

        label_of(label, i - first, last - first);
        if (start < line->start || start >= line->end
            || (r->hints.typed && label[0] != r->hints.typed))
            continue;
        before = mem_strndup(text + line->start, start - line->start);
        canvas_text(canvas, x + text_width(before), y, 2, STYLE_MATCH, label);
        free(before);
    }
}

void reader_hints_data(const struct reader *r, struct jsonw *w)
{
    const struct reader_mention *items = r->text->mentions.items;
    size_t first, last, i;
    char label[3];

    if (!r->hints.on)
        return;
    reader_mentions_shown(r, &first, &last);
    jsonw_key(w, "hints");
    jsonw_object(w);
    for (i = first; i < last; i++) {
        char *words =
            mem_strndup(r->text->doc->text + items[i].start, items[i].end - items[i].start);

        label_of(label, i - first, last - first);
        if (*label)
            jsonw_key_string(w, label, words);
        free(words);
    }
    jsonw_end(w);
}
