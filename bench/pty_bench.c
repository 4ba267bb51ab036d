/*
 * pty_bench [-s ROWSxCOLUMNS] [-n ROUNDS] NAME KEYS TEXT [KEYS TEXT]... -- PROGRAM [ARGUMENT]...
 *
 * Runs a program in a pseudo-terminal and tells, for each pair, how long it takes from typing KEYS
 * until TEXT is on the screen: medians of the rounds in ms. The first KEYS are "" as
 * a rule, so the first time is that from the start of the program. In KEYS \r, \e and \\ are
 * escapes. Memory is the peak of the program itself, and that of it and the children it has waited
 * for.
 *
 * The terminal is a VT52, since that is one that is easily read; TEXT must be one that was not on
 * the screen before.
 */
#include "shared/measure.h"
#include "shared/pty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define STEPS_MAX 16
#define ROUNDS_MAX 50
#define GIVE_UP_MS 60000
#define ROWS_MAX 100
#define COLUMNS_MAX 250

struct step {
    char *keys, *text;
    double ms[ROUNDS_MAX];
};
struct bench {
    const char *name;
    struct step steps[STEPS_MAX];
    size_t count;
    int rounds, rows, columns;
    char **program;
    long own_kib, all_kib;
};

/* ---- a VT52: the few sequences that its terminfo has ---- */

struct screen {
    char cells[ROWS_MAX][COLUMNS_MAX + 1];
    int rows, columns, row, column;
};

static void screen_erase(struct screen *screen, bool below)
{
    int row;

    memset(screen->cells[screen->row] + screen->column, ' ',
           (size_t)(screen->columns - screen->column));
    for (row = screen->row + 1; below && row < screen->rows; row++)
        memset(screen->cells[row], ' ', (size_t)screen->columns);
}

static void screen_line(struct screen *screen, int step)
{
    int last = screen->rows - 1, gone = step > 0 ? 0 : last;
    size_t line = sizeof screen->cells[0];

    if (screen->row + step >= 0 && screen->row + step <= last) {
        screen->row += step;
        return;
    }
    if (step > 0)
        memmove(screen->cells[0], screen->cells[1], line * (size_t)last);
    else
        memmove(screen->cells[1], screen->cells[0], line * (size_t)last);
    memset(screen->cells[last - gone], ' ', (size_t)screen->columns);
}

/* A character of UTF-8 takes one cell; what it is does not matter. */
static void screen_put(void *ctx, unsigned char byte)
{
    struct screen *screen = ctx;

    if (byte == '\r')
        screen->column = 0;
    else if (byte == '\n')
        screen_line(screen, 1);
    else if (byte == '\b')
        screen->column -= screen->column > 0;
    else if (byte >= 0x20 && (byte & 0xC0) != 0x80) {
        screen->cells[screen->row][screen->column] = byte < 0x7F ? (char)byte : '?';
        screen->column += screen->column < screen->columns - 1;
    }
}

static int within(int value, int most)
{
    return value < 0 ? 0 : value >= most ? most - 1 : value;
}

/* Others than a VT52's (questions to the terminal, say) are passed over. */
static size_t screen_sequence(void *ctx, const char *at, size_t len)
{
    struct screen *screen = ctx;
    size_t used = pty_sequence(at, len);

    if (used == 0)
        return 0;
    if (at[1] == 'Y') {
        if (len < 4)
            return 0;
        screen->row = within(at[2] - ' ', screen->rows);
        screen->column = within(at[3] - ' ', screen->columns);
        return 4;
    }
    if (at[1] == 'H')
        screen->row = screen->column = 0;
    else if (at[1] == 'J' || at[1] == 'K')
        screen_erase(screen, at[1] == 'J');
    else if (at[1] == 'A' || at[1] == 'I')
        screen_line(screen, -1);
    else if (at[1] == 'B')
        screen_line(screen, 1);
    else if (at[1] == 'C' || at[1] == 'D')
        screen->column = within(screen->column + (at[1] == 'C' ? 1 : -1), screen->columns);
    return used;
}

static const struct pty_terminal vt52 = { .sequence = screen_sequence, .letter = screen_put };

static bool screen_shows(const struct screen *screen, const char *text)
{
    int row;

    for (row = 0; row < screen->rows; row++)
        if (strstr(screen->cells[row], text))
            return true;
    return false;
}

static void screen_new(struct screen *screen, const struct bench *bench)
{
    int row;

    *screen = (struct screen){ .rows = bench->rows, .columns = bench->columns };
    for (row = 0; row < ROWS_MAX; row++)
        memset(screen->cells[row], ' ', (size_t)screen->columns);
}

