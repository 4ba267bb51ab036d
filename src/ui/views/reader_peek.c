/*
 * Peeking: what is mentioned, shown beside the sentence that mentions it; and following it there.
 */
#include "reader.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_LINES 40
#define BEGINNING 600 /* bytes of a section that are shown */

static char *mention_text(const struct reader *r, const struct reader_mention *mention)
{
    char *text = mem_strndup(r->text->doc->text + mention->start, mention->end - mention->start),
         *at;

    for (at = text; *at; at++)
        if (*at == '\n')
            *at = ' ';
    return text;
}

static void add_stretch(struct textview *out, enum style style, int indent,
                        const struct document *doc, uint32_t start, uint32_t end)
{
    textview_add(out, style, indent, "%.*s", (int)(end - start), doc->text + start);
}

/* ---- what is shown ---- */

static void peek_record(struct textview *out, const struct reader_text *text, uint32_t reference)
{
    const struct work_row *row = reference < text->cited_count ? &text->cited[reference] : NULL;
    struct str title = STR_INIT;

    if (!row || !row->id) {
        textview_add(out, STYLE_DIM, 0, "Not in the library.");
        return;
    }
    text_from_latex(&title, row->title);
    textview_add(out, STYLE_ACCENT, 2, "%s  %s", row->key, title.ptr);
    textview_add(out, STYLE_DIM, 2, "In the library, %s%s. Enter opens it.",
                 read_state_name(row->state), row->starred ? ", starred" : "");
    str_free(&title);
}

static void peek_references(struct textview *out, const struct reader_text *text,
                            const struct reader_mention *mention)
{
    const struct document *doc = text->doc;
    size_t i;

    for (i = mention->target; i < doc->citation_count && doc->citations[i].start == mention->start;
         i++) {
        uint32_t index = doc->citations[i].reference;

        if (index >= doc->reference_count)
            continue;
        add_stretch(out, STYLE_NORMAL, 2, doc, doc->references[index].start,
                    doc->references[index].end);
        peek_record(out, text, index);
        textview_blank(out);
    }
}

static bool inside(const struct document_box *inner, const struct document_box *outer)
{
    float x = (inner->x0 + inner->x1) / 2, y = (inner->y0 + inner->y1) / 2;

    return x >= outer->x0 && x <= outer->x1 && y >= outer->y0 && y <= outer->y1;
}

/* The words in its box: cells of a table, labels of a drawing. */
static void peek_figure(struct textview *out, const struct document *doc, uint32_t index)
{
    const struct document_figure *figure = &doc->figures[index];
    const struct document_block *caption = &doc->blocks[figure->caption];
    size_t i, lines = 0;

    add_stretch(out, STYLE_NORMAL, 0, doc, caption->start, caption->end);
    textview_add(out, STYLE_DIM, 0, "Page %u. Enter goes there.%s", figure->page + 1,
                 doc->format == FORMAT_PDF && figure->box.x1 <= figure->box.x0
                     ? " No picture of it was found; gp shows the page."
                     : "");
    for (i = 0; i < doc->line_count && lines < TABLE_LINES && figure->box.x1 > figure->box.x0;
         i++) {
        const struct document_line *line = &doc->lines[i];

        if (line->page != figure->page || !inside(&line->box, &figure->box)
            || (line->start >= caption->start && line->start < caption->end))
            continue;
        if (lines++ == 0)
            textview_blank(out);
        add_stretch(out, STYLE_NORMAL, 2, doc, line->start, line->end);
    }
}

static void peek_section(struct textview *out, const struct document *doc, uint32_t index)
{
    const struct document_section *section = &doc->sections[index];
    uint32_t start = section->start, end;
    size_t block = reader_block_of(doc, start);

    if (block + 1 < doc->block_count)
        start = doc->blocks[block + 1].start;
    end =
        section->end - start > BEGINNING && section->end > start ? start + BEGINNING : section->end;
    textview_add(out, STYLE_HEADING, 0, "%s", section->title);
    textview_add(out, STYLE_DIM, 0, "Page %u. Enter goes there.", section->page + 1);
    while (end > start && end < section->end && !strchr(" \n", doc->text[end]))
        end--;
    if (end > start)
        textview_add(out, STYLE_NORMAL, 0, "%.*s%s", (int)(end - start), doc->text + start,
                     end < section->end ? " …" : "");
}

static void peek_equation(struct textview *out, const struct document *doc, uint32_t index)
{
    const struct document_block *block = &doc->blocks[index];

    add_stretch(out, STYLE_NORMAL, 2, doc, block->start, block->end);
    textview_add(out, STYLE_DIM, 0, "Page %u. Enter goes there.", block->page + 1);
}

