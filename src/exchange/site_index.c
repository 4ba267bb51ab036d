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

#define STOPPED UINT64_MAX /* place of a stop word */
#define SEEN 65536

struct si_term {
    struct str bytes; /* its postings */
    uint32_t next;    /* the number behind its last paper */
};

/* Looked at for each word of each text, so that it is kept small and by itself. */
struct si_mark {
    uint32_t paper; /* the last one that has the term, from 1 */
    uint32_t at;    /* where that paper's counts of it stand */
};

/* A term of the paper that is being added. */
struct si_count {
    size_t place;
    unsigned count[FIELDS];
};

/* Most words of an abstract were seen a moment ago: a small table spares the large one, which does
 * not fit the processor's caches. */
struct si_seen {
    uint64_t place;
    unsigned char len; /* 0: free */
    char name[23];
};

/* For sorting: terms differ mostly in their first bytes. */
struct si_order {
    uint64_t begin; /* the first eight, so that numbers compare as they do */
    const char *name;
    size_t place;
};

struct site_index {
    struct hashmap *places; /* term -> its place below, from 1 */
    struct si_seen seen[SEEN];
    struct si_term *terms;
    size_t len, cap;
    struct si_mark *marks; /* of each term */
    size_t marks_len, marks_cap;
    uint32_t papers;
    struct si_count *touched; /* by the paper that is being added */
    size_t touched_len, touched_cap;
    unsigned words[FIELDS];
    int field;
    struct str name; /* "cat:cs.cl", while it is looked up */
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

struct site_index *site_index_new(void)
{
    struct site_index *index = mem_zalloc(sizeof *index);
    size_t i;

    index->places = hashmap_new();
    str_init(&index->name);
    for (i = 0; i < ARRAY_LEN(stop_words); i++)
        *hashmap_put(index->places, stop_words[i], strlen(stop_words[i]), NULL) = STOPPED;
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
    free(index->marks);
    free(index->touched);
    str_free(&index->name);
    hashmap_free(index->places);
    free(index);
}

/* ---- one paper ---- */

/* The place of a term, from 1, made when it is new. */
static uint64_t si_place(struct site_index *index, const char *name, size_t len)
{
    uint64_t hash = hash64(name, len, 0);
    struct si_seen *seen = &index->seen[hash & (SEEN - 1)];
    struct si_term fresh = { .bytes = STR_INIT };
    uint64_t *place;
    bool added;

    if (seen->len == len && memcmp(seen->name, name, len) == 0)
        return seen->place;
    place = hashmap_put_hashed(index->places, name, len, hash, &added);
    if (added) {
        VEC_PUSH(index->terms, index->len, index->cap, fresh);
        VEC_PUSH(index->marks, index->marks_len, index->marks_cap, (struct si_mark){ 0 });
        *place = index->len;
    }
    if (len > 0 && len <= sizeof seen->name) {
        seen->place = *place;
        seen->len = (unsigned char)len;
        memcpy(seen->name, name, len);
    }
    return *place;
}

/* The term, noted as one of this paper's, and its counts; NULL for a stop word. */
static struct si_count *si_touch(struct site_index *index, const char *name, size_t len)
{
    uint64_t place = si_place(index, name, len);
    struct si_mark *mark;

