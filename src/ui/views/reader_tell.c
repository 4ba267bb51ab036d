/*
 * The Reader in words: a sentence, a heading or a caption is a line and says what it is. What a
 * paragraph mentions has numbers, in the order in which it is mentioned.
 */
#include "reader.h"

#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

/* The lines of the paragraph that the cursor is in: what f, p and links look at, as at a screen. */
static void paragraph_lines(const struct reader *r, size_t *first, size_t *behind)
{
    size_t at = reader_cursor(r);

    for (*first = at; *first > 0 && r->lines.items[*first - 1].block == r->lines.items[at].block;)
        --*first;
    for (*behind = at;
         *behind < r->lines.len && r->lines.items[*behind].block == r->lines.items[at].block;)
        ++*behind;
}

void reader_lines_told(struct view *view, struct view_lines *lines)
{
    struct reader *r = view->state;
    size_t first, behind;

    if (!r->text || r->lines.len == 0)
        return;
    reader_wrap_again(view, READER_SENTENCES);
    if (r->panel == PANEL_OUTLINE || r->panel == PANEL_HIGHLIGHTS) {
        listview_lines(&r->list, lines);
        lines->list = r->panel == PANEL_OUTLINE ? "Outline" : "Highlights";
        return;
    }
    paragraph_lines(r, &first, &behind);
    lines->body = true;
    lines->opened = r->sel.on || r->panel == PANEL_PEEK;
    r->top = (int)first;
    r->height = r->text_height = (int)(behind - first);
    lines->count = (int)r->lines.len;
    lines->cursor = (int)reader_cursor(r);
    lines->together = r->by_paragraph ? (int)(behind - reader_cursor(r)) : 1;
}

/* ---- one line ---- */

static const char *figure_name(const struct document *doc, size_t block)
{
    static const char *const names[] = { "figure", "table", "algorithm" };
    size_t i;

    for (i = 0; i < doc->figure_count; i++)
        if (doc->figures[i].caption == block)
            return names[doc->figures[i].kind];
    return "";
}

static void add_kind(struct str *out, const struct document *doc, size_t block)
{
    const struct document_block *b = &doc->blocks[block];
    const char *figure;

    switch (b->kind) {
    case BLOCK_HEADING:
        str_printf(out, "heading level %u: ", b->level ? b->level : 1);
        break;
    case BLOCK_CAPTION:
        figure = figure_name(doc, block);
        str_printf(out, "caption%s%s: ", *figure ? " of a " : "", figure);
        break;
    case BLOCK_PARAGRAPH:
        break;
    case BLOCK_FIGURE:
        str_add(out, "in a figure or table: ");
        break;
    default:
        str_printf(out, "%s: ", block_kind_name(b->kind));
    }
}

/* Is this highlight on the line? */
static bool is_on(const struct reader_highlight *item, const struct reader_line *line)
{
    return item->found != ANCHOR_LOST && item->start < line->end && item->end > line->start;
}

/* The words, and how they are marked: that they are before them, once, the notes behind. */
static void add_marked(struct str *out, const struct reader *r, const struct reader_line *line)
{
    size_t i;

    for (i = 0; i < r->highlight_count && !is_on(&r->highlights[i], line); i++)
        ;
    str_add(out, i < r->highlight_count ? "highlighted: " : "");
    str_add_mem(out, r->text->doc->text + line->start, line->end - line->start);
    for (; i < r->highlight_count; i++)
        if (is_on(&r->highlights[i], line))
            text_note(out, r->highlights[i].row.note);
}

static void outline_line(const struct reader *r, int at, struct str *out)
{
    struct outline_entry entry = outline_at(r->text->doc, (size_t)at);

    str_printf(out, "level %u: %s", entry.level, entry.title);
    if (entry.page != DOCUMENT_NONE && r->text->doc->page_count > 1)
        str_printf(out, ", page %u", entry.page + 1);
}

static void highlight_line(const struct reader *r, int at, struct str *out)
{
    const struct reader_highlight *item = &r->highlights[at];

    if (item->found == ANCHOR_LOST)
        str_add(out, "lost: ");
    str_printf(out, "page %u: ", item->row.page + 1);
    utf8_squeeze(out, item->row.anchor.quote, strlen(item->row.anchor.quote));
    text_note(out, item->row.note);
}

bool reader_line_told(struct view *view, int at, struct str *out)
{
    const struct reader *r = view->state;
    const struct document *doc = r->text->doc;
    const struct reader_line *line;

    if (r->panel == PANEL_OUTLINE) {
        outline_line(r, at, out);
        return true;
    }
    if (r->panel == PANEL_HIGHLIGHTS) {
        highlight_line(r, at, out);
        return true;
    }
    if ((size_t)at >= r->lines.len)
        return false;
    line = &r->lines.items[at];
    if (line->start <= doc->blocks[line->block].start)
        add_kind(out, doc, line->block);
    add_marked(out, r, line);
    return true;
}

/* What is peeked at, or how far a selection goes. */
void reader_detail(struct view *view, struct str *out)
{
    struct reader *r = view->state;
    struct view_lines lines = { 0 };
    struct reader_span span;
    int i;

    if (!r->text || r->lines.len == 0)
        return;
    if (r->sel.on) {
        span = reader_selected(r);
        str_add(out, "selected: ");
        str_add_mem(out, r->text->doc->text + span.start, span.end - span.start);
    }
    if (r->panel != PANEL_PEEK)
        return;
    str_printf(out, "%s: ", r->peek_title);
    textview_lines(&r->peek, &lines);
    for (i = 0; i < lines.count; i++) {
        str_add(out, i ? " " : "");
        textview_line(&r->peek, i, out);
    }
}

/* ---- what a paragraph mentions ---- */

static void links_list(struct view *view, size_t first, size_t behind)
{
    const struct reader *r = view->state;
    struct str text = STR_INIT;
    size_t i;

    for (i = first; i < behind; i++) {
        const struct reader_mention *mention = &r->text->mentions.items[i];
        const struct reader_here *here = reader_here(r->text, mention);

        str_printf(&text, "%s%zu: %.*s", i > first ? "; " : "", i - first + 1,
                   (int)(mention->end - mention->start), r->text->doc->text + mention->start);
        if (here && here->key)
            str_printf(&text, ", %s here", here->repository ? "a repository" : "a paper");
    }
    desk_say(view->desk, STYLE_NORMAL, "%s", text.len ? text.ptr : "nothing is mentioned here");
    str_free(&text);
}

bool reader_link_command(struct view *view, int argc, char **argv)
{
    struct reader *r = view->state;
    size_t first, behind;
    long number;

    if (strcmp(argv[0], "links") != 0 && strcmp(argv[0], "link") != 0)
        return false;
    reader_mentions_shown(r, &first, &behind);
    if (argc < 2)
        links_list(view, first, behind);
    else if (!str_to_long(argv[1], 1, (long)(behind - first), &number))
        desk_say(view->desk, STYLE_WARN, "link takes a number; links tells the %zu that are here",
                 behind - first);
    else
        reader_choose(view, first + (size_t)number - 1);
    return true;
}
