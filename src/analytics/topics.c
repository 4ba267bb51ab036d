/*
 * Topics of a library (carrel/topics.h): which of the phrases of the newest periods burst, and what
 * is shown of them.
 */
#include "carrel/topics.h"

#include "phrases.h"

#include "carrel/samples.h"
#include "carrel/works.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEAVIEST 600 /* candidates that are compared with each other */

/* Reading takes most of the time, then the passes over the phrases. */
enum { READ_PERCENT = 76, CHOOSE_PERCENT = 80, COUNT_PERCENT = 98 };

struct reader {
    const struct topics_options *options;
    struct topics *out;
    struct phrasebook book;
};

/* ---- bursts ---- */

static size_t find_bursts(struct reader *r, struct found *bursts)
{
    double least = log((double)r->book.phrase_count); /* what the best of as many gains by chance */
    size_t i, k, count = 0;

    for (i = 0; i < r->book.phrase_slots; i++) {
        struct found burst = { .phrase = &r->book.phrases[i] };

        if (!burst.phrase->key)
            continue;
        burst.weight = burst_live(&burst.since, burst.phrase->counts, r->out->all, r->out->periods);
        if (burst.weight <= 0 || burst.weight < least)
            continue;
        for (k = burst.since; k < r->out->periods; k++)
            burst.papers += burst.phrase->counts[k];
        if (burst.papers >= TOPICS_SUPPORT)
            bursts[count++] = burst;
    }
    if (count > 1)
        qsort(bursts, count, sizeof *bursts, found_order);
    return count < HEAVIEST ? count : HEAVIEST;
}

/* ---- what is shown ---- */

/* Documents are newest first. */
static int topic_papers(struct reader *r, struct topic *topic, uint64_t key, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < r->book.document_len && topic->shown < TOPICS_PAPERS && result == ERR_OK; i++) {
        struct work_row row;

        if (!phrasebook_has(&r->book, i, key))
            continue;
        result = works_rows(r->book.store, r->book.arena, &r->book.documents[i].work, 1, &row, err);
        if (result != ERR_OK || row.id == 0)
            continue;
        topic->keys[topic->shown] = row.key;
        topic->titles[topic->shown++] = row.title;
    }
    return result;
}

static int take_topics(struct reader *r, struct error *err)
{
    size_t limit = r->options->limit ? r->options->limit : 20, count, i, k;
    struct found *bursts = mem_alloc((r->book.phrase_count + 1) * sizeof *bursts);
    int result = ERR_OK;

    if (limit > TOPICS_LIMIT_MAX)
        limit = TOPICS_LIMIT_MAX;
    r->out->items = arena_alloc(r->book.arena, limit * sizeof *r->out->items);
    count = find_bursts(r, bursts);
    found_fold(bursts, count);
    for (i = 0; i < count && r->out->len < limit && result == ERR_OK; i++) {
        struct topic *topic = &r->out->items[r->out->len];
        const struct phrase *phrase = bursts[i].phrase;

        if (bursts[i].folded)
            continue;
        topic->term = phrasebook_text(&r->book, phrase->key);
        topic->weight = bursts[i].weight;
        topic->since = bursts[i].since;
        topic->recent = bursts[i].papers;
        memcpy(topic->counts, phrase->counts, sizeof phrase->counts);
        for (k = 0; k < r->out->periods; k++)
            topic->papers += phrase->counts[k];
        r->out->len++;
        result = topic_papers(r, topic, phrase->key, err);
    }
    free(bursts);
    return result;
}

/* What the next step makes of the whole. */
static void step(struct reader *r, int to)
{
    r->book.from = r->book.to;
    r->book.to = to;
}

static int read_phrases(struct reader *r, int32_t first, struct error *err)
{
    int result;
    size_t i;

    step(r, READ_PERCENT);
    result = phrasebook_read(&r->book, first, r->options->category, err);
    for (i = 0; i < r->book.document_len; i++)
        r->out->all[r->book.documents[i].period]++;
    r->out->papers = r->book.document_len;
    r->out->cut = r->book.cut;
    step(r, CHOOSE_PERCENT);
    if (result == ERR_OK && r->book.document_len > 0)
        result = phrasebook_choose(&r->book, TOPICS_RECENT, err);
    step(r, COUNT_PERCENT);
    if (result == ERR_OK && r->book.phrase_count > 0)
        result = phrasebook_count(&r->book, err);
    return result;
}

int topics_read(struct topics *out, struct store *store, struct arena *arena,
                const struct topics_options *options, struct error *err)
{
    size_t periods = options->period_days == 7 ? TOPICS_PERIODS : TOPICS_MONTHS;
    struct reader r = { .options = options,
                        .out = out,
                        .book = { .store = store,
                                  .arena = arena,
                                  .today = options->today,
                                  .period_days = options->period_days,
                                  .periods = periods,
                                  .papers_max = TOPICS_PAPERS_MAX,
                                  .progress = options->progress,
                                  .ctx = options->ctx } };
    int result = ERR_OK;

    *out = (struct topics){ .periods = periods };
    if (options->category)
        result = samples_category_known(store, options->category, err);
    if (result == ERR_OK)
        result =
            read_phrases(&r, options->today - (int32_t)periods * options->period_days + 1, err);
    if (result == ERR_OK && r.book.phrase_count > 0)
        result = take_topics(&r, err);
    phrasebook_free(&r.book);
    return result;
}
