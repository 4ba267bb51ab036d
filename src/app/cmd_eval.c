/*
 * eval: how well search ranks, on test collections, beside SQLite's own ranking in the same run.
 */
#include "commands.h"

#include "carrel/file.h"
#include "carrel/jsonw.h"
#include "eval.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLIP_ROUNDS 20000
#define FLIP_SEED 20240229
#define SETS_MAX 64

static const struct eval_system eval_systems[] = {
    { "bm25()", true, { 0 } },
    { "lexical", false, { .mode = SEARCH_LEXICAL } },
    { "semantic", false, { .mode = SEARCH_SEMANTIC } },
    { "hybrid", false, { .mode = SEARCH_HYBRID } },
};
#define SYSTEMS ARRAY_LEN(eval_systems)

struct eval_table {
    struct command_call *call;
    struct eval_system systems[32];
    size_t system_count;
    char *names[SETS_MAX];
    struct eval_result results[SETS_MAX][32];
    size_t set_count;
};

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every folder in `folder` that holds a collection. */
static int sets_in(const char *folder, struct arena *arena, struct text_list *out,
                   struct error *err)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    if (!dir)
        return error_errno(err, "cannot read %s", folder);
    while ((entry = readdir(dir))) {
        char *docs = arena_printf(arena, "%s/%s/docs.jsonl", folder, entry->d_name);
        char *path = arena_printf(arena, "%s/%s", folder, entry->d_name);

        if (entry->d_name[0] != '.' && file_exists(docs))
            text_list_add(out, arena, path, strlen(path));
    }
    closedir(dir);
    if (out->len > 1)
        qsort(out->items, out->len, sizeof *out->items, compare_texts);
    return ERR_OK;
}

static int choose_sets(struct command_call *call, struct text_list *sets, struct error *err)
{
    const char *shared = getenv("CARREL_SHARED");
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < call->option_count; i++)
        if (strcmp(call->options[i].name, "--set") == 0)
            text_list_add(sets, call->arena, call->options[i].value,
                          strlen(call->options[i].value));
    if (sets->len == 0 && shared && *shared)
        result = sets_in(arena_printf(call->arena, "%s/data/ir", shared), call->arena, sets, err);
    if (result == ERR_OK && sets->len == 0)
        return error_set(err, ERR_USAGE,
                         "which test collection? carrel eval --set FOLDER (with docs.jsonl, "
                         "queries.jsonl and qrels.tsv)");
    if (result == ERR_OK && sets->len > SETS_MAX)
        return error_set(err, ERR_LIMIT, "%zu collections; %d at once are enough", sets->len,
                         SETS_MAX);
    return result;
}

/* The whole, the weighted sum alone, and the whole without one part each. */
static void choose_ablation(struct eval_table *table)
{
    struct eval_system system = { "hybrid", false, { .mode = SEARCH_HYBRID } };
    int f;

    table->systems[table->system_count++] = system;
    system.name = "sum of both arms";
    system.options.off = SEARCH_OFF_RERANK;
    table->systems[table->system_count++] = system;
    for (f = 0; f < SEARCH_FEATURES; f++) {
        system.name =
            arena_printf(table->call->arena, "- %s", search_feature_name((enum search_feature)f));
        system.options.off = SEARCH_OFF_FEATURE(f);
        table->systems[table->system_count++] = system;
    }
}

static int choose_systems(struct eval_table *table, struct error *err)
{
    const char *mode = call_option(table->call, "--mode");
    size_t i;

    if (call_has(table->call, "--ablation")) {
        table->systems[table->system_count++] = eval_systems[0];
        choose_ablation(table);
        return ERR_OK;
    }

    for (i = 0; i < SYSTEMS; i++)
        if (eval_systems[i].peer || !mode || strcmp(mode, eval_systems[i].name) == 0)
            table->systems[table->system_count++] = eval_systems[i];
    if (table->system_count == 1)
        return error_set(err, ERR_USAGE, "--mode is lexical, semantic or hybrid, not '%s'", mode);
    return ERR_OK;
}

static int run_set(struct eval_table *table, const char *folder, struct error *err)
{
    struct eval_library *library = NULL;
    struct testset *set = NULL;
    size_t i;
    int result = testset_read(&set, folder, err);

    if (result == ERR_OK)
        result = eval_library_new(&library, set, err);
    for (i = 0; i < table->system_count && result == ERR_OK; i++) {
        if (!table->call->app->quiet)
            fprintf(stderr, "%s: %s\n", set->name, table->systems[i].name);
        result = eval_run(&table->results[table->set_count][i], library, &table->systems[i],
                          table->call->cancel, err);
    }
    if (set)
        table->names[table->set_count] = arena_strdup(table->call->arena, set->name);
    table->set_count++;
    eval_library_free(library);
    testset_free(set);
    return result;
}

/* p of "no difference to the first system" over all queries of all sets. */
static double pooled_p(const struct eval_table *table, size_t system)
{
    double *differences = NULL, p;
    size_t len = 0, cap = 0, s, i;

    for (s = 0; s < table->set_count; s++)
        for (i = 0; i < table->results[s][0].count; i++)
            VEC_PUSH(differences, len, cap,
                     table->results[s][system].each[i].ndcg10
                         - table->results[s][0].each[i].ndcg10);
    p = metrics_sign_flip(differences, len, FLIP_ROUNDS, FLIP_SEED);
    free(differences);
    return p;
}

