/*
 * Linear mode: the desk without a screen. Lines are read from standard input, carried out by the
 * same desk as at a terminal, and what changed is told on standard output as plain lines.
 *
 * No codes, no spinners: a line is written when it is true and never changed. What happens in the
 * background is told between two commands. The terminal stays as it is (its own line editing, its
 * own interrupt key), so a screen reader, a pipe, a teletype and a script all do.
 */
#include "linear.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/ui.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 65536
#define WORKING_MS 3000 /* what takes longer is told to be under way, once */
#define LEAVE_MS 2000   /* for background work to stop */

static volatile sig_atomic_t linear_interrupted;

static void linear_interrupt(int number)
{
    (void)number;
    linear_interrupted = 1;
}

/* Without SA_RESTART: a poll that waits for somebody ends, too. */
static void linear_signals(void)
{
    struct sigaction action = { .sa_handler = linear_interrupt };

    sigaction(SIGINT, &action, NULL);
}

/* ---- waiting ---- */

/* Sleeps until results come, at most so long, and takes them. */
void linear_doze(struct linear *l, int ms)
{
    struct pollfd fds[2] = { { .fd = pool_fd(l->desk->readers), .events = POLLIN },
                             { .fd = pool_fd(l->desk->writer), .events = POLLIN } };

    poll(fds, 2, ms);
    desk_drain(l->desk);
}

bool linear_was_interrupted(void)
{
    bool was = linear_interrupted;

    linear_interrupted = 0;
    return was;
}

void linear_settle(struct linear *l)
{
    int64_t since = clock_ticks_ms();
    bool told = false;

    while (!desk_idle(l->desk)) {
        linear_doze(l, 20);
        if (linear_interrupted) {
            pool_cancel_all(l->desk->readers);
            pool_cancel_all(l->desk->writer);
            if (l->desk->programs)
                pool_cancel_all(l->desk->programs);
            linear_interrupted = 0;
            linear_say("Stopped.");
        }
        if (l->tty && !told && clock_ticks_ms() - since > WORKING_MS) {
            linear_say("Working; Control C stops it.");
            told = true;
        }
    }
}

/* ---- reading ---- */

/* Somebody types, or does not: results, the queue and other processes go on. */
static void linear_input(struct linear *l)
{
    struct pollfd fds[3] = { { .fd = STDIN_FILENO, .events = POLLIN },
                             { .fd = pool_fd(l->desk->readers), .events = POLLIN },
                             { .fd = pool_fd(l->desk->writer), .events = POLLIN } };
    char bytes[4096];
    ssize_t got;

    if (poll(fds, 3, DESK_WATCH_MS) < 0 && errno != EINTR)
        l->eof = true;
    desk_drain(l->desk);
    desk_watch(l->desk);
    if (!fds[0].revents || linear_interrupted)
        return;
    got = read(STDIN_FILENO, bytes, sizeof bytes);
    if (got > 0)
        str_add_mem(&l->in, bytes, (size_t)got);
    else if (got == 0 || errno != EINTR)
        l->eof = true;
}

static void linear_prompt(const struct linear *l)
{
    if (!l->tty)
        return;
    fputs(l->desk->prompt == PROMPT_NONE ? "carrel> " : "> ", stdout);
    fflush(stdout);
}

/* Reads until a line is in `in` or there is no more; NULL: the rest has no line end. An interrupt
 * takes back what is being asked. Of a line that is too long, `in` keeps no more than that. */
static char *linear_await(struct linear *l, bool *over)
{
    char *end;

    *over = false;
    while (!(end = memchr(l->in.ptr, '\n', l->in.len)) && !l->eof) {
        *over |= l->in.len > LINE_BYTES;
        if (*over)
            str_clear(&l->in);
        linear_input(l);
        if (!linear_interrupted)
            continue;
        linear_interrupted = 0;
        if (l->desk->prompt != PROMPT_NONE)
            desk_key(l->desk, "<Esc>");
        linear_say("%s", "");
        linear_prompt(l);
    }
    *over |= (end ? (size_t)(end - l->in.ptr) : l->in.len) > LINE_BYTES;
    return end;
}

/* The next line, cleaned; false at the end. Of one that is too long nothing is carried out, since
 * a part of it may mean something else. */
