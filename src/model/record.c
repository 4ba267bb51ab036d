/*
 * Records: lists in arenas and the JSON interchange form.
 */
#include "carrel/record.h"

#include "carrel/hash.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/jsonw.h"

#include <string.h>

#define LINK_URL_MAX 2000

void text_list_add(struct text_list *list, struct arena *arena, const char *text, size_t len)
{
    if (list->len == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        char **items = arena_alloc(arena, cap * sizeof *items);

        if (list->len)
            memcpy(items, list->items, list->len * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->len++] = arena_strndup(arena, text, len);
}

void text_list_join(struct str *out, const struct text_list *list, const char *between)
{
    size_t i;

    for (i = 0; i < list->len; i++) {
        if (i > 0)
            str_add(out, between);
        str_add(out, list->items[i]);
    }
}

void text_list_add_lines(struct text_list *list, struct arena *arena, const char *lines)
{
    while (*lines) {
        size_t len = strcspn(lines, "\n");

        if (len > 0)
            text_list_add(list, arena, lines, len);
        lines += len + (lines[len] == '\n');
    }
}

void text_list_copy(struct text_list *list, struct arena *arena)
{
    const struct text_list old = *list;
    size_t i;

    memset(list, 0, sizeof *list);
    for (i = 0; i < old.len; i++)
        text_list_add(list, arena, old.items[i], strlen(old.items[i]));
}

uint64_t text_hash(const char *text, uint64_t seed)
{
    return text ? hash64(text, strlen(text) + 1, seed) : hash64("\1", 1, seed);
}

uint64_t text_list_hash(const struct text_list *list, uint64_t seed)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        seed = text_hash(list->items[i], seed);
    return hash64(&list->len, sizeof list->len, seed);
}

/* ---- links and metrics ---- */

static const char *const link_kinds[] = { "code", "model", "dataset", "space", "project" };
/* Strongest first. */
static const char *const link_evidences[] = { "official", "paper", "readme", "author", "listed" };

int link_evidence_rank(const char *evidence)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(link_evidences); i++)
        if (strcmp(link_evidences[i], evidence) == 0)
            return (int)i;
    return (int)ARRAY_LEN(link_evidences);
}

static bool link_kind_ok(const char *kind)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(link_kinds); i++)
        if (strcmp(link_kinds[i], kind) == 0)
            return true;
    return false;
}

/* "repo:local/..." is a repository that has no address. */
static bool link_url_ok(const char *url)
{
    size_t len = strlen(url), i;

    if (len > LINK_URL_MAX
        || (!str_starts(url, "https://") && !str_starts(url, "http://")
            && !str_starts(url, "repo:")))
        return false;
    for (i = 0; i < len; i++)
        if ((unsigned char)url[i] <= 0x20 || url[i] == 0x7F)
            return false;
    return true;
}

bool record_link_add(struct record_links *links, struct arena *arena,
                     const struct record_link *link)
{
    size_t i;

    for (i = 0; i < links->len; i++)
        if (strcmp(links->items[i].url, link->url) == 0
            && strcmp(links->items[i].kind, link->kind) == 0)
            return false;
    return record_link_append(links, arena, link);
}

bool record_link_append(struct record_links *links, struct arena *arena,
                        const struct record_link *link)
{
    if (links->len >= RECORD_LINKS || !link_kind_ok(link->kind) || !link_url_ok(link->url)
        || link_evidence_rank(link->evidence) == (int)ARRAY_LEN(link_evidences))
        return false;
    if (links->len == links->cap) {
        size_t cap = links->cap ? links->cap * 2 : 4;
        struct record_link *items = arena_alloc(arena, cap * sizeof *items);

        if (links->len)
            memcpy(items, links->items, links->len * sizeof *items);
        links->items = items;
        links->cap = cap;
    }
    links->items[links->len++] =
        (struct record_link){ .kind = arena_strdup(arena, link->kind),
                              .url = arena_strdup(arena, link->url),
                              .evidence = arena_strdup(arena, link->evidence),
                              .said = arena_strdup(arena, link->said ? link->said : "") };
    return true;
}

