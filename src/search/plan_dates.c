/*
 * date: and added: as days and as SQL over work w.
 */
#include "plan.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DAY_MS 86400000

static bool relative_days(const char *value, int32_t *first, int32_t *last)
{
    static const struct {
        const char *name;
        int days;
    } names[] = { { "today", 0 }, { "week", 6 }, { "month", 30 }, { "year", 365 } };
    size_t digits = strspn(value, "0123456789"), i;
    int32_t today = clock_today();

    *last = today;
    for (i = 0; i < ARRAY_LEN(names); i++) {
        if (strcasecmp(value, names[i].name) == 0) {
            *first = today - names[i].days;
            return true;
        }
    }
    if (strcasecmp(value, "yesterday") == 0) {
        *first = *last = today - 1;
        return true;
    }
    if (digits == 0 || digits > 4 || value[digits] == '\0' || value[digits + 1] != '\0')
        return false;
    i = (size_t)atoi(value);
    switch (value[digits]) {
    case 'd':
        break;
    case 'w':
        i *= 7;
        break;
    case 'm':
        i *= 30;
        break;
    case 'y':
        i *= 365;
        break;
    default:
        return false;
    }
    *first = today - (int32_t)i + (i > 0);
    return true;
}

void plan_dates(const char *value, int32_t *first, int32_t *last)
{
    const char *dots = strstr(value, "..");
    char *left;

    *first = -1000000;
    *last = 10000000;
    if (relative_days(value, first, last))
        return;
    if (!dots) {
        date_parse(value, first, last);
        return;
    }
    left = mem_strndup(value, (size_t)(dots - value));
    if (*left)
        date_parse(left, first, NULL);
    if (dots[2])
        date_parse(dots + 2, NULL, last);
    free(left);
}

/* How long the moment is that a time names: the whole minute of "T12:00", the second of
 * "T12:00:05", and what is left of that behind decimals, down to a millisecond. */
static int64_t moment_ms(const char *time)
{
    int64_t ms = 1000;
    size_t len = strlen(time), digits, i;

    if (len <= sizeof "T12:00" - 1 || time[sizeof "T12:00" - 1] != ':')
        return 60000;
    if (len <= sizeof "T12:00:05" - 1 || time[sizeof "T12:00:05" - 1] != '.')
        return ms;
    digits = strspn(time + sizeof "T12:00:05.", "0123456789") + 1;
    for (i = 0; i < digits && ms > 1; i++)
        ms /= 10;
    return ms;
}

/* What came into the library has a time, too: "2026-03-01T12:00:05Z" at either end is that second.
 */
static void added_times(const char *value, int64_t *from, int64_t *before)
{
    const char *dots = strstr(value, ".."), *end = dots ? dots + 2 : value, *time;
    char *begin = mem_strndup(value, dots ? (size_t)(dots - value) : strlen(value));
    int32_t first, last;
    int64_t ms;

    plan_dates(value, &first, &last);
    *from = (int64_t)first * DAY_MS;
    *before = ((int64_t)last + 1) * DAY_MS;
    if (strchr(begin, 'T') && time_parse(begin, &ms))
        *from = ms;
    if ((time = strchr(end, 'T')) && time_parse(end, &ms))
        *before = ms + moment_ms(time);
    free(begin);
}

void plan_date(struct plan *plan, const struct node *node)
{
    int64_t from, before;
    int32_t first, last;

    if (node->field == FIELD_ADDED) {
        added_times(node->text, &from, &before);
        str_add(&plan->where, "(w.added >= ");
        plan_add_int(plan, from);
        str_add(&plan->where, " AND w.added < ");
        plan_add_int(plan, before);
        str_add(&plan->where, ")");
        return;
    }
    plan_dates(node->text, &first, &last);
    /* A date without month or day spans a year at most; so the index has both ends of the range. */
    str_add(&plan->where, "(w.day != 0 AND w.day <= ");
    plan_add_int(plan, last);
    str_add(&plan->where, " AND w.day >= ");
    plan_add_int(plan, (int64_t)first - 366);
    str_add(&plan->where, " AND w.day_last >= ");
    plan_add_int(plan, first);
    str_add(&plan->where, ")");
}
