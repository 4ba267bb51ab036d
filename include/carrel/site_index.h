/*
 * The search index of a website: which papers have which words, in files that a page fetches one by
 * one. Like the rest of exchange it is given records and knows no database; the same records in the
 * same order give the same bytes.
 *
 * Papers of a *segment* are numbered from 0 in the order they are added (a website adds the oldest
 * first, so that new papers come last and old shards stay as they are). A *shard* holds a range of
 * terms in order of their bytes:
 *
 *     {"version":1,"terms":{"attent":"AwQF...","id:arxiv:1706.03762":"gAE=",...}}
 *
 * Terms are stems as text_tokenize makes them, less some forty words that are everywhere
 * (site_stop_word), and what is told apart by a colon, which no stem has:
 *
 *     id:arxiv:1706.03762  id:doi:10.1/x   a paper by its ids         (lower case)
 *     cat:cs.cl  tag:toread  has:code      what a page filters by     (lower case)
 *     au:vaswani                           words of authors' names alone
 *
 * What belongs to a term is Base64 of numbers, seven bits a byte, the lowest first, the top bit set
 * where more follow: one a paper, in order of their numbers, (gap << 4 | weight), where gap is how
 * many papers lie between it and the one before. The weight's lowest three bits are the eighth of
 * [0, 1) in which f / (f + 1.2) lies; f sums the occurrences in title, abstract and authors, times
 * 2.5, 1 and 2, each divided by 1/4 + 3/4 of the field's length over 10, 150 and 8 words. So the
 * weight, times the logarithm of how rare the term is, is BM25F with lengths that are taken as the
 * usual ones, and no paper's weights change when others come. Its fourth bit: it is in the title.
 *
 * A new shard begins at a term whose hash has five noughts, once there are 12 KiB, and at 48 KiB in
 * any case (a term alone may be larger); its name is a hash of its first term. So a change moves no
 * boundary but its own.
 */
#ifndef CARREL_SITE_INDEX_H
#define CARREL_SITE_INDEX_H

#include "carrel/record.h"

#define SITE_SHARD_NAME 13 /* bytes: twelve hexadecimal digits */

struct site_index;
struct site_index *site_index_new(void);
void site_index_free(struct site_index *index);
void site_index_add(struct site_index *index, const struct record *record);

struct site_shard {
    char name[SITE_SHARD_NAME];
    const char *first; /* its first term */
    size_t terms;
    const struct str *json;
};
/* All shards in order; what is in the argument lives during the call. A result that is not 0 ends
 * it and is returned. */
int site_index_shards(const struct site_index *index,
                      int (*each)(void *ctx, const struct site_shard *), void *ctx);

/* Words that are left out, in order; NULL behind the last. */
const char *site_stop_word(size_t i);

#endif
