/*
 * The command that reads: search, also in batches for evaluation.
 */
#include "commands.h"
#include "search_words.h"

#include "carrel/clock.h"
#include "carrel/documents.h"
#include "carrel/jsonw.h"
#include "carrel/publish.h"
#include "carrel/repositories.h"
#include "carrel/search.h"
#include "carrel/text.h"
#include "carrel/trends.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_DEFAULT 1000
#define IDS_PAGE 1000
#define BATCH_LINE_MAX 8192

/* ---- search ---- */

static void strip_marks(struct str *out, const char *text, bool bold)
{
    for (; *text; text++) {
        if (*text == '\x02')
            str_add(out, bold ? "\033[1m" : "");
        else if (*text == '\x03')
            str_add(out, bold ? "\033[0m" : "");
        else
            str_add_char(out, *text);
    }
}

static void json_lines(struct jsonw *w, const char *key, const char *lines)
{
    jsonw_key(w, key);
    jsonw_array(w);
    while (*lines) {
        size_t len = strcspn(lines, "\n");
        char *line = mem_strndup(lines, len);

        jsonw_string(w, line);
        free(line);
        lines += len + (lines[len] == '\n');
    }
    jsonw_end(w);
}

static void json_rank(struct jsonw *w, const char *key, int rank, const char *what, double value)
{
    jsonw_key(w, key);
    if (rank == 0) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_key_int(w, "rank", rank);
    jsonw_key_double(w, what, value);
    jsonw_end(w);
}

static void json_arms(struct jsonw *w, const struct search_arms *arms)
{
    int f;

    jsonw_key(w, "arms");
    jsonw_object(w);
    json_rank(w, "lexical", arms->lexical_rank, "score", arms->lexical);
    json_rank(w, "semantic", arms->semantic_rank, "cosine", arms->cosine);
    jsonw_key_double(w, "fused", arms->fused);
    jsonw_end(w);
    if (!arms->reranked)
        return;
    jsonw_key(w, "parts");
    jsonw_object(w);
    for (f = 0; f < SEARCH_FEATURES; f++)
        jsonw_key_double(w, search_feature_name((enum search_feature)f), arms->parts[f]);
    jsonw_key_double(w, "called so", arms->title_prior);
    jsonw_key_double(w, "new", arms->recency_prior);
    jsonw_end(w);
}

static void json_hints(struct jsonw *w, const struct search_result *result)
{
    size_t i;

    jsonw_key(w, "did_you_mean");
    jsonw_array(w);
    for (i = 0; i < result->hint_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "query", result->hints[i].query);
        jsonw_key_string(w, "why", result->hints[i].why);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_why(struct jsonw *w, const struct search_hit *hit)
{
    size_t i;

    jsonw_key(w, "why");
    jsonw_object(w);
    jsonw_key(w, "lexical");
    jsonw_array(w);
    for (i = 0; i < hit->why_len; i++) {
        const struct search_why *why = &hit->why[i];

        jsonw_object(w);
        jsonw_key_string(w, "term", why->term);
        jsonw_key_string(w, "stems", why->matched);
        jsonw_key_double(w, "score", why->score);
        jsonw_key_int(w, "df", why->df);
        jsonw_key_int(w, "title", why->in_title);
        jsonw_key_int(w, "abstract", why->in_abstract);
        jsonw_key_int(w, "authors", why->in_authors);
        jsonw_end(w);
    }
    jsonw_end(w);
    if (hit->arms)
        json_arms(w, hit->arms);
    jsonw_end(w);
}

/* What only a repository has. */
static void json_repository(struct jsonw *w, const struct repository_row *row)
{
    jsonw_key_string(w, "description", *row->description ? row->description : NULL);
    jsonw_key_string(w, "language", *row->language ? row->language : NULL);
    if (row->stars >= 0)
        jsonw_key_int(w, "stars", row->stars);
    jsonw_key_int(w, "papers", row->papers);
    jsonw_key_string(w, "state", repository_state_name(row->state));
}

static int json_hit(struct command_call *call, struct jsonw *w, const struct search_hit *hit,
                    struct error *err)
{
    struct str snippet = STR_INIT;
    struct record record = { 0 };
    size_t i;
    int result = hit->repository
                     ? ERR_OK
                     : publish_record(call->store, call->arena, hit->row.id, &record, err);

    if (result != ERR_OK)
        return result == ERR_NOTFOUND ? ERR_OK : result;
    jsonw_object(w);
    jsonw_key_string(w, "kind",
                     hit->repository ? "repository"
                     : hit->passage  ? "passage"
                                     : "paper");
    jsonw_key_string(w, "id", hit->row.key);
    jsonw_key_string(w, "title", hit->row.title);
    json_lines(w, "authors", hit->row.authors);
    jsonw_key_string(w, "published", *hit->row.published ? hit->row.published : NULL);
    jsonw_key(w, "categories");
    jsonw_array(w);
    for (i = 0; i < record.categories.len; i++)
        jsonw_string(w, record.categories.items[i]);
    jsonw_end(w);
    jsonw_key_double(w, "score", hit->score);
    if (hit->snippet)
        strip_marks(&snippet, hit->snippet, false);
    jsonw_key_string(w, "snippet", snippet.ptr);
    if (hit->repository)
        json_repository(w, hit->repository);
    if (hit->place) {
        jsonw_key_string(w, "path", hit->place->path);
        jsonw_key_int(w, "line", hit->place->line);
    }
    if (hit->passage) {
        jsonw_key_int(w, "page", hit->passage->page + 1);
        jsonw_key_string(w, "heading", *hit->passage->heading ? hit->passage->heading : NULL);
        jsonw_key_string(w, "document",
                         arena_printf(call->arena, "file:%s", hit->passage->document));
        jsonw_key_string(w, "text", hit->passage->body);
    }
    json_why(w, hit);
    jsonw_end(w);
    str_free(&snippet);
    return ERR_OK;
}

static int print_json(struct command_call *call, const char *query,
                      const struct search_result *result, struct error *err)
{
    struct str note = STR_INIT;
    struct jsonw w;
    size_t i;
    int code = ERR_OK;

    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "query", query);
    if (result->understood)
        jsonw_key_string(&w, "understood", result->understood);
    jsonw_key_string(&w, "mode",
                     result->mode == SEARCH_HYBRID     ? "hybrid"
                     : result->mode == SEARCH_SEMANTIC ? "semantic"
                                                       : "lexical");
    if (result->hint_count > 0)
        json_hints(&w, result);
    if (query_hint(&note, query))
        jsonw_key_string(&w, "note", note.ptr);
    jsonw_key_int(&w, "total", result->total);
    jsonw_key_bool(&w, "total_is_exact", result->total_is_exact);
    jsonw_key_bool(&w, "relaxed", result->relaxed);
    jsonw_key_double(&w, "took_ms", result->took_ms);
    jsonw_key_string(&w, "next", result->next);
    jsonw_key(&w, "hits");
    jsonw_array(&w);
    for (i = 0; i < result->len && code == ERR_OK; i++)
        code = json_hit(call, &w, &result->hits[i], err);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
    str_free(&note);
    return code;
}

