/*
 * Topics of a library (carrel/topics.h). Texts become rows of word numbers, words by their stems.
 * Candidates are the phrases of the newest periods, so that the table of phrases stays small; only
 * these are counted over all periods. A phrase neither begins nor ends with a stop word and does
 * not cross punctuation.
 */
#include "carrel/topics.h"

#include "carrel/samples.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORD_BITS 21 /* of a number; three make a key */
#define WORDS_MAX ((1u << WORD_BITS) - 1)
#define FOLD_SHARE 0.6 /* of a phrase's papers that the longer one must have to take its place */
#define HEAVIEST 600   /* candidates that are compared with each other */

struct word {
    char *stem, *shown; /* the form that is most often seen, by majority vote */
    unsigned votes;
    bool stop;
};

/* Tables by key, 0 free. There are many candidates, so they are small. */
struct candidate {
    uint64_t key;
    uint32_t last_document, papers;
};

struct phrase {
    uint64_t key;
    uint32_t last_document;
    unsigned counts[TOPICS_PERIODS];
};

struct reader {
    struct store *store;
    struct arena *arena;
    const struct topics_options *options;
    struct topics *out;
    struct word *words; /* from 1 */
    size_t word_len, word_cap;
    uint32_t *slots; /* of words, by hash of the stem */
    size_t slot_count;
    uint32_t *text; /* word numbers, 0 at breaks */
    size_t text_len, text_cap;
    struct document {
        int64_t work;
        size_t start;
        unsigned period;
    } * documents;
    size_t document_len, document_cap;
    struct candidate *candidates;
    size_t candidate_count, candidate_slots;
    struct phrase *phrases;
    size_t phrase_count, phrase_slots;
    bool adding;
    const char *source;
    size_t last_end;
};

/* Reading takes most of the time, then each of the two passes over the phrases the same. */
enum { READ_PERCENT = 76, RECENT_PERCENT = 80, ALL_PERCENT = 98 };

static void tell(const struct reader *r, int from, int to, size_t done, size_t of)
{
    if (r->options->progress && of > 0)
        r->options->progress(r->options->ctx,
                             from + (int)((double)(to - from) * (double)done / (double)of));
}

/* Words that carry no subject, of English and of abstracts; sorted, they are looked up by halves.
 */
static const char *const stop_words[] = {
    "a",
    "about",
    "above",
    "achieve",
    "achieved",
    "achieves",
    "across",
    "after",
    "all",
    "also",
    "although",
    "among",
    "an",
    "and",
    "any",
    "approach",
    "approaches",
    "are",
    "as",
    "at",
    "available",
    "based",
    "be",
    "been",
    "being",
    "better",
    "between",
    "both",
    "but",
    "by",
    "can",
    "case",
    "code",
    "compared",
    "could",
    "demonstrate",
    "demonstrates",
    "different",
    "do",
    "does",
    "due",
    "during",
    "e",
    "each",
    "effective",
    "even",
    "existing",
    "experimental",
    "experiments",
    "extensive",
    "first",
    "for",
    "from",
    "further",
    "furthermore",
    "g",
    "given",
    "has",
    "have",
    "high",
    "how",
    "however",
    "i",
    "if",
    "important",
    "improve",
    "improved",
    "improves",
    "in",
    "including",
    "into",
    "introduce",
    "is",
    "it",
    "its",
    "large",
    "less",
    "low",
    "many",
    "may",
    "method",
    "methods",
    "more",
    "moreover",
    "most",
    "much",
    "new",
    "no",
    "not",
    "novel",
    "of",
    "on",
    "one",
    "only",
    "or",
    "other",
    "our",
    "out",
    "outperform",
    "outperforms",
    "over",
    "paper",
    "performance",
    "present",
    "problem",
    "propose",
    "proposed",
    "proposes",
    "provide",
    "provides",
    "recent",
    "recently",
    "result",
    "results",
    "s",
    "second",
    "several",
    "show",
    "shown",
    "shows",
    "significant",
    "significantly",
    "simple",
    "small",
    "so",
    "some",
    "state",
    "studies",
    "study",
    "such",
    "task",
    "tasks",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "three",
    "through",
    "thus",
    "to",
    "two",
    "under",
    "us",
    "use",
    "used",
    "using",
    "various",
    "very",
    "via",
    "was",
    "we",
    "well",
    "were",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "will",
    "with",
    "within",
    "without",
    "work",
    "works",
    "would",
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

static bool is_stop(const char *term)
{
    const char *at = term;

    while (*at >= '0' && *at <= '9')
        at++;
    return *at == '\0'
           || bsearch(term, stop_words, ARRAY_LEN(stop_words), sizeof *stop_words, compare_names);
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32; /* the finaliser of splitmix64 (G. Steele et al., OOPSLA 2014) */
    x *= 0xD6E8FEB86659FD93u;
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93u;
    return x ^ (x >> 32);
}

/* ---- words ---- */

static uint64_t hash_bytes(const char *bytes, size_t len)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    while (len-- > 0)
        hash = (hash ^ (unsigned char)*bytes++) * 1099511628211u;
    return mix(hash);
}

