/*
 * Selecting in a document: a sentence (v) or a line (V), and on from there by words, sentences,
 * paragraphs and lines. The selection reaches from the unit it began with to the one it is at. A
 * sentence that nothing was added to becomes its first word, or the one that was found, when one
 * goes on by words.
 */
#include "reader.h"

#include <stdlib.h>
#include <string.h>

struct reader_span reader_selected(const struct reader *r)
{
    const struct reader_span *a = &r->sel.anchor, *b = &r->sel.head;

    return (struct reader_span){ .start = a->start < b->start ? a->start : b->start,
                                 .end = a->end > b->end ? a->end : b->end };
}

static struct reader_span line_span(const struct reader *r, size_t line)
{
    return (struct reader_span){ r->lines.items[line].start, r->lines.items[line].end };
}

/* Of text that is read: behind it there is none. */
static bool span_is_text(const struct reader *r, struct reader_span span)
{
    return span.end > span.start && span.end <= r->text->doc->reading_len;
}

static struct reader_span sentence_beside(const struct reader *r, struct reader_span from, int step)
{
    const struct document *doc = r->text->doc;
    size_t block = reader_block_of(doc, from.start);
    uint32_t at;

    if (step > 0) {
        at = from.end;
        while (at < doc->blocks[block].end && strchr(" \n", doc->text[at]))
            at++;
        if (at >= doc->blocks[block].end)
            at = block + 1 < doc->block_count ? doc->blocks[block + 1].start : from.start;
    } else if (from.start > doc->blocks[block].start) {
        at = from.start - 1;
        while (at > doc->blocks[block].start && strchr(" \n", doc->text[at]))
            at--;
    } else {
        at = block > 0 && doc->blocks[block - 1].end > 0 ? doc->blocks[block - 1].end - 1
                                                         : from.start;
    }
    return reader_sentence(doc, at);
}

static struct reader_span paragraph_beside(const struct reader *r, struct reader_span from,
                                           int step)
{
    const struct document *doc = r->text->doc;
    size_t block = reader_block_of(doc, step > 0 ? from.end - 1 : from.start);

    if (step < 0 && from.start == doc->blocks[block].start && block > 0)
        block--;
    else if (step > 0 && from.end >= doc->blocks[block].end && block + 1 < doc->block_count)
        block++;
    return (struct reader_span){ doc->blocks[block].start, doc->blocks[block].end };
}

static struct reader_span line_beside(const struct reader *r, struct reader_span from, int step)
{
    size_t line = reader_line_of(&r->lines, step > 0 ? from.end - 1 : from.start);

    do {
        if ((step < 0 && line == 0) || (step > 0 && line + 1 >= r->lines.len))
            return from;
        line = step > 0 ? line + 1 : line - 1;
    } while (r->lines.items[line].start == r->lines.items[line].end);
    return line_span(r, line);
}

static struct reader_span word_beside(const struct reader *r, struct reader_span from, int step)
{
    return step > 0 ? reader_word_behind(r->text->doc, from.end)
                    : reader_word_before(r->text->doc, from.start);
}

/* The end or the beginning of the line: a place between words. */
static struct reader_span line_edge(const struct reader *r, struct reader_span from, int step)
{
    struct reader_span line =
        line_span(r, reader_line_of(&r->lines, from.end > from.start ? from.end - 1 : from.end));
    uint32_t at = step > 0 ? line.end : line.start;

    return (struct reader_span){ at, at };
}

/* What was found in this stretch; else its beginning. */
static uint32_t found_in(const struct reader *r, struct reader_span span)
{
    uint32_t at = r->match < r->matches.len ? r->matches.items[r->match].start : span.start;

    return at >= span.start && at < span.end ? at : span.start;
}

/* The sentence of what was found on the cursor's line; else the first that begins there, not the
 * end of the one before. */
static struct reader_span sentence_here(const struct reader *r)
{
    struct reader_span line = line_span(r, reader_cursor(r));
    struct reader_span unit = reader_sentence(r->text->doc, r->at);

    if (r->match < r->matches.len && r->matches.items[r->match].start >= line.start
        && r->matches.items[r->match].start < line.end)
        return reader_sentence(r->text->doc, r->matches.items[r->match].start);
    if (unit.start < r->at && unit.end < line.end) {
        struct reader_span next = sentence_beside(r, unit, 1);

        if (next.start < line.end)
            unit = next;
    }
    return unit;
}

static void select_start(struct view *view, bool lines)
{
    struct reader *r = view->state;
    struct reader_span unit = lines ? line_span(r, reader_cursor(r)) : sentence_here(r);

    if (!span_is_text(r, unit))
        return;
    r->sel.on = true;
    r->sel.fresh = !lines;
    r->sel.anchor = r->sel.head = unit;
    desk_say(view->desk, STYLE_NORMAL,
             "w b words  ) } j further  0 $ line  o other end  H highlight  a with note  y copy");
}