/* title NULL: the mention's own words. */
static void peek_compose(struct reader *r, const struct reader_mention *mention, const char *title)
{
    struct textview *out = &r->peek;
    char *name = title ? mem_strdup(title) : mention_text(r, mention);

    textview_clear(out);
    out->top = 0;
    r->peeked = *mention;
    if (mention->kind == MENTION_ADDRESS)
        reader_address_peek(out, r->text, mention);
    else if (mention->target == DOCUMENT_NONE)
        textview_add(out, STYLE_DIM, 0, "%s was not found in this document.", name);
    else if (mention->kind == MENTION_REFERENCE)
        peek_references(out, r->text, mention);
    else if (mention->kind == MENTION_FIGURE)
        peek_figure(out, r->text->doc, mention->target);
    else if (mention->kind == MENTION_SECTION)
        peek_section(out, r->text->doc, mention->target);
    else
        peek_equation(out, r->text->doc, mention->target);
    free(r->peek_title);
    r->peek_title = name;
    r->panel = PANEL_PEEK;
}

/* ---- which mention ---- */

const struct reader_mention *reader_mention_at(const struct reader *r)
{
    return r->mention < r->text->mentions.len ? &r->text->mentions.items[r->mention] : NULL;
}

static uint32_t screen_end(const struct reader *r)
{
    size_t last = (size_t)(r->top + r->text_height);

    return last < r->lines.len ? r->lines.items[last].start : r->text->doc->reading_len;
}

static bool on_screen(const struct reader *r, const struct reader_mention *mention)
{
    return mention && r->top < (int)r->lines.len && mention->end > r->lines.items[r->top].start
           && mention->start < screen_end(r);
}

static void say_mention(struct view *view, const struct reader_mention *mention)
{
    struct reader *r = view->state;
    char *text = mention_text(r, mention);

    desk_say(view->desk, STYLE_NORMAL, "%s  %s", text,
             mention->kind == MENTION_ADDRESS && !reader_here(r->text, mention)
                 ? "o opens it"
                 : "p shows it, Enter goes there");
    free(text);
}

void reader_mentions_shown(const struct reader *r, size_t *first, size_t *last)
{
    const struct reader_mentions *all = &r->text->mentions;

    *first = *last = reader_mention_behind(all, r->lines.items[r->top].start);
    while (*last < all->len && all->items[*last].start < screen_end(r))
        ++*last;
}

void reader_choose(struct view *view, size_t mention)
{
    struct reader *r = view->state;
    const struct reader_mention *chosen = &r->text->mentions.items[mention];

    r->mention = mention;
    reader_go(r, chosen->start);
    say_mention(view, chosen);
    if (r->panel == PANEL_PEEK)
        peek_compose(r, chosen, NULL);
}

/* The next ones on the screen, or those before; behind the last comes the first. */
static void choose(struct view *view, int steps)
{
    struct reader *r = view->state;
    const struct reader_mentions *all = &r->text->mentions;
    const struct reader_mention *now = reader_mention_at(r);
    size_t first, last, count, by;

    reader_mentions_shown(r, &first, &last);
    if (first == last) {
        desk_refuse(view->desk, "nothing %s that could be shown or followed",
                    view->desk->told ? "in this paragraph" : "on this screen");
        return;
    }
    count = last - first;
    by = (size_t)(steps < 0 ? -steps : steps) % count;
    if (!on_screen(r, now)) { /* the first step is to the one at the cursor, or the last */
        size_t here = reader_mention_behind(all, r->at);

        r->mention = steps > 0 ? (here < last ? here : first) : last - 1;
        by = (by + count - 1) % count;
    }
    reader_choose(view, first + (r->mention - first + (steps > 0 ? by : count - by)) % count);
    reader_hints_show(view);
}

/* The chosen one, or else the first from the cursor's line on that is on the screen. */
static const struct reader_mention *mention_at_hand(struct view *view)
{
    struct reader *r = view->state;
    const struct reader_mention *mention = reader_mention_at(r);

    if (on_screen(r, mention))
        return mention;
    r->mention = reader_mention_behind(&r->text->mentions, r->at);
    mention = reader_mention_at(r);
    if (on_screen(r, mention))
        return mention;
    r->mention = SIZE_MAX;
    return NULL;
}

/* The figure whose caption the block is, or in whose place it stands; DOCUMENT_NONE. */
static uint32_t figure_of(const struct document *doc, size_t block)
{
    size_t i;

    for (i = 0; i < doc->figure_count; i++)
        if (doc->figures[i].caption == block
            || (doc->blocks[block].kind == BLOCK_FIGURE
                && doc->figures[i].page == doc->blocks[block].page
                && inside(&doc->blocks[block].box, &doc->figures[i].box)))
            return (uint32_t)i;
    return DOCUMENT_NONE;
}

/* What the cursor stands in, when that is read better as it was printed. */
static bool stands_in(const struct reader *r, struct reader_mention *out)
{
    const struct document *doc = r->text->doc;
    size_t block = r->lines.items[reader_cursor(r)].block;
    uint32_t figure = figure_of(doc, block);

    *out = (struct reader_mention){ .start = doc->blocks[block].start,
                                    .end = doc->blocks[block].end,
                                    .kind =
                                        figure == DOCUMENT_NONE ? MENTION_EQUATION : MENTION_FIGURE,
                                    .target = figure == DOCUMENT_NONE ? (uint32_t)block : figure };
    return figure != DOCUMENT_NONE || doc->blocks[block].kind == BLOCK_EQUATION
           || doc->blocks[block].kind == BLOCK_FIGURE;
}