static void words_grow(struct reader *r)
{
    size_t i, count = r->slot_count ? r->slot_count * 2 : 1 << 15;
    uint32_t *slots = mem_zalloc(count * sizeof *slots);

    for (i = 1; i < r->word_len; i++) {
        size_t at = hash_bytes(r->words[i].stem, strlen(r->words[i].stem)) & (count - 1);

        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = (uint32_t)i;
    }
    free(r->slots);
    r->slots = slots;
    r->slot_count = count;
}

static uint32_t word_number(struct reader *r, const struct text_token *token)
{
    size_t at;
    struct word word = { 0 };
    char *term;

    if (r->word_len * 2 >= r->slot_count)
        words_grow(r);
    at = hash_bytes(token->stem, token->stem_len) & (r->slot_count - 1);
    while (r->slots[at]) {
        const char *stem = r->words[r->slots[at]].stem;

        if (strncmp(stem, token->stem, token->stem_len) == 0 && stem[token->stem_len] == '\0')
            return r->slots[at];
        at = (at + 1) & (r->slot_count - 1);
    }
    if (r->word_len >= WORDS_MAX)
        return 0;
    term = arena_strndup(r->arena, token->term, token->term_len);
    word.stem = arena_strndup(r->arena, token->stem, token->stem_len);
    word.shown = term;
    word.stop = is_stop(term);
    r->slots[at] = (uint32_t)r->word_len;
    VEC_PUSH(r->words, r->word_len, r->word_cap, word);
    return r->slots[at];
}

/* Boyer and Moore's majority vote, one pass. */
static void word_vote(struct reader *r, struct word *word, const struct text_token *token)
{
    bool same = strncmp(word->shown, token->term, token->term_len) == 0
                && word->shown[token->term_len] == '\0';

    if (same)
        word->votes++;
    else if (word->votes > 0)
        word->votes--;
    else {
        word->shown = arena_strndup(r->arena, token->term, token->term_len);
        word->votes = 1;
    }
}

static int take_token(void *ctx, const struct text_token *token)
{
    struct reader *r = ctx;
    uint32_t number = word_number(r, token);
    size_t i;

    for (i = r->last_end; i < token->start; i++)
        if (strchr(".,;:()[]{}!?\"", r->source[i])) {
            VEC_PUSH(r->text, r->text_len, r->text_cap, 0);
            break;
        }
    r->last_end = token->end;
    if (number)
        word_vote(r, &r->words[number], token);
    VEC_PUSH(r->text, r->text_len, r->text_cap, number);
    return 0;
}

