/*
 * Cursors over postings: forwards only, a block unpacked when its works are looked at, its counts
 * when they are.
 */
#include "retrieve.h"

#include <string.h>

static void cursor_load(struct posting_cursor *cursor, uint32_t block)
{
    cursor->at_block = block;
    cursor->shallow = block > cursor->shallow ? block : cursor->shallow;
    cursor->at = 0;
    cursor->counted = false;
    if (block >= cursor->term.blocks) {
        cursor->doc = CURSOR_END;
    } else if (!postings_docs(&cursor->term, block, &cursor->block)) {
        cursor->damaged = true;
        cursor->doc = CURSOR_END;
    } else {
        cursor->doc = cursor->block.docs[0];
    }
}

bool cursor_open(struct posting_cursor *cursor, const struct postings *postings, const char *stem)
{
    cursor->damaged = false;
    cursor->shallow = 0;
    if (!postings_find(postings, stem, strlen(stem), &cursor->term))
        return false;
    cursor_load(cursor, 0);
    return true;
}

void cursor_seek(struct posting_cursor *cursor, uint32_t doc)
{
    const struct postings_block *block = &cursor->block;
    size_t at;

    if (cursor->doc >= doc)
        return;
    if (postings_block_last(&cursor->term, cursor->at_block) < doc) {
        cursor_load(cursor, postings_block_seek(&cursor->term, cursor->at_block + 1, doc));
        if (cursor->doc >= doc)
            return;
    }
    /* Steps of eight: a block is short, and the next one wanted is usually near. */
    at = cursor->at;
    while (at + 8 < block->count && block->docs[at + 8] < doc)
        at += 8;
    while (at < block->count && block->docs[at] < doc)
        at++;
    cursor->at = at;
    if (at < block->count)
        cursor->doc = block->docs[at];
    else
        cursor_load(cursor, cursor->at_block + 1);
}

double cursor_bound(struct posting_cursor *cursor, uint32_t doc, uint32_t *last)
{
    cursor->shallow = postings_block_seek(&cursor->term, cursor->shallow, doc);
    if (cursor->shallow >= cursor->term.blocks) {
        *last = CURSOR_END;
        return 0;
    }
    *last = postings_block_last(&cursor->term, cursor->shallow);
    return postings_block_bound(&cursor->term, cursor->shallow);
}

void cursor_counts(struct posting_cursor *cursor, unsigned counts[3])
{
    if (!cursor->counted)
        postings_counts(&cursor->block);
    cursor->counted = true;
    counts[0] = cursor->block.title[cursor->at];
    counts[1] = cursor->block.abstract[cursor->at];
    counts[2] = cursor->block.authors[cursor->at];
}
