/*
 * One paper: everything the library knows about it, readable.
 */
#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/documents.h"
#include "carrel/mentions.h"
#include "carrel/paper_changes.h"
#include "carrel/repositories.h"
#include "carrel/tables.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Another paper that this one is bound to. */
struct paper_bound {
    const char *how; /* "cites", "cited by" */
    struct work_row row;
};

/* Its documents, and the papers of the library that they lead to. */
struct paper_documents {
    struct stored_document *items;
    size_t count;
    struct paper_bound *bound;
    size_t bound_len, bound_cap;
    size_t references;
};

struct paper {
    struct textview text;
    char *key, *url;
    struct arena *arena; /* of `work` */
    struct work_full work;
    struct paper_documents documents;
    struct work_result *results;
    size_t result_count;
    struct repository_row *repositories; /* that it links to */
    size_t repository_count;
    struct edition *editions; /* oldest first */
    size_t edition_count;
    bool loaded;
    uint64_t task;
    struct error error; /* why it is not */
};

struct paper_task {
    struct task task;
    char *key;
    struct arena *arena;
    struct work_full work;
    struct paper_documents documents;
    struct work_result *results; /* where it stands in tables */
    size_t result_count;
    struct repository_row *repositories;
    size_t repository_count;
    struct edition *editions;
    size_t edition_count;
};

static int bind_work(struct paper_task *t, struct store *store, const char *how, int64_t work,
                     struct error *err)
{
    struct paper_documents *documents = &t->documents;
    struct paper_bound bound = { .how = how };
    int result = works_rows(store, t->arena, &work, 1, &bound.row, err);

    if (result == ERR_OK && bound.row.id && bound.row.id != t->work.row.id)
        VEC_PUSH(documents->bound, documents->bound_len, documents->bound_cap, bound);
    return result;
}

static int read_documents(struct paper_task *t, struct store *store, struct error *err)
{
    struct paper_documents *documents = &t->documents;
    struct stored_entry *entries;
    size_t count = 0, i, k;
    int64_t *by;
    int result =
        documents_of(&documents->items, &documents->count, store, t->arena, t->work.row.id, err);

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
        result = documents_cited_by(&by, &count, store, t->arena, t->work.row.id, err);
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
        result = works_full(worker, t->arena, id, &t->work, err);
    if (result == ERR_OK)
        result = work_results(worker, t->arena, id, &t->results, &t->result_count,
                              &t->work.record.credits, err);
    if (result == ERR_OK)
        result =
            repositories_of_work(worker, t->arena, id, &t->repositories, &t->repository_count, err);
    if (result == ERR_OK)
        result = editions_of(&t->editions, &t->edition_count, worker, t->arena, id, err);
    return result == ERR_OK ? read_documents(t, worker, err) : result;
}

