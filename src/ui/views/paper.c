/*
 * One paper: everything the library knows about it, readable (paper_text.c).
 */
#include "paper.h"

#include "../desk.h"

#include "carrel/paper_changes.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define MEASURE 100 /* longer lines are hard to read */

struct paper {
    struct textview text;
    char *key;
    struct arena *arena; /* of `read` */
    struct paper_read read;
    bool loaded;
    uint64_t task;
    struct error error; /* why it is not */
};

struct paper_task {
    struct task task;
    char *key;
    struct arena *arena;
    struct paper_read read;
};

/* ---- reading ---- */

static int bind_work(struct paper_task *t, struct store *store, const char *how, int64_t work,
                     struct error *err)
{
    struct paper_documents *documents = &t->read.documents;
    struct paper_bound bound = { .how = how };
    int result = works_rows(store, t->arena, &work, 1, &bound.row, err);

    if (result == ERR_OK && bound.row.id && bound.row.id != t->read.work.row.id)
        VEC_PUSH(documents->bound, documents->bound_len, documents->bound_cap, bound);
    return result;
}

static int read_documents(struct paper_task *t, struct store *store, struct error *err)
{
    struct paper_documents *documents = &t->read.documents;
    struct stored_entry *entries;
    size_t count = 0, i, k;
    int64_t *by;
    int result = documents_of(&documents->items, &documents->count, store, t->arena,
                              t->read.work.row.id, err);

    for (i = 0; i < documents->count && result == ERR_OK; i++) {
        result =
            documents_references(&entries, &count, store, t->arena, documents->items[i].id, err);
        documents->references += result == ERR_OK ? count : 0;
        for (k = 0; k < count && result == ERR_OK; k++)
            if (entries[k].work)
                result = bind_work(t, store, "cites", entries[k].work, err);
    }
    count = 0;
    if (result == ERR_OK)
        result = documents_cited_by(&by, &count, store, t->arena, t->read.work.row.id, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = bind_work(t, store, "cited by", by[i], err);
    return result;
}

static int paper_run(struct task *task, void *worker, struct error *err)
{
    struct paper_task *t = (struct paper_task *)task;
    int64_t id;
    int result;

    if (!worker)
        return error_set(err, ERR_FAILED, "there is no library yet");
    result = works_find(worker, &id, t->key, err);
    if (result == ERR_OK)
        result = works_full(worker, t->arena, id, &t->read.work, err);
    if (result == ERR_OK)
        result = paper_place(&t->read.place, worker, t->arena, id, err);
    if (result == ERR_OK)
        result = work_results(worker, t->arena, id, &t->read.results, &t->read.result_count,
                              &t->read.work.record.credits, err);
    if (result == ERR_OK)
        result = repositories_of_work(worker, t->arena, id, &t->read.repositories,
                                      &t->read.repository_count, err);
    if (result == ERR_OK)
        result = editions_of(&t->read.editions, &t->read.edition_count, worker, t->arena, id, err);
    return result == ERR_OK ? read_documents(t, worker, err) : result;
}

static void paper_task_free(struct task *task)
{
    struct paper_task *t = (struct paper_task *)task;

    arena_free(t->arena);
    free(t->read.documents.bound);
    free(t->key);
    free(t);
}

static void paper_ask(struct view *view)
{
    struct paper *p = view->state;
    struct paper_task *t = mem_zalloc(sizeof *t);

    t->task.name = "paper";
    t->task.run = paper_run;
    t->task.free = paper_task_free;
    t->key = mem_strdup(p->key);
    t->arena = arena_new();
    p->task = desk_post(view, &t->task);
}

static void paper_result(struct view *view, struct task *task)
{
    struct paper *p = view->state;
    struct paper_task *t = (struct paper_task *)task;

    p->error = task->status == ERR_OK ? (struct error){ 0 } : task->err;
    if (task->status != ERR_OK) {
        textview_clear(&p->text);
        textview_add(&p->text, STYLE_ERROR, 0, "%s", task->err.message);
        return;
    }
    arena_free(p->arena);
    free(p->read.documents.bound);
    p->arena = t->arena;
    p->read = t->read;
    t->read.documents.bound = NULL;
    t->arena = NULL;
    p->loaded = true;
    paper_compose(&p->text, &p->read);
}

/* ---- commands ---- */

/* What it is called by what else the desk shows. */
static const char *paper_name(const struct paper *p)
{
    return p->loaded ? p->read.work.row.key : p->key;
}

/* The only one, or the list of them. */
static void paper_code(struct view *view)
{
    const struct paper *p = view->state;
    char *id;

    if (p->read.repository_count == 0) {
        desk_refuse(view->desk, p->loaded ? "it links to no repository" : "it is not here");
        return;
    }
    id = p->read.repository_count == 1 ? mem_printf("repo:%s", p->read.repositories[0].key)
                                       : mem_strdup(p->read.work.row.key);
    desk_open(view->desk, p->read.repository_count == 1 ? &view_repository : &view_repositories,
              id);
    free(id);
}

static bool paper_command(struct view *view, int argc, char **argv)
{
    struct paper *p = view->state;

    if (strcmp(argv[0], "code") == 0) {
        paper_code(view);
        return true;
    }
    if (strcmp(argv[0], "page-here") == 0) {
        desk_open(view->desk, &view_page, paper_name(p));
        return true;
    }
    if (strcmp(argv[0], "text") != 0)
        return textview_command(&p->text, argc, argv);
    desk_open(view->desk, &view_reader, paper_name(p));
    return true;
}

/* ---- the contract ---- */

static int paper_open(struct view *view, const char *argument, struct error *err)
{
    struct paper *p;

    if (!argument || !*argument)
        return error_set(err, ERR_USAGE, "which paper? Give its id");
    p = mem_zalloc(sizeof *p);
    p->key = mem_strdup(argument);
    view->state = p;
    textview_add(&p->text, STYLE_DIM, 0, "Looking…");
    paper_ask(view);
    return ERR_OK;
}

static struct textview *paper_text(const struct view *view)
{
    return &((struct paper *)view->state)->text;
}

static void paper_about(struct view *view, struct str *out)
{
    const struct paper *p = view->state;

    if (p->loaded)
        text_from_latex(out, p->read.work.row.title);
}

static void paper_close(struct view *view)
{
    struct paper *p = view->state;

    textview_clear(&p->text);
    str_free(&p->text.find);
    arena_free(p->arena);
    free(p->read.documents.bound);
    free(p->key);
    free(p);
}

static void paper_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                       int height)
{
    struct paper *p = view->state;

    textview_draw(&p->text, canvas, x, y, width > MEASURE ? MEASURE : width, height);
}

