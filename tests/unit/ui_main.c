/*
 * Rooms of the desk on libraries whose rows have fixed times, which no command could write: what is
 * drawn, what the cursor does, what the data says.
 */
#include "ui_test.h"

#include "carrel/app.h"
#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/process.h"
#include "carrel/ui.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct desk_test {
    struct app app;
    struct str out;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int setup(void **state)
{
    struct desk_test *t = mem_zalloc(sizeof *t);
    const char *settings[] = { "source.arxiv.category=cs.CL" };
    struct config *config = NULL;
    struct error err = { 0 };
    struct store *store;

    setenv("CARREL_CLOCK", "2026-03-01T12:00:00Z", 1);
    str_init(&t->out);
    t->app.library = mem_strdup("/tmp/carrel-ui-XXXXXX");
    assert_non_null(mkdtemp(t->app.library));
    if (app_open_store(&store, &t->app, true, &err) != ERR_OK
        || config_open(&config, "/nowhere/config", false, settings, 1, app_options, app_options_len,
                       &err)
               != ERR_OK)
        fail_msg("%s", err.message);
    t->app.config = config;
    store_close(store);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct desk_test *t = *state;

    nftw(t->app.library, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    str_free(&t->out);
    app_free(&t->app);
    free(t);
    return 0;
}

static void fill(struct desk_test *t, const char *sql)
{
    struct error err = { 0 };
    struct store *store;

    assert_int_equal(app_open_store(&store, &t->app, false, NULL), ERR_OK);
    if (store_exec(store, sql, &err) != ERR_OK)
        fail_msg("%s", err.message);
    store_close(store);
}

/* dump WORDS..., the last one NULL. */
static const char *dump(struct desk_test *t, const char *first, ...)
{
    static const struct app_faces faces = { .dump = ui_dump };
    char *argv[16] = { (char *)(uintptr_t) "dump", (char *)(uintptr_t)first };
    struct command_call call = { .app = &t->app, .arena = arena_new() };
    struct error err = { 0 };
    int argc = 2;
    va_list ap;

    va_start(ap, first);
    while (argc < 16 && (argv[argc] = va_arg(ap, char *)))
        argc++;
    va_end(ap);
    t->app.faces = &faces;
    str_init(&call.out);
    str_init(&call.say);
    if (app_run(&call, argc, argv, &err) != ERR_OK)
        fail_msg("%s", err.message);
    str_clear(&t->out);
    str_add(&t->out, call.out.ptr);
    str_free(&call.out);
    str_free(&call.say);
    arena_free(call.arena);
    return t->out.ptr;
}

static void has(const char *screen, const char *text)
{
    if (!strstr(screen, text))
        fail_msg("no '%s' on:\n%s", text, screen);
}

/* 2026-03-01T11:58:00Z and later; an origin that has had its pause, and one that said no. */
static const char ledger_rows[] =
    "INSERT INTO origin(name, interval_ms, last_end, seen) VALUES('arxiv', 3000, 1772366343000, "
    "1772366343000);"
    "INSERT INTO origin(name, interval_ms, last_end, seen, remaining, stopped, stopped_at) "
    "VALUES('huggingface.co', 1000, 1772366280000, 1772366280000, 12, '403 Forbidden: no robots', "
    "1772366280000);"
    "INSERT INTO request(origin, source, purpose, url, sent, deadline, holder, settled, status, "
    "bytes, took) VALUES('arxiv', 'arxiv', 'cs:cs:CL from 2026-02-27, page 1', "
    "'https://oaipmh.arxiv.org/oai?verb=ListRecords', 1772366280000, 0, '', 1772366281000, 200, "
    "1240000, 812);"
    "INSERT INTO request(origin, source, purpose, url, try, sent, deadline, holder, settled, "
    "status, "
    "bytes, took, error) VALUES('arxiv', 'arxiv', 'cs:cs:CL from 2026-02-27, page 2', "
    "'https://oaipmh.arxiv.org/oai?verb=ListRecords&resumptionToken=x', 2, 1772366300000, 0, '', "
    "1772366301000, 503, 310, 95, 'the server is busy (503)');"
    "INSERT INTO request(origin, source, purpose, url, run, sent, deadline, holder, settled, "
    "status, "
    "bytes, took, error) VALUES('huggingface.co', 'huggingface', 'daily papers of 2026-02-28', "
    "'https://huggingface.co/api/daily_papers', 7, 1772279880000, 0, '', 1772279881000, 403, 0, "
    "40, "
    "'403 Forbidden: no robots');";

/* A stream whose last whole round ended at 11:00, a run of then, an open gap and one that is
 * closed, and another carrel's run that goes on. */
static const char harvest_rows[] =
    "INSERT INTO harvest_stream(source, name, cursor, finished, got, total, records, rounds, "
    "began, "
    "completed, changed) VALUES('arxiv', 'oai/cs:cs:CL', 'c', 1, 1240, 1240, 5240, 3, "
    "1772359200000, 1772362800000, 1772362800000);"
    "INSERT INTO harvest_run(source, owner, state, started, ended, took_ms, requests, retries, "
    "bytes, "
    "seen, added, updated, gaps) VALUES('arxiv', 'desk 12', 2, 1772359200000, 1772362800000, 8000, "
    "3, "
    "1, 4200000, 1240, 120, 20, 1);"
    "INSERT INTO harvest_gap(source, stream, what, why, cursor, tries, found, tried) "
    "VALUES('arxiv', "
    "'oai/cs:cs:CL', '2026-02-10, page 3', 'the answer was cut short', 'x', 2, 1772362700000, "
    "1772362700000);"
    "INSERT INTO harvest_gap(source, stream, what, why, cursor, tries, found, tried, closed) "
    "VALUES('arxiv', 'oai/cs:cs:CL', 'filled', 'long ago', 'y', 2, 1, 1, 2);";

static void test_harvest_source(void **state)
{
    struct desk_test *t = *state;
    const char *screen;

    fill(t, harvest_rows);
    screen = dump(t, "harvest", "--size", "120x24", NULL);
    has(screen, " arxiv          partial 11 h   2026-02-10, page 3: ");
    has(screen, "     1      5,240\n");
    has(screen, "2026-02-10, page 3: the answer was cut short");
    has(screen,
        "last run 10:00:00 partial: 1,240 seen, 120 added, 20 updated; 3 requests, 4.2 MB, 155/s");
    has(screen, "every 12 h, next in 11 h; 1 gap open");
    assert_null(strstr(screen, "filled"));
    screen = dump(t, "harvest", "--size", "120x24", "--keys", "jj", NULL);
    has(screen, "found 10:58:20; tried 2 times; the next run asks again");
    screen = dump(t, "harvest", "--size", "120x24", "--keys", "<CR>", NULL);
    has(screen, "Source: arxiv");
    has(screen, "oai/cs:cs:CL          5,240 records, whole at 11:00:00 (3 rounds)");
    has(screen, "10:00:00 partial: 1,240 seen");
    has(dump(t, "harvest", "--json", NULL), "\"next_due\":\"2026-03-01T23:00:00Z\",\"due\":false,");
}

/* S puts a job into the queue, once; x takes it out. */
static void test_harvest_keys(void **state)
{
    struct desk_test *t = *state;

    has(dump(t, "harvest", "--keys", "S", "--json", NULL), "\"message\":\"job 1 harvests arxiv\"");
    has(dump(t, "harvest", "--keys", "S", "--json", NULL), "job 1 harvests arxiv already");
    has(dump(t, "harvest", NULL), "in the queue");
    has(dump(t, "jobs", NULL), "queued    harvest   arxiv");
    has(dump(t, "harvest", "--keys", "x", "--json", NULL), "job 1 (harvest): cancelled");
    has(dump(t, "harvest", "--keys", "x", "--json", NULL),
        "nothing of this source is under way here");
    has(dump(t, "source", "arxiv", "--keys", "S", "--json", NULL), "job 2 harvests arxiv");
    has(dump(t, "harvest", "--keys", ":source nowhere<CR>", NULL),
        "there is no source \"nowhere\"");
}

static void test_harvest_empty(void **state)
{
    const char *screen = dump(*state, "harvest", NULL);

    has(screen, " arxiv          due     now    never asked yet           0\n");
    has(screen, "the first one fetches the last 30 days");
    has(dump(*state, "harvest", "--json", NULL),
        "\"requests\":0,\"failed\":0,\"retries\":0,\"bytes\":0,\"last\":null,\"last_status\":0,"
        "\"last_error\":null}],\"peers\":[],\"gaps\":[],\"items\":[]");
}

static void test_harvest(void **state)
{
    struct desk_test *t = *state;
    const char *screen;

    fill(t, ledger_rows);
    screen = dump(t, "harvest", "--size", "120x24", NULL);
    has(screen, "3 requests, 1.2 MB");
    has(screen, " arxiv                   no window     3 s  now       503\n");
    has(screen, " huggingface.co          12 left       1 s  stopped   403\n");
    has(screen, "2026-02-28 huggingface 403      0 B  daily papers of 2026-02-28");
    has(screen, "11:58:20   arxiv       503    310 B  try 2: cs:cs:CL from 2026-02-27, page 2");
    has(screen, "11:58:00   arxiv       200   1.2 MB  cs:cs:CL from 2026-02-27, page 1");
}

/* The cursor steps over headings both ways and does not leave the list. */
static void test_harvest_cursor(void **state)
{
    struct desk_test *t = *state;

    fill(t, ledger_rows);
    has(dump(t, "harvest", "--keys", "kk", NULL), "last run none yet");
    has(dump(t, "harvest", "--keys", "j", NULL), "at least 3 s between two requests; no window");
    has(dump(t, "harvest", "--keys", "jj", NULL), "12 left in its window");
    has(dump(t, "harvest", "--keys", "jjj", NULL), "https://huggingface.co/api/daily_papers");
    has(dump(t, "harvest", "--keys", "jjjk", NULL), "12 left in its window");
    has(dump(t, "harvest", "--keys", "Gj", NULL), "took 0.8 s");
    has(dump(t, "harvest", "--keys", "Gk", NULL), "the server is busy (503)");
    has(dump(t, "harvest", "--keys", "Ggg", NULL), "last run none yet");
}

static void test_harvest_data(void **state)
{
    struct desk_test *t = *state;
    const char *data;

    fill(t, ledger_rows);
    data = dump(t, "harvest", "--json", NULL);
    has(data, "{\"name\":\"huggingface.co\",\"interval_ms\":1000,");
    has(data,
        "\"remaining\":12,\"stopped\":\"403 Forbidden: no robots\",\"requests\":1,\"failed\":1,");
    has(data,
        "\"try\":2,\"sent\":\"2026-03-01T11:58:20Z\",\"settled\":\"2026-03-01T11:58:21Z\","
        "\"status\":503,\"bytes\":310,\"took_ms\":95,\"error\":\"the server is busy (503)\"}");
}

/* A running job: bar, rate and time left, in the room and in the status line. */
static void test_job_progress(void **state)
{
    struct desk_test *t = *state;
    const char *screen;

    fill(t,
         "INSERT INTO job(kind, payload, state, due, attempts, attempts_max, worker, began, seen, "
         "lease_until, done, total, unit, created, started) VALUES('import', "
         "'{\"file\":\"/tmp/papers.jsonl\"}', 1, 0, 1, 3, 'host/1', 1000000, 1010000, "
         "99999999999999, 2100, 8400, 'papers', 1772366280000, 1772366280000)");
    screen = dump(t, "jobs", "--size", "120x24", NULL);
    has(screen, "1 \xE2\x97\x8F running   import");
    has(screen, "\xE2\x96\x88\xE2\x96\x88\xE2\x96\x91\xE2\x96\x91"); /* a quarter of ten cells */
    has(screen, "papers.jsonl: 2,100 papers of 8,400, 210/s, 30 s left");
    screen = dump(t, "library", "--size", "120x24", NULL);
    has(screen, "  papers.jsonl: 2,100 papers of 8,400, 210/s, 30 s left\n");
}

int main(int argc, char **argv)
{
#define DESK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_harvest_empty), DESK_TEST(test_harvest_source), DESK_TEST(test_harvest_keys),
        DESK_TEST(test_harvest),       DESK_TEST(test_harvest_cursor), DESK_TEST(test_harvest_data),
        DESK_TEST(test_job_progress),
    };
    int status;

    if (process_child(argc, argv, &status)) /* the confined child is this program again */
        return status;
    return cmocka_run_group_tests_name("desk", tests, NULL, NULL) + ui_test_charts()
           + ui_test_linear() + ui_test_pictures() + ui_test_pictures_desk() + ui_test_reader()
           + ui_test_fuzzy() + ui_test_keys() + ui_test_paint() + ui_test_ground() + ui_test_theme()
           + ui_test_marks() + ui_test_news();
}