static void take_text(struct reader *r, const char *text)
{
    r->source = text;
    r->last_end = 0;
    text_tokenize(text, strlen(text), take_token, r);
    VEC_PUSH(r->text, r->text_len, r->text_cap, 0);
}

static int take_document(void *ctx, int64_t work, int32_t day, const char *title,
                         const char *abstract)
{
    struct reader *r = ctx;
    unsigned age = (unsigned)((r->options->today - day) / r->options->period_days);
    struct document document = { .work = work,
                                 .start = r->text_len,
                                 .period = (unsigned)r->out->periods - 1 - age };

    if (r->document_len == TOPICS_PAPERS_MAX) {
        r->out->cut = true;
        return ERR_OK;
    }
    if (r->document_len % 1024 == 0) /* they come by day, newest first */
        tell(r, 0, READ_PERCENT, (size_t)(r->options->today - day),
             r->out->periods * (size_t)r->options->period_days);
    VEC_PUSH(r->documents, r->document_len, r->document_cap, document);
    r->out->all[document.period]++;
    take_text(r, title);
    take_text(r, abstract);
    return ERR_OK;
}

/* ---- phrases ---- */

static struct phrase *phrase_slot(struct phrase *phrases, size_t slots, uint64_t key)
{
    size_t at = mix(key) & (slots - 1);

    while (phrases[at].key && phrases[at].key != key)
        at = (at + 1) & (slots - 1);
    return &phrases[at];
}

static struct candidate *candidate_slot(struct candidate *candidates, size_t slots, uint64_t key)
{
    size_t at = mix(key) & (slots - 1);

    while (candidates[at].key && candidates[at].key != key)
        at = (at + 1) & (slots - 1);
    return &candidates[at];
}

static void candidates_grow(struct reader *r)
{
    size_t slots = r->candidate_slots ? r->candidate_slots * 2 : 1 << 14, i;
    struct candidate *candidates = mem_zalloc(slots * sizeof *candidates);

    for (i = 0; i < r->candidate_slots; i++)
        if (r->candidates[i].key)
            *candidate_slot(candidates, slots, r->candidates[i].key) = r->candidates[i];
    free(r->candidates);
    r->candidates = candidates;
    r->candidate_slots = slots;
}

static void see_candidate(struct reader *r, uint64_t key, uint32_t document)
{
    struct candidate *candidate;

    if (r->candidate_count * 3 >= r->candidate_slots * 2)
        candidates_grow(r);
    candidate = candidate_slot(r->candidates, r->candidate_slots, key);
    if (!candidate->key)
        r->candidate_count++;
    candidate->key = key;
    candidate->papers += candidate->last_document != document;
    candidate->last_document = document;
}

static void see_phrase(struct reader *r, uint64_t key, size_t document)
{
    uint32_t number = (uint32_t)document + 1;
    struct phrase *phrase;

    if (r->adding) {
        see_candidate(r, key, number);
        return;
    }
    phrase = phrase_slot(r->phrases, r->phrase_slots, key);
    if (!phrase->key || phrase->last_document == number)
        return;
    phrase->last_document = number;
    phrase->counts[r->documents[document].period]++;
}

/* Those that enough recent papers have. */
static void choose_phrases(struct reader *r)
{
    size_t i;

    for (i = 0; i < r->candidate_slots; i++)
        r->phrase_count += r->candidates[i].papers >= TOPICS_SUPPORT;
    for (r->phrase_slots = 1 << 10; r->phrase_slots < r->phrase_count * 2;)
        r->phrase_slots *= 2;
    r->phrases = mem_zalloc(r->phrase_slots * sizeof *r->phrases);
    for (i = 0; i < r->candidate_slots; i++)
        if (r->candidates[i].papers >= TOPICS_SUPPORT)
            phrase_slot(r->phrases, r->phrase_slots, r->candidates[i].key)->key =
                r->candidates[i].key;
    free(r->candidates);
    r->candidates = NULL;
}

