/*
 * The search index of a website, one segment at a time: postings are written as bytes while papers
 * come, so that fifty thousand papers take some forty megabytes.
 */
#include "carrel/site_index.h"
#include "carrel/base64.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARD_LEAST (12u << 10) /* bytes of JSON before a boundary is looked for */
#define SHARD_MOST (48u << 10)
#define SHARD_MASK 31u /* of the hash of a term that begins a shard */
#define K1 1.2
#define WEIGHTS 8
#define IN_TITLE 8u

enum { FIELD_TITLE, FIELD_ABSTRACT, FIELD_AUTHORS, FIELDS };
static const double field_weight[FIELDS] = { 2.5, 1.0, 2.0 };
static const double field_usual[FIELDS] = { 10, 150, 8 }; /* words */

struct si_term {
    const char *name; /* the map's */
    struct str bytes; /* its postings */
    uint32_t next;    /* the number behind its last paper */
    uint32_t paper;   /* that `count` is of, from 1 */
    unsigned count[FIELDS];
};

struct site_index {
    struct hashmap *places; /* term -> its place below, from 1 */
    struct si_term *terms;
    size_t len, cap;
    uint32_t papers;
    size_t *touched; /* by the paper that is being added */
    size_t touched_len, touched_cap;
    unsigned words[FIELDS];
    int field;
};

/* In order of their bytes; stems, since stems are what is looked up. */
static const char *const stop_words[] = {
    "a",   "also", "an",  "and", "ar",   "as",   "at",    "be",  "been", "between", "both",
    "but", "by",   "can", "for", "from", "ha",   "have",  "in",  "into", "is",      "it",
    "not", "of",   "on",  "or",  "our",  "such", "that",  "the", "thei", "their",   "these",
    "thi", "to",   "us",  "wa",  "we",   "were", "which", "with"
};

const char *site_stop_word(size_t i)
{
    return i < ARRAY_LEN(stop_words) ? stop_words[i] : NULL;
}

static bool si_stopped(const char *stem)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(stop_words); i++)
        if (strcmp(stop_words[i], stem) == 0)
            return true;
    return false;
}

struct site_index *site_index_new(void)
{
    struct site_index *index = mem_zalloc(sizeof *index);

    index->places = hashmap_new();
    return index;
}

void site_index_free(struct site_index *index)
{
    size_t i;

    if (!index)
        return;
    for (i = 0; i < index->len; i++)
        str_free(&index->terms[i].bytes);
    free(index->terms);
    free(index->touched);
    hashmap_free(index->places);
    free(index);
}

/* ---- one paper ---- */

/* The term, noted as one of this paper's. */
static struct si_term *si_touch(struct site_index *index, const char *name, size_t len)
{
    bool added;
    uint64_t *place = hashmap_put(index->places, name, len, &added);
    struct si_term *term;

    if (added) {
        struct si_term fresh = { .bytes = STR_INIT };

        VEC_PUSH(index->terms, index->len, index->cap, fresh);
        *place = index->len;
    }
    term = &index->terms[*place - 1];
    if (term->paper != index->papers + 1) {
        term->paper = index->papers + 1;
        memset(term->count, 0, sizeof term->count);
        VEC_PUSH(index->touched, index->touched_len, index->touched_cap, (size_t)(*place - 1));
    }
    return term;
}

static void si_name(struct site_index *index, const char *kind, const char *value, size_t len)
{
    struct str name = STR_INIT;
    size_t i;

    str_printf(&name, "%s:%.*s", kind, (int)len, value);
    for (i = 0; i < name.len; i++)
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z')
            name.ptr[i] = (char)(name.ptr[i] | 0x20);
    si_touch(index, name.ptr, name.len);
    str_free(&name);
}

static int si_word(void *ctx, const struct text_token *token)
{
    struct site_index *index = ctx;

    index->words[index->field]++;
    if (index->field == FIELD_AUTHORS)
        si_name(index, "au", token->stem, token->stem_len);
    if (!si_stopped(token->stem))
        si_touch(index, token->stem, token->stem_len)->count[index->field]++;
    return 0;
}

