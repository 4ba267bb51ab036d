/*
 * Traces. The file is opened at the first line and kept; a line is one write(2), so that those of
 * several threads do not mix.
 */
#include "carrel/trace.h"

#include "carrel/clock.h"
#include "carrel/str.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_once_t trace_once = PTHREAD_ONCE_INIT;
static const char *trace_topics;
static int trace_fd = -1;

static void trace_open(void)
{
    const char *file = getenv("CARREL_TRACE_FILE");

    trace_topics = getenv("CARREL_TRACE");
    if (!trace_topics || !*trace_topics)
        return;
    trace_fd = open(file && *file ? file : "carrel.trace",
                    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

bool trace_on(const char *topic)
{
    size_t len = strlen(topic);
    const char *at;

    pthread_once(&trace_once, trace_open);
    if (trace_fd < 0)
        return false;
    for (at = trace_topics; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
        if (strncmp(at, topic, len) == 0 && (at[len] == ',' || at[len] == '\0'))
            return true;
    return false;
}

void trace_write(const char *topic, const char *fmt, ...)
{
    struct str line = STR_INIT;
    va_list ap;

    if (!trace_on(topic))
        return;
    str_printf(&line, "%" PRId64 " %s ", clock_ticks_us(), topic);
    va_start(ap, fmt);
    str_vprintf(&line, fmt, ap);
    va_end(ap);
    str_add_char(&line, '\n');
    if (write(trace_fd, line.ptr, line.len) < 0)
        trace_fd = -1; /* a trace that cannot be written ends; the program goes on */
    str_free(&line);
}
