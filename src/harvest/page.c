/*
 * A page in memory: an answer is read to its end before its first record is used, so that a cut one
 * adds nothing. Bounded in records and bytes.
 */
#include "internal.h"

#include "carrel/log.h"

#include <stdlib.h>
#include <string.h>

void page_init(struct page *page)
{
    memset(page, 0, sizeof *page);
    page->arena = arena_new();
}

void page_reset(struct page *page, const char *source)
{
    arena_reset(page->arena);
    page->len = 0;
    page->rejects = 0;
    page->source = source;
}

void page_free(struct page *page)
{
    arena_free(page->arena);
    free(page->records);
    memset(page, 0, sizeof *page);
}

static int page_record(void *ctx, const struct record *record)
{
    struct page *page = ctx;

    if (page->len == PAGE_RECORDS || arena_bytes(page->arena) > PAGE_BYTES)
        return ERR_LIMIT;
    if (page->len == page->cap)
        page->records = mem_grow(page->records, &page->cap, page->len + 1, sizeof *page->records);
    record_copy(&page->records[page->len++], record, page->arena);
    return ERR_OK;
}

static void page_reject(void *ctx, long line, const char *why)
{
    struct page *page = ctx;

    page->rejects++;
    log_write(LOG_INFO, "%s: a record in line %ld of an answer was left out: %s", page->source,
              line, why);
}

struct parse_sink page_sink(struct page *page)
{
    return (struct parse_sink){ .ctx = page, .record = page_record, .reject = page_reject };
}
