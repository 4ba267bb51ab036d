/*
 * The selection as text (selection.h). Whatever the library has came from elsewhere: a template's
 * value is one line without control characters, and stands on the other program's standard input,
 * never in its command line.
 */
#include "carrel/selection.h"

#include "carrel/publish.h"
#include "carrel/repositories.h"
#include "carrel/repository_view.h"
#include "carrel/text.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include "cites.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum bibliography_form form;
} forms[] = {
    { "bibtex", BIB_BIBTEX }, { "biblatex", BIB_BIBLATEX }, { "ris", BIB_RIS }, { "csl", BIB_CSL }
};

/* ---- one line of a template ---- */

static void add_list(struct str *out, const struct text_list *list)
{
    text_list_join(out, list, ", ");
}

static void field_id(struct str *out, const struct record *r)
{
    str_add(out, r->id ? r->id : "");
}

static void field_title(struct str *out, const struct record *r)
{
    text_from_latex(out, r->title ? r->title : "");
}

static void field_authors(struct str *out, const struct record *r)
{
    struct str list = STR_INIT;

    add_list(&list, &r->authors);
    text_from_latex(out, list.ptr);
    str_free(&list);
}

static void field_author(struct str *out, const struct record *r)
{
    text_from_latex(out, r->authors.len > 0 ? r->authors.items[0] : "");
}

static void field_abstract(struct str *out, const struct record *r)
{
    text_from_latex(out, r->abstract ? r->abstract : "");
}

static void field_published(struct str *out, const struct record *r)
{
    str_add(out, r->published ? r->published : "");
}

static void field_year(struct str *out, const struct record *r)
{
    str_printf(out, "%.4s", r->published ? r->published : "");
}

static void field_doi(struct str *out, const struct record *r)
{
    str_add(out, r->doi ? r->doi : "");
}

static void field_venue(struct str *out, const struct record *r)
{
    str_add(out, r->venue ? r->venue : "");
}

static void field_url(struct str *out, const struct record *r)
{
    str_add(out, r->url ? r->url : "");
}

static void field_pdf(struct str *out, const struct record *r)
{
    str_add(out, r->pdf_url ? r->pdf_url : "");
}

static void field_categories(struct str *out, const struct record *r)
{
    add_list(out, &r->categories);
}

static void field_tags(struct str *out, const struct record *r)
{
    add_list(out, &r->tags);
}

static void field_code(struct str *out, const struct record *r)
{
    str_add(out, r->code_urls.len > 0 ? r->code_urls.items[0] : "");
}

static const struct {
    const char *name;
    void (*add)(struct str *out, const struct record *record);
} fields[] = {
    { "id", field_id },         { "title", field_title },       { "authors", field_authors },
    { "author", field_author }, { "abstract", field_abstract }, { "published", field_published },
    { "year", field_year },     { "doi", field_doi },           { "venue", field_venue },
    { "url", field_url },       { "pdf", field_pdf },           { "categories", field_categories },
    { "tags", field_tags },     { "code", field_code }
};

/* The field that begins at "{"; *end is behind its "}". -1: none. */
static int field_at(const char *at, const char **end)
{
    size_t len = strcspn(at + 1, "}"), i;

    for (i = 0; i < ARRAY_LEN(fields); i++)
        if (at[1 + len] && strlen(fields[i].name) == len
            && strncmp(fields[i].name, at + 1, len) == 0) {
            *end = at + len + 2;
            return (int)i;
        }
    return -1;
}

static void add_value(struct str *out, size_t field, const struct record *record)
{
    struct str value = STR_INIT;

    fields[field].add(&value, record);
    utf8_squeeze(out, value.ptr, value.len);
    str_free(&value);
}

/* `as` has been checked. */
static void add_line(struct str *out, const char *as, const struct record *record)
{
    while (*as) {
        const char *end;

        if (*as == '{' && as[1] != '{') {
            add_value(out, (size_t)field_at(as, &end), record);
            as = end;
        } else {
            bool escaped = *as == '\\' && (as[1] == 't' || as[1] == 'n' || as[1] == '\\');

            as += escaped || *as == '{';
            str_add_char(out, escaped && *as == 't' ? '\t' : escaped && *as == 'n' ? '\n' : *as);
            as++;
        }
    }
    str_add_char(out, '\n');
}