/* "Vaswani, Shazeer and 6 more" */
static void short_authors(struct str *out, const char *lines)
{
    size_t count = 0, shown = 0;
    const char *at;

    for (at = lines; *at; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n'))
        count++;
    for (at = lines; *at && shown < 3; shown++) {
        size_t len = strcspn(at, "\n");

        char *name = mem_strndup(at, len);

        str_add(out, shown ? ", " : "");
        text_from_latex(out, name);
        free(name);
        at += len + (at[len] == '\n');
    }
    if (count > shown)
        str_printf(out, " and %zu more", count - shown);
}

/* "1,234 stars, Python, MIT, pushed 2026-01-02, 3 papers" */
static void print_repository(struct str *out, const struct repository_row *row)
{
    if (row->stars >= 0)
        str_printf(out, "%" PRId64 " stars", row->stars);
    else
        str_add(out, "stars unknown");
    if (*row->language)
        str_printf(out, ", %s", row->language);
    if (*row->license)
        str_printf(out, ", %s", row->license);
    if (*row->pushed)
        str_printf(out, ", pushed %.10s", row->pushed);
    str_printf(out, ", %" PRId64 " paper%s%s%s%s\n", row->papers, row->papers == 1 ? "" : "s",
               row->archived ? ", archived" : "", row->state == REPOSITORY_KNOWN ? "" : ", ",
               row->state == REPOSITORY_KNOWN ? "" : repository_state_name(row->state));
}

static void print_text(struct command_call *call, const char *query,
                       const struct search_result *result, bool explain)
{
    bool bold = call->app->color == COLOR_ALWAYS;
    size_t i, k;

    if (explain && result->understood)
        str_printf(&call->out, "understood as: %s\n\n", result->understood);
    if (explain) {
        str_add(&call->say, "took ");
        search_stages_print(&call->say, result);
        str_add_char(&call->say, '\n');
    }
    for (i = 0; i < result->len; i++) {
        const struct search_hit *hit = &result->hits[i];
        struct str title = STR_INIT;

        text_from_latex(&title, hit->title_marked ? hit->title_marked : hit->row.title);
        str_printf(&call->out, "%s  ", hit->row.key);
        strip_marks(&call->out, title.ptr, bold);
        str_add(&call->out, "\n    ");
        if (hit->repository)
            print_repository(&call->out, hit->repository);
        else
            short_authors(&call->out, hit->row.authors);
        if (!hit->repository)
            str_printf(&call->out, "%s%.10s%s%s\n", *hit->row.authors ? "  " : "",
                       hit->row.published, *hit->row.primary_category ? "  " : "",
                       hit->row.primary_category);
        if (hit->passage && (hit->passage->pages > 1 || *hit->passage->heading)) {
            str_add(&call->out, "    ");
            if (hit->passage->pages > 1)
                str_printf(&call->out, "page %u%s", hit->passage->page + 1,
                           *hit->passage->heading ? ", " : "");
            str_printf(&call->out, "%s\n", hit->passage->heading);
        }
        if (hit->place)
            str_printf(&call->out, "    %s:%" PRId64 "\n", hit->place->path, hit->place->line);
        if (hit->snippet && *hit->snippet) {
            str_add(&call->out, "    ");
            strip_marks(&call->out, hit->snippet, bold);
            str_add_char(&call->out, '\n');
        }
        for (k = 0; explain && k < hit->why_len; k++) {
            const struct search_why *why = &hit->why[k];

            str_printf(&call->out, "      %6.2f  %s (%s): in %" PRId64 " %s", why->score, why->term,
                       why->matched, why->df,
                       hit->repository ? "repositories\n"
                       : hit->passage  ? "passages\n"
                                       : "papers");
            if (!hit->passage && !hit->repository)
                str_printf(&call->out, "; here title %d, abstract %d, authors %d\n", why->in_title,
                           why->in_abstract, why->in_authors);
        }
        if (explain && hit->arms) {
            str_add(&call->out, "      ");
            search_arms_print(&call->out, hit->arms);
            str_add_char(&call->out, '\n');
        }
        str_free(&title);
    }
    str_printf(&call->say, "%s%" PRId64 " found in %.1f ms%s\n",
               result->total_is_exact ? "" : "at least ", result->total, result->took_ms,
               result->next ? "; more with --offset or --limit" : "");
    if (result->added > 0)
        str_printf(&call->say,
                   "%" PRId64 " of them by meaning alone (--mode lexical: words only)\n",
                   result->added);
    for (i = 0; i < result->hint_count; i++)
        str_printf(&call->say, "did you mean: %s  (%s)\n", result->hints[i].query,
                   result->hints[i].why);
    if (query_hint(&call->say, query))
        str_add_char(&call->say, '\n');
}

static void say_relaxed(struct command_call *call, const struct search_result *result)
{
    if (result->relaxed && result->len > 0)
        str_add(&call->say,
                "few papers have all of these words; those with most of them come first\n");
}

/* Nothing found in documents, and there are none. */
static int say_no_documents(struct command_call *call, struct error *err)
{
    int64_t documents = 0;
    int result = documents_count(&documents, call->store, err);

    if (result == ERR_OK && documents == 0)
        str_add(&call->say, "there are no documents in the library yet; 'carrel process FILE' or "
                            "'carrel process FOLDER' adds some\n");
    return result;
}

/* All of them unless a limit was asked for: what is piped into another command must be whole. */
static int print_ids(struct command_call *call, const char *query, struct search_options *options,
                     bool all, struct error *err)
{
    struct search_result *result;
    char *after = NULL;
    size_t i;
    int code;

    if (all)
        options->limit = IDS_PAGE;
    do {
        options->after = after ? after : options->after;
        code = search_run(&result, call->store, query, options, err);
        if (code != ERR_OK)
            break;
        for (i = 0; i < result->len; i++)
            str_printf(&call->out, "%s\n", result->hits[i].row.key);
        if (!after)
            say_relaxed(call, result);
        free(after);
        after = all ? mem_strdup(result->next) : NULL;
        search_result_free(result);
        options->offset = 0;
        code = call_out(call, err);
    } while (code == ERR_OK && after);
    free(after);
    return code;
}

static int search_ranking(const struct command_call *call, struct search_options *options,
                          struct error *err)
{
    if (call_has(call, "--no-priors"))
        options->off |= SEARCH_OFF_PRIORS;
    return search_words_mode(call, &options->mode, err);
}

/* Trending: what is sampled and moves, fastest first; the rest is left out, and that is said. */
static int search_trending(struct command_call *call, struct search_options *options,
                           struct error *err)
{
    struct trends_options trends = { .today = clock_today() };
    int64_t *works;
    int result;

    if (options->sort != SORT_GIVEN)
        return ERR_OK;
    if (options->in != SEARCH_IN_WORKS)
        return error_set(err, ERR_USAGE, "--sort trending orders works, not pages of documents");
    result = trends_order(&works, &options->order_count, call->store, call->arena, &trends, err);
    options->order = works;
    if (result == ERR_OK)
        str_printf(&call->say, "only the %zu papers with a velocity are looked through%s\n",
                   options->order_count,
                   options->order_count ? "" : ": carrel trends says what there is");
    return result;
}

static char *join_arguments(const struct command_call *call, int from)
{
    struct str text = STR_INIT;
    char *kept;
    int i;

    for (i = from; i < call->argc; i++)
        str_printf(&text, "%s%s", i > from ? " " : "", call->argv[i]);
    kept = arena_strdup(call->arena, text.ptr);
    str_free(&text);
    return kept;
}

static int batch_line(struct command_call *call, char *line, long depth, struct error *err)
{
    struct search_options options = { .limit = (size_t)depth,
                                      .relax_below = (size_t)depth,
                                      .any_word = true,
                                      .off = SEARCH_OFF_PRIORS };
    char *query = strchr(line, '\t');
    struct search_result *result;
    struct error why = { 0 };
    size_t i;
    int code = search_ranking(call, &options, err);

    if (code != ERR_OK)
        return code;
    if (!query)
        return error_set(err, ERR_PARSE, "no tab between qid and query");
    *query++ = '\0';
    options.sentence = query_is_plain(query);
    code = search_run(&result, call->store, query, &options, &why);
    if (code != ERR_OK)
        return error_set(err, code, "%s", why.message);
    for (i = 0; i < result->len; i++)
        str_printf(&call->out, "%s Q0 %s %zu %.6f carrel\n", line, result->hits[i].row.key, i + 1,
                   result->hits[i].score);
    search_result_free(result);
    return call_out(call, err);
}

static int search_batch(struct command_call *call, const char *file, struct error *err)
{
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
    const char *format = call_option(call, "--format");
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    long depth = DEPTH_DEFAULT, number = 0;
    int result = ERR_OK;

    if (!format || strcmp(format, "trec") != 0)
        result = error_set(err, ERR_USAGE, "--batch prints TREC runs: add --format trec");
    else if (!in)
        result = error_errno(err, "cannot open %s", file);
    if (result == ERR_NOTFOUND)
        result = err ? (err->code = ERR_FAILED) : ERR_FAILED;
    if (result == ERR_OK)
        result = call_number(call, "--depth", 1, 10000, &depth, err);
    while (result == ERR_OK && (len = getline(&line, &size, in)) >= 0) {
        number++;
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            line[--len] = '\0';
        if (len == 0)
            continue;
        result = len > BATCH_LINE_MAX
                     ? error_set(err, ERR_LIMIT, "longer than %d bytes", BATCH_LINE_MAX)
                     : batch_line(call, line, depth, err);
        if (result != ERR_OK && err)
            error_context(err, "%s:%ld", file, number);
    }
    free(line);
    if (in && in != stdin)
        fclose(in);
    return result;
}

int cmd_search(struct command_call *call, struct error *err)
{
    bool json = call_has(call, "--json"), ids = call_has(call, "--ids"),
         explain = call_has(call, "--explain");
    struct search_options options = { .explain = explain || json,
                                      .snippets = !ids,
                                      .after = call_option(call, "--after") };
    struct search_result *result;
    long limit = 20, offset = 0;
    const char *query;
    int code = search_words_in(call, &options.in, err);

    if (code == ERR_OK)
        code = search_ranking(call, &options, err);
    if (code == ERR_OK)
        code = search_words_sort(call, &options.sort, err);
    if (code == ERR_OK)
        code = search_trending(call, &options, err);
    if (code == ERR_OK)
        code = call_number(call, "--limit", 1, 10000, &limit, err);
    if (code == ERR_OK)
        code = call_number(call, "--offset", 0, 1000000, &offset, err);
    if (code != ERR_OK)
        return code;
    if (call_has(call, "--batch"))
        return search_batch(call, call_option(call, "--batch"), err);
    if (call_has(call, "--format"))
        return error_set(err, ERR_USAGE, "--format trec goes with --batch FILE");
    if (call->argc == 0)
        return error_set(err, ERR_USAGE, "no query: what should be searched? '' finds everything");
    query = join_arguments(call, 0);
    options.limit = (size_t)limit;
    options.offset = (size_t)offset;
    if (ids && !json) {
        if (options.mode == SEARCH_AUTO) /* what is piped on is what was said, no neighbours */
            options.mode = SEARCH_LEXICAL;
        code = print_ids(call, query, &options, !call_has(call, "--limit"), err);
    } else {
        code = search_run(&result, call->store, query, &options, err);
        if (code == ERR_OK && json)
            code = print_json(call, query, result, err);
        else if (code == ERR_OK)
            print_text(call, query, result, explain);
        if (code == ERR_OK)
            say_relaxed(call, result);
        if (code == ERR_OK && options.in == SEARCH_IN_TEXT && result->len == 0)
            code = say_no_documents(call, err);
        if (code == ERR_OK)
            search_result_free(result);
    }
    if (code == ERR_PARSE && err)
        err->code = code = ERR_USAGE;
    return code;
}
