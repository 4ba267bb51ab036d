/*
 * The Harvest room's texts: where a source, an origin, a gap or a request stands, in words.
 */
#include "harvest.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void bytes_format(struct str *out, int64_t bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    double value = (double)bytes;
    size_t unit = 0;

    while (value >= 999.5 && unit + 1 < ARRAY_LEN(units)) {
        value /= 1000;
        unit++;
    }
    str_printf(out, unit && value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void moment_format(char out[16], int64_t at)
{
    char stamp[32];

    time_format(stamp, at);
    if (at / 86400000 == clock_today())
        snprintf(out, 16, "%.8s", stamp + 11);
    else
        snprintf(out, 16, "%.10s", stamp);
}

/* ---- sources ---- */

const char *harvest_state_name(enum harvest_state state)
{
    static const char *const names[] = { "running", "waiting", "queued", "refused", "failed",
                                         "partial", "stopped", "due",    "done",    "off" };

    return names[state];
}

void harvest_line_next(struct str *out, const struct harvest_line *line)
{
    int64_t wait = line->due - clock_now_ms();

    if (!line->configured || line->stopped)
        str_add(out, "-");
    else if (wait <= 0)
        str_add(out, "now");
    else
        span_format(out, wait);
}

void harvest_wants_text(struct str *out, const struct harvest_wants *wants)
{
    str_printf(out, "%s: ", wants->what);
    number_format(out, wants->due);
    str_add(out, " due");
    if (wants->unasked > 0) {
        str_add(out, ", ");
        number_format(out, wants->unasked);
        str_add(out, " not asked yet");
    }
}

static void line_running(struct str *out, const struct harvest_line *line)
{
    size_t before = out->len;

    if (line->job.id && line->job.state == JOB_RUNNING)
        job_standing(out, &line->job);
    else
        str_printf(out, "harvested by %s", line->last.owner);
    if (out->len == before)
        str_add(out, "asking");
    if (line->state == HARVEST_WAITING) {
        str_add(out, ", asks again in ");
        span_format(out, line->next_allowed - clock_real_ms());
    }
}

void harvest_line_standing(struct str *out, const struct harvest_line *line)
{
    const char *why = line->last.id ? line->last.error : "";

    switch (line->state) {
    case HARVEST_RUNNING:
    case HARVEST_WAITING:
        line_running(out, line);
        break;
    case HARVEST_QUEUED:
        str_add(out, *line->job.error ? line->job.error : "in the queue");
        break;
    case HARVEST_REFUSED:
        str_printf(out, "%s (sync --again asks it anew)", line->stopped);
        break;
    case HARVEST_OFF:
        str_add(out, "not configured any more");
        break;
    default:
        if (*why)
            str_add(out, why);
        else if (line->wants.what)
            harvest_wants_text(out, &line->wants);
        else if (!line->last.id)
            str_add(out, "never asked yet");
        else if (line->gap)
            str_printf(out, "%s: %s", line->gap->what, line->gap->why);
    }
}

void harvest_run_line(struct str *out, const struct harvest_run *run)
{
    char at[16];

    moment_format(at, run->started);
    str_printf(out, "%s %s: ", at, run_state_name(run->state));
    number_format(out, run->seen);
    str_add(out, " seen, ");
    number_format(out, run->added);
    str_add(out, " added, ");
    number_format(out, run->updated);
    str_printf(out, " updated; %" PRId64 " request%s, ", run->requests,
               run->requests == 1 ? "" : "s");
    bytes_format(out, run->bytes);
    if (run->took_ms >= 1000 && run->seen > 0) {
        str_add(out, ", ");
        number_format(out, run->seen * 1000 / run->took_ms);
        str_add(out, "/s");
    }
}

void harvest_line_preview(struct str *out, const struct harvest_line *line)
{
    int64_t wait = line->next_allowed - clock_real_ms();
    struct str standing = STR_INIT;

    harvest_line_standing(&standing, line);
    str_printf(out, "%s, %s%s%s\nlast run ", line->title, harvest_state_name(line->state),
               standing.len ? ": " : "", standing.ptr);
    str_free(&standing);
    if (line->last.id)
        harvest_run_line(out, &line->last);
    else
        str_add(out, line->dateless ? "none yet; the first one reads all that it has"
                                    : "none yet; the first one fetches the last 30 days");
    str_add(out, "\nevery ");
    span_format(out, line->every_ms);
    if (line->configured && !line->stopped) {
        str_add(out, line->due <= clock_now_ms() ? ", due " : ", next in ");
        harvest_line_next(out, line);
    }
    if (wait > 0) {
        str_add(out, "; its origin may be asked again in ");
        span_format(out, wait);
    }
    if (line->gaps)
        str_printf(out, "; %zu gap%s open", line->gaps, line->gaps == 1 ? "" : "s");
}

/* ---- origins ---- */

void harvest_origin_next(struct str *out, const struct harvest_origin *origin)
{
    int64_t wait = origin->now.next_at - clock_real_ms();

    if (origin->now.stopped)
        str_add(out, "stopped");
    else if (origin->now.in_flight > 0)
        str_add(out, "asking");
    else if (wait > 0) {
        str_add(out, "in ");
        span_format(out, wait);
    } else
        str_add(out, "now");
}

void harvest_origin_used(struct str *out, const struct harvest_origin *origin, bool wide)
{
    if (origin->window_requests > 0) {
        str_printf(out, wide ? "%d of %d in " : "%d/%d", origin->window.used,
                   origin->window_requests);
        if (wide)
            span_format(out, origin->window_ms);
    } else if (origin->now.remaining >= 0) {
        str_printf(out, wide ? "%d left in its window" : "%d left", origin->now.remaining);
    } else {
        str_add(out, "no window");
    }
}

void harvest_origin_standing(struct str *out, const struct harvest_origin *origin)
{
    if (origin->now.stopped)
        str_printf(out, "stopped: %s", origin->now.stopped);
    else if (origin->now.in_flight > 0)
        str_printf(out, "asking: %s", origin->now.flight.purpose);
    else if (origin->now.next_at > clock_real_ms()) {
        str_add(out, origin->now.asked ? "it asked us to wait: next request " : "next request ");
        harvest_origin_next(out, origin);
    } else
        str_add(out, "the next request may be sent now");
}

static void origin_numbers(struct str *out, const struct ledger_totals *totals)
{
    number_format(out, totals->requests);
    str_add(out, totals->requests == 1 ? " request" : " requests");
    if (totals->failed > 0) {
        str_add(out, ", ");
        number_format(out, totals->failed);
        str_add(out, " failed");
    }
    str_add(out, ", ");
    bytes_format(out, totals->bytes);
}

void harvest_origin_preview(struct str *out, const struct harvest_origin *origin)
{
    char stamp[32];

    harvest_origin_standing(out, origin);
    str_printf(out, "\nat least %g s between two requests; ",
               (double)origin->now.interval_ms / 1000);
    harvest_origin_used(out, origin, true);
    if (origin->window_requests > 0 && origin->now.remaining >= 0)
        str_printf(out, ", %d left by its own count", origin->now.remaining);
    str_add_char(out, '\n');
    origin_numbers(out, &origin->totals);
    if (origin->totals.last) {
        time_format(stamp, origin->totals.last);
        str_printf(out, ", last asked %s", stamp);
    }
    if (origin->now.last_error)
        str_printf(out, ": %s", origin->now.last_error);
}

/* ---- gaps and requests ---- */

void harvest_gap_preview(struct str *out, const struct harvest_gap *gap)
{
    char at[16];

    moment_format(at, gap->found);
    str_printf(out, "%s, %s\n%s\n", gap->stream, gap->what, gap->why);
    str_printf(out, "found %s; ", at);
    if (*gap->cursor == '!')
        str_add(out, "nothing will bring it");
    else if (gap->tries >= GAP_TRIES)
        str_printf(out, "tried %" PRId64 " times, and not again by itself", gap->tries);
    else
        str_printf(out, "tried %" PRId64 " time%s; the next run asks again", gap->tries,
                   gap->tries == 1 ? "" : "s");
}

/* "12:00:03 200, 1.2 MB: cs:cs:CL changed since 2026-03-01, page 3" */
void harvest_entry_line(struct str *out, const struct ledger_entry *entry)
{
    char at[16];

    moment_format(at, entry->sent);
    str_add(out, at);
    if (entry->status)
        str_printf(out, " %d, ", entry->status);
    else
        str_add(out, entry->settled ? " no answer, " : " no answer yet, ");
    bytes_format(out, entry->bytes);
    str_printf(out, ": %s", *entry->purpose ? entry->purpose : entry->url);
    if (entry->try > 1)
        str_printf(out, " (try %d)", entry->try);
    if (entry->error)
        str_printf(out, ": %s", entry->error);
}

void harvest_entry_preview(struct str *out, const struct ledger_entry *entry)
{
    char stamp[32];

    time_format(stamp, entry->sent);
    str_printf(out, "%s\nsent %s", entry->url, stamp);
    if (entry->settled)
        str_printf(out, ", took %.1f s", (double)entry->took_ms / 1000);
    if (entry->run)
        str_printf(out, ", run %" PRId64, entry->run);
    str_printf(out, ", try %d\n%s", entry->try,
               entry->error     ? entry->error
               : entry->settled ? "fine"
                                : "no answer yet");
}

void harvest_line_words(struct str *out, const struct harvest_line *line)
{
    str_printf(out, "%s, %s, next ", line->name, harvest_state_name(line->state));
    harvest_line_next(out, line);
    str_add(out, ", ");
    number_format(out, line->records);
    str_add(out, " records");
    if (line->gaps)
        str_printf(out, ", %zu gap%s", line->gaps, line->gaps == 1 ? "" : "s");
    str_add(out, ": ");
    harvest_line_standing(out, line);
}

void harvest_origin_words(struct str *out, const struct harvest_origin *origin)
{
    str_printf(out, "%s, used ", origin->now.name);
    harvest_origin_used(out, origin, true);
    str_printf(out, ", one request in %g s, next ", (double)origin->now.interval_ms / 1000);
    harvest_origin_next(out, origin);
    str_printf(out, ", %" PRId64 " requests, %" PRId64 " failed, ", origin->totals.requests,
               origin->totals.failed);
    bytes_format(out, origin->totals.bytes);
    str_add(out, " received");
}
