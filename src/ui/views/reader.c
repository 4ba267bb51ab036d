/*
 * The Reader: a document as flowing text, with its outline, search and the way back; where one was
 * is kept. Its parts are in reader_*.c, the state they share in reader.h.
 *
 * The argument: an id ("last": what was read last), then perhaps a page, then perhaps a tab and the
 * words where to open it.
 */
#include "reader.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define SAVE_MS 10000 /* the place is written down so often while one reads, and at the end */
#define PAGES_MAX 1000000
#define HEADING_COLUMNS 30 /* of the section, in the status */

static int reader_open(struct view *view, const char *argument, struct error *err)
{
    struct reader *r;
    char *words, *page;
    long number = 0;

    if (!argument || !*argument)
        return error_set(err, ERR_USAGE, "which document? Give the id of its paper");
    words = strchr(view->argument, '\t');
    if (words)
        *words++ = '\0';
    page = strchr(view->argument, ' ');
    if (page)
        *page++ = '\0';
    if (page && !str_to_long(page, 1, PAGES_MAX, &number))
        return error_set(err, ERR_USAGE, "'%s' is no page: reader ID PAGE", page);
    r = mem_zalloc(sizeof *r);
    r->id = mem_strdup(view->argument);
    r->want_page = (uint32_t)number;
    r->want_words = mem_strdup(words);
    r->find_from = r->figure.asked = r->figure.none = DOCUMENT_NONE;
    str_init(&r->pattern);
    str_init(&r->searched);
    str_init(&r->heading);
    str_init(&r->figure.packed);
    view->state = r;
    reader_ask(view);
    return ERR_OK;
}

static void reader_close(struct view *view)
{
    struct reader *r = view->state;

    reader_leave(view);
    asker_close(&r->asker, view);
    asker_close(&r->wrapper, view);
    asker_close(&r->marker, view);
    asker_close(&r->drawer, view);
    free(r->figure.pixels);
    str_free(&r->figure.packed);
    reader_text_drop(r->text);
    reader_lines_free(&r->lines);
    free(r->jumps);
    free(r->matches.items);
    str_free(&r->pattern);
    str_free(&r->searched);
    str_free(&r->heading);
    textview_clear(&r->peek);
    free(r->peek_title);
    free(r->want_words);
    free(r->id);
    free(r);
}

/* A document that was not there may be now; highlights are made elsewhere, too. */
static void reader_changed(struct view *view)
{
    struct reader *r = view->state;

    if (r->text)
        asker_changed(&r->marker, view, reader_highlights_ask);
    else
        asker_changed(&r->asker, view, reader_ask);
}

static void set_width(struct view *view, const char *word)
{
    struct reader *r = view->state;
    long columns;

    if (!word || !str_to_long(word, 20, 200, &columns)) {
        desk_say(view->desk, STYLE_WARN, "reading-width is 20 to 200 columns; it is %d",
                 r->lines.width);
        return;
    }
    r->measure_set = (int)columns;
}

/* As it was printed: the page that is read, or what is peeked at. */
static void open_page(struct view *view)
{
    struct reader *r = view->state;
    struct reader_place place;
    const struct document *doc;
    char *page;

    if (!r->text) { /* it may have pages but no text */
        desk_open(view->desk, &view_page, r->id);
        return;
    }
    doc = r->text->doc;
    page = reader_place_peeked(r, &place) && doc->pages[place.page].height > 0
               ? mem_printf("file:%s %u+%d", r->text->which.name, place.page + 1,
                            (int)(place.box.y0 * 100 / doc->pages[place.page].height))
               : mem_printf("file:%s %u", r->text->which.name, reader_page(r) + 1);
    if (doc->format == FORMAT_PDF)
        desk_open(view->desk, &view_page, page);
    else
        desk_refuse(view->desk, "only PDFs have printed pages");
    free(page);
}

static bool reader_command(struct view *view, int argc, char **argv)
{
    struct reader *r = view->state;

    if (strcmp(argv[0], "reading-width") == 0) {
        set_width(view, argc > 1 ? argv[1] : NULL);
        return true;
    }
    if (strcmp(argv[0], "page-here") == 0) {
        open_page(view);
        return true;
    }
    if (!r->text || r->lines.len == 0)
        return false;
    r->by_paragraph = false;
    if (reader_hint_command(view, argc, argv) || reader_link_command(view, argc, argv)
        || reader_panel_command(view, argc, argv) || reader_highlight_command(view, argc, argv)
        || reader_select_command(view, argc, argv) || reader_peek_command(view, argc, argv)
        || reader_find(view, argc, argv) || reader_move(view, argc, argv)) {
        if (clock_ticks_ms() - r->saved_ticks > SAVE_MS)
            reader_save_place(view, 0);
        return true;
    }
    return false;
}

static bool reader_peel(struct view *view)
{
    struct reader *r = view->state;

    r->hints.on = false;
    if (r->sel.on)
        r->sel.on = false;
    else if (r->panel != PANEL_NONE)
        r->panel = PANEL_NONE;
    else if (r->matches.len > 0 && r->searched.len > 0) /* what was there on coming stays */
        r->matches.len = 0;
    else
        return false;
    return true;
}

static const char *reader_context(const struct view *view)
{
    const struct reader *r = view->state;

    return r->hints.on                    ? "hints"
           : r->sel.on                    ? "selecting"
           : r->panel == PANEL_HIGHLIGHTS ? "highlights"
           : r->text                      ? NULL
                                          : "paper"; /* F fetches what is not here */
}