static const char *standing_name(const struct document *doc, const struct reader_mention *mention)
{
    const char *label =
        mention->kind == MENTION_FIGURE ? doc->figures[mention->target].label : NULL;

    return label ? label : "as printed";
}

/* What is chosen on the cursor's line, else what the cursor stands in, else what is mentioned from
 * there on. */
static void peek(struct view *view)
{
    struct reader *r = view->state;
    const struct reader_mention *mention = reader_mention_at(r);
    struct reader_mention own;
    const char *title = NULL;

    if (mention && reader_line_of(&r->lines, mention->start) == reader_cursor(r)) {
        ;
    } else if (stands_in(r, &own)) {
        mention = &own;
        title = standing_name(r->text->doc, &own);
    } else {
        mention = mention_at_hand(view);
    }
    if (r->panel == PANEL_PEEK && (!mention || mention->start == r->peeked.start))
        r->panel = PANEL_NONE;
    else if (mention)
        peek_compose(r, mention, title);
    else
        desk_refuse(view->desk,
                    "nothing is mentioned from here to the screen's end; f chooses on all of it");
}

/* ---- following ---- */

static const struct work_row *cited_work(const struct reader *r,
                                         const struct reader_mention *mention)
{
    const struct document *doc = r->text->doc;
    size_t i;

    for (i = mention->target; i < doc->citation_count && doc->citations[i].start == mention->start;
         i++)
        if (doc->citations[i].reference < r->text->cited_count
            && r->text->cited[doc->citations[i].reference].id)
            return &r->text->cited[doc->citations[i].reference];
    return NULL;
}

static void follow_outside(struct view *view)
{
    struct reader *r = view->state;
    const struct reader_mention *mention = reader_mention_at(r);
    struct arena *arena = arena_new();
    char *address = on_screen(r, mention) ? reader_address(r->text, mention, arena) : NULL;

    if (address)
        desk_open_address(view->desk, address);
    else if (on_screen(r, mention) && mention->kind == MENTION_REFERENCE)
        desk_say(view->desk, STYLE_WARN, "this reference names no address");
    else
        desk_open_outside(view->desk); /* the paper's own page */
    arena_free(arena);
}

static uint32_t mention_place(const struct document *doc, const struct reader_mention *mention)
{
    if (mention->target == DOCUMENT_NONE)
        return DOCUMENT_NONE;
    switch (mention->kind) {
    case MENTION_FIGURE:
        return doc->blocks[doc->figures[mention->target].caption].start;
    case MENTION_EQUATION:
        return doc->blocks[mention->target].start;
    case MENTION_SECTION:
        return doc->sections[mention->target].start;
    case MENTION_REFERENCE:
        return doc->citations[mention->target].reference < doc->reference_count
                   ? doc->references[doc->citations[mention->target].reference].start
                   : DOCUMENT_NONE;
    default:
        return DOCUMENT_NONE;
    }
}

/* What is of the library opens there: a reference's paper, a repository; all else is a place in the
 * text, or an address. */
static void follow(struct view *view)
{
    struct reader *r = view->state;
    const struct reader_mention *mention = reader_mention_at(r);
    const struct work_row *work;
    uint32_t place;

    if (!on_screen(r, mention)) {
        desk_refuse(view->desk, "%s",
                    view->desk->told
                        ? "links tells what this paragraph mentions, link N chooses one of it"
                        : "f chooses what is mentioned on this screen");
        return;
    }
    work = mention->kind == MENTION_REFERENCE ? cited_work(r, mention) : NULL;
    place = mention_place(r->text->doc, mention);
    if (work) {
        desk_open(view->desk, &view_paper, work->key);
    } else if (mention->kind == MENTION_ADDRESS) {
        if (!reader_address_open(view, mention))
            follow_outside(view);
    } else if (place == DOCUMENT_NONE) {
        desk_say(view->desk, STYLE_WARN, "that was not found in this document");
    } else {
        reader_jump(r, place);
        r->top = (int)reader_cursor(r) - r->text_height / 3;
    }
}

bool reader_peek_command(struct view *view, int argc, char **argv)
{
    int times = argc > 1 && atoi(argv[1]) > 0 ? atoi(argv[1]) : 1;

    if (strcmp(argv[0], "next-mention") == 0 || strcmp(argv[0], "prev-mention") == 0)
        choose(view, argv[0][0] == 'n' ? times : -times);
    else if (strcmp(argv[0], "peek") == 0)
        peek(view);
    else if (strcmp(argv[0], "open") == 0)
        follow(view);
    else if (strcmp(argv[0], "follow-outside") == 0)
        follow_outside(view);
    else
        return false;
    return true;
}
