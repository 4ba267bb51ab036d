/*
 * Rows of the full-text index that wait for the end of a transaction.
 */
#include "carrel/fts.h"

#include "carrel/mem.h"
#include "carrel/segments.h"

#include "internal.h"

#include <stdlib.h>

#define WAITING_MAX ((size_t)8 << 20) /* bytes of text */

struct waiting {
    int64_t id;
    size_t start, title_len, abstract_len, authors_len; /* in `texts` */
    bool insert;
};

struct fts_queue {
    struct waiting *rows;
    size_t len, cap;
    struct str texts;
};

struct fts_queue *fts_queue_new(void)
{
    struct fts_queue *queue = mem_zalloc(sizeof *queue);

    str_init(&queue->texts);
    return queue;
}

void fts_queue_free(struct fts_queue *queue)
{
    if (!queue)
        return;
    free(queue->rows);
    str_free(&queue->texts);
    free(queue);
}

void fts_queue_clear(struct fts_queue *queue)
{
    queue->len = 0;
    str_clear(&queue->texts);
}

/* By id; those of one id as they came, which is the order of their texts. */
static int by_id(const void *left, const void *right)
{
    const struct waiting *a = left, *b = right;

    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

int fts_queue_flush(struct fts_queue *queue, struct store *store, struct error *err)
{
    int result = ERR_OK;
    size_t i;

    if (queue->len > 1)
        qsort(queue->rows, queue->len, sizeof *queue->rows, by_id);
    for (i = 0; i < queue->len && result == ERR_OK; i++) {
        const struct waiting *it = &queue->rows[i];
        const char *title = queue->texts.ptr + it->start;
        const struct fts_row row = { .title = title,
                                     .title_len = it->title_len,
                                     .abstract = title + it->title_len,
                                     .abstract_len = it->abstract_len,
                                     .authors = title + it->title_len + it->abstract_len,
                                     .authors_len = it->authors_len };

        result = fts_row(store, it->id, it->insert, &row, err);
    }
    fts_queue_clear(queue);
    return result;
}

static int put(struct fts_queue *queue, struct store *store, int64_t id, bool insert,
               const struct fts_document *doc, struct error *err)
{
    struct waiting row = { .id = id,
                           .start = queue->texts.len,
                           .title_len = doc->title.len,
                           .abstract_len = doc->abstract.len,
                           .authors_len = doc->authors.len,
                           .insert = insert };
    int result = segments_note(store, id, insert, err);

    if (result != ERR_OK)
        return result;
    str_add_mem(&queue->texts, doc->title.ptr, doc->title.len);
    str_add_mem(&queue->texts, doc->abstract.ptr, doc->abstract.len);
    str_add_mem(&queue->texts, doc->authors.ptr, doc->authors.len);
    VEC_PUSH(queue->rows, queue->len, queue->cap, row);
    return queue->texts.len < WAITING_MAX ? ERR_OK : fts_queue_flush(queue, store, err);
}

int fts_queue_insert(struct fts_queue *queue, struct store *store, int64_t id,
                     const struct fts_document *doc, struct error *err)
{
    return put(queue, store, id, true, doc, err);
}

int fts_queue_delete(struct fts_queue *queue, struct store *store, int64_t id,
                     const struct fts_document *doc, struct error *err)
{
    return put(queue, store, id, false, doc, err);
}
