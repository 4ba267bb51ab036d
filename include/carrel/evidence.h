/*
 * How sure it is that a repository is a paper's code: what its sources say of it (record_link), and
 * whether its owner is called like one of the authors, as one number.
 *
 *     evidence   confidence   what it means
 *     official   .98          the authors, or a curated list, call it theirs
 *     paper      .90          the paper states the address
 *     readme     .80          the repository names the paper
 *     author     .60          its owner is called like an author
 *     listed     .40          a source shows it with the paper; it may be somebody else's
 *
 * The strongest word of a source and the owner's name count as independent: 1 - (1 - p)(1 - q), .99
 * at most, in hundredths. The table holds judgements, not measurements: it puts links in an order
 * that can be explained, and its numbers are not shares of anything counted.
 */
#ifndef CARREL_EVIDENCE_H
#define CARREL_EVIDENCE_H

#include "carrel/record.h"

/* 0 for what is no evidence. */
double evidence_confidence(const char *evidence, bool author_match);

#define EVIDENCE_AUTHORS 200 /* the first ones; who owns the code of thousands says nothing */
/*
 * The author after whom the repository's owner is called ("ann-lee", "alee", "leeann2" for Ann
 * Lee): whole names, or family name and initial, of at least five letters together; accents, case
 * and what stands between do not count. Family names alone are too common. NULL: none, or the
 * address is no repository's. Borrowed from the list.
 */
const char *evidence_author(const char *url, const struct text_list *authors);

/* Weighs all links of kind "code". An address in code_urls of which nothing is said becomes a link
 * of evidence "author" when its owner is called like an author. Any thread. */
void evidence_weigh(struct record *record, struct arena *arena);

#endif