static struct reader_span unit_beside(const struct reader *r, struct reader_span from,
                                      const char *unit, int step)
{
    return strcmp(unit, "sentence") == 0    ? sentence_beside(r, from, step)
           : strcmp(unit, "paragraph") == 0 ? paragraph_beside(r, from, step)
           : strcmp(unit, "word") == 0      ? word_beside(r, from, step)
           : strcmp(unit, "edge") == 0      ? line_edge(r, from, step)
                                            : line_beside(r, from, step);
}

/* From the sentence to its words. True: going to the first one is done by that. */
static bool narrow(struct reader *r, const char *unit, int step)
{
    struct reader_span all = r->sel.head;
    bool words = strcmp(unit, "word") == 0;

    if (!r->sel.fresh || (!words && strcmp(unit, "edge") != 0))
        return false;
    r->sel.anchor = reader_word_behind(r->text->doc, found_in(r, all));
    r->sel.head = words && step < 0 ? reader_word_before(r->text->doc, all.end) : r->sel.anchor;
    return words && step > 0;
}

/* The end that stood still is the one that moves now. */
static void other_end(struct reader *r)
{
    struct reader_span all = r->sel.head, moved = r->sel.head;

    if (r->sel.fresh) {
        r->sel.anchor =
            (struct reader_span){ reader_word_before(r->text->doc, all.end).start, all.end };
        r->sel.head = reader_word_behind(r->text->doc, all.start);
        r->sel.fresh = false;
    } else {
        r->sel.head = r->sel.anchor;
        r->sel.anchor = moved;
    }
    reader_go(r, r->sel.head.start);
    reader_keep_margin(r);
}

/* With a selection its end moves, without one the cursor does. */
static void walk(struct reader *r, const char *unit, int step, int times)
{
    struct reader_span from;

    if (r->sel.on && narrow(r, unit, step))
        times--;
    r->sel.fresh = false;
    from = r->sel.on                                    ? r->sel.head
           : step > 0 && strcmp(unit, "paragraph") == 0 ? reader_paragraph(r->text->doc, r->at)
                                                        : reader_sentence(r->text->doc, r->at);
    while (times-- > 0) {
        struct reader_span to = unit_beside(r, from, unit, step);

        if (!span_is_text(r, to) && strcmp(unit, "edge") != 0)
            break;
        from = to;
    }
    if (r->sel.on)
        r->sel.head = from;
    reader_go(r, from.start);
    reader_keep_margin(r);
}

static void yank(struct view *view)
{
    struct reader *r = view->state;
    struct reader_span span = reader_selected(r);
    char *text, *what;
    size_t words;

    if (!r->sel.on) {
        desk_copy(view->desk, false);
        return;
    }
    text = mem_strndup(r->text->doc->text + span.start, span.end - span.start);
    words = reader_words(r->text->doc, span);
    what = mem_printf("%zu word%s", words, words == 1 ? "" : "s");
    desk_copy_text(view->desk, text, what);
    free(what);
    r->sel.on = false;
    free(text);
}

bool reader_select_command(struct view *view, int argc, char **argv)
{
    static const struct {
        const char *name, *unit;
        int step;
        bool selecting; /* only then is it ours */
    } walks[] = { { "next-sentence", "sentence", 1, false },
                  { "prev-sentence", "sentence", -1, false },
                  { "next-paragraph", "paragraph", 1, false },
                  { "prev-paragraph", "paragraph", -1, false },
                  { "next-word", "word", 1, true },
                  { "prev-word", "word", -1, true },
                  { "line-end", "edge", 1, true },
                  { "line-start", "edge", -1, true },
                  { "down", "line", 1, true },
                  { "up", "line", -1, true } };
    struct reader *r = view->state;
    int times = argc > 1 && atoi(argv[1]) > 0 ? atoi(argv[1]) : 1;
    size_t i;

    for (i = 0; i < ARRAY_LEN(walks); i++) {
        if (strcmp(argv[0], walks[i].name) == 0 && (r->sel.on || !walks[i].selecting)) {
            walk(r, walks[i].unit, walks[i].step, times);
            r->by_paragraph = !r->sel.on && strcmp(walks[i].unit, "paragraph") == 0;
            return true;
        }
    }
    if (strcmp(argv[0], "select-sentence") == 0 || strcmp(argv[0], "select-line") == 0) {
        if (r->sel.on)
            r->sel.on = false;
        else
            select_start(view, argv[0][7] == 'l');
    } else if (strcmp(argv[0], "other-end") == 0 && r->sel.on) {
        other_end(r);
    } else if (strcmp(argv[0], "yank") == 0) {
        yank(view);
    } else {
        return false;
    }
    return true;
}
