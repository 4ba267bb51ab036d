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

static void line_due(struct str *out, const struct harvest_line *line)
{
    int64_t wait = line->due - clock_now_ms();

    if (!line->configured)
        str_add(out, "not configured any more");
    else if (wait <= 0)
        str_add(out, "due");
    else {
        str_add(out, "due in ");
        span_format(out, wait);
    }
}

static bool line_runs_elsewhere(const struct harvest_line *line)
{
    return line->last.id && line->last.state == RUN_RUNNING && line->job.state != JOB_RUNNING;
}

void harvest_line_standing(struct str *out, const struct harvest_line *line)
{
    size_t before = out->len;

    if (line->job.id && line->job.state == JOB_RUNNING) {
        job_standing(out, &line->job);
        if (out->len == before)
            str_add(out, "asking");
    } else if (line_runs_elsewhere(line)) {
        str_printf(out, "harvested by %s", line->last.owner);
    } else if (line->job.id && line->job.state == JOB_QUEUED) {
        str_add(out, "in the queue");
        if (*line->job.error)
            str_printf(out, ": %s", line->job.error);
    } else {
        line_due(out, line);
        if (line->last.id && *line->last.error)
            str_printf(out, "; %s", line->last.error);
    }
}

void harvest_line_numbers(struct str *out, const struct harvest_line *line)
{
    if (line->gaps)
        str_printf(out, "%zu gap%s, ", line->gaps, line->gaps == 1 ? "" : "s");
    number_format(out, line->records);
    str_add(out, " records");
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

    str_printf(out, "%s: ", line->title);
    harvest_line_standing(out, line);
    str_add(out, "\nlast run ");
    if (line->last.id)
        harvest_run_line(out, &line->last);
    else
        str_add(out, line->dateless ? "none yet; the first one reads all that it has"
                                    : "none yet; the first one fetches the last 30 days");
    str_add(out, "\nevery ");
    span_format(out, line->every_ms);
    if (wait > 0) {
        str_add(out, "; its origin may be asked again in ");
        span_format(out, wait);
    }
    if (line->gaps)
        str_printf(out, "; %zu gap%s open", line->gaps, line->gaps == 1 ? "" : "s");
}

/* ---- origins ---- */

void harvest_origin_standing(struct str *out, const struct ledger_origin *origin)
{
    int64_t wait = origin->next_at - clock_real_ms();

    if (origin->stopped)
        str_printf(out, "stopped: %s", origin->stopped);
    else if (origin->in_flight > 0)
        str_printf(out, "asking: %s", origin->flight.purpose);
    else if (wait > 0) {
        str_add(out, origin->asked ? "asked to wait " : "next in ");
        span_format(out, wait);
    } else
        str_add(out, "free");
}

void harvest_origin_numbers(struct str *out, const struct harvest_origin *origin)
{
    number_format(out, origin->totals.requests);
    str_add(out, origin->totals.requests == 1 ? " request" : " requests");
    if (origin->totals.failed > 0) {
        str_add(out, ", ");
        number_format(out, origin->totals.failed);
        str_add(out, " failed");
    }
    str_add(out, ", ");
    bytes_format(out, origin->totals.bytes);
}

void harvest_origin_preview(struct str *out, const struct harvest_origin *origin)
{
    char stamp[32];

    harvest_origin_standing(out, &origin->now);
    str_printf(out, "\nat most one request every %g s", (double)origin->now.interval_ms / 1000);
    if (origin->now.remaining >= 0)
        str_printf(out, "; %d left in its own window", origin->now.remaining);
    if (origin->totals.last) {
        time_format(stamp, origin->totals.last);
        str_printf(out, "\nlast asked %s; %" PRId64 " retries", stamp, origin->totals.retries);
    }
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
