/*
 * What workers do for the Reader: unpack a document and find its places again, wrap its text, write
 * down where reading goes on.
 */
#include "reader.h"

#include "app/keep.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

#define LINES_BEFORE 4 /* that stay in sight above the words one came for */
#define PLACE_BYTES 80 /* that are remembered of where a place is */

struct reader_question {
    struct question question;
    char *id, *want_words; /* in its arena */
    uint32_t want_page;
    int width;
    struct reader_text *text; /* given: wrap this one anew; else the answer */
    struct reader_lines lines;
    uint32_t at, marks[26];
};

struct reader_text *reader_text_share(struct reader_text *text)
{
    atomic_fetch_add(&text->owners, 1);
    return text;
}

void reader_text_drop(struct reader_text *text)
{
    if (!text || atomic_fetch_sub(&text->owners, 1) > 1)
        return;
    document_free(text->doc);
    arena_free(text->arena);
    free(text->mentions.items);
    free(text);
}

/* What was not taken over. */
static void question_drop(struct question *question)
{
    struct reader_question *q = (struct reader_question *)question;

    reader_text_drop(q->text);
    reader_lines_free(&q->lines);
}

static struct reader_question *
reader_question(const char *name, int (*read)(struct question *, struct store *, struct error *))
{
    struct reader_question *q = question_new(sizeof *q, name, read);

    q->question.drop = question_drop;
    return q;
}

/* ---- reading ---- */

static int read_text(struct reader_question *q, struct store *store, struct error *err)
{
    struct reader_text *text = mem_zalloc(sizeof *text);
    struct work_row row = { 0 };
    struct str title = STR_INIT;
    int64_t work, when;
    int result;

    q->text = reader_text_share(text);
    text->arena = arena_new();
    result = strcmp(q->id, "last") == 0
                 ? reading_last(&q->id, &work, &when, store, text->arena, err)
                 : ERR_OK;
    if (result == ERR_OK)
        result = keep_open_document(&text->doc, store, text->arena, q->id, &text->which, err);
    if (result == ERR_OK && text->doc->reading_len == 0)
        result =
            error_set(err, ERR_FAILED, "%s: %s: %s", q->id, document_state_name(text->doc->state),
                      text->doc->message ? text->doc->message : "there is no text in it");
    if (result == ERR_OK)
        result = works_rows(store, text->arena, &text->which.work, 1, &row, err);
    if (result == ERR_OK && row.id) {
        text->key = row.key;
        text_from_latex(&title, row.title);
    }
    text->title = arena_strdup(text->arena, title.ptr);
    str_free(&title);
    return result;
}

/* The papers of the library that its bibliography names. */
static int read_cited(struct reader_text *text, struct store *store, struct error *err)
{
    struct stored_entry *entries;
    size_t count = 0, i;
    int result = documents_references(&entries, &count, store, text->arena, text->which.id, err);

    if (result != ERR_OK || count == 0)
        return result;
    text->cited = arena_alloc(text->arena, count * sizeof *text->cited);
    text->cited_count = count;
    for (i = 0; i < count && result == ERR_OK; i++)
        if (entries[i].work)
            result = works_rows(store, text->arena, &entries[i].work, 1, &text->cited[i], err);
    return result;
}

/* Where words stand, from a page on; they may be broken otherwise than they are written. */
static uint32_t place_of_words(const struct document *doc, uint32_t from, const char *words)
{
    struct reader_spans spans = { 0 };
    uint32_t at = DOCUMENT_NONE;
    size_t i;

    reader_matches(&spans, doc->text, doc->reading_len, words);
    i = reader_span_behind(&spans, from);
    if (i < spans.len)
        at = spans.items[i].start;
    free(spans.items);
    return at;
}

