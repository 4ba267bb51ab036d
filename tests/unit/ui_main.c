/*
 * Rooms of the desk on libraries whose rows have fixed times, which no command could write: what is
 * drawn, what the cursor does, what the data says.
 */
#include "carrel/app.h"
#include "carrel/file.h"
#include "carrel/mem.h"
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
    struct error err = { 0 };
    struct store *store;

    setenv("CARREL_CLOCK", "2026-03-01T12:00:00Z", 1);
    str_init(&t->out);
    t->app.library = mem_strdup("/tmp/carrel-ui-XXXXXX");
    assert_non_null(mkdtemp(t->app.library));
    if (app_open_store(&store, &t->app, true, &err) != ERR_OK
        || config_open(&t->app.config, "/nowhere/config", false, NULL, 0, app_options,
                       app_options_len, &err)
               != ERR_OK)
        fail_msg("%s", err.message);
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
static const char *dump(struct desk_test *t, char *first, ...)
{
    char *argv[16] = { (char *)(uintptr_t) "dump", first };
    struct error err = { 0 };
    int argc = 2;
    va_list ap;

    va_start(ap, first);
    while (argc < 15 && (argv[argc] = va_arg(ap, char *)))
        argc++;
    va_end(ap);
    str_clear(&t->out);
    if (ui_dump(&t->app, argc, argv, &t->out, &err) != ERR_OK)
        fail_msg("%s", err.message);
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

static void test_harvest_empty(void **state)
{
    has(dump(*state, "harvest", NULL), "Nothing has been asked for yet.");
    has(dump(*state, "harvest", "--json", NULL), "\"origins\":[],\"items\":[]");
}

static void test_harvest(void **state)
{
    struct desk_test *t = *state;
    const char *screen;

    fill(t, ledger_rows);
    screen = dump(t, "harvest", "--size", "120x24", NULL);
    has(screen, "3 requests, 1.2 MB");
    has(screen, " arxiv          free    ");
    has(screen, "  2 requests, 1 failed, 1.2 MB\n");
    has(screen, " huggingface.co stopped: 403 Forbidden: no robots    ");
    has(screen, "  1 request, 1 failed, 0 B\n");
    has(screen, "2026-02-28 huggingface 403      0 B  daily papers of 2026-02-28");
    has(screen, "11:58:20   arxiv       503    310 B  try 2: cs:cs:CL from 2026-02-27, page 2");
    has(screen, "11:58:00   arxiv       200   1.2 MB  cs:cs:CL from 2026-02-27, page 1");
    has(screen, "at most one request every 3 s"); /* the first origin is under the cursor */
}

/* The cursor steps over headings both ways and does not leave the list. */
static void test_harvest_cursor(void **state)
{
    struct desk_test *t = *state;

    fill(t, ledger_rows);
    has(dump(t, "harvest", "--keys", "kk", NULL), "at most one request every 3 s");
    has(dump(t, "harvest", "--keys", "j", NULL), "12 left in its own window");
    has(dump(t, "harvest", "--keys", "jj", NULL), "https://huggingface.co/api/daily_papers");
    has(dump(t, "harvest", "--keys", "jjk", NULL), "12 left in its own window");
    has(dump(t, "harvest", "--keys", "Gj", NULL), "took 0.8 s");
    has(dump(t, "harvest", "--keys", "Gk", NULL), "the server is busy (503)");
    has(dump(t, "harvest", "--keys", "Ggg", NULL), "at most one request every 3 s");
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

int main(void)
{
#define DESK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_harvest_empty), DESK_TEST(test_harvest),      DESK_TEST(test_harvest_cursor),
        DESK_TEST(test_harvest_data),  DESK_TEST(test_job_progress),
    };

    return cmocka_run_group_tests_name("desk", tests, NULL, NULL);
}
