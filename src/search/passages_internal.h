/*
 * Inside the search of passages: a query on its way through the arms. Lists of the arms are of ids
 * of chunks, best first.
 */
#ifndef CARREL_SEARCH_PASSAGES_INTERNAL_H
#define CARREL_SEARCH_PASSAGES_INTERNAL_H

#include "passages.h"

struct passages {
    struct passages_query *q;
    struct plan words, where;
    struct idea idea;
    struct node *text, *rest; /* NULL: nothing of that kind */
    struct vectors_model serving;
    int64_t chunks; /* in the library */
};

/* passages_arms.c. Words: also the total, and whether they were relaxed, into the result. */
int passages_words(struct passages *p, struct top *top, struct error *err);
int passages_vectors(struct passages *p, struct top *top, struct error *err);

/* passages_best.c */
void passages_unite(struct fused_list *out, struct passages *p, const struct top *words,
                    const struct top *vectors);
/* As works are (rerank.c): the paper's title and the heading stand for a title, so a question that
 * names the paper finds the passage that need not. */
int passages_rerank(struct fused_list *list, struct passages *p, struct error *err);
/* At most three of a work, the best ones, and none of them twice (a paper may have its text twice);
 * none of a document that belongs to no work. */
int passages_thin_out(struct fused_list *list, struct passages *p, struct error *err);

#endif