static void paper_task_free(struct task *task)
{
    struct paper_task *t = (struct paper_task *)task;

    arena_free(t->arena);
    free(t->documents.bound);
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

static void paper_close(struct view *view)
{
    struct paper *p = view->state;

    textview_clear(&p->text);
    str_free(&p->text.find);
    arena_free(p->arena);
    free(p->documents.bound);
    free(p->key);
    free(p);
}

static void paper_field(struct textview *text, const char *name, const char *value)
{
    if (value && *value)
        textview_add(text, STYLE_NORMAL, 12, "%-11s %s", name, value);
}

static void paper_joined(struct textview *text, const char *name, const struct text_list *values)
{
    struct str joined = STR_INIT;

    text_list_join(&joined, values, ", ");
    paper_field(text, name, joined.ptr);
    str_free(&joined);
}

static void paper_links(struct textview *text, const struct record *record)
{
    const struct record_links *links = &record->links;
    size_t i, k;

    for (i = 0; i < record->code_urls.len; i++) {
        for (k = 0; k < links->len; k++)
            if (strcmp(links->items[k].url, record->code_urls.items[i]) == 0)
                break;
        if (k == links->len)
            paper_field(text, "code", record->code_urls.items[i]);
    }
    for (i = 0; i < links->len; i++) {
        const struct record_link *link = &links->items[i];

        char sure[16] = "";

        if (link->confidence > 0)
            snprintf(sure, sizeof sure, " %.0f%%", link->confidence * 100);
        textview_add(text, STYLE_NORMAL, 12, "%-11s %s  (%s%s%s)%s", link->kind, link->url,
                     link->evidence, *link->said ? ": " : "", link->said, sure);
    }
}

/* What is known of the repositories that it links to, and how to come to them. */
static void paper_repositories(struct textview *text, const struct paper *p)
{
    struct str line = STR_INIT;
    size_t i;

    for (i = 0; i < p->repository_count; i++) {
        const struct repository_row *row = &p->repositories[i];

        str_clear(&line);
        str_add(&line, row->name);
        if (row->stars >= 0)
            str_printf(&line, ", %" PRId64 " star%s", row->stars, row->stars == 1 ? "" : "s");
        if (*row->language)
            str_printf(&line, ", %s", row->language);
        if (*row->license)
            str_printf(&line, ", %s", row->license);
        if (row->state != REPOSITORY_KNOWN)
            str_printf(&line, ", %s",
                       row->state == REPOSITORY_LINKED ? "not asked for yet"
                                                       : repository_state_name(row->state));
        textview_add(text, STYLE_NORMAL, 12, "%-11s %s%s", "repository", line.ptr,
                     i == 0 ? "  (gc opens)" : "");
    }
    str_free(&line);
}

/* The only one, or the list of them. */
static void paper_code(struct view *view)
{
    const struct paper *p = view->state;
    char *id;

    if (p->repository_count == 0) {
        desk_refuse(view->desk, p->loaded ? "it links to no repository" : "it is not here");
        return;
    }
    id = p->repository_count == 1 ? mem_printf("repo:%s", p->repositories[0].key)
                                  : mem_strdup(p->work.row.key);
    desk_open(view->desk, p->repository_count == 1 ? &view_repository : &view_repositories, id);
    free(id);
}

static void paper_metrics(struct textview *text, const struct record_metrics *metrics)
{
    struct str line = STR_INIT;
    size_t i;

    for (i = 0; i < metrics->len; i++)
        str_printf(&line, "%s%s %.15g", i ? ", " : "", metrics->items[i].name,
                   metrics->items[i].value);
    paper_field(text, "counted", line.ptr);
    str_free(&line);
}

static void paper_abstract(struct textview *text, const char *abstract)
{
    struct str readable = STR_INIT;
    char *at, *next;

    text_from_latex(&readable, abstract);
    for (at = readable.ptr; at && *at; at = next) {
        next = strstr(at, "\n\n");
        if (next) {
            *next = '\0';
            next += 2;
        }
        textview_add(text, STYLE_NORMAL, 0, "%s", at);
        textview_add(text, STYLE_NORMAL, 0, "%s", "");
    }
    str_free(&readable);
}

static void paper_sources(struct textview *text, const struct work_full *work)
{
    size_t i;

    textview_add(text, STYLE_HEADING, 0, "Records behind it");
    for (i = 0; i < work->sources.len; i++) {
        const struct work_source *source = &work->sources.items[i];
        char at[32];

        time_format(at, source->fetched);
        textview_add(text, source->current ? STYLE_NORMAL : STYLE_DIM, 2, "%-12s %s  %.10s%s",
                     source->source, source->source_key, at, source->current ? "" : "  (older)");
    }
    for (i = 0; i < work->merges.len; i++)
        textview_add(text, STYLE_DIM, 2, "%s", work->merges.items[i]);
}

/* Under the authors, in sight at any size: id, date, category, and what the reader made of it. */
static void paper_headline(struct textview *text, const struct work_full *work)
{
    const struct work_row *row = &work->row;
    struct str line = STR_INIT;
    size_t i;

    str_add(&line, row->key);
    if (*row->published)
        str_printf(&line, " · %s", row->published);
    if (*row->primary_category)
        str_printf(&line, " · %s", row->primary_category);
    str_printf(&line, " · %s%s%s%s", read_state_name(row->state), row->starred ? " ★ starred" : "",
               row->flags & WORK_WITHDRAWN ? " · withdrawn by its source" : "",
               row->changed ? " · changed since (D)" : "");
    for (i = 0; i < work->record.tags.len; i++)
        str_printf(&line, "%s#%s", i ? " " : " · ", work->record.tags.items[i]);
    textview_add(text, STYLE_DIM, 2, "%s", line.ptr);
    str_free(&line);
}

static void paper_documents(struct textview *text, const struct paper_documents *documents,
                            const struct text_list *aliases)
{
    struct str id = STR_INIT;
    size_t i;

    if (documents->count + documents->bound_len == 0)
        return;
    textview_add(text, STYLE_HEADING, 0, "Documents");
    for (i = 0; i < documents->count; i++) {
        const struct stored_document *item = &documents->items[i];

        textview_add(text, STYLE_NORMAL, 2, "%s, %s, %" PRId64 " page%s  %s%s%s", item->format,
                     item->state, item->pages, item->pages == 1 ? "" : "s", item->origin,
                     *item->message ? ": " : "", item->message);
        str_clear(&id);
        if (file_proposes(&id, item->origin, aliases))
            textview_add(text, STYLE_DIM, 2, "perhaps %s, by its file's name; ge says so", id.ptr);
    }
    str_free(&id);
    if (documents->references > 0)
        textview_add(text, STYLE_DIM, 2, "%zu references", documents->references);
    for (i = 0; i < documents->bound_len; i++) {
        const struct paper_bound *bound = &documents->bound[i];
        struct str title = STR_INIT;

        text_from_latex(&title, bound->row.title);
        textview_add(text, STYLE_NORMAL, 11, "%-9s%s  %s", bound->how, bound->row.key, title.ptr);
        str_free(&title);
    }
    textview_add(text, STYLE_NORMAL, 0, "%s", "");
}

/* Of a paper that has more than one, the newest first. */
static void paper_versions(struct textview *text, const struct paper *p)
{
    struct str line = STR_INIT;
    size_t i;

    if (p->edition_count < 2)
        return;
    textview_add(text, STYLE_HEADING, 0, "Versions  (D shows what changed)");
    for (i = p->edition_count; i > 0; i--) {
        str_clear(&line);
        edition_line(&line, &p->editions[i - 1]);
        textview_add(text, i == p->edition_count ? STYLE_NORMAL : STYLE_DIM, 8, "  %s", line.ptr);
    }
    textview_add(text, STYLE_NORMAL, 0, "%s", "");
    str_free(&line);
}

static void paper_results(struct textview *text, const struct paper *p)
{
    size_t i;

    if (p->result_count == 0)
        return;
    textview_add(text, STYLE_HEADING, 0, "Results");
    for (i = 0; i < p->result_count; i++) {
        const struct work_result *result = &p->results[i];

        textview_add(text, STYLE_NORMAL, 4, "%" PRId64 " of %" PRId64 " on %s (%s): %s %s, %s",
                     result->position, result->rows, result->dataset, result->task, result->metric,
                     result->value, result->model);
    }
    textview_add(text, STYLE_NORMAL, 0, "%s", "");
}

/* Whose data is in it; their licences ask for this. */
static void paper_credits(struct textview *text, const struct text_list *names)
{
    struct str line = STR_INIT;
    size_t i;

    for (i = 0; i < names->len; i++) {
        const struct credit *credit = credit_find(names->items[i]);

        str_clear(&line);
        if (credit)
            credit_print(&line, credit);
        paper_field(text, "data from", line.ptr);
    }
    str_free(&line);
}

static void paper_compose(struct paper *p)
{
    struct textview *text = &p->text;
    const struct record *record = &p->work.record;
    struct str title = STR_INIT, authors = STR_INIT, readable = STR_INIT;
    size_t i;

    textview_clear(text);
    text_from_latex(&title, record->title ? record->title : "");
    textview_add(text, STYLE_TITLE, 0, "%s", title.ptr);
    text_list_join(&authors, &record->authors, ", ");
    text_from_latex(&readable, authors.ptr);
    textview_add(text, STYLE_ACCENT, 0, "%s", readable.ptr);
    paper_headline(text, &p->work);
    for (i = 0; i < record->notes.len; i++)
        textview_add(text, STYLE_WARN, 6, "Note: %s", record->notes.items[i]);
    textview_add(text, STYLE_NORMAL, 0, "%s", "");
    if (record->abstract)
        paper_abstract(text, record->abstract);
    paper_field(text, "updated", record->updated);
    paper_joined(text, "categories", &record->categories);
    paper_field(text, "venue", record->venue);
    paper_field(text, "comment", record->comment);
    paper_field(text, "doi", record->doi);
    paper_field(text, "page", record->url);
    paper_field(text, "pdf", record->pdf_url);
    paper_links(text, record);
    paper_repositories(text, p);
    paper_metrics(text, &record->metrics);
    paper_joined(text, "tasks", &record->tasks);
    paper_joined(text, "methods", &record->methods);
    paper_credits(text, &record->credits);
    textview_add(text, STYLE_NORMAL, 0, "%s", "");
    paper_versions(text, p);
    paper_results(text, p);
    paper_documents(text, &p->documents, &p->work.aliases);
    paper_sources(text, &p->work);
    str_free(&title);
    str_free(&authors);
    str_free(&readable);
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
    free(p->documents.bound);
    p->arena = t->arena;
    p->work = t->work;
    p->documents = t->documents;
    p->results = t->results;
    p->result_count = t->result_count;
    p->repositories = t->repositories;
    p->repository_count = t->repository_count;
    p->editions = t->editions;
    p->edition_count = t->edition_count;
    t->documents.bound = NULL;
    t->arena = NULL;
    p->loaded = true;
    paper_compose(p);
}

static void paper_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                       int height)
{
    struct paper *p = view->state;
    int measure = width > 100 ? 100 : width; /* longer lines are hard to read */

    textview_draw(&p->text, canvas, x, y, measure, height);
}

static bool paper_command(struct view *view, int argc, char **argv)
{
    struct paper *p = view->state;

    if (strcmp(argv[0], "code") == 0) {
        paper_code(view);
        return true;
    }
    if (strcmp(argv[0], "page-here") == 0) {
        desk_open(view->desk, &view_page, p->loaded ? p->work.row.key : p->key);
        return true;
    }
    if (strcmp(argv[0], "text") != 0)
        return textview_command(&p->text, argc, argv);
    desk_open(view->desk, &view_reader, p->loaded ? p->work.row.key : p->key);
    return true;
}

static size_t paper_selection(struct view *view, struct arena *arena, char ***keys)
{
    struct paper *p = view->state;

    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, p->loaded ? p->work.row.key : p->key);
    return 1;
}

/* The id stands in the title; here, how far down one is. */
static void paper_status(struct view *view, struct str *out)
{
    struct paper *p = view->state;
    int last = (int)p->text.line_count - p->text.height;

    if (last > 0)
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
        record_to_json(w->out, &p->work.record);
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
    .close = paper_close
};
