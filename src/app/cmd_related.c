/*
 * Commands about what belongs together: related papers, likely duplicates, recommendations.
 */
#include "commands.h"

#include "carrel/jsonw.h"
#include "carrel/recommend.h"
#include "carrel/related.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>

#define NEWEST_COMPARED 2000

static void json_begin(struct jsonw *w, struct command_call *call)
{
    jsonw_start(w, &call->out);
    jsonw_object(w);
    jsonw_key_int(w, "version", 1);
    jsonw_key(w, "items");
    jsonw_array(w);
}

static void json_finish(struct jsonw *w, struct command_call *call)
{
    jsonw_end(w);
    jsonw_end(w);
    str_add_char(&call->out, '\n');
}

static void print_title(struct command_call *call, const struct work_row *row)
{
    struct str title = STR_INIT;

    text_from_latex(&title, row->title);
    str_printf(&call->out, "%s  %s\n", row->key, title.ptr);
    str_free(&title);
}

/* ---- related ---- */

static int find_works(struct command_call *call, int64_t **works, size_t *count, struct error *err)
{
    char **ids;
    size_t i;
    int result = call_ids(call, 0, &ids, count, err);

    *works = arena_alloc(call->arena, (*count + 1) * sizeof **works);
    for (i = 0; i < *count && result == ERR_OK; i++)
        result = works_find(call->store, &(*works)[i], ids[i], err);
    return result;
}

static int print_related(struct command_call *call, struct jsonw *w,
                         const struct related_item *item, struct error *err)
{
    struct work_row row;
    int result = works_rows(call->store, call->arena, &item->id, 1, &row, err);

    if (result != ERR_OK || row.id == 0)
        return result;
    if (!w) {
        print_title(call, &row);
        str_printf(&call->out, "    %s\n", item->because);
        return ERR_OK;
    }
    jsonw_object(w);
    jsonw_key_string(w, "id", row.key);
    jsonw_key_string(w, "title", row.title);
    jsonw_key_double(w, "score", item->score);
    jsonw_key_double(w, "cosine", item->cosine);
    jsonw_key_int(w, "authors", item->authors);
    jsonw_key_int(w, "links", item->links);
    jsonw_key_string(w, "because", item->because);
    jsonw_end(w);
    return ERR_OK;
}

int cmd_related(struct command_call *call, struct error *err)
{
    bool json = call_has(call, "--json");
    struct related_item *items = NULL;
    struct jsonw w;
    int64_t *works;
    size_t work_count, count = 0, i;
    long limit = 20;
    int result = call_number(call, "--limit", 1, 1000, &limit, err);

    if (result == ERR_OK)
        result = find_works(call, &works, &work_count, err);
    if (result == ERR_OK)
        result = related_find(&items, &count, call->store, call->arena, works, work_count,
                              (size_t)limit, err);
    if (result != ERR_OK)
        return result;
    if (json)
        json_begin(&w, call);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = print_related(call, json ? &w : NULL, &items[i], err);
    if (json)
        json_finish(&w, call);
    else if (count == 0)
        str_add(&call->say, "nothing in this library is like it\n");
    return result;
}

/* ---- duplicates ---- */

static int print_pair(struct command_call *call, struct jsonw *w, const struct duplicate_pair *pair,
                      struct error *err)
{
    int64_t ids[2] = { pair->a, pair->b };
    struct work_row rows[2];
    int result = works_rows(call->store, call->arena, ids, 2, rows, err);

    if (result != ERR_OK || rows[0].id == 0 || rows[1].id == 0)
        return result;
    if (!w) {
        print_title(call, &rows[0]);
        print_title(call, &rows[1]);
        str_printf(&call->out, "    %.2f: %s\n    carrel merge %s %s\n", pair->score, pair->why,
                   rows[0].key, rows[1].key);
        return ERR_OK;
    }
    jsonw_object(w);
    jsonw_key_string(w, "id", rows[0].key);
    jsonw_key_string(w, "other", rows[1].key);
    jsonw_key_string(w, "title", rows[0].title);
    jsonw_key_string(w, "other_title", rows[1].title);
    jsonw_key_double(w, "score", pair->score);
    jsonw_key_bool(w, "same_title", pair->same_title);
    jsonw_key_int(w, "authors", pair->authors);
    jsonw_key_string(w, "why", pair->why);
    jsonw_end(w);
    return ERR_OK;
}

static int print_merged(struct command_call *call, struct jsonw *w, const struct work_merge *merge,
                        struct error *err)
{
    struct work_row row;
    int result = works_rows(call->store, call->arena, &merge->work, 1, &row, err);

    if (result != ERR_OK || row.id == 0)
        return result;
    if (!w) {
        print_title(call, &row);
        str_printf(&call->out, "    %s\n    carrel split %s\n", merge->said, row.key);
        return ERR_OK;
    }
    jsonw_object(w);
    jsonw_key_string(w, "id", row.key);
    jsonw_key_string(w, "title", row.title);
    jsonw_key_string(w, "merged", merge->gone);
    jsonw_key_string(w, "why", merge->said);
    jsonw_end(w);
    return ERR_OK;
}

