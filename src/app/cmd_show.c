/*
 * show: one paper, whole, with its documents, what they cite and who cites it.
 */
#include "cites.h"
#include "commands.h"
#include "repositories.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/documents.h"
#include "carrel/jsonw.h"
#include "carrel/mentions.h"
#include "carrel/paper_place.h"
#include "carrel/publish.h"
#include "carrel/tables.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void show_field(struct str *out, const char *name, const char *value)
{
    if (value && *value)
        str_printf(out, "%-11s %s\n", name, value);
}

static void show_list(struct str *out, const char *name, const struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        str_printf(out, "%-11s %s\n", i == 0 ? name : "", list->items[i]);
}

/* ---- its documents, and what they bind it to ---- */

/* What is shown of another work: its key and title. */
static int show_work(struct command_call *call, const char *name, int64_t id, struct error *err)
{
    struct work_row row;
    struct str title = STR_INIT;
    int result = works_rows(call->store, call->arena, &id, 1, &row, err);

    if (result == ERR_OK && row.id) {
        text_from_latex(&title, row.title);
        str_printf(&call->out, "%-11s %s  %s\n", name, row.key, title.ptr);
    }
    str_free(&title);
    return result;
}

static void show_document(struct str *out, const char *name, const struct stored_document *document)
{
    str_printf(out, "%-11s file:%s  %s, %s", name, document->name, document->format,
               document->state);
    if (document->pages > 1)
        str_printf(out, ", %" PRId64 " pages", document->pages);
    str_printf(out, "  %s\n", document->origin);
}

/* Of several documents the bibliography of the one that has the most: copies of a paper cite the
 * same. */
static int show_references(struct command_call *call, const struct stored_document *documents,
                           size_t count, int64_t id, struct error *err)
{
    struct stored_entry *best = NULL, *list;
    size_t best_len = 0, len, known = 0, i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++) {
        result = documents_references(&list, &len, call->store, call->arena, documents[i].id, err);
        if (result == ERR_OK && len > best_len) {
            best = list;
            best_len = len;
        }
    }
    for (i = 0; i < best_len && result == ERR_OK; i++)
        if (best[i].work && best[i].work != id)
            result = show_work(call, known++ == 0 ? "cites" : "", best[i].work, err);
    if (result == ERR_OK && best_len > 0)
        str_printf(
            &call->out,
            "%-11s %zu, %zu of them in this library; 'carrel read ID --references' lists them\n",
            "references", best_len, known);
    return result;
}

/* What the name of a document's file says that it is. */
static void show_proposal(struct str *out, const struct stored_document *document,
                          const struct work_full *work)
{
    struct str id = STR_INIT;

    if (file_proposes(&id, document->origin, &work->aliases))
        str_printf(out, "%-11s %s, by its file's name; 'carrel edit %s %.*s=%s' says so\n",
                   "perhaps", id.ptr, work->row.key, (int)strcspn(id.ptr, ":"), id.ptr,
                   strchr(id.ptr, ':') + 1);
    str_free(&id);
}

static int show_bound(struct command_call *call, const struct work_full *work, struct error *err)
{
    struct stored_document *documents;
    size_t count = 0, cited = 0, i;
    int64_t *by, id = work->row.id;
    int result = documents_of(&documents, &count, call->store, call->arena, id, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        show_document(&call->out, i == 0 ? "documents" : "", &documents[i]);
    for (i = 0; i < count && result == ERR_OK; i++)
        show_proposal(&call->out, &documents[i], work);
    if (result == ERR_OK)
        result = show_references(call, documents, count, id, err);
    if (result == ERR_OK)
        result = documents_cited_by(&by, &cited, call->store, call->arena, id, err);
    for (i = 0; i < cited && result == ERR_OK; i++)
        result = show_work(call, i == 0 ? "cited by" : "", by[i], err);
    return result;
}

static int json_work(struct command_call *call, struct jsonw *w, const char *key, int64_t id,
                     struct error *err)
{
    struct work_row row;
    int result = works_rows(call->store, call->arena, &id, 1, &row, err);

    jsonw_key_string(w, key, result == ERR_OK && id && row.id ? row.key : NULL);
    return result;
}

static int json_references(struct command_call *call, struct jsonw *w, int64_t document,
                           struct error *err)
{
    struct stored_entry *entries;
    size_t count = 0, i;
    int result = documents_references(&entries, &count, call->store, call->arena, document, err);

    jsonw_key(w, "references");
    jsonw_array(w);
    for (i = 0; i < count && result == ERR_OK; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "text", entries[i].body);
        jsonw_key_string(w, "title", *entries[i].title ? entries[i].title : NULL);
        jsonw_key_string(w, "arxiv", *entries[i].arxiv ? entries[i].arxiv : NULL);
        jsonw_key_string(w, "doi", *entries[i].doi ? entries[i].doi : NULL);
        if (entries[i].year)
            jsonw_key_int(w, "year", entries[i].year);
        result = json_work(call, w, "work", entries[i].work, err);
        jsonw_end(w);
    }
    jsonw_end(w);
    return result;
}

