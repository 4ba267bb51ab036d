/*
 * The desk in a terminal: the loop that sleeps until a key, a signal, an answer of a worker or a
 * line from outside wakes it, and then paints what is new. It owns the terminal (term.c) from here
 * to every way out: return, signal, crash (term_signals.c).
 */
#include "term.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/remote.h"
#include "carrel/trace.h"
#include "carrel/ui.h"

#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define TRACE_BUSY_US 4000
#define LEAVE_MS 80 /* for background work to stop; after that the process ends without it */

/* ---- painting ---- */

void term_raw(void *face, const char *bytes, size_t len)
{
    struct term *term = face;

    term->written += len;
    if (fd_write_all(STDOUT_FILENO, bytes, len, NULL) != ERR_OK)
        log_write(LOG_DEBUG, "the terminal took no bytes");
}

void term_bytes(struct term *term)
{
    if (term->bytes.len > 0)
        term_raw(term, term->bytes.ptr, term->bytes.len);
    str_clear(&term->bytes);
}

static void term_title(struct term *term)
{
    char *title = desk_title(term->desk);

    if (term->modes.rich && term->modes.title && !str_eq(title, term->title.ptr)) {
        str_clear(&term->title);
        str_add(&term->title, title);
        term_modes_title(&term->bytes, title);
    }
    free(title);
}

static void term_paint(struct term *term)
{
    struct canvas *canvas = &term->desk->canvas;
    bool all = term->all || term->desk->redraw;

    desk_draw(term->desk);
    term->all = term->desk->redraw = false;
    term_pictures_before(&term->pictures, canvas, &term->bytes);
    painter_paint(&term->painter, canvas, all, &term->bytes);
    term_pictures_after(&term->pictures, canvas, all, &term->bytes);
    term_title(term);
    term_bytes(term);
    term->desk->repaint = false;
}

/* ---- what the desk asks of its face ---- */

static void term_give(void *face, bool off)
{
    struct term *term = face;

    if (off) {
        term_stop(term);
    } else {
        term_start(term);
        term->all = true;
        term->desk->repaint = true;
    }
}

static void term_mouse_use(void *face, bool on)
{
    struct term *term = face;
    struct str bytes = STR_INIT;

    term->modes.mouse = on;
    term_modes_mouse(&term->modes, &bytes);
    term_raw(term, bytes.ptr, bytes.len);
    str_free(&bytes);
}

/* ---- the loop ---- */

static void term_events(struct term *term)
{
    char numbers[32];
    ssize_t got = read(term_signals_fd(), numbers, sizeof numbers), i;

    for (i = 0; i < got; i++) {
        if (numbers[i] == SIGWINCH || numbers[i] == SIGCONT)
            term_resize(term);
        else if (numbers[i] == SIGINT)
            desk_key(term->desk, "<C-c>");
        else
            term->desk->running = false; /* SIGTERM, SIGHUP */
    }
}

