/*
 * What a person is told of an exchange: what was taken and what was odd in it.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void exchange_tell(struct exchange *x, const char *fmt, ...)
{
    va_list args;

    if (*x->state.told)
        return;
    va_start(args, fmt);
    vsnprintf(x->state.told, sizeof x->state.told, fmt, args);
    va_end(args);
    utf8_fixed(x->state.told, sizeof x->state.told, x->state.told);
}

static void count_ahead(struct arrivals_ahead *all, const struct arrivals_ahead *page)
{
    const struct arrivals_ahead before = *all;

    if (page->count == 0)
        return;
    if (before.count == 0)
        *all = *page;
    else
        all->others |= page->others || strcmp(all->machine, page->machine) != 0;
    all->count = before.count + page->count;
    all->latest = before.latest > page->latest ? before.latest : page->latest;
}

void tell_ahead(struct exchange *x)
{
    const struct arrivals_ahead *ahead = &x->totals->ahead;
    char latest[32], now[32];

    if (ahead->count == 0)
        return;
    time_format(latest, ahead->latest);
    time_format(now, clock_now_ms());
    exchange_tell(x,
                  "%" PRId64 " change%s of the machine %.8s%s carr%s %s, and here it is %s: is a "
                  "clock wrong? Of what was said in both places the later stands",
                  ahead->count, ahead->count == 1 ? "" : "s", ahead->machine,
                  ahead->others ? " and others" : "",
                  ahead->count == 1 ? "ies the time" : "y times up to", latest, now);
}

void tell_taken(struct exchange *x, const struct sync_pack *pack,
                const struct arrivals_report *report)
{
    struct sync_totals *totals = x->totals;

    totals->pages++;
    totals->records_got += (int64_t)pack->record_count;
    totals->ops_got += (int64_t)pack->op_count;
    totals->added += report->added;
    totals->updated += report->updated;
    totals->binned += report->binned;
    totals->taken += report->taken;
    totals->both += report->both;
    if (!*totals->both_of)
        memcpy(totals->both_of, report->both_of, sizeof totals->both_of);
    totals->queries += report->queries;
    if (!*totals->queries_lost)
        memcpy(totals->queries_lost, report->queries_lost, sizeof totals->queries_lost);
    totals->refused += report->refused + pack->unfit;
    count_ahead(&totals->ahead, &report->ahead);
    if (report->refused > 0)
        exchange_tell(x, "%" PRId64 " refused, first %.200s", report->refused, report->why);
    if (pack->unfit > 0)
        exchange_tell(x, "%" PRId64 " refused that are no UTF-8", pack->unfit);
}
