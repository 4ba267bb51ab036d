/*
 * Signals of the desk in a terminal, and the terminal as it was before: whatever ends the process,
 * crashes too, it is put back. What is no crash is a byte in a pipe that the loop reads.
 */
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct termios term_saved;
static volatile sig_atomic_t term_on;
static int term_pipe[2] = { -1, -1 };

int term_signals_open(struct error *err)
{
    if (tcgetattr(STDIN_FILENO, &term_saved) != 0 || pipe2(term_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return error_errno(err, "cannot use the terminal");
    return ERR_OK;
}

void term_signals_close(void)
{
    close(term_pipe[0]);
    close(term_pipe[1]);
}

int term_signals_fd(void)
{
    return term_pipe[0];
}

/* ---- whose terminal it is ---- */

void term_take(void)
{
    term_on = 1;
}

bool term_is_ours(void)
{
    return term_on;
}

void term_give_back(void)
{
    term_on = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &term_saved);
}

/* Only async-signal-safe calls: this runs in handlers. */
void term_restore(void)
{
    const char *crash = term_modes_crash();

    if (!term_on)
        return;
    term_on = 0;
    if (write(STDOUT_FILENO, crash, strlen(crash)) < 0)
        return;
    tcsetattr(STDIN_FILENO, TCSANOW, &term_saved);
}

/* ---- handlers ---- */

static void term_crash(int number)
{
    term_restore();
    signal(number, SIG_DFL);
    raise(number);
}

static void term_signal(int number)
{
    char byte = (char)number;
    int saved = errno;

    if (write(term_pipe[1], &byte, 1) < 0)
        errno = saved;
    errno = saved;
}

void term_signals_catch(void)
{
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    static const int events[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGCONT };
    struct sigaction action = { .sa_handler = term_crash };
    size_t i;

    for (i = 0; i < ARRAY_LEN(crashes); i++)
        sigaction(crashes[i], &action, NULL);
    action.sa_handler = term_signal;
    action.sa_flags = SA_RESTART;
    for (i = 0; i < ARRAY_LEN(events); i++)
        sigaction(events[i], &action, NULL);
    signal(SIGCHLD, SIG_DFL);
}
