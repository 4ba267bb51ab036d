/*
 * What servers say about their limits: Retry-After (RFC 9110, 10.2.3), the RateLimit fields of the
 * IETF drafts in their several spellings (as Hugging Face sends them), GitHub's X-RateLimit, and
 * Crossref's X-Rate-Limit, which names a pace.
 *
 * Everything is read as a time to wait from now, so that a clock of ours that is wrong does no
 * harm, and bounded by a day.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define EPOCH_FROM 1000000000 /* a reset behind this is a time, not a number of seconds */

static int64_t limits_clamp(int64_t wait)
{
    return wait < 0 ? 0 : wait > NET_WAIT_MAX_MS ? NET_WAIT_MAX_MS : wait;
}

/* A whole number of at most 12 digits at the start of the text; -1: none. */
static int64_t limits_number(const char *text)
{
    int64_t value = 0;
    int digits = 0;

    while (*text == ' ')
        text++;
    for (; isdigit((unsigned char)*text) && digits < 12; text++, digits++)
        value = value * 10 + (*text - '0');
    return digits > 0 && !isdigit((unsigned char)*text) ? value : -1;
}

int64_t limits_retry_after(const char *value, const char *date, int64_t now)
{
    int64_t seconds = limits_number(value), at, then;
    const char *rest = value + strspn(value, " 0123456789");

    if (seconds >= 0 && (!*rest || *rest == '.'))
        return limits_clamp(seconds * 1000);
    if (!time_parse(value, &at))
        return -1;
    if (date && time_parse(date, &then))
        now = then;
    return limits_clamp(at - now);
}

/* "RateLimit: "api";r=0;t=120" or "limit=500, remaining=0, reset=120": a parameter's value. */
static int64_t limits_parameter(const char *fields, const char *name)
{
    size_t len = strlen(name);
    const char *at = fields;

    while ((at = strcasestr(at, name))) {
        bool begins = at == fields || strchr(" ;,\"", at[-1]);

        if (begins && at[len] == '=')
            return limits_number(at + len + 1);
        at += len;
    }
    return -1;
}

struct limits {
    int64_t remaining, reset_ms; /* -1 unknown; reset from now */
};

/* A reset is a number of seconds, or (GitHub) a time in seconds since 1970. */
static int64_t limits_reset(int64_t value, int64_t now)
{
    if (value < 0)
        return -1;
    return limits_clamp(value >= EPOCH_FROM ? value * 1000 - now : value * 1000);
}

static void limits_take(struct limits *limits, int64_t remaining, int64_t reset, int64_t now)
{
    if (remaining < 0 || (limits->remaining >= 0 && limits->remaining <= remaining))
        return; /* of several windows the narrowest counts */
    limits->remaining = remaining;
    limits->reset_ms = limits_reset(reset, now);
}

static int64_t limits_header(const struct net_answer *answer, const char *name)
{
    const char *value = net_answer_header(answer, name);

    return value ? limits_number(value) : -1;
}

/*
 * "x-rate-limit-limit: 5", "x-rate-limit-interval: 1s": so many in each interval, which is kept by
 * a pause after every answer; whoever was too fast waits for a whole interval. With a 403 it says
 * nothing: that is a refusal. -1: there is no such pace.
 */
static int64_t limits_pace(const struct net_answer *answer)
{
    const char *interval = net_answer_header(answer, "x-rate-limit-interval");
    int64_t most = limits_header(answer, "x-rate-limit-limit");
    int64_t length = interval ? limits_number(interval) : -1;
    char unit = interval && length >= 0 ? interval[strspn(interval, " 0123456789")] : 's';

    if (most < 0 || length < 0 || answer->status == 403)
        return -1;
    length = limits_clamp(length * (unit == 'h' ? 3600000 : unit == 'm' ? 60000 : 1000));
    return answer->status == 429 || most == 0 ? length : (length + most - 1) / most;
}

void limits_read(const struct net_answer *answer, bool limited, int64_t now, int64_t *not_before,
                 int *remaining)
{
    const char *after = net_answer_header(answer, "retry-after");
    const char *combined = net_answer_header(answer, "ratelimit");
    const char *date = net_answer_header(answer, "date");
    struct limits limits = { -1, -1 };
    int64_t wait = after ? limits_retry_after(after, date, now) : -1, server = now;

    if (date && !time_parse(date, &server))
        server = now;
    if (combined) {
        limits_take(&limits, limits_parameter(combined, "r"), limits_parameter(combined, "t"),
                    server);
        limits_take(&limits, limits_parameter(combined, "remaining"),
                    limits_parameter(combined, "reset"), server);
    }
    limits_take(&limits, limits_header(answer, "ratelimit-remaining"),
                limits_header(answer, "ratelimit-reset"), server);
    limits_take(&limits, limits_header(answer, "x-ratelimit-remaining"),
                limits_header(answer, "x-ratelimit-reset"), server);
    *remaining = limits.remaining > 1000000 ? 1000000 : (int)limits.remaining;
    /* An empty window is a wait whatever the status; a wait that is asked for counts only with a
     * status that means it (some servers send Retry-After with every answer). */
    if (limits.remaining == 0 && limits.reset_ms > wait)
        wait = limits.reset_ms;
    else if (!limited)
        wait = limits.remaining == 0 ? wait : -1;
    if (limits_pace(answer) > wait)
        wait = limits_pace(answer);
    *not_before = wait > 0 ? now + wait : 0;
}