void record_metric_add(struct record_metrics *metrics, struct arena *arena,
                       const struct record_metric *metric)
{
    if (metrics->len == metrics->cap) {
        size_t cap = metrics->cap ? metrics->cap * 2 : 4;
        struct record_metric *items = arena_alloc(arena, cap * sizeof *items);

        if (metrics->len)
            memcpy(items, metrics->items, metrics->len * sizeof *items);
        metrics->items = items;
        metrics->cap = cap;
    }
    metrics->items[metrics->len] = *metric;
    metrics->items[metrics->len].source = arena_strdup(arena, metric->source);
    metrics->items[metrics->len++].name = arena_strdup(arena, metric->name);
}

static const char *const read_states[] = { "unread", "read", "later", "skip" };

const char *read_state_name(enum read_state state)
{
    return read_states[state];
}

bool read_state_from(enum read_state *state, const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(read_states); i++) {
        if (strcmp(read_states[i], name) == 0) {
            *state = (enum read_state)i;
            return true;
        }
    }
    return false;
}

static void record_text(struct jsonw *w, const char *key, const char *text)
{
    if (text && *text)
        jsonw_key_string(w, key, text);
}

static void record_list(struct jsonw *w, const char *key, const struct text_list *list)
{
    size_t i;

    if (list->len == 0)
        return;
    jsonw_key(w, key);
    jsonw_array(w);
    for (i = 0; i < list->len; i++)
        jsonw_string(w, list->items[i]);
    jsonw_end(w);
}

static void record_links_json(struct jsonw *w, const struct record_links *links)
{
    size_t i;

    if (links->len == 0)
        return;
    jsonw_key(w, "links");
    jsonw_array(w);
    for (i = 0; i < links->len; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "kind", links->items[i].kind);
        jsonw_key_string(w, "url", links->items[i].url);
        jsonw_key_string(w, "evidence", links->items[i].evidence);
        record_text(w, "said", links->items[i].said);
        if (links->items[i].confidence > 0)
            jsonw_key_double(w, "confidence", links->items[i].confidence);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void record_metrics_json(struct jsonw *w, const struct record_metrics *metrics)
{
    char at[32];
    size_t i;

    if (metrics->len == 0)
        return;
    jsonw_key(w, "metrics");
    jsonw_array(w);
    for (i = 0; i < metrics->len; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "source", metrics->items[i].source);
        jsonw_key_string(w, "name", metrics->items[i].name);
        jsonw_key_double(w, "value", metrics->items[i].value);
        if (metrics->items[i].at > 0) {
            time_format(at, metrics->items[i].at);
            jsonw_key_string(w, "at", at);
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}

void record_to_json(struct str *out, const struct record *record)
{
    struct jsonw w;

    jsonw_start(&w, out);
    jsonw_object(&w);
    record_text(&w, "id", record->id);
    jsonw_key_string(&w, "title", record->title ? record->title : "");
    record_text(&w, "abstract", record->abstract);
    record_list(&w, "authors", &record->authors);
    record_list(&w, "categories", &record->categories);
    record_text(&w, "published", record->published);
    record_text(&w, "updated", record->updated);
    if (record->versions.len > 0)
        record_versions_json(&w, &record->versions);
    record_text(&w, "doi", record->doi);
    record_text(&w, "venue", record->venue);
    record_text(&w, "comment", record->comment);
    record_text(&w, "url", record->url);
    record_text(&w, "pdf_url", record->pdf_url);
    record_list(&w, "code_urls", &record->code_urls);
    record_links_json(&w, &record->links);
    record_metrics_json(&w, &record->metrics);
    record_list(&w, "tasks", &record->tasks);
    record_list(&w, "methods", &record->methods);
    credits_to_json(&w, &record->credits);
    record_list(&w, "tags", &record->tags);
    record_list(&w, "notes", &record->notes);
    if (record->state != READ_UNREAD)
        jsonw_key_string(&w, "state", read_state_name(record->state));
    if (record->starred)
        jsonw_key_bool(&w, "starred", true);
    jsonw_end(&w);
}