static size_t document_end(const struct reader *r, size_t document)
{
    return document + 1 < r->document_len ? r->documents[document + 1].start : r->text_len;
}

/* Each phrase of one to three words, the last word's number lowest in the key. */
static void see_document(struct reader *r, size_t document)
{
    size_t i, n, end = document_end(r, document);

    for (i = r->documents[document].start; i < end; i++) {
        uint64_t key = 0;

        if (!r->text[i] || r->words[r->text[i]].stop)
            continue;
        for (n = 0; n < 3 && i + n < end && r->text[i + n]; n++) {
            key = key << WORD_BITS | r->text[i + n];
            if (!r->words[r->text[i + n]].stop)
                see_phrase(r, key, document);
        }
    }
}

static int see_all(struct reader *r, bool recent, struct error *err)
{
    size_t i;

    r->adding = recent;
    for (i = 0; i < r->document_len; i++) {
        if (recent && r->documents[i].period + TOPICS_RECENT < r->out->periods)
            continue;
        if (i % 1024 == 0)
            tell(r, recent ? READ_PERCENT : RECENT_PERCENT, recent ? RECENT_PERCENT : ALL_PERCENT,
                 i, r->document_len);
        if (i % 1024 == 0 && store_is_cancelled(r->store))
            return error_set(err, ERR_CANCELLED, "cancelled");
        see_document(r, i);
    }
    if (recent)
        choose_phrases(r);
    return ERR_OK;
}

/* ---- bursts ---- */

struct burst {
    const struct phrase *phrase;
    double weight;
    size_t since;
    unsigned papers; /* since then */
    bool folded;
};

static int by_weight(const void *a, const void *b)
{
    const struct burst *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return (x->phrase->key > y->phrase->key) - (x->phrase->key < y->phrase->key);
}

static size_t find_bursts(struct reader *r, struct burst *bursts)
{
    double least = log((double)r->phrase_count); /* what the best of as many gains by chance */
    size_t i, k, count = 0;

    for (i = 0; i < r->phrase_slots; i++) {
        struct burst burst = { .phrase = &r->phrases[i] };

        if (!burst.phrase->key)
            continue;
        burst.weight = burst_live(&burst.since, burst.phrase->counts, r->out->all, r->out->periods);
        if (burst.weight <= 0 || burst.weight < least)
            continue;
        for (k = burst.since; k < r->out->periods; k++)
            burst.papers += burst.phrase->counts[k];
        if (burst.papers >= TOPICS_SUPPORT)
            bursts[count++] = burst;
    }
    if (count > 1)
        qsort(bursts, count, sizeof *bursts, by_weight);
    return count < HEAVIEST ? count : HEAVIEST;
}

static int key_words(uint64_t key)
{
    return key >> (2 * WORD_BITS) ? 3 : key >> WORD_BITS ? 2 : 1;
}

static bool key_contains(uint64_t longer, uint64_t part)
{
    int n = key_words(part), i;
    uint64_t mask = ((uint64_t)1 << (n * WORD_BITS)) - 1;

    for (i = 0; i + n <= key_words(longer); i++)
        if (((longer >> (i * WORD_BITS)) & mask) == part)
            return true;
    return false;
}

/* Of a phrase and a longer one that holds it, the longer stays if most papers have it; also when it
 * gives way to another one itself, which then has more papers than either. */
static void fold_bursts(struct burst *bursts, size_t count)
{
    size_t i, k;

    for (i = 0; i < count; i++)
        for (k = 0; k < count; k++) {
            struct burst *part = &bursts[i], *longer = &bursts[k];

            if (key_words(longer->phrase->key) <= key_words(part->phrase->key)
                || !key_contains(longer->phrase->key, part->phrase->key))
                continue;
            if (longer->papers >= FOLD_SHARE * part->papers)
                part->folded = true;
            else
                longer->folded = true;
        }
}

/* ---- what is shown ---- */

