/*
 * year, month and day of BibTeX as one date of biblatex.
 */
#include "bibtex.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The day in a month's text ("10~jan", "jan 10"), 0 none; the month's own word is moved to. */
static int month_day(const char **month)
{
    const char *at = *month;
    long day = 0;
    size_t len;

    while (*at) {
        char text[8];

        at += strspn(at, " ~,.-{}");
        len = strcspn(at, " ~,-{}");
        snprintf(text, sizeof text, "%.*s", (int)len, at);
        if (isdigit((unsigned char)*at) && len <= 4)
            day = strtol(text, NULL, 10);
        else if (citation_month(text))
            *month = at;
        at += len;
    }
    return day >= 1 && day <= 31 ? (int)day : 0;
}

void bibtex_date(struct arena *arena, struct citation *entry)
{
    const char *year = citation_get(entry, "year"), *month = citation_get(entry, "month");
    const char *day = citation_get(entry, "day");
    char first[16], name[16] = "";
    int number = 0, of_month = 0;
    long given = 0;

    if (citation_get(entry, "date") || !year || strlen(year) != 4 || !citation_day(first, year))
        return;
    if (month) {
        number = citation_month(month);
        if (!number && !strpbrk(month, "/")) {
            of_month = month_day(&month);
            snprintf(name, sizeof name, "%.*s", (int)strcspn(month, " ~,-{}"), month);
            number = citation_month(name);
            if (strlen(month) > strlen(name) && !of_month)
                number = 0; /* "jan-feb" */
        }
        if (!number)
            return;
    }
    if (day && (!number || !str_to_long(day, 1, 31, &given)))
        return;
    if (day)
        of_month = (int)given;
    if (of_month)
        snprintf(name, sizeof name, "%.4s-%02d-%02d", year, number, of_month);
    else
        snprintf(name, sizeof name, number ? "%.4s-%02d" : "%.4s", year, number);
    if (!citation_day(first, name) || strcmp(first, name) != 0)
        return;
    citation_set(entry, arena, "date", name);
    citation_set(entry, arena, "year", NULL);
    citation_set(entry, arena, "month", NULL);
    citation_set(entry, arena, "day", NULL);
}
