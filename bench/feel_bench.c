/*
 * feel_bench bytes [-s ROWSxCOLUMNS] NAME LABEL KEYS [LABEL KEYS]... -- PROGRAM [ARGUMENT]...
 * feel_bench keys [-s ROWSxCOLUMNS] [-n COUNT] [-g NICE] PROGRAM [ARGUMENT]...
 *
 * bytes: what a program writes to a terminal (xterm-256color) for each of these keys, until it is
 * quiet. Before the first keys are typed it has come to rest. In KEYS \r, \e and \\ are escapes.
 *
 * keys: how long carrel takes from a key to the screen that it leads to, in a list of papers: COUNT
 * times each j, k, page down and page up, Enter and Esc. The screen is read as an xterm would draw
 * it; a key counts as answered when the bar says what it must: another row, the paper, the list.
 * -g: the niceness of the program's session (autogroup), for machines that others use as well.
 */
#include "carrel/error.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUIET_MS 500
#define QUIET_MOST_MS 5000 /* a program that is never quiet */
#define START_MS 3000
#define GIVE_UP_MS 20000
#define COLUMNS_MAX 250
#define KEYS_MAX 100000

struct run {
    int rows, columns, count, fd;
    const char *nice; /* NULL: as it comes */
    pid_t pid;
    char bar[4 * COLUMNS_MAX + 1]; /* the first row: bytes, a character of UTF-8 as one '?' */
    int row, column;
    struct str raw; /* not yet a whole sequence */
    double *ms;
    size_t len;
};