    if (place == STOPPED)
        return NULL;
    mark = &index->marks[place - 1];
    if (mark->paper != index->papers + 1) {
        struct si_count count = { .place = (size_t)(place - 1) };

        mark->paper = index->papers + 1;
        mark->at = (uint32_t)index->touched_len;
        VEC_PUSH(index->touched, index->touched_len, index->touched_cap, count);
    }
    return &index->touched[mark->at];
}

static void si_name(struct site_index *index, const char *kind, const char *value, size_t len)
{
    struct str *name = &index->name;
    size_t i;

    str_clear(name);
    str_add(name, kind);
    str_add_char(name, ':');
    str_add_mem(name, value, len);
    for (i = 0; i < name->len; i++)
        if (name->ptr[i] >= 'A' && name->ptr[i] <= 'Z')
            name->ptr[i] = (char)(name->ptr[i] | 0x20);
    si_touch(index, name->ptr, name->len);
}

static int si_word(void *ctx, const struct text_token *token)
{
    struct site_index *index = ctx;
    struct si_count *term;

    index->words[index->field]++;
    if (index->field == FIELD_AUTHORS)
        si_name(index, "au", token->stem, token->stem_len);
    term = si_touch(index, token->stem, token->stem_len);
    if (term)
        term->count[index->field]++;
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

/* A tag is found by the branches above it, too: "a/b" by "a". */
static void si_branches(struct site_index *index, const struct text_list *tags)
{
    size_t i;

    for (i = 0; i < tags->len; i++) {
        const char *tag = tags->items[i], *slash = strchr(tag, '/');

        for (; slash; slash = strchr(slash + 1, '/'))
            si_name(index, "tag", tag, (size_t)(slash - tag));
    }
}

static unsigned si_weight(const struct site_index *index, const struct si_count *term)
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
    char bytes[10];
    size_t len = 0;

    for (; value >= 0x80; value >>= 7)
        bytes[len++] = (char)(0x80 | (value & 0x7F));
    bytes[len++] = (char)value;
    str_add_mem(out, bytes, len);
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
    si_branches(index, &record->tags);
    if (record->id)
        si_name(index, "id", record->id, strlen(record->id));
    if (record->doi)
        si_name(index, "id:doi", record->doi, strlen(record->doi));
    if (record->code_urls.len > 0)
        si_name(index, "has", "code", 4);
    for (i = 0; i < index->touched_len; i++) {
        struct si_term *term = &index->terms[index->touched[i].place];

        si_number(&term->bytes, (uint64_t)(index->papers - term->next) << 4
                                    | si_weight(index, &index->touched[i]));
        term->next = index->papers + 1;
    }
    index->papers++;
}

/* ---- shards ---- */

static int si_compare(const void *a, const void *b)
{
    const struct si_order *x = a, *y = b;

    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1) : strcmp(x->name, y->name);
}

/* All terms in order of their bytes; the caller frees. */
static struct si_order *si_sort(const struct site_index *index)
{
    struct si_order *order = mem_alloc((index->len + 1) * sizeof *order);
    size_t at = 0, count = 0, len, i;
    const char *name;
    uint64_t *place;

    while (hashmap_next(index->places, &at, &name, &len, &place)) {
        struct si_order row = { .name = name, .place = (size_t)(*place - 1) };

        if (*place == STOPPED)
            continue;
        for (i = 0; i < 8; i++)
            row.begin = row.begin << 8 | (i < len ? (unsigned char)name[i] : 0);
        order[count++] = row;
    }
    if (count > 1)
        qsort(order, count, sizeof *order, si_compare);
    return order;
}

static bool si_begins(const struct str *json, const char *name)
{
    return json->len >= SHARD_MOST
           || (json->len >= SHARD_LEAST && (hash64(name, strlen(name), 1) & SHARD_MASK) == 0);
}

/* One shard from the term at `from`; *to is where the next one begins. */
static void si_shard(struct str *json, const struct site_index *index, const struct si_order *order,
                     size_t from, size_t *to)
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
    for (i = from; i < index->len && (i == from || !si_begins(json, order[i].name)); i++) {
        const struct str *bytes = &index->terms[order[i].place].bytes;

        str_clear(&base64);
        base64_encode(&base64, bytes->ptr, bytes->len);
        jsonw_key_string(&w, order[i].name, base64.ptr);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(json, '\n');
    str_free(&base64);
    *to = i;
}

int site_index_shards(const struct site_index *index,
                      int (*each)(void *ctx, const struct site_shard *), void *ctx)
{
    struct si_order *order = si_sort(index);
    struct str json = STR_INIT;
    size_t from = 0, to;
    int result = 0;

    while (from < index->len && result == 0) {
        struct site_shard shard = { .first = order[from].name, .json = &json };

        si_shard(&json, index, order, from, &to);
        shard.terms = to - from;
        snprintf(shard.name, sizeof shard.name, "%012" PRIx64,
                 hash64(shard.first, strlen(shard.first), 0) >> 16);
        result = each(ctx, &shard);
        from = to;
    }
    str_free(&json);
    free(order);
    return result;
}
