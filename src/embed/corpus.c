/*
 * Training texts as numbers: every stem that occurs has one, and a paper is a run of them with the
 * ends of its sentences. About 4 bytes a word: half a million abstracts take 350 MB.
 */
#include "train.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define ABSTRACT_MIN 12 /* stems; less is a remark, not an abstract */
#define DOC_MAX 4096    /* stems of one paper that are read */
#define SENTENCES_MAX 200

void corpus_init(struct corpus *corpus)
{
    memset(corpus, 0, sizeof *corpus);
    corpus->known = hashmap_new();
    corpus->titles = hashmap_new();
}

void corpus_free(struct corpus *corpus)
{
    hashmap_free(corpus->known);
    hashmap_free(corpus->titles);
    free(corpus->stem);
    free(corpus->stems);
    free(corpus->ends);
    free(corpus->docs);
    memset(corpus, 0, sizeof *corpus);
}

static int corpus_token(void *ctx, const struct text_token *token)
{
    struct corpus *corpus = ctx;
    size_t len = token->stem_len, at = 0;
    const char *text = model_stem(token->stem, &len), *key;
    uint64_t *number;
    bool added;

    number = hashmap_put(corpus->known, text, len, &added);
    if (added) {
        struct corpus_stem stem = { .len = (uint32_t)len };

        *number = corpus->stem_len;
        at = corpus->stem_len;
        hashmap_next(corpus->known, &at, &key, &len, &number);
        stem.text = key;
        VEC_PUSH(corpus->stem, corpus->stem_len, corpus->stem_cap, stem);
    }
    VEC_PUSH(corpus->stems, corpus->stems_len, corpus->stems_cap, (uint32_t)*number);
    return 0;
}

/* A full stop, question or exclamation mark before white space and something that can begin a
 * sentence. Abbreviations fool it now and then, which does no harm here. */
static size_t corpus_sentence_end(const char *text)
{
    const char *at = text;

    for (; *at; at++)
        if ((*at == '.' || *at == '?' || *at == '!') && (at[1] == ' ' || at[1] == '\n')
            && at - text > 20 && !(at[2] >= 'a' && at[2] <= 'z') && at[-1] != '.')
            return (size_t)(at + 1 - text);
    return (size_t)(at - text);
}

static void corpus_sentences(struct corpus *corpus, struct corpus_doc *doc, const char *abstract)
{
    doc->first = (uint32_t)corpus->ends_len;
    while (*abstract && doc->sentences < SENTENCES_MAX
           && corpus->stems_len - doc->start < DOC_MAX) {
        size_t len = corpus_sentence_end(abstract), before = corpus->stems_len;

        text_tokenize(abstract, len, corpus_token, corpus);
        abstract += len;
        if (corpus->stems_len == before)
            continue;
        VEC_PUSH(corpus->ends, corpus->ends_len, corpus->ends_cap,
                 (uint32_t)(corpus->stems_len - doc->start));
        doc->sentences++;
    }
}

static void corpus_count(struct corpus *corpus, const struct corpus_doc *doc)
{
    size_t i;

    for (i = doc->start; i < corpus->stems_len; i++) {
        struct corpus_stem *stem = &corpus->stem[corpus->stems[i]];

        stem->count++;
        if (stem->last != corpus->len + 1) {
            stem->last = (uint32_t)(corpus->len + 1);
            stem->docs++;
        }
    }
}

bool corpus_add(struct corpus *corpus, const char *title, const char *abstract)
{
    struct corpus_doc doc = { .start = corpus->stems_len };
    size_t ends = corpus->ends_len;
    bool fresh = false;

    if (!title || !abstract)
        return false;
    text_tokenize(title, strlen(title), corpus_token, corpus);
    doc.title = (uint32_t)(corpus->stems_len - doc.start);
    if (doc.title >= 2 && doc.title < 256)
        hashmap_put(corpus->titles, (const char *)(corpus->stems + doc.start),
                    doc.title * sizeof *corpus->stems, &fresh);
    if (fresh)
        corpus_sentences(corpus, &doc, abstract);
    if (!fresh || corpus->stems_len - doc.start < doc.title + ABSTRACT_MIN) {
        corpus->stems_len = doc.start;
        corpus->ends_len = ends;
        return false;
    }
    corpus_count(corpus, &doc);
    corpus->inputs = hash64(title, strlen(title), corpus->inputs);
    corpus->inputs = hash64(abstract, strlen(abstract), corpus->inputs);
    VEC_PUSH(corpus->docs, corpus->len, corpus->cap, doc);
    return true;
}

const uint32_t *corpus_stems(const struct corpus *corpus, const struct corpus_doc *doc,
                             uint32_t *count)
{
    *count = corpus->ends[doc->first + doc->sentences - 1u];
    return corpus->stems + doc->start;
}

void corpus_sentence(const struct corpus *corpus, const struct corpus_doc *doc, unsigned at,
                     uint32_t *from, uint32_t *to)
{
    *from = at == 0 ? doc->title : corpus->ends[doc->first + at - 1];
    *to = corpus->ends[doc->first + at];
}
