/*
 * Repositories: the list of those that are known, and one with everything about it: facts, numbers
 * over time, the papers it belongs to.
 */
#include "cmd_repo.h"
#include "repositories.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <string.h>

#define LIST_LIMIT 50
#define README_LINES 12 /* shown of it */

/* ---- as text ---- */

static void line(struct str *out, const char *name, const char *value)
{
    if (value && *value)
        str_printf(out, "%-11s %s\n", name, value);
}

static void line_list(struct str *out, const char *name, const struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        if (i == 0)
            str_printf(out, "%-11s %s", name, list->items[i]);
        else
            str_printf(out, ", %s", list->items[i]);
    if (list->len > 0)
        str_add_char(out, '\n');
}

/* A number, what it was when it was first sampled, and a line of the last two months. */
static void show_metric(struct str *out, const char *metric, const struct repository_full *full,
                        bool ascii)
{
    struct repository_metric m;

    if (!repository_metric(&m, full, metric))
        return;
    str_printf(out, "%-11s ", metric);
    repository_metric_print(out, &m, ascii);
    str_add_char(out, '\n');
}

static void show_works(struct str *out, const struct repository_work *works, size_t count)
{
    struct str title = STR_INIT;
    size_t i;

    for (i = 0; i < count; i++) {
        str_clear(&title);
        text_from_latex(&title, works[i].title);
        str_printf(out, "%-11s %s  %s", i == 0 ? "papers" : "", works[i].key, title.ptr);
        if (*works[i].evidence)
            str_printf(out, "  (%s%s%s)", works[i].evidence, *works[i].said ? ": " : "",
                       works[i].said);
        else if (*works[i].said)
            str_printf(out, "  (%s)", works[i].said);
        str_add_char(out, '\n');
    }
    str_free(&title);
}

/* The papers that its README and citation files name, here or not: its own by name. */
static void show_named(struct str *out, const struct repository_full *full)
{
    const struct repository *r = &full->repository;
    size_t i, own = 0;

    for (i = 0; i < r->paper_count; i++) {
        if (!r->papers[i].own)
            continue;
        if (own++ == 0)
            str_printf(out, "%-11s its own: %s", "README", r->papers[i].id);
        else
            str_printf(out, ", %s", r->papers[i].id);
    }
    if (own > 0 && own < r->paper_count)
        str_printf(out, "; names %zu more", r->paper_count - own);
    else if (own < r->paper_count)
        str_printf(out, "%-11s names %zu paper%s", "README", r->paper_count,
                   r->paper_count == 1 ? "" : "s");
    if (r->paper_count > 0)
        str_add_char(out, '\n');
}

struct readme_text {
    struct str *out;
    int lines;
    enum readme_kind last;
};

/* As much of it as fits; headings and what is no list stand apart. */
static void add_block(void *ctx, const struct readme_block *block)
{
    struct readme_text *readme = ctx;
    bool apart =
        block->kind == README_HEADING || block->kind != readme->last || block->kind == README_TEXT;

    if (readme->lines > README_LINES)
        return;
    if (readme->lines++ == README_LINES) {
        str_add(readme->out, "...\n");
        return;
    }
    str_printf(readme->out, "%s%*s%s\n", apart ? "\n" : "",
               block->kind == README_CODE   ? 4
               : block->kind == README_ITEM ? block->depth * 2
                                            : 0,
               "", block->text);
    readme->last = block->kind;
}

static void show_readme(struct str *out, const char *markdown)
{
    struct readme_text readme = { .out = out };

    if (markdown && *markdown)
        readme_blocks(markdown, add_block, &readme);
}

static void show_full(struct str *out, const struct repository_full *full,
                      const struct clone *clone, bool ascii)
{
    const struct repository *r = &full->repository;
    char at[32];

    str_printf(out, "%s\n", r->name);
    if (r->description && *r->description)
        str_printf(out, "%s\n", r->description);
    str_printf(out, "\n%-11s repo:%s\n", "id", r->key);
    line(out, "url", r->url);
    line(out, "homepage", r->homepage);
    line(out, "language", r->language);
    line(out, "licence", r->license);
    line_list(out, "topics", &r->topics);
    show_metric(out, "stars", full, ascii);
    if (r->forks >= 0)
        str_printf(out, "%-11s %" PRId64 "\n", "forks", r->forks);
    if (r->issues >= 0)
        str_printf(out, "%-11s %" PRId64 " open\n", "issues", r->issues);
    line(out, "branch", r->branch);
    if (r->created)
        str_printf(out, "%-11s %.10s\n", "created", r->created);
    if (r->pushed)
        str_printf(out, "%-11s %.10s\n", "pushed", r->pushed);
    if (r->parent)
        str_printf(out, "%-11s repo:%s\n", "fork of", r->parent);
    else if (r->fork)
        line(out, "fork", "yes");
    if (r->archived)
        line(out, "archived", "it is not worked on any more");
    if (r->state != REPOSITORY_KNOWN)
        str_printf(out, "%-11s %s%s%s\n", "state", repository_state_name(r->state),
                   r->why ? ": " : "", r->why ? r->why : "");
    line_list(out, "was called", &full->names);
    time_format(at, full->asked);
    str_printf(out, "%-11s %.10s%s\n", "asked", at, full->wanted ? ", kept by hand" : "");
    if (clone)
        clone_show(out, clone, ascii);
    show_named(out, full);
    show_works(out, full->works, full->work_count);
    show_readme(out, r->readme);
}