static int duplicates_merged(struct command_call *call, size_t limit, struct error *err)
{
    bool json = call_has(call, "--json");
    struct work_merge *merges;
    struct jsonw w;
    size_t count, i;
    int result = works_merged(call->store, call->arena, limit, &merges, &count, err);

    if (result != ERR_OK)
        return result;
    if (json)
        json_begin(&w, call);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = print_merged(call, json ? &w : NULL, &merges[i], err);
    if (json)
        json_finish(&w, call);
    else if (count == 0)
        str_add(&call->say, "nothing was merged but by hand\n");
    return result;
}

int cmd_duplicates(struct command_call *call, struct error *err)
{
    bool json = call_has(call, "--json");
    struct duplicate_pair *pairs = NULL;
    struct jsonw w;
    size_t count = 0, i;
    long limit = 50;
    int result = call_number(call, "--limit", 1, 10000, &limit, err);

    if (result == ERR_OK && call_has(call, "--merged"))
        return duplicates_merged(call, (size_t)limit, err);
    if (result == ERR_OK)
        result = duplicates_find(&pairs, &count, call->store, call->arena,
                                 call_has(call, "--all") ? 0 : NEWEST_COMPARED, (size_t)limit, err);
    if (result != ERR_OK)
        return result;
    if (json)
        json_begin(&w, call);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = print_pair(call, json ? &w : NULL, &pairs[i], err);
    if (json)
        json_finish(&w, call);
    else
        str_printf(&call->say, "%zu likely pair%s\n", count, count == 1 ? "" : "s");
    return result;
}

/* ---- recommend ---- */

static void print_learned(struct command_call *call, const struct recommend_result *result)
{
    const struct recommend_test *t = &result->test;

    str_printf(&call->out, "learned from %zu papers you liked and %zu you skipped\n", result->liked,
               result->disliked);
    if (result->missing)
        return;
    if (!result->tested) {
        str_add(&call->out, "self-test: too few marks to hold some back\n");
        return;
    }
    str_printf(&call->out,
               "self-test: from your first %zu marks it put %d of the %zu papers you liked later "
               "among its first 20 of %zu; newest-first has %d, chance %.1f\n",
               t->learned_liked + t->learned_other, t->hits, t->liked, t->candidates,
               t->newest_hits, t->expected);
}

static int print_recommended(struct command_call *call, struct jsonw *w,
                             const struct recommend_item *item, struct error *err)
{
    struct work_row row;
    int result = works_rows(call->store, call->arena, &item->id, 1, &row, err);

    if (result != ERR_OK || row.id == 0)
        return result;
    if (!w) {
        str_printf(&call->out, "%s %.2f  ", item->exploration ? "?" : " ", item->score);
        print_title(call, &row);
        str_printf(&call->out, "        %s\n", item->because);
        return ERR_OK;
    }
    jsonw_object(w);
    jsonw_key_string(w, "id", row.key);
    jsonw_key_string(w, "title", row.title);
    jsonw_key_double(w, "score", item->score);
    jsonw_key_bool(w, "exploration", item->exploration);
    jsonw_key_string(w, "because", item->because);
    jsonw_end(w);
    return ERR_OK;
}

static void json_learned(struct jsonw *w, const struct recommend_result *result)
{
    jsonw_key_int(w, "liked", (int64_t)result->liked);
    jsonw_key_int(w, "skipped", (int64_t)result->disliked);
    jsonw_key_string(w, "missing", result->missing);
    jsonw_key(w, "self_test");
    if (!result->tested) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_key_int(w, "liked", (int64_t)result->test.liked);
    jsonw_key_int(w, "candidates", (int64_t)result->test.candidates);
    jsonw_key_int(w, "hits", result->test.hits);
    jsonw_key_int(w, "newest_hits", result->test.newest_hits);
    jsonw_key_double(w, "expected", result->test.expected);
    jsonw_end(w);
}

static int json_recommend(struct command_call *call, const struct recommend_result *recommended,
                          struct error *err)
{
    struct jsonw w;
    size_t i;
    int result = ERR_OK;

    json_begin(&w, call);
    for (i = 0; i < recommended->len && result == ERR_OK; i++)
        result = print_recommended(call, &w, &recommended->items[i], err);
    jsonw_end(&w);
    json_learned(&w, recommended);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
    return result;
}

int cmd_recommend(struct command_call *call, struct error *err)
{
    bool json = call_has(call, "--json"), test = call_has(call, "--self-test");
    struct recommend_options options = { .self_test = test || json || call_has(call, "--explain") };
    struct recommend_result *recommended;
    long limit = 20;
    size_t i;
    int result = call_number(call, "--limit", 1, 1000, &limit, err);

    options.limit = (size_t)limit;
    if (result == ERR_OK)
        result = recommend_run(&recommended, call->store, &options, err);
    if (result != ERR_OK)
        return result;
    if (json) {
        result = json_recommend(call, recommended, err);
    } else {
        if (options.self_test)
            print_learned(call, recommended);
        for (i = 0; i < recommended->len && !test && result == ERR_OK; i++)
            result = print_recommended(call, NULL, &recommended->items[i], err);
        if (recommended->missing)
            str_printf(&call->say, "too little history to recommend from: %s\n",
                       recommended->missing);
    }
    recommend_free(recommended);
    return result;
}
