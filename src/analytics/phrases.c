/*
 * Texts as rows of word numbers, and their phrases (phrases.h). The table of candidates is only of
 * the newest periods, so that it stays small; what is chosen of it is counted over all.
 */
#include "phrases.h"

#include "carrel/samples.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX ((1u << WORD_BITS) - 1)
#define FOLD_SHARE 0.6 /* of a phrase's papers that the longer one must have to take its place */

void phrasebook_tell(const struct phrasebook *book, size_t done, size_t of)
{
    if (book->progress && of > 0)
        book->progress(book->ctx,
                       book->from
                           + (int)((double)(book->to - book->from) * (double)done / (double)of));
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

static void words_grow(struct phrasebook *book)
{
    size_t i, count = book->slot_count ? book->slot_count * 2 : 1 << 15;
    uint32_t *slots = mem_zalloc(count * sizeof *slots);

    for (i = 1; i < book->word_len; i++) {
        size_t at = hash_bytes(book->words[i].stem, strlen(book->words[i].stem)) & (count - 1);

        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = (uint32_t)i;
    }
    free(book->slots);
    book->slots = slots;
    book->slot_count = count;
}

static uint32_t word_number(struct phrasebook *book, const struct text_token *token)
{
    size_t at;
    struct word word = { 0 };
    char *term;

    if (book->word_len * 2 >= book->slot_count)
        words_grow(book);
    at = hash_bytes(token->stem, token->stem_len) & (book->slot_count - 1);
    while (book->slots[at]) {
        const char *stem = book->words[book->slots[at]].stem;

        if (strncmp(stem, token->stem, token->stem_len) == 0 && stem[token->stem_len] == '\0')
            return book->slots[at];
        at = (at + 1) & (book->slot_count - 1);
    }
    if (book->word_len >= WORDS_MAX)
        return 0;
    term = arena_strndup(book->arena, token->term, token->term_len);
    word.stem = arena_strndup(book->arena, token->stem, token->stem_len);
    word.shown = term;
    word.stop = word_is_stop(term);
    book->slots[at] = (uint32_t)book->word_len;
    VEC_PUSH(book->words, book->word_len, book->word_cap, word);
    return book->slots[at];
}

/* Boyer and Moore's majority vote, one pass. */
static void word_vote(struct phrasebook *book, struct word *word, const struct text_token *token)
{
    bool same = strncmp(word->shown, token->term, token->term_len) == 0
                && word->shown[token->term_len] == '\0';

    if (same)
        word->votes++;
    else if (word->votes > 0)
        word->votes--;
    else {
        word->shown = arena_strndup(book->arena, token->term, token->term_len);
        word->votes = 1;
    }
}

static int take_token(void *ctx, const struct text_token *token)
{
    struct phrasebook *book = ctx;
    uint32_t number = word_number(book, token);
    size_t i;

    for (i = book->last_end; i < token->start; i++)
        if (strchr(".,;:()[]{}!?\"", book->source[i])) {
            VEC_PUSH(book->text, book->text_len, book->text_cap, 0);
            break;
        }
    book->last_end = token->end;
    if (number)
        word_vote(book, &book->words[number], token);
    VEC_PUSH(book->text, book->text_len, book->text_cap, number);
    return 0;
}

static void take_text(struct phrasebook *book, const char *text)
{
    book->source = text;
    book->last_end = 0;
    text_tokenize(text, strlen(text), take_token, book);
    VEC_PUSH(book->text, book->text_len, book->text_cap, 0);
}

static int take_document(void *ctx, int64_t work, int32_t day, const char *title,
                         const char *abstract)
{
    struct phrasebook *book = ctx;
    unsigned age = (unsigned)((book->today - day) / book->period_days);
    struct document document = { .work = work,
                                 .start = book->text_len,
                                 .period = (unsigned)book->periods - 1 - age };

    if (book->document_len == book->papers_max) {
        book->cut = true;
        return ERR_OK;
    }
    if (book->document_len % 1024 == 0) /* they come by day, newest first */
        phrasebook_tell(book, (size_t)(book->today - day),
                        (size_t)(book->today - book->first_day + 1));
    VEC_PUSH(book->documents, book->document_len, book->document_cap, document);
    take_text(book, title);
    take_text(book, abstract);
    return ERR_OK;
}

int phrasebook_read(struct phrasebook *book, int32_t first, const char *category, struct error *err)
{
    struct word none = { 0 };

    VEC_PUSH(book->words, book->word_len, book->word_cap, none);
    book->first_day = first;
    return samples_texts(book->store, first, book->today, category, take_document, book, err);
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

static void candidates_grow(struct phrasebook *book)
{
    size_t slots = book->candidate_slots ? book->candidate_slots * 2 : 1 << 14, i;
    struct candidate *candidates = mem_zalloc(slots * sizeof *candidates);

    for (i = 0; i < book->candidate_slots; i++)
        if (book->candidates[i].key)
            *candidate_slot(candidates, slots, book->candidates[i].key) = book->candidates[i];
    free(book->candidates);
    book->candidates = candidates;
    book->candidate_slots = slots;
}

static void see_candidate(struct phrasebook *book, uint64_t key, uint32_t document)
{
    struct candidate *candidate;

    if (book->candidate_count * 3 >= book->candidate_slots * 2)
        candidates_grow(book);
    candidate = candidate_slot(book->candidates, book->candidate_slots, key);
    if (!candidate->key)
        book->candidate_count++;
    candidate->key = key;
    candidate->papers += candidate->last_document != document;
    candidate->last_document = document;
}

/* Those that enough recent papers have. */
static void choose_phrases(struct phrasebook *book)
{
    size_t i;

    for (i = 0; i < book->candidate_slots; i++)
        book->phrase_count += book->candidates[i].papers >= TOPICS_SUPPORT;
    for (book->phrase_slots = 1 << 10; book->phrase_slots < book->phrase_count * 2;)
        book->phrase_slots *= 2;
    book->phrases = mem_zalloc(book->phrase_slots * sizeof *book->phrases);
    for (i = 0; i < book->candidate_slots; i++)
        if (book->candidates[i].papers >= TOPICS_SUPPORT)
            phrase_slot(book->phrases, book->phrase_slots, book->candidates[i].key)->key =
                book->candidates[i].key;
    free(book->candidates);
    book->candidates = NULL;
}

static size_t document_end(const struct phrasebook *book, size_t document)
{
    return document + 1 < book->document_len ? book->documents[document + 1].start : book->text_len;
}

void phrasebook_each(const struct phrasebook *book, size_t document,
                     void (*each)(void *ctx, uint64_t key), void *ctx)
{
    size_t i, n, end = document_end(book, document);

    for (i = book->documents[document].start; i < end; i++) {
        uint64_t key = 0;

        if (!book->text[i] || book->words[book->text[i]].stop)
            continue;
        for (n = 0; n < 3 && i + n < end && book->text[i + n]; n++) {
            key = key << WORD_BITS | book->text[i + n];
            if (!book->words[book->text[i + n]].stop)
                each(ctx, key);
        }
    }
}

struct phrase *phrasebook_find(const struct phrasebook *book, uint64_t key)
{
    struct phrase *phrase = phrase_slot(book->phrases, book->phrase_slots, key);

    return phrase->key ? phrase : NULL;
}

struct seeing {
    struct phrasebook *book;
    size_t document;
};

static void see_candidate_of(void *ctx, uint64_t key)
{
    const struct seeing *seeing = ctx;

    see_candidate(seeing->book, key, (uint32_t)seeing->document + 1);
}

static void see_phrase_of(void *ctx, uint64_t key)
{
    const struct seeing *seeing = ctx;
    struct phrase *phrase = phrasebook_find(seeing->book, key);
    uint32_t number = (uint32_t)seeing->document + 1;

    if (!phrase || phrase->last_document == number)
        return;
    phrase->last_document = number;
    phrase->counts[seeing->book->documents[seeing->document].period]++;
}

/* Of the newest periods: documents are newest first. */
static int see_documents(struct phrasebook *book, size_t periods,
                         void (*each)(void *ctx, uint64_t key), struct error *err)
{
    struct seeing seeing = { .book = book };
    size_t i;

    for (i = 0; i < book->document_len; i++) {
        if (book->documents[i].period + periods < book->periods)
            break;
        if (i % 1024 == 0) {
            phrasebook_tell(book, i, book->document_len);
            if (store_is_cancelled(book->store))
                return error_set(err, ERR_CANCELLED, "cancelled");
        }
        seeing.document = i;
        phrasebook_each(book, i, each, &seeing);
    }
    return ERR_OK;
}

int phrasebook_choose(struct phrasebook *book, size_t periods, struct error *err)
{
    int result = see_documents(book, periods, see_candidate_of, err);

    if (result == ERR_OK)
        choose_phrases(book);
    return result;
}

int phrasebook_count(struct phrasebook *book, struct error *err)
{
    return see_documents(book, book->periods, see_phrase_of, err);
}

static int phrase_words(uint64_t key)
{
    return key >> (2 * WORD_BITS) ? 3 : key >> WORD_BITS ? 2 : 1;
}

/* Does it hold the other one? Itself, too. */
static bool phrase_contains(uint64_t longer, uint64_t part)
{
    int n = phrase_words(part), i;
    uint64_t mask = ((uint64_t)1 << (n * WORD_BITS)) - 1;

    for (i = 0; i + n <= phrase_words(longer); i++)
        if (((longer >> (i * WORD_BITS)) & mask) == part)
            return true;
    return false;
}

int found_order(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return (x->phrase->key > y->phrase->key) - (x->phrase->key < y->phrase->key);
}

void found_fold(struct found *found, size_t count)
{
    size_t i, k;

    for (i = 0; i < count; i++)
        for (k = 0; k < count; k++) {
            struct found *part = &found[i], *longer = &found[k];

            if (phrase_words(longer->phrase->key) <= phrase_words(part->phrase->key)
                || !phrase_contains(longer->phrase->key, part->phrase->key))
                continue;
            if (longer->papers >= FOLD_SHARE * part->papers)
                part->folded = true;
            else
                longer->folded = true;
        }
}

char *phrasebook_text(struct phrasebook *book, uint64_t key)
{
    struct str text = STR_INIT;
    char *kept;
    int i;

    for (i = phrase_words(key) - 1; i >= 0; i--)
        str_printf(&text, "%s%s", text.len ? " " : "",
                   book->words[(key >> (i * WORD_BITS)) & WORDS_MAX].shown);
    kept = arena_strdup(book->arena, text.ptr);
    str_free(&text);
    return kept;
}

bool phrasebook_has(const struct phrasebook *book, size_t document, uint64_t key)
{
    size_t i, end = document_end(book, document);
    uint64_t seen = 0, mask = ((uint64_t)1 << (phrase_words(key) * WORD_BITS)) - 1;

    for (i = book->documents[document].start; i < end; i++) {
        seen = book->text[i] ? (seen << WORD_BITS | book->text[i]) & mask : 0;
        if (seen == key)
            return true;
    }
    return false;
}

void phrasebook_free(struct phrasebook *book)
{
    free(book->words);
    free(book->slots);
    free(book->text);
    free(book->documents);
    free(book->candidates);
    free(book->phrases);
}
