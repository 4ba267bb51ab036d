/*
 * Clock and calendar. Day numbers use the civil-from-days algorithm (Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms"), which is exact for every year we accept and needs
 * no time zone data.
 */
#include "carrel/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define DAY_MS 86400000LL

static int64_t clock_read(clockid_t which, int64_t per_second)
{
    struct timespec now;

    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * per_second + (int64_t)now.tv_nsec / (1000000000 / per_second);
}

int64_t clock_now_ms(void)
{
    const char *fixed = getenv("CARREL_CLOCK");
    int64_t ms;

    if (fixed && time_parse(fixed, &ms))
        return ms;
    return clock_real_ms();
}

int64_t clock_real_ms(void)
{
    return clock_read(CLOCK_REALTIME, 1000);
}

int32_t clock_today(void)
{
    return (int32_t)(clock_now_ms() / DAY_MS);
}

int64_t clock_ticks_ms(void)
{
    return clock_read(CLOCK_MONOTONIC, 1000);
}

int64_t clock_ticks_us(void)
{
    return clock_read(CLOCK_MONOTONIC, 1000000);
}

int32_t day_from_civil(int year, int month, int day)
{
    int shifted = month <= 2 ? year - 1 : year;
    int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

void day_to_civil(int32_t day, int *year, int *month, int *mday)
{
    int shifted = day + 719468;
    int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = shifted - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;

    *mday = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

int day_of_week(int32_t day)
{
    return (int)(((int64_t)day % 7 + 11) % 7);
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Exactly `width` digits at *text, moved past. */
static bool take_digits(const char **text, int width, int *value)
{
    int i;

    *value = 0;
    for (i = 0; i < width; i++) {
        if (!isdigit((unsigned char)(*text)[i]))
            return false;
        *value = *value * 10 + ((*text)[i] - '0');
    }
    *text += width;
    return true;
}

/* Reads YYYY[-MM[-DD]] and moves past it; *month and *day are 0 where they are not given. */
static bool take_date(const char **text, int *year, int *month, int *day)
{
    *month = *day = 0;
    if (!take_digits(text, 4, year) || *year < 1000)
        return false;
    if (**text != '-')
        return true;
    (*text)++;
    if (!take_digits(text, 2, month) || *month < 1 || *month > 12)
        return false;
    if (**text != '-')
        return true;
    (*text)++;
    return take_digits(text, 2, day) && *day >= 1 && *day <= days_in_month(*year, *month);
}

bool date_parse(const char *text, int32_t *first, int32_t *last)
{
    int year, month, day;
    int64_t ms;

    if (!text || !take_date(&text, &year, &month, &day))
        return false;
    if (*text) { /* a full time: only its date counts */
        char whole[64];

        if (day == 0)
            return false;
        snprintf(whole, sizeof whole, "%04d-%02d-%02d%s", year, month, day, text);
        if (!time_parse(whole, &ms))
            return false;
    }
    if (first)
        *first = day_from_civil(year, month ? month : 1, day ? day : 1);
    if (last && month == 0)
        *last = day_from_civil(year, 12, 31);
    else if (last)
        *last = day_from_civil(year, month, day ? day : days_in_month(year, month));
    return true;
}

void date_format(char out[16], int32_t day)
{
    int year, month, mday;

    out[0] = '\0';
    if (day == DAY_NONE)
        return;
    day_to_civil(day, &year, &month, &mday);
    snprintf(out, 16, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)month % 100u,
             (unsigned)mday % 100u);
}

/* HH:MM[:SS[.fraction]] as milliseconds, moved past. */
static bool take_clock(const char **text, int64_t *ms)
{
    int hour, minute, second = 0, scale = 100, fraction = 0;

    if (!take_digits(text, 2, &hour) || *(*text)++ != ':' || !take_digits(text, 2, &minute))
        return false;
    if (**text == ':') {
        (*text)++;
        if (!take_digits(text, 2, &second))
            return false;
    }
    if (hour > 24 || minute > 59 || second > 60)
        return false;
    if (**text == '.' && isdigit((unsigned char)(*text)[1])) {
        for ((*text)++; isdigit((unsigned char)**text); (*text)++) {
            fraction += (**text - '0') * scale;
            scale /= 10;
        }
    }
    *ms = ((hour * 60LL + minute) * 60 + second) * 1000 + fraction;
    return true;
}

/* Z, +HH:MM, +HHMM, or a zone name of RFC 822; the text must end behind it. */
static bool take_zone(const char *text, int64_t *offset_ms)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = { { "Z", 0 },    { "UT", 0 },   { "UTC", 0 },  { "GMT", 0 },  { "EST", -5 },
                  { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 }, { "MST", -7 }, { "MDT", -6 },
                  { "PST", -8 }, { "PDT", -7 }, { "", 0 } };
    int hour, minute, sign;
    size_t i;

    while (*text == ' ')
        text++;
    if (*text == '+' || *text == '-') {
        sign = *text++ == '-' ? -1 : 1;
        if (!take_digits(&text, 2, &hour))
            return false;
        if (*text == ':')
            text++;
        if (!take_digits(&text, 2, &minute) || *text || hour > 23 || minute > 59)
            return false;
        *offset_ms = sign * (hour * 60LL + minute) * 60000;
        return true;
    }
    for (i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (strcasecmp(text, zones[i].name) == 0) {
            *offset_ms = zones[i].hours * 3600000LL;
            return true;
        }
    }
    return false;
}

static bool time_parse_mail(const char *text, int64_t *ms)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char month_name[4];
    int day, year, used = 0, month;
    int64_t clock, offset;

    if (isalpha((unsigned char)*text)) {
        text = strchr(text, ',');
        if (!text)
            return false;
        text++;
    }
    if (sscanf(text, " %2d %3s %4d %n", &day, month_name, &year, &used) != 3 || used == 0)
        return false;
    for (month = 1; month <= 12; month++)
        if (strncasecmp(month_name, names + (month - 1) * 3, 3) == 0)
            break;
    if (month > 12 || year < 1000 || day < 1 || day > days_in_month(year, month))
        return false;
    text += used;
    if (!take_clock(&text, &clock) || !take_zone(text, &offset))
        return false;
    *ms = day_from_civil(year, month, day) * DAY_MS + clock - offset;
    return true;
}

bool time_parse(const char *text, int64_t *ms)
{
    const char *start = text;
    int year, month, day;
    int64_t clock = 0, offset = 0;

    if (!text)
        return false;
    if (!take_date(&text, &year, &month, &day) || day == 0)
        return time_parse_mail(start, ms);
    if (*text == 'T' || *text == 't' || *text == ' ') {
        text++;
        if (!take_clock(&text, &clock) || !take_zone(text, &offset))
            return false;
    } else if (*text) {
        return false;
    }
    *ms = day_from_civil(year, month, day) * DAY_MS + clock - offset;
    return true;
}

void time_format(char out[32], int64_t ms)
{
    int64_t day = ms / DAY_MS - (ms % DAY_MS < 0);
    int64_t rest = (ms - day * DAY_MS) / 1000;
    char date[16];

    date_format(date, (int32_t)day);
    snprintf(out, 32, "%sT%02d:%02d:%02dZ", date, (int)(rest / 3600), (int)(rest / 60 % 60),
             (int)(rest % 60));
}

void time_format_ms(char out[32], int64_t ms)
{
    int part = (int)((ms % 1000 + 1000) % 1000);

    time_format(out, ms - part);
    snprintf(strchr(out, 'Z'), 8, ".%03dZ", part);
}

void clock_sleep_ms(int64_t ms)
{
    struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    if (ms > 0)
        nanosleep(&pause, NULL);
}