static uint32_t wanted_place(const struct reader_question *q)
{
    const struct document *doc = q->text->doc;
    uint32_t from = 0, words;

    if (q->want_page > 0 && doc->page_count > 0)
        from = doc->pages[q->want_page < doc->page_count ? q->want_page - 1 : doc->page_count - 1]
                   .start;
    words = q->want_words ? place_of_words(doc, from, q->want_words) : DOCUMENT_NONE;
    return words != DOCUMENT_NONE ? words : from;
}

static int read_places(struct reader_question *q, struct store *store, struct error *err)
{
    const struct document *doc = q->text->doc;
    struct anchor_text *in = anchor_text_new(doc->text, doc->reading_len);
    struct reading_place *places;
    size_t count = 0, i;
    int result = places_of(&places, &count, store, q->question.arena, q->text->which.name, err);

    memset(q->marks, 0xFF, sizeof q->marks);
    for (i = 0; i < count && result == ERR_OK; i++) {
        uint32_t start, end;

        if (anchor_find(&start, &end, &places[i].anchor, in) == ANCHOR_LOST) /* about there */
            start = places[i].anchor.start < doc->reading_len ? places[i].anchor.start : 0;
        if (places[i].mark >= 'a' && places[i].mark <= 'z')
            q->marks[places[i].mark - 'a'] = start;
        else
            q->at = start;
    }
    anchor_text_free(in);
    return result;
}

static int read_question(struct question *question, struct store *store, struct error *err)
{
    struct reader_question *q = (struct reader_question *)question;
    int result = read_text(q, store, err);

    if (result == ERR_OK)
        result = read_places(q, store, err);
    if (result == ERR_OK)
        result = read_cited(q->text, store, err);
    if (result != ERR_OK)
        return result;
    reader_mentions_find(&q->text->mentions, q->text->doc);
    result = reader_addresses_find(q->text, store, err);
    if (result != ERR_OK)
        return result;
    if (q->want_page > 0 || q->want_words)
        q->at = wanted_place(q);
    reader_wrap(&q->lines, q->text->doc, q->width);
    return ERR_OK;
}

static int wrap_question(struct question *question, struct store *store, struct error *err)
{
    struct reader_question *q = (struct reader_question *)question;

    (void)store;
    (void)err;
    reader_wrap(&q->lines, q->text->doc, q->width);
    return ERR_OK;
}

/* ---- asking ---- */

int reader_measure(const struct view *view, int columns)
{
    const struct reader *r = view->state;
    int64_t wanted =
        r->measure_set ? r->measure_set : config_int(view->desk->app->config, "ui.reading-width");

    if (view->desk->told)
        return READER_SENTENCES;
    return wanted < columns - 4 ? (int)wanted : columns - 4;
}

void reader_ask(struct view *view)
{
    struct reader *r = view->state;
    struct reader_question *q = reader_question("reader", read_question);
    struct arena *arena = q->question.arena;

    r->width = reader_measure(view, view->desk->canvas.width);
    q->width = r->width;
    q->id = arena_strdup(arena, r->id);
    q->want_page = r->want_page;
    q->want_words = arena_strdup(arena, r->want_words);
    asker_ask(&r->asker, view, q);
}

void reader_wrap_again(struct view *view, int width)
{
    struct reader *r = view->state;
    struct reader_question *q;

    if (!r->text || r->width == width)
        return;
    r->width = width;
    q = reader_question("wrap", wrap_question);
    q->text = reader_text_share(r->text);
    q->width = width;
    asker_ask(&r->wrapper, view, q);
}

static void take_lines(struct reader *r, struct reader_question *q)
{
    reader_lines_free(&r->lines);
    r->lines = q->lines;
    q->lines = (struct reader_lines){ 0 };
}

