/*
 * Traces for whoever looks into speed: CARREL_TRACE=topic,topic makes the named topics write lines
 * to $CARREL_TRACE_FILE (default: carrel.trace in the current folder), appended. Each line is
 * "MICROSECONDS topic text", in time of clock_ticks_us(). Any thread.
 *
 * Topics: keys (the desk: how long from a key to the screen, of that the loop's own processor time,
 * bytes written, and how long to the rows it asked for).
 */
#ifndef CARREL_TRACE_H
#define CARREL_TRACE_H

#include <stdbool.h>

bool trace_on(const char *topic); /* cheap once asked */
void trace_write(const char *topic, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
