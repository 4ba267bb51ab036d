/*
 * What is known of our terminal (terminal.h).
 */
#include "carrel/terminal.h"

#include "carrel/clock.h"
#include "carrel/file.h"

#include "carrel/program.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MS 1000 /* a line around the world and back, twice */
#define TMUX_MS 250    /* for one answer */
#define TMUX_BYTES 4096

void terminal_facts(struct picture_facts *facts, const struct app *app, int fd)
{
    struct winsize size = { 0 };
    const char *tmux = getenv("TMUX");

    *facts = (struct picture_facts){ .term = getenv("TERM"),
                                     .colorterm = getenv("COLORTERM"),
                                     .ascii = app->ascii,
                                     .linear = app->linear,
                                     .no_color = app->color == COLOR_NEVER,
                                     .tmux = tmux && *tmux };
    if (app->config)
        picture_wish_parse(&facts->wish, config_text(app->config, "ui.pictures"));
    if (ioctl(fd, TIOCGWINSZ, &size) == 0) {
        facts->width = size.ws_xpixel;
        facts->height = size.ws_ypixel;
        facts->columns = size.ws_col;
        facts->rows = size.ws_row;
    }
}

/* ---- tmux ---- */

/* The first line of what it says; false when it fails. */
static bool ask_tmux(char *const *argv, struct str *line)
{
    struct program tmux = { .argv = argv, .time_ms = TMUX_MS, .out_max = TMUX_BYTES };
    bool good;

    str_clear(line);
    good = program_run(&tmux, line, NULL) == ERR_OK;
    str_cut(line, strcspn(line->ptr, "\r\n"));
    return good;
}

#define WORD(text) (char *)(uintptr_t)(text)

void terminal_ask_tmux(struct picture_facts *facts)
{
    char *passes[] = { WORD("tmux"), WORD("show-options"), WORD("-Apv"), WORD("allow-passthrough"),
                       NULL };
    char *outer[] = { WORD("tmux"), WORD("display-message"), WORD("-p"),
                      WORD("#{client_termname} #{client_termtype}"), NULL };
    struct str line = STR_INIT;

    if (!facts->tmux)
        return;
    if (!ask_tmux(outer, &line))
        goto out; /* no tmux answers: then nothing passes, as far as we know */
    snprintf(facts->outer, sizeof facts->outer, "%s", line.ptr);
    /* Before 3.3 there was no such option, and everything passed: then tmux complains. */
    facts->tmux_passes = !ask_tmux(passes, &line) || (line.len > 0 && strcmp(line.ptr, "off") != 0);
out:
    str_free(&line);
}

int terminal_tmux_copy(const char *text, bool *passes, struct error *err)
{
    char *load[] = { WORD("tmux"), WORD("load-buffer"), WORD("-w"), WORD("-"), NULL };
    char *option[] = { WORD("tmux"), WORD("show-options"), WORD("-sv"), WORD("set-clipboard"),
                       NULL };
    struct program tmux = {
        .argv = load, .input = text, .input_len = strlen(text), .time_ms = TMUX_MS
    };
    struct str line = STR_INIT;
    int result = program_run(&tmux, NULL, err);

    *passes = result == ERR_OK && ask_tmux(option, &line) && strcmp(line.ptr, "off") != 0;
    str_free(&line);
    return result;
}

/* ---- the terminal itself ---- */

static void hear(struct picture_facts *facts, int fd, const atomic_bool *cancel)
{
    int64_t until = clock_ticks_ms() + ANSWER_MS, left;
    struct pollfd input = { .fd = fd, .events = POLLIN };
    char bytes[512];
    ssize_t got = 0, i;

    while (!facts->answers.done && !(cancel && atomic_load(cancel))
           && (left = until - clock_ticks_ms()) > 0) {
        if (poll(&input, 1, left < 50 ? (int)left : 50) <= 0)
            continue;
        got = read(fd, bytes, sizeof bytes);
        if (got <= 0)
            break;
        for (i = 0; i < got; i++)
            picture_answer(&facts->answers, bytes[i]);
    }
}

void terminal_ask(struct picture_facts *facts, const atomic_bool *cancel)
{
    struct str questions = STR_INIT;
    struct termios before, silent;
    int fd = -1;

    picture_ask(&questions, facts);
    if (questions.len > 0)
        fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    /* Whoever is in the background may not change the terminal, nor read from it. */
    if (fd >= 0 && tcgetpgrp(fd) == getpgrp() && tcgetattr(fd, &before) == 0) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        silent.c_cc[VMIN] = 1;
        silent.c_cc[VTIME] = 0;
        tcsetattr(fd, TCSADRAIN, &silent);
        if (fd_write_all(fd, questions.ptr, questions.len, NULL) == ERR_OK)
            hear(facts, fd, cancel);
        tcsetattr(fd, TCSAFLUSH, &before); /* what came late is thrown away */
    }
    if (fd >= 0)
        close(fd);
    str_free(&questions);
}