static void take_text(struct view *view, struct reader_question *q)
{
    struct reader *r = view->state;
    bool found;

    reader_text_drop(r->text);
    r->text = q->text;
    q->text = NULL;
    take_lines(r, q);
    if (strcmp(r->id, "last") == 0) { /* from now on that one, whatever is read elsewhere */
        free(r->id);
        r->id = mem_printf("file:%s", r->text->which.name);
    }
    memcpy(r->marks, q->marks, sizeof r->marks);
    r->matches.len = 0;
    r->mention = SIZE_MAX;
    reader_highlights_ask(view);
    free(view->name);
    view->name = *r->text->title ? mem_strdup(r->text->title) : NULL;
    reader_go(r, q->at);
    r->top = (int)reader_cursor(r);
    found = r->want_words && reader_find_at(r, r->want_words, q->at);
    if (found || (r->want_page == 0 && !r->want_words)) /* with what stands before it */
        r->top = r->top > LINES_BEFORE ? r->top - LINES_BEFORE : 0;
    /* Opened for itself it was read, also without a move; where a search led to is not kept. */
    r->saved = r->want_page > 0 || r->want_words || view->desk->headless ? r->at : DOCUMENT_NONE;
}

void reader_answer(struct view *view, struct task *task)
{
    struct reader *r = view->state;

    if (reader_highlights_answer(view, task) || reader_figure_answer(view, task))
        return;
    if (asker_answered(&r->asker, view, task)) {
        if (!r->asker.error.code)
            take_text(view, (struct reader_question *)task);
    } else if (asker_answered(&r->wrapper, view, task) && !r->wrapper.error.code) {
        take_lines(r, (struct reader_question *)task);
        reader_go(r, r->at);
        r->top = (int)reader_cursor(r) - r->height / 3;
    }
}

/* ---- saving ---- */

struct place_task {
    struct task task;
    struct arena *arena;
    char *document;
    struct reading_place place;
    int version; /* of the paper, as the document says; 0 not known */
    bool leaving;
};

static int place_run(struct task *task, void *worker, struct error *err)
{
    struct place_task *t = (struct place_task *)task;

    if (!worker || store_read_only(worker))
        return ERR_OK; /* nothing is kept, and nobody has asked for it */
    return place_set(worker, t->document, &t->place, err) == ERR_OK
               ? seen_document(worker, t->document, t->version, err)
               : err->code;
}

/* What was read last, and how many are, is told by Today and the sidebar. */
static void place_done(void *app, struct task *task)
{
    struct desk *desk = app;

    if (((struct place_task *)task)->leaving && desk->running && desk->depth > 0)
        desk_changed(desk);
    if (task->status != ERR_OK && task->status != ERR_CANCELLED)
        log_write(LOG_WARN, "the place in the document is not kept: %s", task->err.message);
}

static void place_free(struct task *task)
{
    arena_free(((struct place_task *)task)->arena);
    free(task);
}

static void place_post(struct view *view, char mark, bool leaving)
{
    struct reader *r = view->state;
    const struct document *doc;
    struct place_task *t;
    uint32_t end;

    if (!r->text || (!mark && r->at == r->saved && !(leaving && r->saved_ticks)))
        return;
    doc = r->text->doc;
    t = mem_zalloc(sizeof *t);
    t->task.name = "place";
    t->task.run = place_run;
    t->task.done = place_done;
    t->task.free = place_free;
    t->arena = arena_new();
    t->document = arena_strdup(t->arena, r->text->which.name);
    t->version = (int)doc->meta.arxiv_version;
    t->place.mark = mark;
    t->leaving = leaving;
    end = doc->reading_len - r->at > PLACE_BYTES ? r->at + PLACE_BYTES : doc->reading_len;
    while (end > r->at && end < doc->reading_len && ((unsigned char)doc->text[end] & 0xC0) == 0x80)
        end--;
    anchor_make(&t->place.anchor, t->arena, doc->text, doc->reading_len, r->at, end);
    pool_post(view->desk->writer, &t->task);
    if (!mark) {
        r->saved = r->at;
        r->saved_ticks = clock_ticks_ms();
    }
}

void reader_save_place(struct view *view, char mark)
{
    place_post(view, mark, false);
}

void reader_leave(struct view *view)
{
    place_post(view, 0, true);
}