/* Reads until the text is on the screen; false: it does not come. */
static bool await(struct screen *screen, struct pty *pty, const char *text)
{
    double until = bench_now_ms() + GIVE_UP_MS;
    char bytes[65536];
    ssize_t got = 0;
    int row;

    while (got >= 0 && !screen_shows(screen, text) && bench_now_ms() < until) {
        got = pty_read(pty, bytes, sizeof bytes, 1000);
        if (got > 0)
            pty_take(pty, &vt52, screen, bytes, (size_t)got);
    }
    if (screen_shows(screen, text))
        return true;
    fprintf(stderr, "pty_bench: '%s' did not come:\n", text);
    for (row = 0; row < screen->rows; row++)
        fprintf(stderr, "| %s\n", screen->cells[row]);
    return false;
}

/* Passes over what is still being written, so that it is not the answer to the next keys. */
static void settle(struct screen *screen, struct pty *pty)
{
    char bytes[65536];
    ssize_t got;

    while ((got = pty_read(pty, bytes, sizeof bytes, 200)) > 0)
        pty_take(pty, &vt52, screen, bytes, (size_t)got);
}

static long peak_of(pid_t pid)
{
    char path[64], line[256];
    long kib = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib;
}

static bool run_round(struct bench *bench, int round)
{
    const struct pty_options options = { .rows = bench->rows,
                                         .columns = bench->columns,
                                         .term = "vt52" };
    struct rusage used;
    struct screen screen;
    double began = bench_now_ms();
    struct pty pty;
    size_t i;

    pty_start(&pty, &options, bench->program);
    screen_new(&screen, bench);
    for (i = 0; i < bench->count; i++) {
        struct step *step = &bench->steps[i];

        if (*step->keys) {
            settle(&screen, &pty);
            began = bench_now_ms();
        }
        if (write(pty.fd, step->keys, strlen(step->keys)) < 0 || !await(&screen, &pty, step->text))
            break;
        step->ms[round] = bench_now_ms() - began;
    }
    settle(&screen, &pty);
    if (peak_of(pty.pid) > bench->own_kib)
        bench->own_kib = peak_of(pty.pid);
    pty_end(&pty, &used);
    if (used.ru_maxrss > bench->all_kib)
        bench->all_kib = used.ru_maxrss;
    return i == bench->count;
}

static int usage(void)
{
    fprintf(stderr, "pty_bench [-s ROWSxCOLUMNS] [-n ROUNDS] NAME KEYS TEXT... -- PROGRAM...\n");
    return 2;
}

static bool read_arguments(struct bench *bench, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "+s:n:")) != -1)
        if (option == 'n')
            bench->rounds = atoi(optarg);
        else if (option != 's' || sscanf(optarg, "%dx%d", &bench->rows, &bench->columns) != 2)
            return false;
    if (optind >= argc || bench->rounds < 1 || bench->rounds > ROUNDS_MAX)
        return false;
    bench->name = argv[optind++];
    while (optind + 1 < argc && strcmp(argv[optind], "--") != 0 && bench->count < STEPS_MAX) {
        bench->steps[bench->count].keys = pty_keys(argv[optind]);
        bench->steps[bench->count++].text = argv[optind + 1];
        optind += 2;
    }
    bench->program = argv + optind + 1;
    return optind + 1 < argc && strcmp(argv[optind], "--") == 0 && bench->count > 0
           && bench->rows > 0 && bench->rows <= ROWS_MAX && bench->columns > 0
           && bench->columns <= COLUMNS_MAX;
}

int main(int argc, char **argv)
{
    struct bench bench = { .rounds = 5, .rows = 24, .columns = 80 };
    bool whole = true;
    size_t i;
    int round;

    if (!read_arguments(&bench, argc, argv))
        return usage();
    for (round = 0; round < bench.rounds && whole; round++)
        whole = run_round(&bench, round);
    printf("%-34s", bench.name);
    for (i = 0; i < bench.count && whole; i++) {
        qsort(bench.steps[i].ms, (size_t)bench.rounds, sizeof *bench.steps[i].ms, bench_by_size);
        printf(" %8.1f ms", bench.steps[i].ms[bench.rounds / 2]);
    }
    printf(whole ? "   %ld MiB (with children %ld)\n" : " failed\n", bench.own_kib >> 10,
           bench.all_kib >> 10);
    for (i = 0; i < bench.count; i++)
        free(bench.steps[i].keys);
    return whole ? 0 : 1;
}