static char *phrase_text(struct reader *r, uint64_t key)
{
    struct str text = STR_INIT;
    char *kept;
    int i;

    for (i = key_words(key) - 1; i >= 0; i--)
        str_printf(&text, "%s%s", text.len ? " " : "",
                   r->words[(key >> (i * WORD_BITS)) & WORDS_MAX].shown);
    kept = arena_strdup(r->arena, text.ptr);
    str_free(&text);
    return kept;
}

static bool document_has(const struct reader *r, size_t document, uint64_t key)
{
    size_t i, end = document_end(r, document);
    uint64_t seen = 0, mask = ((uint64_t)1 << (key_words(key) * WORD_BITS)) - 1;

    for (i = r->documents[document].start; i < end; i++) {
        seen = r->text[i] ? (seen << WORD_BITS | r->text[i]) & mask : 0;
        if (seen == key)
            return true;
    }
    return false;
}

/* Documents are newest first. */
static int topic_papers(struct reader *r, struct topic *topic, uint64_t key, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < r->document_len && topic->shown < TOPICS_PAPERS && result == ERR_OK; i++) {
        struct work_row row;

        if (!document_has(r, i, key))
            continue;
        result = works_rows(r->store, r->arena, &r->documents[i].work, 1, &row, err);
        if (result != ERR_OK || row.id == 0)
            continue;
        topic->keys[topic->shown] = row.key;
        topic->titles[topic->shown++] = row.title;
    }
    return result;
}

static int take_topics(struct reader *r, struct error *err)
{
    size_t limit = r->options->limit ? r->options->limit : 20, count, i, k;
    struct burst *bursts = mem_alloc((r->phrase_count + 1) * sizeof *bursts);
    int result = ERR_OK;

    if (limit > TOPICS_LIMIT_MAX)
        limit = TOPICS_LIMIT_MAX;
    r->out->items = arena_alloc(r->arena, limit * sizeof *r->out->items);
    count = find_bursts(r, bursts);
    fold_bursts(bursts, count);
    for (i = 0; i < count && r->out->len < limit && result == ERR_OK; i++) {
        struct topic *topic = &r->out->items[r->out->len];
        const struct phrase *phrase = bursts[i].phrase;

        if (bursts[i].folded)
            continue;
        topic->term = phrase_text(r, phrase->key);
        topic->weight = bursts[i].weight;
        topic->since = bursts[i].since;
        topic->recent = bursts[i].papers;
        memcpy(topic->counts, phrase->counts, sizeof phrase->counts);
        for (k = 0; k < r->out->periods; k++)
            topic->papers += phrase->counts[k];
        r->out->len++;
        result = topic_papers(r, topic, phrase->key, err);
    }
    free(bursts);
    return result;
}

int topics_read(struct topics *out, struct store *store, struct arena *arena,
                const struct topics_options *options, struct error *err)
{
    struct reader r = { .store = store, .arena = arena, .options = options, .out = out };
    struct word none = { 0 };
    int result = ERR_OK;

    *out = (struct topics){ .periods = options->period_days == 7 ? TOPICS_PERIODS : 24 };
    VEC_PUSH(r.words, r.word_len, r.word_cap, none);
    if (options->category)
        result = samples_category_known(store, options->category, err);
    if (result == ERR_OK)
        result =
            samples_texts(store, options->today - (int32_t)out->periods * options->period_days + 1,
                          options->today, options->category, take_document, &r, err);
    out->papers = r.document_len;
    if (result == ERR_OK && r.document_len > 0)
        result = see_all(&r, true, err);
    if (result == ERR_OK && r.phrase_count > 0)
        result = see_all(&r, false, err);
    if (result == ERR_OK && r.phrase_count > 0)
        result = take_topics(&r, err);
    free(r.words);
    free(r.slots);
    free(r.text);
    free(r.documents);
    free(r.candidates);
    free(r.phrases);
    return result;
}