static const char *reader_hints(const struct view *view)
{
    const struct reader *r = view->state;

    return r->panel == PANEL_HIGHLIGHTS
               ? "Enter go there  j k move  x remove  e note  u undo  ? help  Esc back"
               : "Space page  ] section  O outline  / find  f p mentions  v H highlight  Esc leave";
}

static size_t reader_selection(struct view *view, struct arena *arena, char ***keys)
{
    struct reader *r = view->state;

    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, r->text && r->text->key ? r->text->key : r->id);
    return 1;
}

static void reader_status(struct view *view, struct str *out)
{
    struct reader *r = view->state;
    bool told = view->desk->told;
    uint32_t section;

    if (!r->text || r->lines.len == 0)
        return;
    if (r->sel.on)
        str_add(out, "selecting · ");
    if (reader_on_match(r))
        str_printf(out, "%s%zu of %zu · ", told ? "found " : "", r->match + 1, r->matches.len);
    else if (r->matches.len > 0)
        str_printf(out, "%zu found · ", r->matches.len);
    if (r->text->doc->page_count > 1)
        str_printf(out, "page %u/%zu · ", reader_page(r) + 1, r->text->doc->page_count);
    str_printf(out, "%d%%", reader_percent(r));
    section = document_section_of(r->text->doc, r->at);
    if (section == DOCUMENT_NONE)
        return;
    str_add(out, "  ");
    text_ellipsis(out, r->text->doc->sections[section].title, told ? TEXT_WHOLE : HEADING_COLUMNS,
                  desk_app(view->desk)->ascii);
}

static const struct error *reader_failure(const struct view *view)
{
    const struct reader *r = view->state;

    return r->asker.error.code ? &r->asker.error : NULL;
}

/* The lines on the screen, as text. */
static void data_lines(const struct reader *r, struct jsonw *w)
{
    int i;

    jsonw_key(w, "lines");
    jsonw_array(w);
    for (i = 0; i < r->height && r->top + i < (int)r->lines.len; i++) {
        const struct reader_line *line = &r->lines.items[r->top + i];
        char *text = mem_strndup(r->text->doc->text + line->start, line->end - line->start);

        jsonw_string(w, text);
        free(text);
    }
    jsonw_end(w);
}

static void data_highlights(const struct reader *r, struct jsonw *w)
{
    size_t i;

    jsonw_key(w, "highlights");
    jsonw_array(w);
    for (i = 0; i < r->highlight_count; i++) {
        const struct reader_highlight *item = &r->highlights[i];

        jsonw_object(w);
        jsonw_key_string(w, "id", item->row.uid);
        jsonw_key_string(w, "state", anchor_found_name(item->found));
        jsonw_key_string(w, "quote", item->row.anchor.quote);
        jsonw_key_string(w, "note", *item->row.note ? item->row.note : NULL);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* What is chosen, selected and peeked at. */
static void data_marked(struct reader *r, struct jsonw *w)
{
    const struct reader_line *line = &r->lines.items[reader_cursor(r)];
    const struct reader_mention *mention = reader_mention_at(r);
    struct reader_span span = reader_selected(r);
    const char *text = r->text->doc->text;
    char *words = mem_strndup(text + line->start, line->end - line->start);

    jsonw_key_string(w, "line", words);
    free(words);
    if (mention) {
        words = mem_strndup(text + mention->start, mention->end - mention->start);
        jsonw_key_string(w, "mention", words);
        free(words);
    }
    if (r->sel.on) {
        words = mem_strndup(text + span.start, span.end - span.start);
        jsonw_key_string(w, "selection", words);
        free(words);
    }
    if (r->panel == PANEL_PEEK) {
        jsonw_key(w, "peek");
        jsonw_object(w);
        jsonw_key_string(w, "of", r->peek_title);
        textview_data(&r->peek, w);
        jsonw_end(w);
    }
}

static void reader_data(struct view *view, struct jsonw *w)
{
    struct reader *r = view->state;
    uint32_t section;

    jsonw_key_string(w, "id", r->text && r->text->key ? r->text->key : r->id);
    if (!r->text)
        return;
    section = document_section_of(r->text->doc, r->at);
    jsonw_key_string(w, "document", r->text->which.name);
    jsonw_key_string(w, "title", r->text->title);
    jsonw_key_int(w, "page", reader_page(r) + 1);
    jsonw_key_int(w, "pages", (int64_t)r->text->doc->page_count);
    jsonw_key_int(w, "percent", reader_percent(r));
    jsonw_key_int(w, "offset", r->at);
    jsonw_key_string(w, "section",
                     section == DOCUMENT_NONE ? NULL : r->text->doc->sections[section].title);
    if (r->pattern.len > 0) {
        jsonw_key_string(w, "find", r->pattern.ptr);
        jsonw_key_int(w, "matches", (int64_t)r->matches.len);
        jsonw_key_int(w, "match", r->matches.len ? (int64_t)r->match + 1 : 0);
    }
    if (r->lines.len > 0)
        data_marked(r, w);
    reader_hints_data(r, w);
    data_highlights(r, w);
    data_lines(r, w);
}

const struct view_ops view_reader = { .name = "reader",
                                      .title = "Reader",
                                      .whole = true,
                                      .pages = true,
                                      .open = reader_open,
                                      .draw = reader_draw,
                                      .command = reader_command,
                                      .changed = reader_changed,
                                      .result = reader_answer,
                                      .finding = reader_typed,
                                      .peel = reader_peel,
                                      .context = reader_context,
                                      .hints = reader_hints,
                                      .selection = reader_selection,
                                      .status = reader_status,
                                      .failure = reader_failure,
                                      .data = reader_data,
                                      .lines = reader_lines_told,
                                      .line = reader_line_told,
                                      .detail = reader_detail,
                                      .close = reader_close };
