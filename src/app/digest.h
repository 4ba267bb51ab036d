/*
 * A digest: what the library got in a number of days, as values, and written as text, Markdown,
 * HTML or JSON. The same library, clock and options give the same bytes.
 */
#ifndef APP_DIGEST_H
#define APP_DIGEST_H

#include "carrel/alerts.h"
#include "carrel/changes.h"
#include "carrel/search.h"
#include "carrel/trends.h"

#define DIGEST_PAPERS 10   /* listed of a feed */
#define DIGEST_ALERTS 1000 /* listed */
#define DIGEST_CHANGES 20  /* listed */
#define DIGEST_RISING 10   /* listed */

struct digest_feed {
    const char *name, *query;
    struct search_result *found; /* newest first, at most DIGEST_PAPERS; NULL when it failed */
    int64_t total;
    char *error; /* NULL: fine */
};
struct digest {
    struct arena *arena;
    int32_t since, today; /* both belong to it */
    struct digest_feed *feeds;
    size_t feed_count;
    struct alert_row *alerts; /* fired since, newest first */
    size_t alert_count;
    bool alerts_cut;          /* there are more than DIGEST_ALERTS */
    struct change *changes;   /* newest first */
    struct work_row *changed; /* their works, one for each */
    size_t change_count;
    int64_t change_total;
    struct trends rising; /* over the days of the digest, at least one; none: metric "" */
    size_t rising_count;  /* of its items, those that do rise */
    int64_t news;         /* papers that were read and have changed since */
    int64_t unread, later, starred;
    unsigned credits; /* bits (carrel/credit.h) of what is listed */
};

/* query NULL: each saved query, or all papers when none is saved. Free it in every case. */
int digest_gather(struct digest *digest, struct store *store, int32_t since, const char *query,
                  struct error *err);
void digest_free(struct digest *digest);
/* format: text, md, html or json; false for another one. */
bool digest_write(struct str *out, const struct digest *digest, const char *format);
const char *digest_format_at(size_t i);                         /* those; NULL behind the last */
void digest_json(struct str *out, const struct digest *digest); /* the last of these */

const char *digest_period_at(size_t i); /* of --period; NULL behind the last */

#endif