static size_t paper_selection(struct view *view, struct arena *arena, char ***keys)
{
    struct paper *p = view->state;

    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, paper_name(p));
    return 1;
}

/* The id stands in the title; here, how far down one is. */
static void paper_status(struct view *view, struct str *out)
{
    struct paper *p = view->state;
    int last = (int)p->text.line_count - p->text.height;

    if (last > 0 && !view->desk->told) /* there it is a number of lines */
        str_printf(out, "%d%%", p->text.top * 100 / last);
}

static const struct error *paper_failure(const struct view *view)
{
    const struct paper *p = view->state;

    return p->error.code ? &p->error : NULL;
}

static void paper_data(struct view *view, struct jsonw *w)
{
    struct paper *p = view->state;

    if (p->loaded) {
        jsonw_key(w, "paper");
        w->after_key = false; /* the record writes its own object */
        record_to_json(w->out, &p->read.work.record);
    }
    textview_data(&p->text, w);
}

const struct view_ops view_paper = {
    .name = "paper",
    .title = "Paper",
    .hint = "r read  R next  s star  T text  F fetch  e note  ge edit  ? help  Esc back",
    .open = paper_open,
    .draw = paper_draw,
    .command = paper_command,
    .changed = paper_ask,
    .result = paper_result,
    .selection = paper_selection,
    .status = paper_status,
    .failure = paper_failure,
    .data = paper_data,
    .text = paper_text,
    .about = paper_about,
    .close = paper_close
};