static double set_p(const struct eval_table *table, size_t set, size_t system)
{
    const struct eval_result *ours = &table->results[set][system], *peer = &table->results[set][0];
    double *differences = mem_alloc(ours->count * sizeof *differences), p;
    size_t i;

    for (i = 0; i < ours->count; i++)
        differences[i] = ours->each[i].ndcg10 - peer->each[i].ndcg10;
    p = metrics_sign_flip(differences, ours->count, FLIP_ROUNDS, FLIP_SEED);
    free(differences);
    return p;
}

/* The mean over the sets, each counting the same. */
static void table_mean(const struct eval_table *table, size_t system, struct metrics *out)
{
    double n = (double)table->set_count;
    size_t s;

    memset(out, 0, sizeof *out);
    for (s = 0; s < table->set_count; s++) {
        const struct metrics *mean = &table->results[s][system].mean;

        out->ndcg10 += mean->ndcg10 / n;
        out->map += mean->map / n;
        out->recall100 += mean->recall100 / n;
    }
}

static void print_row(struct str *out, const char *name, const struct metrics *m,
                      const struct metrics *peer, double p)
{
    str_printf(out, "  %-28s %8.4f %8.4f %8.4f", name, m->ndcg10, m->map, m->recall100);
    if (peer && peer->ndcg10 > 0 && peer->recall100 > 0)
        str_printf(out, "  %+7.2f%% %+7.2f%%  %8.5f", 100 * (m->ndcg10 / peer->ndcg10 - 1),
                   100 * (m->recall100 / peer->recall100 - 1), p);
    else
        str_printf(out, "  %8s %8s  %8s", "", "", "");
}

static void print_table(struct eval_table *table)
{
    struct str *out = &table->call->out;
    size_t s, i;

    for (s = 0; s < table->set_count; s++) {
        str_printf(out, "%s (%zu queries)\n  %-28s %8s %8s %8s  %8s %8s  %8s %9s %9s\n",
                   table->names[s], table->results[s][0].count, "", "nDCG@10", "MAP", "R@100",
                   "nDCG", "R@100", "p", "median ms", "p95 ms");
        for (i = 0; i < table->system_count; i++) {
            const struct eval_result *r = &table->results[s][i];

            print_row(out, r->system->name, &r->mean, i ? &table->results[s][0].mean : NULL,
                      i ? set_p(table, s, i) : 1);
            str_printf(out, " %9.2f %9.2f\n", r->median_ms, r->p95_ms);
        }
    }
    str_printf(out, "mean of %zu set%s\n", table->set_count, table->set_count == 1 ? "" : "s");
    for (i = 0; i < table->system_count; i++) {
        struct metrics mean, peer;

        table_mean(table, 0, &peer);
        table_mean(table, i, &mean);
        print_row(out, table->systems[i].name, &mean, i ? &peer : NULL, i ? pooled_p(table, i) : 1);
        str_add_char(out, '\n');
    }
}

static void json_metrics(struct jsonw *w, const struct metrics *m)
{
    jsonw_key_double(w, "ndcg10", m->ndcg10);
    jsonw_key_double(w, "map", m->map);
    jsonw_key_double(w, "recall100", m->recall100);
}

static void print_json(struct eval_table *table)
{
    struct jsonw w;
    size_t s, i;

    jsonw_start(&w, &table->call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (s = 0; s < table->set_count; s++) {
        for (i = 0; i < table->system_count; i++) {
            const struct eval_result *r = &table->results[s][i];

            jsonw_object(&w);
            jsonw_key_string(&w, "set", table->names[s]);
            jsonw_key_string(&w, "system", r->system->name);
            jsonw_key_int(&w, "queries", (int64_t)r->count);
            json_metrics(&w, &r->mean);
            jsonw_key_double(&w, "p", i ? set_p(table, s, i) : 1);
            jsonw_key_double(&w, "median_ms", r->median_ms);
            jsonw_key_double(&w, "p95_ms", r->p95_ms);
            jsonw_end(&w);
        }
    }
    jsonw_end(&w);
    jsonw_key(&w, "mean");
    jsonw_array(&w);
    for (i = 0; i < table->system_count; i++) {
        struct metrics mean;

        table_mean(table, i, &mean);
        jsonw_object(&w);
        jsonw_key_string(&w, "system", table->systems[i].name);
        json_metrics(&w, &mean);
        jsonw_key_double(&w, "p", i ? pooled_p(table, i) : 1);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&table->call->out, '\n');
}

int cmd_eval(struct command_call *call, struct error *err)
{
    struct eval_table *table = mem_zalloc(sizeof *table);
    struct text_list sets = { 0 };
    size_t s, i;
    int result = choose_sets(call, &sets, err);

    table->call = call;
    if (result == ERR_OK)
        result = choose_systems(table, err);
    for (s = 0; s < sets.len && result == ERR_OK; s++)
        result = run_set(table, sets.items[s], err);
    if (result == ERR_OK) {
        if (call_has(call, "--json"))
            print_json(table);
        else
            print_table(table);
    }
    for (s = 0; s < table->set_count; s++)
        for (i = 0; i < table->system_count; i++)
            eval_result_free(&table->results[s][i]);
    free(table);
    return result;
}
