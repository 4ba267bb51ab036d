/*
 * Progress in percent on standard error (percent.h).
 */
#include "percent.h"

#include "carrel/clock.h"

#include <stdio.h>
#include <unistd.h>

#define PATIENCE_MS 1000
#define EVERY_MS 200

void percent_begin(struct percent *percent, const struct command_call *call, const char *what)
{
    *percent =
        (struct percent){ .what = what,
                          .began = clock_ticks_ms(),
                          .terminal = isatty(STDERR_FILENO) && !call->app->quiet && !call->desk };
}

void percent_progress(void *ctx, int done)
{
    struct percent *percent = ctx;
    int64_t now = clock_ticks_ms(), took = now - percent->began;

    if (!percent->terminal || took < PATIENCE_MS || now - percent->shown < EVERY_MS)
        return;
    percent->shown = now;
    percent->any = true;
    fprintf(stderr, "\r\033[K%s: %d%%", percent->what, done);
    if (done > 0)
        fprintf(stderr, ", %.0f s left", (double)took / 1000 * (double)(100 - done) / (double)done);
}

void percent_end(struct percent *percent)
{
    if (percent->any)
        fputs("\r\033[K", stderr);
}
