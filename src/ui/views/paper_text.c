/*
 * A paper as text: the headline, the abstract, then what else is known, each part under its
 * heading.
 */
#include "paper.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/mentions.h"
#include "carrel/paper_changes.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- on top ---- */

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
        textview_blank(text);
    }
    str_free(&readable);
}

/* ---- what leads away from it ---- */

static void paper_links(struct textview *text, const struct record *record)
{
    const struct record_links *links = &record->links;
    size_t i, k;

    for (i = 0; i < record->code_urls.len; i++) {
        for (k = 0; k < links->len; k++)
            if (strcmp(links->items[k].url, record->code_urls.items[i]) == 0)
                break;
        if (k == links->len)
            textview_field(text, "code", record->code_urls.items[i]);
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
static void paper_repositories(struct textview *text, const struct paper_read *read)
{
    struct str line = STR_INIT;
    size_t i;

    for (i = 0; i < read->repository_count; i++) {
        const struct repository_row *row = &read->repositories[i];

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

/* ---- fields and lists ---- */

static void paper_metrics(struct textview *text, const struct record_metrics *metrics)
{
    struct str line = STR_INIT;
    size_t i;

    for (i = 0; i < metrics->len; i++)
        str_printf(&line, "%s%s %.15g", i ? ", " : "", metrics->items[i].name,
                   metrics->items[i].value);
    textview_field(text, "counted", line.ptr);
    str_free(&line);
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
        textview_field(text, "data from", line.ptr);
    }
    str_free(&line);
}

/* Of a paper that has more than one, the newest first. */
static void paper_versions(struct textview *text, const struct paper_read *read)
{
    struct str line = STR_INIT;
    size_t i;

    if (read->edition_count < 2)
        return;
    textview_add(text, STYLE_HEADING, 0, "Versions  (D shows what changed)");
    for (i = read->edition_count; i > 0; i--) {
        str_clear(&line);
        edition_line(&line, &read->editions[i - 1]);
        textview_add(text, i == read->edition_count ? STYLE_NORMAL : STYLE_DIM, 8, "  %s",
                     line.ptr);
    }
    textview_blank(text);
    str_free(&line);
}

static void paper_results(struct textview *text, const struct paper_read *read)
{
    size_t i;

    if (read->result_count == 0)
        return;
    textview_add(text, STYLE_HEADING, 0, "Results");
    for (i = 0; i < read->result_count; i++) {
        const struct work_result *result = &read->results[i];

        textview_add(text, STYLE_NORMAL, 4, "%" PRId64 " of %" PRId64 " on %s (%s): %s %s, %s",
                     result->position, result->rows, result->dataset, result->task, result->metric,
                     result->value, result->model);
    }
    textview_blank(text);
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
    textview_blank(text);
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

void paper_compose(struct textview *text, const struct paper_read *read)
{
    const struct record *record = &read->work.record;
    struct str title = STR_INIT, authors = STR_INIT, readable = STR_INIT;
    size_t i;

    textview_clear(text);
    text_from_latex(&title, record->title ? record->title : "");
    textview_add(text, STYLE_TITLE, 0, "%s", title.ptr);
    text_list_join(&authors, &record->authors, ", ");
    text_from_latex(&readable, authors.ptr);
    textview_add(text, STYLE_ACCENT, 0, "%s", readable.ptr);
    paper_headline(text, &read->work);
    for (i = 0; i < record->notes.len; i++)
        textview_add(text, STYLE_WARN, 6, "Note: %s", record->notes.items[i]);
    textview_blank(text);
    if (record->abstract)
        paper_abstract(text, record->abstract);
    textview_field(text, "updated", record->updated);
    textview_list(text, "categories", &record->categories);
    textview_field(text, "venue", record->venue);
    textview_field(text, "in", read->place.part);
    textview_field(text, "key", read->place.key);
    textview_list(text, "collections", &read->place.collections);
    textview_field(text, "comment", record->comment);
    textview_field(text, "doi", record->doi);
    textview_field(text, "page", record->url);
    textview_field(text, "pdf", record->pdf_url);
    paper_links(text, record);
    paper_repositories(text, read);
    paper_metrics(text, &record->metrics);
    textview_list(text, "tasks", &record->tasks);
    textview_list(text, "methods", &record->methods);
    paper_credits(text, &record->credits);
    textview_blank(text);
    paper_versions(text, read);
    paper_results(text, read);
    paper_documents(text, &read->documents, &read->work.aliases);
    paper_sources(text, &read->work);
    str_free(&title);
    str_free(&authors);
    str_free(&readable);
}
