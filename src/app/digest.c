/*
 * Gathers a digest: each feed is a search of the days it is about, alerts are the journal's rows of
 * those days, what was replaced or withdrawn is told from the records, what rises from the samples.
 */
#include "digest.h"

#include "carrel/clock.h"
#include "carrel/str.h"
#include "carrel/works.h"

#include <string.h>

#define DAY_MS 86400000LL

/* A feed that no longer works is told in its place; the others go on. */
static int digest_feed(struct digest *digest, struct store *store, struct digest_feed *feed,
                       struct error *err)
{
    struct search_options options = { .limit = DIGEST_PAPERS,
                                      .sort = SORT_ADDED,
                                      .mode = SEARCH_LEXICAL };
    struct error why = { 0 };
    char first[16], last[16], *query;
    size_t i;
    int result;

    date_format(first, digest->since);
    date_format(last, digest->today);
    query = str_blank(feed->query)
                ? arena_printf(digest->arena, "added:%s..%s", first, last)
                : arena_printf(digest->arena, "(%s) added:%s..%s", feed->query, first, last);
    result = search_count(&feed->total, store, query, &why);
    if (result == ERR_OK)
        result = search_run(&feed->found, store, query, &options, &why);
    if (result == ERR_CANCELLED)
        return error_set(err, result, "%s", why.message);
    if (result != ERR_OK)
        feed->error = arena_strdup(digest->arena, why.message);
    for (i = 0; feed->found && i < feed->found->len; i++)
        digest->credits |= (unsigned)feed->found->hits[i].row.flags >> WORK_CREDIT_SHIFT;
    return ERR_OK;
}

static int digest_feeds(struct digest *digest, struct store *store, const char *query,
                        struct error *err)
{
    struct saved_query *saved = NULL;
    size_t i, count = 0;
    int result = query ? ERR_OK : queries_list(store, digest->arena, &saved, &count, err);

    if (result != ERR_OK)
        return result;
    digest->feed_count = count ? count : 1;
    digest->feeds = arena_alloc(digest->arena, digest->feed_count * sizeof *digest->feeds);
    digest->feeds[0] =
        (struct digest_feed){ .name = query ? query : "All papers", .query = query ? query : "" };
    for (i = 0; i < count; i++)
        digest->feeds[i] = (struct digest_feed){ .name = saved[i].name, .query = saved[i].query };
    for (i = 0; i < digest->feed_count && result == ERR_OK; i++)
        result = digest_feed(digest, store, &digest->feeds[i], err);
    return result;
}

static int digest_alerts(struct digest *digest, struct store *store, struct error *err)
{
    size_t i, kept = 0, count;
    int result = alerts_log(store, digest->arena, NULL, true, DIGEST_ALERTS + 1, &digest->alerts,
                            &count, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < count; i++)
        if (digest->alerts[i].at >= digest->since * DAY_MS)
            digest->alerts[kept++] = digest->alerts[i];
    digest->alerts_cut = kept > DIGEST_ALERTS;
    digest->alert_count = digest->alerts_cut ? DIGEST_ALERTS : kept;
    return ERR_OK;
}

/* The works of a part, whose sources are named at the end. */
static int digest_rows(struct digest *digest, struct store *store, const int64_t *ids, size_t count,
                       struct work_row **rows, struct error *err)
{
    size_t i;
    int result;

    *rows = arena_alloc(digest->arena, (count + 1) * sizeof **rows);
    result = works_rows(store, digest->arena, ids, count, *rows, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        digest->credits |= (unsigned)(*rows)[i].flags >> WORK_CREDIT_SHIFT;
    return result;
}

static int digest_changes(struct digest *digest, struct store *store, struct error *err)
{
    int64_t ids[DIGEST_CHANGES];
    size_t i;
    int result = changes_since(store, digest->arena, digest->since * DAY_MS, DIGEST_CHANGES,
                               &digest->changes, &digest->change_count, &digest->change_total, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < digest->change_count; i++)
        ids[i] = digest->changes[i].work;
    return digest_rows(digest, store, ids, digest->change_count, &digest->changed, err);
}

static int digest_rising(struct digest *digest, struct store *store, struct error *err)
{
    struct trends_options options = { .today = digest->today,
                                      .window = digest->today - digest->since,
                                      .sort = TRENDS_VELOCITY,
                                      .limit = DIGEST_RISING };
    int64_t ids[DIGEST_RISING];
    struct work_row *rows;
    size_t n = 0;
    int result;

    options.window = options.window < 1                  ? 1
                     : options.window > TREND_WINDOW_MAX ? TREND_WINDOW_MAX
                                                         : options.window;
    result = trends_read(&digest->rising, store, digest->arena, &options, err);
    if (result != ERR_OK)
        return result;
    for (; n < digest->rising.len && digest->rising.items[n].measure.velocity > 0; n++)
        ids[n] = digest->rising.items[n].work;
    digest->rising_count = n;
    return digest_rows(digest, store, ids, n, &rows, err);
}

int digest_gather(struct digest *digest, struct store *store, int32_t since, const char *query,
                  struct error *err)
{
    int result;

    *digest = (struct digest){ .arena = arena_new(), .since = since, .today = clock_today() };
    result = digest_feeds(digest, store, query, err);
    if (result == ERR_OK)
        result = digest_alerts(digest, store, err);
    if (result == ERR_OK)
        result = digest_changes(digest, store, err);
    if (result == ERR_OK)
        result = digest_rising(digest, store, err);
    if (result == ERR_OK)
        result = search_count(&digest->news, store, "is:changed", err);
    if (result == ERR_OK)
        result = search_count(&digest->unread, store, "is:unread", err);
    if (result == ERR_OK)
        result = search_count(&digest->later, store, "is:later", err);
    if (result == ERR_OK)
        result = search_count(&digest->starred, store, "is:starred", err);
    return result;
}

void digest_free(struct digest *digest)
{
    size_t i;

    for (i = 0; i < digest->feed_count; i++)
        search_result_free(digest->feeds[i].found);
    arena_free(digest->arena);
}
