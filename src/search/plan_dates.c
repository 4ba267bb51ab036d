/*
 * date: and added: as days and as SQL over work w.
 */
#include "plan.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

void plan_date(struct plan *plan, const struct node *node)
{
    int32_t first, last;

    plan_dates(node->text, &first, &last);
    if (node->field == FIELD_ADDED) {
        str_add(&plan->where, "(w.added >= ");
        plan_add_int(plan, (int64_t)first * 86400000);
        str_add(&plan->where, " AND w.added < ");
        plan_add_int(plan, ((int64_t)last + 1) * 86400000);
        str_add(&plan->where, ")");
        return;
    }
    /* A date without month or day spans a year at most; so the index has both ends of the range. */
    str_add(&plan->where, "(w.day != 0 AND w.day <= ");
    plan_add_int(plan, last);
    str_add(&plan->where, " AND w.day >= ");
    plan_add_int(plan, (int64_t)first - 366);
    str_add(&plan->where, " AND w.day_last >= ");
    plan_add_int(plan, first);
    str_add(&plan->where, ")");
}
