/*
 * The log: a ring of fixed lines behind one mutex. A message is formatted before the lock is taken.
 */
#include "carrel/log.h"
#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/str.h"
#include "carrel/utf8.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define LOG_RING 1000

static struct {
    pthread_mutex_t lock;
    struct log_line ring[LOG_RING];
    enum log_level most;
    bool json;
    bool quiet;
} log_state = { .lock = PTHREAD_MUTEX_INITIALIZER, .most = LOG_WARN };

static _Atomic uint64_t log_seq;

static const char *const log_names[] = { "error", "warn", "info", "debug" };

void log_configure(enum log_level most, bool json, bool quiet_stderr)
{
    pthread_mutex_lock(&log_state.lock);
    log_state.most = most;
    log_state.json = json;
    log_state.quiet = quiet_stderr;
    pthread_mutex_unlock(&log_state.lock);
}

void log_quiet(bool quiet_stderr)
{
    pthread_mutex_lock(&log_state.lock);
    log_state.quiet = quiet_stderr;
    pthread_mutex_unlock(&log_state.lock);
}

static void log_print(const struct log_line *line, const char *parts, bool json)
{
    struct str out = STR_INIT;
    char at[32];

    if (json) {
        struct jsonw w;

        time_format(at, line->at_ms);
        jsonw_start(&w, &out);
        jsonw_object(&w);
        jsonw_key_string(&w, "at", at);
        jsonw_key_string(&w, "level", log_names[line->level]);
        jsonw_key_string(&w, "message", line->text);
        if (parts) {
            jsonw_key(&w, "request");
            jsonw_raw(&w, parts);
        }
        jsonw_end(&w);
    } else {
        str_printf(&out, "carrel: %s%s", line->level == LOG_WARN ? "warning: " : "", line->text);
    }
    str_add_char(&out, '\n');
    fputs(out.ptr, stderr);
    str_free(&out);
}

static void log_add(enum log_level level, const char *parts, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));
static void log_add(enum log_level level, const char *parts, const char *fmt, va_list ap)
{
    struct log_line line = { .at_ms = clock_now_ms(), .level = level };
    struct str clean = STR_INIT;
    char raw[1024];
    bool show, json;

    vsnprintf(raw, sizeof raw, fmt, ap);
    utf8_squeeze(&clean, raw, strlen(raw));
    str_cut(&clean, utf8_fit(clean.ptr, sizeof line.text - 1));
    memcpy(line.text, clean.ptr, clean.len + 1);
    str_free(&clean);

    pthread_mutex_lock(&log_state.lock);
    line.seq = atomic_fetch_add(&log_seq, 1) + 1;
    log_state.ring[(line.seq - 1) % LOG_RING] = line;
    show = !log_state.quiet && level <= log_state.most;
    json = log_state.json;
    pthread_mutex_unlock(&log_state.lock);
    if (show)
        log_print(&line, parts, json);
}

void log_write(enum log_level level, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    log_add(level, NULL, fmt, ap);
    va_end(ap);
}

void log_parts(enum log_level level, const char *parts, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    log_add(level, parts, fmt, ap);
    va_end(ap);
}

size_t log_recent(struct log_line *lines, size_t cap)
{
    uint64_t last, first, seq;
    size_t count = 0;

    pthread_mutex_lock(&log_state.lock);
    last = atomic_load(&log_seq);
    first = last > LOG_RING ? last - LOG_RING + 1 : 1;
    if (last >= first && last - first + 1 > cap)
        first = last - cap + 1;
    for (seq = first; seq <= last && count < cap; seq++)
        lines[count++] = log_state.ring[(seq - 1) % LOG_RING];
    pthread_mutex_unlock(&log_state.lock);
    return count;
}

uint64_t log_last_seq(void)
{
    return atomic_load(&log_seq);
}

void log_talk(const char *lines)
{
    bool json;

    pthread_mutex_lock(&log_state.lock);
    json = log_state.json;
    pthread_mutex_unlock(&log_state.lock);
    if (!json) {
        fputs(lines, stderr);
        return;
    }
    while (*lines) {
        struct log_line line = { .at_ms = clock_now_ms(), .level = LOG_INFO };
        size_t len = strcspn(lines, "\n");

        snprintf(line.text, sizeof line.text, "%.*s", (int)len, lines);
        if (len > 0)
            log_print(&line, NULL, true);
        lines += len + (lines[len] == '\n');
    }
}
