/*
 * Highlights and their notes: read and found again by a worker, written on the writer's thread,
 * listed in a panel.
 */
#include "reader.h"

#include "carrel/notes.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

struct marks_question {
    struct question question;
    struct reader_text *text;
    struct reader_highlight *items;
    size_t count, cap;
};

static void marks_drop(struct question *question)
{
    reader_text_drop(((struct marks_question *)question)->text);
}

static int by_place(const void *a, const void *b)
{
    const struct reader_highlight *x = a, *y = b;

    return x->start < y->start ? -1 : x->start > y->start;
}

/* Those of one document, found in the text at hand. */
static int marks_add(struct marks_question *q, struct store *store, const char *document,
                     struct anchor_text *in, struct error *err)
{
    struct highlight *rows;
    size_t count = 0, i;
    int result = highlights_of(&rows, &count, store, q->question.arena, document, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        struct reader_highlight item = { .row = rows[i],
                                         .start = DOCUMENT_NONE,
                                         .end = DOCUMENT_NONE };

        item.found = anchor_find(&item.start, &item.end, &rows[i].anchor, in);
        ARENA_PUSH(q->question.arena, q->items, q->count, q->cap, item);
    }
    return result;
}

/* Of all documents of the paper: what was marked in one version is marked in the next. */
static int marks_read(struct question *question, struct store *store, struct error *err)
{
    struct marks_question *q = (struct marks_question *)question;
    const struct document *doc = q->text->doc;
    struct anchor_text *in = anchor_text_new(doc->text, doc->reading_len);
    struct stored_document *documents = NULL;
    size_t count = 0, i;
    int result = ERR_OK;

    if (q->text->which.work)
        result = documents_of(&documents, &count, store, question->arena, q->text->which.work, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = marks_add(q, store, documents[i].name, in, err);
    if (count == 0 && result == ERR_OK)
        result = marks_add(q, store, q->text->which.name, in, err);
    anchor_text_free(in);
    if (q->count > 0)
        qsort(q->items, q->count, sizeof *q->items, by_place);
    return result;
}

void reader_highlights_ask(struct view *view)
{
    struct reader *r = view->state;
    struct marks_question *q = question_new(sizeof *q, "highlights", marks_read);

    q->question.drop = marks_drop;
    q->text = reader_text_share(r->text);
    asker_ask(&r->marker, view, q);
}

bool reader_highlights_answer(struct view *view, struct task *task)
{
    struct reader *r = view->state;
    struct marks_question *q = (struct marks_question *)task;

    if (!asker_answered(&r->marker, view, task))
        return false;
    if (r->marker.error.code || q->text != r->text)
        return true;
    r->highlights = q->items;
    r->highlight_count = q->count;
    asker_keep(&r->marker, task);
    if (r->panel == PANEL_HIGHLIGHTS)
        r->list.count = (int)r->highlight_count;
    listview_clamp(&r->list);
    if (r->panel == PANEL_HIGHLIGHTS && r->list.count == 0)
        r->panel = PANEL_NONE;
    return true;
}

/* The one in the panel's list, or the first that the cursor's line shows. */
static const struct reader_highlight *highlight_at_hand(const struct reader *r)
{
    const struct reader_line *line = &r->lines.items[reader_cursor(r)];
    size_t i;

    if (r->panel == PANEL_HIGHLIGHTS)
        return (size_t)r->list.cursor < r->highlight_count ? &r->highlights[r->list.cursor] : NULL;
    for (i = 0; i < r->highlight_count && r->highlights[i].start < line->end; i++)
        if (r->highlights[i].end > line->start)
            return &r->highlights[i];
    return NULL;
}

/* ---- writing ---- */

enum highlight_step { STEP_ADD, STEP_NOTE, STEP_REMOVE };

struct highlight_task {
    struct task task;
    struct arena *arena;
    enum highlight_step step;
    struct highlight row;
    const char *before; /* the note that was edited */
    enum note_met met;
};

static int step_run(struct task *task, void *worker, struct error *err)
{
    struct highlight_task *t = (struct highlight_task *)task;

    if (!worker)
        return error_set(err, ERR_FAILED, "there is no library to keep it in");
    return t->step == STEP_ADD ? highlight_add(worker, t->arena, &t->row, err)
           : t->step == STEP_NOTE
               ? highlight_note_edit(worker, t->row.uid, t->before, t->row.note, &t->met, err)
               : highlight_remove(worker, t->row.uid, err);
}

static void step_done(void *app, struct task *task)
{
    static const char *const said[] = { "highlighted; u takes it back", "the note is kept",
                                        "the highlight is removed; u brings it back" };
    struct highlight_task *t = (struct highlight_task *)task;
    struct desk *desk = app;

    if (task->status == ERR_OK && note_met_words(t->met))
        desk_say(desk, STYLE_WARN, "%s", note_met_words(t->met));
    else if (task->status == ERR_OK)
        desk_say(desk, STYLE_NORMAL, "%s", said[t->step]);
    else if (task->status != ERR_CANCELLED)
        desk_say(desk, STYLE_ERROR, "%s", task->err.message);
    desk_changed(desk);
    desk->repaint = true;
}

static void step_free(struct task *task)
{
    arena_free(((struct highlight_task *)task)->arena);
    free(task);
}

static struct highlight_task *step_new(enum highlight_step step, const char *uid, const char *note)
{
    struct highlight_task *t = mem_zalloc(sizeof *t);

    t->task.name = "highlight";
    t->task.run = step_run;
    t->task.done = step_done;
    t->task.free = step_free;
    t->arena = arena_new();
    t->step = step;
    t->row.uid = arena_strdup(t->arena, uid);
    t->row.note = arena_strdup(t->arena, note);
    return t;
}

static void add(struct view *view, const char *note)
{
    struct reader *r = view->state;
    const struct document *doc = r->text->doc;
    struct reader_span span = reader_selected(r);
    struct highlight_task *t = step_new(STEP_ADD, NULL, note);

    t->row.document = arena_strdup(t->arena, r->text->which.name);
    t->row.page = document_page_of(doc, span.start, NULL);
    anchor_make(&t->row.anchor, t->arena, doc->text, doc->reading_len, span.start, span.end);
    r->sel.on = false;
    pool_post(view->desk->writer, &t->task);
}

void reader_note_write(struct desk *desk, const char *uid, const char *before, const char *note)
{
    struct highlight_task *t = step_new(STEP_NOTE, uid, note);

    t->before = before ? arena_strdup(t->arena, before) : NULL;
    pool_post(desk->writer, &t->task);
}

/* ---- commands ---- */

/* Of the prompt's highlight, whatever is at hand by now; else of what is. */
static void annotate(struct view *view, const char *note)
{
    struct reader *r = view->state;
    const struct reader_highlight *at = highlight_at_hand(r);
    const struct desk *desk = view->desk;

    if (r->sel.on)
        add(view, note);
    else if (desk->note_of || at)
        reader_note_write(view->desk, desk->note_of ? desk->note_of : at->row.uid,
                          desk->note_before, note);
    else
        desk_say(view->desk, STYLE_WARN, "no highlight on this line; v selects, H highlights");
}

/* Of a selection or a highlight here; elsewhere of the paper. */
static void edit(struct view *view)
{
    struct reader *r = view->state;
    const struct reader_highlight *at = highlight_at_hand(r);

    if (r->sel.on || at)
        desk_prompt_note(view->desk, r->sel.on ? NULL : at->row.uid, r->sel.on ? "" : at->row.note);
    else
        desk_edit(view->desk, "note", NULL);
}

static void list_open(struct view *view)
{
    struct reader *r = view->state;
    size_t i;

    if (r->panel == PANEL_HIGHLIGHTS) {
        r->panel = PANEL_NONE;
        return;
    }
    if (r->highlight_count == 0) {
        desk_refuse(view->desk, "nothing is highlighted here; v selects, H highlights");
        return;
    }
    r->panel = PANEL_HIGHLIGHTS;
    r->list = (struct listview){ .count = (int)r->highlight_count };
    for (i = 0; i < r->highlight_count; i++)
        if (r->highlights[i].start <= r->at)
            r->list.cursor = (int)i;
}

static void list_choose(struct view *view)
{
    struct reader *r = view->state;
    const struct reader_highlight *at = highlight_at_hand(r);

    if (!at)
        return;
    if (at->found == ANCHOR_LOST) {
        desk_say(view->desk, STYLE_WARN, "its words are no longer in this document");
        return;
    }
    r->panel = PANEL_NONE;
    reader_jump(r, at->start);
    r->top = (int)reader_cursor(r) - r->height / 3;
}

static void next(struct view *view, int step)
{
    struct reader *r = view->state;
    const struct reader_line *line = &r->lines.items[reader_cursor(r)];
    uint32_t to = DOCUMENT_NONE;
    size_t i;

    for (i = 0; i < r->highlight_count && r->highlights[i].found != ANCHOR_LOST; i++) {
        if (step > 0 && r->highlights[i].start >= line->end && to == DOCUMENT_NONE)
            to = r->highlights[i].start;
        if (step < 0 && r->highlights[i].start < line->start)
            to = r->highlights[i].start;
    }
    if (to == DOCUMENT_NONE) {
        desk_refuse(view->desk, "no highlight %s this", step > 0 ? "behind" : "before");
        return;
    }
    reader_jump(r, to);
}

bool reader_highlight_command(struct view *view, int argc, char **argv)
{
    struct reader *r = view->state;
    const struct reader_highlight *at;

    if (strcmp(argv[0], "highlight") == 0 && r->sel.on)
        add(view, argc > 1 ? argv[1] : "");
    else if (strcmp(argv[0], "highlight") == 0)
        desk_refuse(view->desk, "v selects a sentence, w words of it, V a line; then H highlights");
    else if (strcmp(argv[0], "annotate") == 0)
        annotate(view, argc > 1 ? argv[1] : "");
    else if (strcmp(argv[0], "edit-highlight") == 0)
        edit(view);
    else if (strcmp(argv[0], "highlights") == 0)
        list_open(view);
    else if (strcmp(argv[0], "next-highlight") == 0 || strcmp(argv[0], "prev-highlight") == 0)
        next(view, argv[0][0] == 'n' ? 1 : -1);
    else if (strcmp(argv[0], "remove-highlight") == 0) {
        at = highlight_at_hand(r);
        if (at)
            pool_post(view->desk->writer, &step_new(STEP_REMOVE, at->row.uid, NULL)->task);
        else
            desk_refuse(view->desk, "no highlight on this line");
    } else if (r->panel == PANEL_HIGHLIGHTS && strcmp(argv[0], "open") == 0)
        list_choose(view);
    else if (r->panel == PANEL_HIGHLIGHTS && strcmp(argv[0], "yank") == 0)
        desk_copy_text(view->desk, r->highlights[r->list.cursor].row.anchor.quote, "the quote");
    else
        return r->panel == PANEL_HIGHLIGHTS && listview_command(&r->list, argc, argv);
    return true;
}