static int64_t term_cpu(void)
{
    struct timespec used = { 0 };

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/* CARREL_TRACE=keys: from the key to the screen, and to the rows that it asked for. The time begins
 * when the loop sees the key, which is when it has finished whatever it did before. */
static void term_trace(struct term *term)
{
    int64_t now = clock_ticks_us();

    if (term->key_at) {
        trace_write("keys", "paint %lld us (%lld of the processor), %d keys, %zu bytes",
                    (long long)(now - term->key_at), (long long)(term_cpu() - term->key_cpu),
                    term->keys, term->written);
        term->rows_at = term->desk->asked > 0 ? term->key_at : 0;
        term->key_at = 0;
        term->keys = 0;
        term->written = 0;
    } else if (term->rows_at && term->desk->asked == 0) {
        trace_write("keys", "rows %lld us", (long long)(now - term->rows_at));
        term->rows_at = 0;
    }
}

/* Until there is something to look after: keys begun, the library, typing that rests. */
static int term_patience(const struct desk *desk)
{
    int64_t rests = desk->key_at + KEY_WAIT_MS - clock_ticks_ms();

    if (desk->pending[0])
        return KEY_WAIT_MS / 6;
    if (desk->prompt == PROMPT_NONE || desk->paused || rests > DESK_WATCH_MS)
        return DESK_WATCH_MS;
    return rests > 0 ? (int)rests : 0;
}

/* Keys are there, or the terminal went away. `seen`: when the loop woke (us). */
static void term_typed(struct term *term, short what, int64_t seen, bool tracing)
{
    if (what & (POLLHUP | POLLERR)) {
        term->desk->running = false;
        return;
    }
    if (!term->key_at) {
        term->key_at = seen;
        term->key_cpu = tracing ? term_cpu() : 0;
    }
    term_input(term);
    if (term->keys == 0) /* half of an escape sequence */
        term->key_at = 0;
}

static void term_loop(struct term *term)
{
    struct desk *desk = term->desk;
    bool tracing = trace_on("keys");
    int64_t seen = clock_ticks_us(); /* when the loop last woke */

    while (desk->running) {
        struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
                                { .fd = term_signals_fd(), .events = POLLIN },
                                { .fd = pool_fd(desk->readers), .events = POLLIN },
                                { .fd = pool_fd(desk->writer), .events = POLLIN },
                                { .fd = desk->programs ? pool_fd(desk->programs) : -1,
                                  .events = POLLIN },
                                { .fd = desk_remote_fd(desk), .events = POLLIN } };
        if (desk->repaint || desk->redraw) {
            term_paint(term);
            if (tracing)
                term_trace(term);
        }
        if (tracing && clock_ticks_us() - seen > TRACE_BUSY_US) /* a key may have waited so long */
            trace_write("keys", "loop %lld us", (long long)(clock_ticks_us() - seen));
        poll(fds, ARRAY_LEN(fds), term_patience(desk));
        seen = clock_ticks_us();
        if (!fds[0].revents && seen / 1000 - desk->key_at >= KEY_WAIT_MS)
            desk_key_pause(desk);
        desk_watch(desk);
        if (fds[1].revents)
            term_events(term);
        if (fds[2].revents || fds[3].revents || fds[4].revents)
            desk_drain(desk);
        if (fds[5].revents)
            desk_remote(desk);
        desk_remote_settle(desk);
        if (fds[0].revents)
            term_typed(term, fds[0].revents, seen, tracing);
    }
}

/* ---- from beginning to end ---- */

/* Programs that are run from here find this desk by --remote. Before any thread. */
static void tell_children(void)
{
    char process[24];

    snprintf(process, sizeof process, "%ld", (long)getpid());
    setenv(REMOTE_DESK, process, 1);
}

static int term_desk(struct term *term, struct app *app, struct error *err)
{
    struct winsize size = { .ws_row = 24, .ws_col = 80 };

    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) /* LC_ALL=C: nothing else can be shown */
        app->ascii = true;
    tell_children();
    term->desk =
        desk_new(app, size.ws_col ? size.ws_col : 80, size.ws_row ? size.ws_row : 24, false, err);
    if (!term->desk)
        return ERR_USAGE;
    term->desk->suspend = term_give;
    term->desk->write_raw = term_raw;
    term->desk->mouse = term_mouse_use;
    term->desk->face = term;
    term->modes.mouse = config_bool(app->config, "ui.mouse");
    return ERR_OK;
}

static void term_first_views(struct term *term)
{
    struct desk *desk = term->desk;

    desk->ground.can = term->modes.rich && term->painter.terminal.palette != DEPTH_NONE;
    desk_theme_ground(desk);
    desk_open(desk, &view_today, NULL);
    tutor_start(desk);
    if (desk_welcome_due(desk))
        desk_open(desk, &view_welcome, NULL);
    desk->repaint = true;
}

static void term_leave(struct term *term)
{
    desk_remote_stop(term->desk);
    desk_background_stop(term->desk);
    term_stop(term);
    die_set_hook(NULL);
    desk_leave(term->desk);
    if (!desk_background_end(term->desk, LEAVE_MS))
        _exit(0); /* nothing else waits to be written: every change is on disk when it is told */
    log_configure(LOG_WARN, false, false);
    desk_free(term->desk);
    term_pictures_free(&term->pictures);
    painter_forget(&term->painter);
    str_free(&term->bytes);
    str_free(&term->title);
    term_signals_close();
}

int ui_run(struct app *app, struct error *err)
{
    struct term term = { .bytes = STR_INIT, .title = STR_INIT };
    const char *name = getenv("TERM");
    int result;

    if (app->linear || !name || !*name || strcmp(name, "dumb") == 0)
        return ui_linear(app, err);
    result = term_signals_open(err);
    if (result == ERR_OK)
        result = term_desk(&term, app, err);
    if (result != ERR_OK)
        return result;
    log_configure(LOG_WARN, false, true);
    result = term_open(err);
    if (result != ERR_OK) {
        desk_free(term.desk);
        return result;
    }
    term_signals_catch();
    die_set_hook(term_restore);
    term_start(&term);
    term_first_views(&term);
    term_loop(&term);
    term_leave(&term);
    return ERR_OK;
}