static void show_json(struct str *out, const struct repository_full *full)
{
    struct jsonw w;

    jsonw_start(&w, out);
    jsonw_object(&w);
    repository_json_full(&w, full);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

/* One that papers link to and that GitHub was never asked about. */
static int show_unasked(struct command_call *call, const char *any_id, struct error *err)
{
    struct repository_work *works;
    struct str key = STR_INIT;
    size_t count = 0;
    struct jsonw w;
    int result = repository_key(&key, any_id)
                     ? repositories_works(call->store, call->arena, key.ptr, &works, &count, err)
                     : ERR_OK;

    if (result == ERR_OK && count == 0)
        result = error_set(err, ERR_NOTFOUND,
                           "%.200s: no such repository in this library; 'carrel add' asks for it",
                           any_id);
    if (result == ERR_OK && call_has(call, "--json")) {
        jsonw_start(&w, &call->out);
        jsonw_object(&w);
        repository_json_linked(&w, key.ptr, works, count);
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    } else if (result == ERR_OK) {
        str_printf(&call->out,
                   "repo:%s\n\n%-11s linked by papers; its facts were not asked for "
                   "yet ('carrel add' does)\n",
                   key.ptr, "state");
        show_works(&call->out, works, count);
    }
    str_free(&key);
    return result;
}

int repository_show(struct command_call *call, const char *any_id, struct error *err)
{
    struct repository_full full;
    struct clone clone;
    int64_t id;
    bool cloned;
    int result = repositories_find(call->store, &id, any_id, err);

    if (result == ERR_NOTFOUND)
        return show_unasked(call, any_id, err);
    if (result == ERR_OK)
        result = repositories_full(call->store, call->arena, id, &full, err);
    if (result != ERR_OK)
        return result;
    result = clones_get(call->store, call->arena, id, &clone, err);
    cloned = result == ERR_OK;
    if (!cloned && result != ERR_NOTFOUND)
        return result;
    if (call_has(call, "--json"))
        show_json(&call->out, &full);
    else
        show_full(&call->out, &full, cloned ? &clone : NULL, call->app->ascii);
    return ERR_OK;
}

/* ---- the list ---- */

static void list_text(struct command_call *call, const struct repository_row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const struct repository_row *row = &rows[i];

        if (row->stars >= 0)
            str_printf(&call->out, "%8" PRId64, row->stars);
        else
            str_printf(&call->out, "%8s", row->state == REPOSITORY_KNOWN ? "-" : "gone");
        str_printf(&call->out, "  %-10.10s %4" PRId64 " %s  repo:%s%s%s\n", row->pushed,
                   row->papers, row->papers == 1 ? "paper " : "papers", row->key,
                   *row->description ? "  " : "", row->description);
    }
}

static int list_totals(struct command_call *call, size_t shown, struct error *err)
{
    struct repositories_totals totals;
    int result = repositories_totals(call->store, &totals, err);

    if (result != ERR_OK)
        return result;
    if (totals.known + totals.gone == 0)
        str_printf(&call->say,
                   "no repository is known yet; papers of this library link to %" PRId64
                   ": enable [source \"github\"] and sync, or carrel add https://github.com/...\n",
                   totals.linked);
    else
        str_printf(&call->say,
                   "%zu of %" PRId64 " repositories; %" PRId64
                   " more that papers link to were not asked for yet\n",
                   shown, totals.known + totals.gone, totals.unasked);
    return ERR_OK;
}

int cmd_repositories(struct command_call *call, struct error *err)
{
    enum repositories_order order = REPOSITORIES_STARS;
    const char *sort = call_option(call, "--sort");
    long limit = LIST_LIMIT;
    struct repository_row *rows;
    struct work_ids ids = { 0 };
    struct jsonw w;
    size_t i;
    int result;

    if (sort && !repositories_order_find(&order, sort))
        return error_set(err, ERR_USAGE, "--sort %s: stars, pushed, name or added", sort);
    result = call_number(call, "--limit", 1, 1000000, &limit, err);
    if (result != ERR_OK)
        return result;
    result = repositories_list(call->store, call->arena, order, (size_t)limit, &ids, err);
    if (result != ERR_OK)
        return result;
    rows = arena_alloc(call->arena, (ids.len + 1) * sizeof *rows);
    result = repositories_rows(call->store, call->arena, ids.items, ids.len, rows, err);
    if (result != ERR_OK)
        return result;
    if (!call_has(call, "--json")) {
        list_text(call, rows, ids.len);
        return list_totals(call, ids.len, err);
    }
    jsonw_items(&w, &call->out);
    for (i = 0; i < ids.len; i++)
        if (rows[i].id)
            repository_json_row(&w, &rows[i]);
    jsonw_items_end(&w);
    return ERR_OK;
}
