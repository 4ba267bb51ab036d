/*
 * A document cut for searching: chunks of about two hundred words on the bounds of sentences and
 * sections, and a MinHash signature of its text.
 *
 * MinHash: A. Broder, "On the resemblance and containment of documents", SEQUENCES 1997. The share
 * of equal entries in two signatures estimates the share of five-word shingles (Jaccard) that two
 * texts have in common; with 128 entries the standard error is at most .044.
 */
#ifndef CARREL_CHUNKS_H
#define CARREL_CHUNKS_H

#include "carrel/document.h"

#define CHUNK_WORDS 200        /* what a chunk aims at */
#define CHUNK_WORDS_MAX 260    /* what it keeps below, unless one sentence alone is longer */
#define CHUNK_OVERLAP_WORDS 40 /* sentences repeated from the chunk before: at most so many */
#define CHUNK_BYTES_MAX 8192   /* of text without sentences or blanks: it is cut there */
#define MINHASH_SIZE 128

struct chunk {
    uint32_t start, end; /* bytes of the document's text */
    uint32_t page;       /* where it starts, from 0 */
    const char *turns; /* where further pages begin: bytes from `start`, blanks between; "" none */
    const char *heading; /* of the section it stands in, borrowed from the document; "" none */
};

/* The chunks in order, in the document's arena. Headings, authors, references and what does not
 * belong to the reading text are in none; no chunk reaches over a heading. */
void chunks_cut(struct chunk **out, size_t *count, const struct document *doc);

/* Length of the sentence that begins here, with the blanks behind it. Stops after . ! ? … followed
 * by a capital, a digit or an opening bracket, but not behind abbreviations and initials. */
size_t sentence_length(const char *text, size_t len);

/* False (and zeros) when the text has fewer than five words. */
bool minhash_text(uint32_t out[MINHASH_SIZE], const char *text, size_t len);
double minhash_similarity(const uint32_t a[MINHASH_SIZE], const uint32_t b[MINHASH_SIZE]);

#endif
