/*
 * Time: the clock (which tests can fix), dates as day numbers, and the date formats that sources
 * send.
 */
#ifndef CARREL_CLOCK_H
#define CARREL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01 UTC. The environment variable CARREL_CLOCK (an RFC 3339 time) fixes
 * it, for tests and byte-stable screenshots. Any thread. */
int64_t clock_now_ms(void);
int32_t clock_today(void); /* day number in UTC */
/* The same, but never fixed: for what must agree with other processes and servers, such as pauses.
 */
int64_t clock_real_ms(void);

/* Monotonic, never fixed: for measuring and time-outs. */
int64_t clock_ticks_ms(void);
int64_t clock_ticks_us(void);
void clock_sleep_ms(int64_t ms); /* at least so long, in real time; a signal may end it early */

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
#define DAY_NONE INT32_MIN
int32_t day_from_civil(int year, int month, int day);
void day_to_civil(int32_t day, int *year, int *month, int *mday);
int day_of_week(int32_t day); /* 0 = Sunday */

/*
 * What papers carry: "2017", "2017-06", "2017-06-12", or a full time. Gives the first day that is
 * meant, and the last one too where the date is partial; both may be NULL. False for anything else
 * (month 13, year outside 1000..9999).
 */
bool date_parse(const char *text, int32_t *first, int32_t *last);

/* "2017-06-12"; DAY_NONE gives "". */
void date_format(char out[16], int32_t day);

/* RFC 3339 (with or without fraction; offset or Z), or a bare date as midnight UTC; RFC 822 as RSS
 * and arXivRaw write it ("Mon, 22 Oct 2018 22:41:50 GMT", weekday optional, offset or zone name).
 */
bool time_parse(const char *text, int64_t *ms);

/* "2017-06-12T17:57:34Z" (seconds; UTC). */
void time_format(char out[32], int64_t ms);
/* The same to the millisecond: "2017-06-12T17:57:34.025Z". */
void time_format_ms(char out[32], int64_t ms);

#endif