/* Where a paper stands in tables. */
struct show_results {
    struct work_result *items;
    size_t count;
};

static void json_results(struct jsonw *w, const struct show_results *list)
{
    const struct work_result *results = list->items;
    size_t i;

    jsonw_key(w, "results");
    jsonw_array(w);
    for (i = 0; i < list->count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "task", results[i].task);
        jsonw_key_string(w, "dataset", results[i].dataset);
        jsonw_key_string(w, "model", results[i].model);
        jsonw_key_string(w, "metric", results[i].metric);
        jsonw_key_string(w, "value", results[i].value);
        jsonw_key_int(w, "position", results[i].position);
        jsonw_key_int(w, "rows", results[i].rows);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* ,"results":[...],"documents":[...],"cited_by":[...] in front of the record's last bracket. */
static int json_bound(struct command_call *call, int64_t id, const struct show_results *results,
                      struct error *err)
{
    struct stored_document *documents;
    struct str more = STR_INIT;
    struct jsonw w;
    size_t count = 0, cited = 0, i;
    int64_t *by;
    int result = documents_of(&documents, &count, call->store, call->arena, id, err);

    if (result == ERR_OK)
        result = documents_cited_by(&by, &cited, call->store, call->arena, id, err);
    if (result != ERR_OK || (count == 0 && cited == 0 && results->count == 0))
        return result;
    jsonw_start(&w, &more);
    jsonw_object(&w);
    if (results->count > 0)
        json_results(&w, results);
    jsonw_key(&w, "documents");
    jsonw_array(&w);
    for (i = 0; i < count && result == ERR_OK; i++) {
        jsonw_object(&w);
        jsonw_key_string(&w, "id", arena_printf(call->arena, "file:%s", documents[i].name));
        jsonw_key_string(&w, "format", documents[i].format);
        jsonw_key_string(&w, "state", documents[i].state);
        jsonw_key_int(&w, "pages", documents[i].pages);
        jsonw_key_string(&w, "source", documents[i].origin);
        result = json_references(call, &w, documents[i].id, err);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_key(&w, "cited_by");
    jsonw_array(&w);
    for (i = 0; i < cited && result == ERR_OK; i++) {
        struct work_row row;

        result = works_rows(call->store, call->arena, &by[i], 1, &row, err);
        if (result == ERR_OK && row.id)
            jsonw_string(&w, row.key);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    if (result == ERR_OK && call->out.len > 0) {
        call->out.len--;
        str_add_char(&call->out, ',');
        str_add(&call->out, more.ptr + 1);
    }
    str_free(&more);
    return result;
}

/* Code without a word for it is an address; what speaks for a link is told with it. */
static void show_links(struct str *out, const struct record *record)
{
    const struct record_links *links = &record->links;
    const char *last = "";
    size_t i, k;

    for (i = 0; i < record->code_urls.len; i++) {
        for (k = 0; k < links->len; k++)
            if (strcmp(links->items[k].url, record->code_urls.items[i]) == 0)
                break;
        if (k == links->len) {
            str_printf(out, "%-11s %s\n", *last ? "" : "code", record->code_urls.items[i]);
            last = "code";
        }
    }
    for (i = 0; i < links->len; i++) {
        const struct record_link *link = &links->items[i];

        str_printf(out, "%-11s %s  (%s%s%s)", strcmp(last, link->kind) == 0 ? "" : link->kind,
                   link->url, link->evidence, *link->said ? ": " : "", link->said);
        if (link->confidence > 0)
            str_printf(out, " %.0f%%", link->confidence * 100);
        str_add_char(out, '\n');
        last = link->kind;
    }
}

static void show_metrics(struct str *out, const struct record_metrics *metrics)
{
    size_t i;

    for (i = 0; i < metrics->len; i++) {
        const struct record_metric *metric = &metrics->items[i];
        char day[32];

        time_format(day, metric->at);
        str_printf(out, "%-11s %s %.15g (%s, %.10s)\n", i == 0 ? "counted" : "", metric->name,
                   metric->value, metric->source, day);
    }
}

/* Of a paper that has more than one. */
static void show_versions(struct command_call *call, const struct text_list *versions)
{
    struct record_version version;
    size_t i;

    for (i = 0; i < versions->len; i++) {
        if (!record_version_read(&version, call->arena, versions->items[i]))
            continue;
        str_printf(&call->out, "%-11s ", i == 0 ? "versions" : "");
        if (version.number > 0)
            str_printf(&call->out, "v%-3d ", version.number);
        str_printf(&call->out, "%.10s%s%s\n", version.at, *version.size ? "  " : "", version.size);
    }
}

static void show_credits(struct str *out, const struct text_list *names)
{
    size_t i;

    for (i = 0; i < names->len; i++) {
        const struct credit *credit = credit_find(names->items[i]);

        if (!credit)
            continue;
        str_printf(out, "%-11s ", "data from");
        credit_print(out, credit);
        str_add_char(out, '\n');
    }
}

/* Where it stands in tables of results. */
static void show_results(struct command_call *call, const struct show_results *list)
{
    const struct work_result *results = list->items;
    size_t i;

    for (i = 0; i < list->count; i++)
        str_printf(&call->out, "%-11s %" PRId64 " of %" PRId64 " on %s (%s): %s %s, %s\n",
                   i == 0 ? "results" : "", results[i].position, results[i].rows,
                   results[i].dataset, results[i].task, results[i].metric, results[i].value,
                   results[i].model);
}

/* Names of it beside the one that it goes by. */
static void show_aliases(struct command_call *call, const struct work_full *work)
{
    struct text_list others = { 0 };
    size_t i;

    for (i = 0; i < work->aliases.len; i++)
        if (strcmp(work->aliases.items[i], work->row.key) != 0)
            text_list_add(&others, call->arena, work->aliases.items[i],
                          strlen(work->aliases.items[i]));
    show_list(&call->out, "aliases", &others);
}

static int show_text(struct command_call *call, const struct work_full *work,
                     const struct show_results *results, struct error *err)
{
    struct paper_place place;
    struct str *out = &call->out;
    struct str title = STR_INIT, authors = STR_INIT, abstract = STR_INIT;
    size_t i;
    int result = paper_place(&place, call->store, call->arena, work->row.id, err);

    if (result != ERR_OK)
        return result;
    text_from_latex(&title, work->row.title);
    str_printf(out, "%s\n", title.ptr);
    text_list_join(&authors, &work->record.authors, ", ");
    if (authors.len) {
        text_from_latex(out, authors.ptr);
        str_add_char(out, '\n');
    }
    str_add_char(out, '\n');
    show_field(out, "id", work->row.key);
    show_field(out, "key", place.key);
    show_field(out, "published", work->record.published);
    show_field(out, "updated", work->record.updated);
    show_versions(call, &work->record.versions);
    show_list(out, "categories", &work->record.categories);
    show_field(out, "venue", work->record.venue);
    show_field(out, "in", place.part);
    show_field(out, "doi", work->record.doi);
    show_field(out, "comment", work->record.comment);
    show_field(out, "url", work->record.url);
    show_field(out, "pdf", work->record.pdf_url);
    show_links(out, &work->record);
    show_metrics(out, &work->record.metrics);
    str_printf(out, "%-11s %s%s%s\n", "state", read_state_name(work->row.state),
               work->row.starred ? ", starred" : "",
               work->row.flags & WORK_WITHDRAWN ? ", withdrawn by its source" : "");
    show_list(out, "tags", &work->record.tags);
    show_list(out, "collections", &place.collections);
    for (i = 0; i < work->sources.len; i++) {
        char at[32], version[16] = "";

        if (work->sources.items[i].version > 0)
            snprintf(version, sizeof version, " v%d", work->sources.items[i].version);
        time_format(at, work->sources.items[i].fetched);
        str_printf(out, "%-11s %s%s %.10s%s\n", i == 0 ? "records" : "",
                   work->sources.items[i].source, version, at,
                   work->sources.items[i].current ? "" : " (older)");
    }
    show_list(out, "tasks", &work->record.tasks);
    show_list(out, "methods", &work->record.methods);
    show_credits(out, &work->record.credits);
    show_aliases(call, work);
    show_list(out, "merged", &work->merges);
    show_results(call, results);
    result = show_bound(call, work, err);
    if (work->record.abstract) {
        text_from_latex(&abstract, work->record.abstract);
        str_printf(out, "\n%s\n", abstract.ptr);
    }
    for (i = 0; i < work->record.notes.len; i++)
        str_printf(out, "\nNote: %s\n", work->record.notes.items[i]);
    str_free(&title);
    str_free(&authors);
    str_free(&abstract);
    return result;
}

static int show_one(struct command_call *call, const char *any_id, struct error *err)
{
    struct show_results results;
    struct work_full work;
    struct ident ident;
    int64_t id;
    int result = works_find(call->store, &id, any_id, err);

    if (result == ERR_NOTFOUND && ident_parse(&ident, any_id) && ident.scheme == ID_REPO)
        return repository_show(call, any_id, err);
    if (result == ERR_OK)
        result = works_full(call->store, call->arena, id, &work, err);
    if (result == ERR_OK)
        result = work_results(call->store, call->arena, id, &results.items, &results.count,
                              &work.record.credits, err);
    if (result != ERR_OK || !call_has(call, "--json"))
        return result == ERR_OK ? show_text(call, &work, &results, err) : result;
    record_to_json(&call->out, &work.record);
    result = json_bound(call, id, &results, err);
    str_add_char(&call->out, '\n');
    return result;
}

/* The form that is asked for; false: none. */
static bool show_form(struct command_call *call, enum bibliography_form *form)
{
    static const struct {
        const char *option;
        enum bibliography_form form;
    } forms[] = { { "--bibtex", BIB_BIBTEX },
                  { "--biblatex", BIB_BIBLATEX },
                  { "--ris", BIB_RIS },
                  { "--csl", BIB_CSL } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(forms); i++)
        if (call_has(call, forms[i].option)) {
            *form = forms[i].form;
            return true;
        }
    return false;
}

static int show_cited(struct command_call *call, char **ids, size_t count,
                      enum bibliography_form form, struct error *err)
{
    struct bibliography_options options = { .form = form,
                                            .pandoc =
                                                config_bool(call->app->config, "cite.as-pandoc") };
    int64_t *works = arena_alloc(call->arena, (count + 1) * sizeof *works);
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        result = works_find(call->store, &works[i], ids[i], err);
    if (result == ERR_OK)
        result = cites_write(&call->out, call->store, call->arena, &options,
                             config_text(call->app->config, "cite.key"), works, count, err);
    return result;
}

int cmd_show(struct command_call *call, struct error *err)
{
    enum bibliography_form form;
    char **ids;
    size_t count, i;
    int result = call_ids(call, 0, &ids, &count, err);

    if (result == ERR_OK && show_form(call, &form))
        return show_cited(call, ids, count, form, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        if (i > 0 && !call_has(call, "--json"))
            str_add(&call->out, "\n\n");
        result = show_one(call, ids[i], err);
        if (result == ERR_OK)
            result = call_out(call, err);
    }
    return result;
}
