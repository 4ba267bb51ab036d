/*
 * The program's talk: one line a message, kept in a ring for the Log view and written to standard
 * error as far as the level and the face allow. Any thread.
 */
#ifndef CARREL_LOG_H
#define CARREL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_line {
    int64_t at_ms; /* clock_now_ms() */
    uint64_t seq;  /* 1, 2, 3 ... */
    enum log_level level;
    char text[240]; /* cut at its end when longer */
};

/* What goes to standard error: lines at `most` or more severe; as JSON lines when asked. The desk
 * sets `quiet_stderr`, since the screen is its own. */
void log_configure(enum log_level most, bool json, bool quiet_stderr);
void log_quiet(bool quiet_stderr); /* that alone */

void log_write(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, for a request: `parts` is a JSON object, which --log-json shows as "request". */
void log_parts(enum log_level level, const char *parts, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What a command says to people, on standard error: each line as it is, or as a JSON line of level
 * info where the log is JSON. Not kept in the ring. */
void log_talk(const char *lines);

/* Copies up to `cap` of the newest lines, oldest first; returns how many. Keeps the last 1,000. */
size_t log_recent(struct log_line *lines, size_t cap);
uint64_t log_last_seq(void); /* cheap: has anything been said since? */

#endif
