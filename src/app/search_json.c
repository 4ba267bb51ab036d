/*
 * The answer of a search as JSON: hits with why they stand where they stand.
 */
#include "search_answer.h"

#include "carrel/jsonw.h"
#include "carrel/publish.h"
#include "carrel/repositories.h"

#include <stdlib.h>
#include <string.h>

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
        search_strip_marks(&snippet, hit->snippet, false);
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

int search_write_json(struct command_call *call, const char *query,
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
