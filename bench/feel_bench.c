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
#include "shared/measure.h"
#include "shared/pty.h"

#include "carrel/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUIET_MS 500
#define QUIET_MOST_MS 5000 /* a program that is never quiet */
#define START_MS 3000
#define GIVE_UP_MS 20000
#define COLUMNS_MAX 250
#define KEYS_MAX 100000

struct run {
    struct pty_options terminal;
    struct pty pty;
    int count;
    char bar[4 * COLUMNS_MAX + 1]; /* the first row: bytes, a character of UTF-8 as one '?' */
    int row, column;
    double *ms;
    size_t len;
};

/* ---- bytes ---- */

static size_t until_quiet(struct run *run, double least_ms)
{
    double began = bench_now_ms();
    char buffer[65536];
    size_t bytes = 0;
    ssize_t got = 1;

    while (bench_now_ms() - began < QUIET_MOST_MS && got >= 0
           && (got > 0 || bench_now_ms() - began < least_ms)) {
        got = pty_read(&run->pty, buffer, sizeof buffer, QUIET_MS);
        bytes += got > 0 ? (size_t)got : 0;
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
    pty_start(&run->pty, &run->terminal, argv + program + 1);
    printf("%-12s start %zu", argv[0], until_quiet(run, START_MS));
    for (i = 1; i + 1 < program; i += 2) {
        char *keys = pty_keys(argv[i + 1]);

        if (write(run->pty.fd, keys, strlen(keys)) < 0)
            break;
        printf(", %s %zu", argv[i], until_quiet(run, 0));
        free(keys);
    }
    printf("\n");
    pty_end(&run->pty, NULL);
    return i + 1 < program ? 1 : 0;
}

/* ---- keys ---- */

/* Only what moves the cursor or changes the first row matters; nothing that carrel scrolls is in
 * it. */
static size_t sequence(void *ctx, const char *at, size_t len)
{
    struct run *run = ctx;
    size_t used = pty_sequence(at, len);
    int one = 0, two = 0, columns = run->terminal.columns;
    char last = used > 0 ? at[used - 1] : '\0';

    if (used == 0 || at[1] != '[')
        return used;
    sscanf(at + 2, "%d;%d", &one, &two);
    if (last == 'H' || last == 'r') {
        run->row = last == 'H' && one > 0 ? one - 1 : 0;
        run->column = last == 'H' && two > 0 ? two - 1 : 0;
    } else if (last == 'C') {
        run->column += one > 0 ? one : 1;
    } else if (last == 'X' && run->row == 0 && run->column + one <= columns) {
        memset(run->bar + run->column, ' ', (size_t)one);
    } else if ((last == 'K' && run->row == 0) || last == 'J') {
        memset(run->bar + (last == 'J' ? 0 : run->column), ' ',
               (size_t)(columns - (last == 'J' ? 0 : run->column)));
    }
    return used;
}

static void letter(void *ctx, unsigned char byte)
{
    struct run *run = ctx;

    if (byte == '\r')
        run->column = 0;
    else if (byte == '\n')
        run->row++;
    else if (byte >= 0x20 && (byte & 0xC0) != 0x80) {
        if (run->row == 0 && run->column < run->terminal.columns)
            run->bar[run->column] = byte < 0x7F ? (char)byte : '?';
        run->column++;
    }
}

static const struct pty_terminal xterm = { .sequence = sequence, .letter = letter };

/* What is written within the time; false: the program is gone. */
static bool take(struct run *run, int ms)
{
    char bytes[65536];
    ssize_t got = pty_read(&run->pty, bytes, sizeof bytes, ms);

    if (got > 0)
        pty_take(&run->pty, &xterm, run, bytes, (size_t)got);
    return got >= 0;
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
    double began = bench_now_ms();

    if (write(run->pty.fd, keys, strlen(keys)) < 0)
        return false;
    while (!is_answered(run, want, before)) {
        if (bench_now_ms() - began > GIVE_UP_MS) {
            fprintf(stderr, "feel_bench: no answer to '%s': %s\n", keys, run->bar);
            return false;
        }
        if (!take(run, 1000))
            return false;
    }
    if (run->len < KEYS_MAX)
        run->ms[run->len++] = bench_now_ms() - began;
    return true;
}

/* As a hand types: twenty keys a second. */
static void rest(struct run *run)
{
    double until = bench_now_ms() + 50;

    while (bench_now_ms() < until)
        take(run, 10);
}

static void report(struct run *run, const char *name)
{
    const double *ms = run->ms;
    size_t n = run->len;

    if (n == 0)
        return;
    qsort(run->ms, n, sizeof *run->ms, bench_by_size);
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

    pty_start(&run->pty, &run->terminal, program);
    memset(run->bar, ' ', (size_t)run->terminal.columns);
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
    pty_end(&run->pty, NULL);
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct run run = { .terminal = { .rows = 24, .columns = 80, .term = "xterm-256color" },
                       .count = 200 };
    int option, result = 2;

    while (argc > 1 && (option = getopt(argc - 1, argv + 1, "+s:n:g:")) != -1)
        if (option == 'n')
            run.count = atoi(optarg);
        else if (option == 'g')
            run.terminal.nice = optarg;
        else if (option != 's'
                 || sscanf(optarg, "%dx%d", &run.terminal.rows, &run.terminal.columns) != 2)
            argc = 0;
    if (argc > optind + 1 && run.terminal.columns <= COLUMNS_MAX && run.count > 0
        && run.count <= KEYS_MAX / 8)
        result = strcmp(argv[1], "bytes") == 0  ? bytes(&run, argc - 1 - optind, argv + 1 + optind)
                 : strcmp(argv[1], "keys") == 0 ? keys(&run, argv + 1 + optind)
                                                : 2;
    if (result == 2)
        fprintf(stderr, "feel_bench bytes [-s ROWSxCOLUMNS] NAME LABEL KEYS... -- PROGRAM...\n"
                        "feel_bench keys [-s ROWSxCOLUMNS] [-n COUNT] [-g NICE] PROGRAM...\n");
    return result;
}