static void si_field(struct site_index *index, int field, const char *text)
{
    index->field = field;
    if (text)
        text_tokenize(text, strlen(text), si_word, index);
}

static void si_names(struct site_index *index, const char *kind, const struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        si_name(index, kind, list->items[i], strlen(list->items[i]));
}

static unsigned si_weight(const struct site_index *index, const struct si_term *term)
{
    double f = 0;
    unsigned weight;
    int i;

    for (i = 0; i < FIELDS; i++)
        if (term->count[i])
            f +=
                field_weight[i] * term->count[i] / (0.25 + 0.75 * index->words[i] / field_usual[i]);
    weight = (unsigned)(WEIGHTS * f / (f + K1));
    if (weight >= WEIGHTS)
        weight = WEIGHTS - 1;
    return weight | (term->count[FIELD_TITLE] ? IN_TITLE : 0);
}

static void si_number(struct str *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        str_add_char(out, (char)(0x80 | (value & 0x7F)));
    str_add_char(out, (char)value);
}

void site_index_add(struct site_index *index, const struct record *record)
{
    size_t i;

    index->touched_len = 0;
    memset(index->words, 0, sizeof index->words);
    si_field(index, FIELD_TITLE, record->title);
    si_field(index, FIELD_ABSTRACT, record->abstract);
    for (i = 0; i < record->authors.len; i++)
        si_field(index, FIELD_AUTHORS, record->authors.items[i]);
    si_names(index, "cat", &record->categories);
    si_names(index, "tag", &record->tags);
    if (record->id)
        si_name(index, "id", record->id, strlen(record->id));
    if (record->doi)
        si_name(index, "id:doi", record->doi, strlen(record->doi));
    if (record->code_urls.len > 0)
        si_name(index, "has", "code", 4);
    for (i = 0; i < index->touched_len; i++) {
        struct si_term *term = &index->terms[index->touched[i]];

        si_number(&term->bytes,
                  (uint64_t)(index->papers - term->next) << 4 | si_weight(index, term));
        term->next = index->papers + 1;
    }
    index->papers++;
}

/* ---- shards ---- */

static int si_compare(const void *a, const void *b)
{
    return strcmp(((const struct si_term *)a)->name, ((const struct si_term *)b)->name);
}

static void si_sort(struct site_index *index)
{
    size_t at = 0, len;
    const char *key;
    uint64_t *place;

    while (hashmap_next(index->places, &at, &key, &len, &place))
        index->terms[*place - 1].name = key;
    if (index->len > 1)
        qsort(index->terms, index->len, sizeof *index->terms, si_compare);
}

static bool si_begins(const struct str *json, const struct si_term *term)
{
    return json->len >= SHARD_MOST
           || (json->len >= SHARD_LEAST
               && (hash64(term->name, strlen(term->name), 1) & SHARD_MASK) == 0);
}

/* One shard from the term at `from`; *to is where the next one begins. */
static void si_shard(struct str *json, const struct site_index *index, size_t from, size_t *to)
{
    struct str base64 = STR_INIT;
    struct jsonw w;
    size_t i;

    str_clear(json);
    jsonw_start(&w, json);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "terms");
    jsonw_object(&w);
    for (i = from; i < index->len && (i == from || !si_begins(json, &index->terms[i])); i++) {
        str_clear(&base64);
        base64_encode(&base64, index->terms[i].bytes.ptr, index->terms[i].bytes.len);
        jsonw_key_string(&w, index->terms[i].name, base64.ptr);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(json, '\n');
    str_free(&base64);
    *to = i;
}

int site_index_shards(struct site_index *index, int (*each)(void *ctx, const struct site_shard *),
                      void *ctx)
{
    struct str json = STR_INIT;
    size_t from = 0, to;
    int result = 0;

    si_sort(index);
    while (from < index->len && result == 0) {
        struct site_shard shard = { .first = index->terms[from].name, .json = &json };

        si_shard(&json, index, from, &to);
        shard.terms = to - from;
        snprintf(shard.name, sizeof shard.name, "%012" PRIx64,
                 hash64(shard.first, strlen(shard.first), 0) >> 16);
        result = each(ctx, &shard);
        from = to;
    }
    str_free(&json);
    return result;
}