static bool linear_line(struct linear *l, struct str *line)
{
    bool over, some;
    char *end;

    do {
        linear_prompt(l);
        end = linear_await(l, &over);
        some = end || l->in.len > 0;
        str_clear(line);
        if (over) {
            linear_say("error: a line has more than %d bytes; nothing of it was done", LINE_BYTES);
            l->done++;
            l->failed++;
        } else if (some && !utf8_valid(l->in.ptr, end ? (size_t)(end - l->in.ptr) : l->in.len)) {
            linear_say("error: the line is not UTF-8; nothing of it was done");
            l->done++;
            l->failed++;
            over = true; /* the next one, then */
        } else if (some) {
            utf8_clean(line, l->in.ptr, end ? (size_t)(end - l->in.ptr) : l->in.len);
        }
        str_remove(&l->in, 0, end ? (size_t)(end - l->in.ptr) + 1 : l->in.len);
    } while (over);
    str_trim(line);
    return some;
}

/* ---- the session ---- */

/* What happened behind the commands since the last one. */
static void linear_events(struct linear *l)
{
    struct desk *desk = l->desk;

    if (desk->message.len > 0) {
        linear_say("Meanwhile: %s", desk->message.ptr);
        str_clear(&desk->message);
    }
    if (l->working && desk->work_count == 0 && l->tty && !linear_jobs_tell(l))
        linear_say("The work in the background is done.");
    else if (!l->working && desk->work_count > 0 && l->tty)
        linear_say("In the background: %s", desk->work.ptr);
    l->working = desk->work_count > 0;
}

/* A lesson is told when it begins, and again by "tutor". */
static void linear_lesson(struct linear *l)
{
    struct str text = STR_INIT;
    int lesson = l->desk->tutor.on ? l->desk->tutor.lesson + 1 : 0;

    if (lesson > 0 && lesson != l->lesson) {
        tutor_text(l->desk, &text);
        linear_say("%s", text.ptr);
    }
    l->lesson = lesson;
    str_free(&text);
}

static void linear_loop(struct linear *l)
{
    struct str line = STR_INIT;

    while (l->desk->running && linear_line(l, &line)) {
        str_clear(&l->desk->message);
        if (*line.ptr == '#' && !l->tty) /* a remark in a script */
            continue;
        linear_run(l, line.ptr);
        if (l->desk->running)
            linear_events(l);
        if (strcmp(line.ptr, "tutor") == 0)
            l->lesson = 0;
        linear_lesson(l);
    }
    if (l->tty && l->eof)
        linear_say("%s", "");
    str_free(&line);
}

static void linear_start(struct linear *l)
{
    if (l->tty)
        linear_say("carrel, told line by line. help lists keys and commands, an empty line goes "
                   "on, quit leaves.");
    desk_open(l->desk, &view_today, NULL);
    if (l->tty)
        tutor_start(l->desk);
    if (desk_welcome_due(l->desk))
        desk_open(l->desk, &view_welcome, NULL);
    desk_watch(l->desk);
    linear_settle(l);
    linear_jobs_start(l);
    if (l->tty) /* a script says itself what it wants to hear */
        linear_changes(l);
    linear_lesson(l);
}

static int linear_end(struct linear *l, struct error *err)
{
    desk_background_stop(l->desk);
    desk_leave(l->desk);
    if (!desk_background_end(l->desk, LEAVE_MS))
        log_write(LOG_DEBUG, "a job is left to the next carrel");
    if (l->tty || l->failed == 0)
        return ERR_OK;
    return error_set(err, l->failed < l->done ? ERR_PARTIAL : ERR_FAILED,
                     "%d of %d commands did not do what they were asked for", l->failed, l->done);
}

int ui_linear(struct app *app, struct error *err)
{
    struct linear l = { .tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
                        .in = STR_INIT,
                        .jobs = { .said = STR_INIT },
                        .rows = (int)config_int(app->config, "ui.linear-rows"),
                        .seen = { .room = STR_INIT,
                                  .status = STR_INIT,
                                  .line = STR_INIT,
                                  .detail = STR_INIT,
                                  .key = STR_INIT } };
    int result;

    app->linear = true;
    log_configure(LOG_WARN, false, true); /* into the Log room, not between the lines */
    l.desk = desk_new(app, 500, 200, false, err);
    if (!l.desk)
        return ERR_USAGE;
    l.desk->told = true;
    l.desk->scripted = !l.tty;
    linear_signals();
    linear_start(&l);
    linear_loop(&l);
    result = linear_end(&l, err);
    log_configure(LOG_WARN, false, false);
    desk_free(l.desk);
    str_free(&l.in);
    str_free(&l.jobs.said);
    str_free(&l.seen.room);
    str_free(&l.seen.status);
    str_free(&l.seen.line);
    str_free(&l.seen.detail);
    str_free(&l.seen.key);
    return result;
}