static double now_ms(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static char *unescaped(const char *text)
{
    char *out = mem_strdup(text), *to = out;

    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            text++;
            *to++ = *text == 'r' ? '\r' : *text == 'e' ? '\033' : *text;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
    return out;
}

static void start(struct run *run, char **program)
{
    struct winsize size = { .ws_row = (unsigned short)run->rows,
                            .ws_col = (unsigned short)run->columns };

    run->pid = forkpty(&run->fd, NULL, NULL, &size);
    if (run->pid == 0) {
        FILE *group = run->nice ? fopen("/proc/self/autogroup", "w") : NULL;

        if (group) {
            fprintf(group, "%s\n", run->nice);
            fclose(group);
        }
        setenv("TERM", "xterm-256color", 1);
        unsetenv("COLORTERM");
        unsetenv("TMUX");
        execvp(program[0], program);
        _exit(127);
    }
    memset(run->bar, ' ', (size_t)run->columns);
}

static void end(struct run *run)
{
    kill(run->pid, SIGTERM);
    close(run->fd);
    waitpid(run->pid, NULL, 0);
    str_free(&run->raw);
}

/* ---- bytes ---- */

static size_t until_quiet(struct run *run, double least_ms)
{
    double began = now_ms();
    char buffer[65536];
    size_t bytes = 0;

    while (now_ms() - began < QUIET_MOST_MS) {
        struct pollfd wait = { .fd = run->fd, .events = POLLIN };
        ssize_t got;

        if (poll(&wait, 1, QUIET_MS) <= 0) {
            if (now_ms() - began >= least_ms)
                break;
            continue;
        }
        got = read(run->fd, buffer, sizeof buffer);
        if (got <= 0)
            break;
        bytes += (size_t)got;
    }
    return bytes;
}

static int bytes(struct run *run, int argc, char **argv)
{
    int i, program = 1;

    while (program < argc && strcmp(argv[program], "--") != 0)
        program++;
    if (program + 1 >= argc)
        return 2;
    start(run, argv + program + 1);
    printf("%-12s start %zu", argv[0], until_quiet(run, START_MS));
    for (i = 1; i + 1 < program; i += 2) {
        char *keys = unescaped(argv[i + 1]);

        if (write(run->fd, keys, strlen(keys)) < 0)
            break;
        printf(", %s %zu", argv[i], until_quiet(run, 0));
        free(keys);
    }
    printf("\n");
    end(run);
    return i + 1 < program ? 1 : 0;
}

/* ---- keys ---- */

/* How many bytes of a sequence are here; 0: not all. Only what moves the cursor or changes the
 * first row matters; nothing that carrel scrolls is in it. */
static size_t sequence(struct run *run, const char *at, size_t len)
{
    size_t used = 2;
    int one = 0, two = 0;

    if (len < 2)
        return 0;
    if (at[1] == ']' || at[1] == 'P' || at[1] == '_') {
        while (used < len && at[used] != '\a' && (at[used] != '\\' || at[used - 1] != '\033'))
            used++;
        return used < len ? used + 1 : 0;
    }
    if (at[1] != '[')
        return 2;
    while (used < len && (at[used] < '@' || at[used] > '~'))
        used++;
    if (used == len)
        return 0;
    sscanf(at + 2, "%d;%d", &one, &two);
    if (at[used] == 'H' || at[used] == 'r') {
        run->row = at[used] == 'H' && one > 0 ? one - 1 : 0;
        run->column = at[used] == 'H' && two > 0 ? two - 1 : 0;
    } else if (at[used] == 'C') {
        run->column += one > 0 ? one : 1;
    } else if (at[used] == 'X' && run->row == 0 && run->column + one <= run->columns) {
        memset(run->bar + run->column, ' ', (size_t)one);
    } else if ((at[used] == 'K' && run->row == 0) || at[used] == 'J') {
        memset(run->bar + (at[used] == 'J' ? 0 : run->column), ' ',
               (size_t)(run->columns - (at[used] == 'J' ? 0 : run->column)));
    }
    return used + 1;
}

static void letter(struct run *run, unsigned char byte)
{
    if (byte == '\r')
        run->column = 0;
    else if (byte == '\n')
        run->row++;
    else if (byte >= 0x20 && (byte & 0xC0) != 0x80) {
        if (run->row == 0 && run->column < run->columns)
            run->bar[run->column] = byte < 0x7F ? (char)byte : '?';
        run->column++;
    }
}

static void take(struct run *run, const char *got, size_t len)
{
    size_t at = 0, used = 1;

    str_add_mem(&run->raw, got, len);
    while (at < run->raw.len && used > 0) {
        used = 1;
        if (run->raw.ptr[at] == '\033')
            used = sequence(run, run->raw.ptr + at, run->raw.len - at);
        else
            letter(run, (unsigned char)run->raw.ptr[at]);
        at += used;
    }
    str_remove(&run->raw, 0, at);
}

/* "12" of "12/500000"; -1: there is none. */
static long row_of(const struct run *run)
{
    const char *slash = strchr(run->bar, '/'), *at = slash;

    while (at && at > run->bar && at[-1] >= '0' && at[-1] <= '9')
        at--;
    return at && at < slash ? atol(at) : -1;
}

static bool is_answered(const struct run *run, const char *want, long before)
{
    return want ? strstr(run->bar, want) != NULL : row_of(run) >= 0 && row_of(run) != before;
}

/* Types the keys and waits for the bar; want NULL: for another row. */
static bool key(struct run *run, const char *keys, const char *want)
{
    long before = row_of(run);
    double began = now_ms();
    char buffer[65536];

    if (write(run->fd, keys, strlen(keys)) < 0)
        return false;
    while (!is_answered(run, want, before)) {
        struct pollfd wait = { .fd = run->fd, .events = POLLIN };
        ssize_t got;

        if (now_ms() - began > GIVE_UP_MS) {
            fprintf(stderr, "feel_bench: no answer to '%s': %s\n", keys, run->bar);
            return false;
        }
        if (poll(&wait, 1, 1000) <= 0)
            continue;
        got = read(run->fd, buffer, sizeof buffer);
        if (got <= 0)
            return false;
        take(run, buffer, (size_t)got);
    }
    if (run->len < KEYS_MAX)
        run->ms[run->len++] = now_ms() - began;
    return true;
}

/* As a hand types: twenty keys a second. */
static void rest(struct run *run)
{
    double until = now_ms() + 50;
    char buffer[65536];
    ssize_t got;

    while (now_ms() < until) {
        struct pollfd wait = { .fd = run->fd, .events = POLLIN };

        if (poll(&wait, 1, 10) > 0 && (got = read(run->fd, buffer, sizeof buffer)) > 0)
            take(run, buffer, (size_t)got);
    }
}

static int by_size(const void *a, const void *b)
{
    double one = *(const double *)a, two = *(const double *)b;

    return one < two ? -1 : one > two;
}

static void report(struct run *run, const char *name)
{
    const double *ms = run->ms;
    size_t n = run->len;

    if (n == 0)
        return;
    qsort(run->ms, n, sizeof *run->ms, by_size);
    printf("%-14s p50 %6.2f ms  p95 %6.2f ms  p99 %6.2f ms  max %6.2f ms  (%zu keys)\n", name,
           ms[n / 2], ms[n * 95 / 100], ms[n * 99 / 100], ms[n - 1], n);
}

static int keys(struct run *run, char **program)
{
    static const struct {
        const char *name, *keys, *want, *back; /* back: to the list again, and counted, too */
    } kinds[] = { { "j", "j", NULL, NULL },
                  { "page down", "\006", NULL, NULL },
                  { "k", "k", NULL, NULL },
                  { "Enter, q", "\r", "Paper:", "q" },
                  { "Enter, Esc", "\r", "Paper:", "\033" } };
    double *all = mem_alloc(KEYS_MAX * sizeof *all);
    size_t all_len = 0, i;
    bool good;
    int k;

    start(run, program);
    run->ms = mem_alloc(KEYS_MAX * sizeof *run->ms);
    good = key(run, "", "Today") && key(run, "2", "Library");
    for (i = 0; i < ARRAY_LEN(kinds) && good; i++) {
        run->len = 0;
        for (k = 0; k < run->count && good; k++) {
            rest(run);
            good = key(run, kinds[i].keys, kinds[i].want);
            if (kinds[i].back && good) {
                rest(run);
                good = key(run, kinds[i].back, "Library");
            }
        }
        memcpy(all + all_len, run->ms, run->len * sizeof *all);
        all_len += run->len;
        report(run, kinds[i].name);
    }
    free(run->ms);
    run->ms = all;
    run->len = all_len;
    report(run, "all");
    free(all);
    end(run);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct run run = { .rows = 24, .columns = 80, .count = 200, .raw = STR_INIT };
    int option, result = 2;

    while (argc > 1 && (option = getopt(argc - 1, argv + 1, "+s:n:g:")) != -1)
        if (option == 'n')
            run.count = atoi(optarg);
        else if (option == 'g')
            run.nice = optarg;
        else if (option != 's' || sscanf(optarg, "%dx%d", &run.rows, &run.columns) != 2)
            argc = 0;
    if (argc > optind + 1 && run.columns <= COLUMNS_MAX && run.count > 0
        && run.count <= KEYS_MAX / 8)
        result = strcmp(argv[1], "bytes") == 0  ? bytes(&run, argc - 1 - optind, argv + 1 + optind)
                 : strcmp(argv[1], "keys") == 0 ? keys(&run, argv + 1 + optind)
                                                : 2;
    if (result == 2)
        fprintf(stderr, "feel_bench bytes [-s ROWSxCOLUMNS] NAME LABEL KEYS... -- PROGRAM...\n"
                        "feel_bench keys [-s ROWSxCOLUMNS] [-n COUNT] [-g NICE] PROGRAM...\n");
    return result;
}
