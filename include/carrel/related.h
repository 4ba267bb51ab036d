/*
 * Papers that belong together: related ones, and those that may be one and the same.
 */
#ifndef CARREL_RELATED_H
#define CARREL_RELATED_H

#include "carrel/mem.h"
#include "carrel/store.h"
#include "carrel/str.h"

struct related_item {
    int64_t id;
    double score;       /* what the order is by: cosine, and a little for what is shared */
    double cosine;      /* of the vectors; 0 when unknown */
    int authors, links; /* shared */
    char *because;      /* one line */
};
/* The works most like the given ones taken together, best first, themselves left out. Without
 * vectors the words that tell them from others decide. Everything lies in the arena. */
int related_find(struct related_item **out, size_t *count, struct store *store, struct arena *arena,
                 const int64_t *works, size_t work_count, size_t limit, struct error *err);

struct duplicate_pair {
    int64_t a, b; /* a is the older entry */
    double score; /* 0..1: how alike the texts are, of documents or of title and abstract */
    bool same_title;
    int authors; /* that can be the same people */
    char *why;
};
/* Pairs that may be one work, most alike first: documents of nearly the same text and the same title
 * anywhere, and near-duplicate abstracts among the `newest` works and their neighbours (0: all works). Pairs that somebody has taken apart
 * are left out. */
int duplicates_find(struct duplicate_pair **out, size_t *count, struct store *store,
                    struct arena *arena, size_t newest, size_t limit, struct error *err);

/* The words two texts have in common that tell them from others, best first, at most `most`,
 * joined by ", ". */
int shared_words(struct str *out, struct store *store, const char *a, const char *b, size_t most,
                 struct error *err);

#endif