static int template_check(const char *as, struct error *err)
{
    struct str known = STR_INIT;
    const char *at = as, *end;
    int result = ERR_OK;
    size_t i;

    while (result == ERR_OK && (at = strchr(at, '{'))) {
        if (at[1] == '{')
            at += 2;
        else if (field_at(at, &end) >= 0)
            at = end;
        else
            result = ERR_USAGE;
    }
    if (result != ERR_OK) {
        for (i = 0; i < ARRAY_LEN(fields); i++)
            str_printf(&known, " {%s}", fields[i].name);
        error_set(err, ERR_USAGE, "--as has no field '%.40s'; there are:%s", at, known.ptr);
    }
    str_free(&known);
    return result;
}

/* ---- forms ---- */

static bool is_form(const char *as, const char *name)
{
    return strcmp(as ? as : "jsonl", name) == 0;
}

static const enum bibliography_form *bibliography_named(const char *as)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(forms); i++)
        if (is_form(as, forms[i].name))
            return &forms[i].form;
    return NULL;
}

int selection_form_check(const char *as, struct error *err)
{
    if (is_form(as, "jsonl") || is_form(as, "ids") || bibliography_named(as))
        return ERR_OK;
    if (strchr(as, '{'))
        return template_check(as, err);
    return error_set(err, ERR_USAGE,
                     "--as is " SELECTION_FORMS " or a template like \"{id} {title}\", not '%.60s'",
                     as);
}

/* ---- each of them ---- */

/* As far as a repository has what a paper has. */
static void record_of(struct record *record, struct arena *arena,
                      const struct repository_full *full)
{
    *record = (struct record){ .id = arena_printf(arena, "repo:%s", full->row.key),
                               .title = full->row.name,
                               .abstract = full->row.description,
                               .published = full->row.pushed,
                               .url = arena_printf(arena, "https://%s", full->row.key) };
}

static int add_repository(struct str *out, struct store *store, struct arena *arena,
                          const char *key, const char *as, struct error *err)
{
    struct repository_full full;
    struct record record;
    struct jsonw w;
    int64_t id;
    int result = repositories_find(store, &id, key, err);

    if (result == ERR_OK)
        result = repositories_full(store, arena, id, &full, err);
    if (result == ERR_NOTFOUND)
        return error_set(err, ERR_NOTFOUND, "%s has not been asked for: carrel add %s", key, key);
    if (result != ERR_OK)
        return result;
    if (as) {
        record_of(&record, arena, &full);
        add_line(out, as, &record);
    } else {
        jsonw_start(&w, out);
        jsonw_object(&w);
        repository_json_full(&w, &full);
        jsonw_end(&w);
        str_add_char(out, '\n');
    }
    return ERR_OK;
}

/* `as` NULL: JSON, else a template. */
static int add_one(struct str *out, struct store *store, struct arena *arena, const char *key,
                   const char *as, struct error *err)
{
    struct record record;
    int64_t id;
    int result;

    if (str_starts(key, "repo:"))
        return add_repository(out, store, arena, key, as, err);
    result = works_find(store, &id, key, err);
    if (result == ERR_OK)
        result = publish_record(store, arena, id, &record, err);
    if (result == ERR_OK && as) {
        add_line(out, as, &record);
    } else if (result == ERR_OK) {
        record_to_json(out, &record);
        str_add_char(out, '\n');
    }
    return result;
}

static int add_bibliography(struct str *out, const struct app *app, struct store *store,
                            struct arena *arena, char *const *keys, size_t count,
                            enum bibliography_form form, struct error *err)
{
    const struct bibliography_options options = { .form = form };
    int64_t *works = arena_alloc(arena, (count + 1) * sizeof *works);
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        result = works_find(store, &works[i], keys[i], err);
    return result != ERR_OK ? result
                            : cites_write(out, store, arena, &options,
                                          app->config ? config_text(app->config, "cite.key") : NULL,
                                          works, count, err);
}

int selection_write(struct str *out, const struct app *app, struct store *store, char *const *keys,
                    size_t count, const char *as, struct error *err)
{
    const enum bibliography_form *form = bibliography_named(as);
    struct arena *arena = arena_new();
    size_t i;
    int result = selection_form_check(as, err);

    if (result == ERR_OK && form)
        result = add_bibliography(out, app, store, arena, keys, count, *form, err);
    for (i = 0; i < count && result == ERR_OK && !form; i++) {
        arena_reset(arena);
        if (is_form(as, "ids"))
            str_printf(out, "%s\n", keys[i]);
        else
            result = add_one(out, store, arena, keys[i], is_form(as, "jsonl") ? NULL : as, err);
    }
    arena_free(arena);
    return result;
}
