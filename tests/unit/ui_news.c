/*
 * News of jobs: what is found is told, once, whatever was typed between the look and the telling.
 */
#include "ui_test.h"

#include "ui/desk.h"

#include "carrel/jobs.h"
#include "carrel/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct newsroom {
    char *folder;
    struct store *store;
    struct desk desk;
};

static void look(struct newsroom *room, struct news *found)
{
    news_start(found, &room->desk);
    news_look(found, room->store);
}

static void look_and_take(struct newsroom *room)
{
    struct news found;

    look(room, &found);
    news_take(&room->desk, &found);
}

static int setup(void **state)
{
    struct newsroom *room = mem_zalloc(sizeof *room);

    room->folder = mem_strdup("/tmp/carrel-ui-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    assert_int_equal(
        store_open(&room->store, room->folder, &(struct store_options){ .create = true }, NULL),
        ERR_OK);
    str_init(&room->desk.message);
    str_init(&room->desk.news.standing);
    str_init(&room->desk.news.subject);
    str_init(&room->desk.news.reason);
    room->desk.news.event = -1;
    look_and_take(room);
    *state = room;
    return 0;
}

static int teardown(void **state)
{
    struct newsroom *room = *state;
    char *command = mem_printf("rm -rf '%s'", room->folder);

    store_close(room->store);
    news_free(&room->desk.news);
    str_free(&room->desk.message);
    free(room->desk.last_error);
    assert_int_equal(system(command), 0);
    free(command);
    free(room->folder);
    free(room);
    return 0;
}

/* Of a person (0 attempts: the usual number) or of the schedule (1). */
static int64_t fail_harvest(struct newsroom *room, int attempts, const char *why)
{
    static const char *const kinds[] = { "harvest" };
    struct job_claim claim = {
        .worker = "here/1", .kinds = kinds, .kind_count = 1, .lease_ms = 60000
    };
    struct job_request request = { .kind = "harvest",
                                   .payload = "{\"source\":\"arxiv\"}",
                                   .attempts_max = attempts };
    struct arena *arena = arena_new();
    struct job job;
    int64_t id, due;

    assert_int_equal(jobs_add(room->store, &request, &id, NULL, NULL), ERR_OK);
    assert_int_equal(jobs_claim(room->store, arena, &claim, &job, &due, NULL), ERR_OK);
    assert_int_equal(job.id, id);
    desk_say(&room->desk, STYLE_NORMAL, "job %d (harvest): in the queue", (int)id);
    assert_int_equal(jobs_fail(room->store, id, job.token, why, -1, NULL), ERR_OK);
    arena_free(arena);
    return id;
}

static void test_a_key_between(void **state)
{
    struct newsroom *room = *state;
    struct desk *desk = &room->desk;
    struct news found;

    fail_harvest(room, 0, "nobody answers");
    look(room, &found);
    str_clear(&desk->message); /* a key, while the writer was busy */
    news_take(desk, &found);
    desk->prompt = PROMPT_COMMAND;
    news_tell(desk);
    assert_int_equal(desk->message.len, 0);
    look_and_take(room); /* another look has nothing new */
    desk->prompt = PROMPT_NONE;
    news_tell(desk);
    assert_non_null(strstr(desk->message.ptr, "failed, nobody answers"));
    assert_true(desk->refused);
    str_clear(&desk->message);
    look_and_take(room);
    news_tell(desk);
    assert_int_equal(desk->message.len, 0);
}

/* Nobody's command has failed when the schedule's harvest does. */
static void test_of_the_schedule(void **state)
{
    struct newsroom *room = *state;
    struct desk *desk = &room->desk;

    fail_harvest(room, 1, "nobody answers");
    str_clear(&desk->message);
    look_and_take(room);
    news_tell(desk);
    assert_non_null(strstr(desk->message.ptr, "the harvest of arxiv failed: nobody answers"));
    assert_false(desk->refused);
    fail_harvest(room, 0, "still nobody");
    str_clear(&desk->message);
    look_and_take(room);
    news_tell(desk);
    assert_non_null(strstr(desk->message.ptr, "still nobody"));
    assert_true(desk->refused);
}

int ui_test_news(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_key_between, setup, teardown),
        cmocka_unit_test_setup_teardown(test_of_the_schedule, setup, teardown),
    };

    return cmocka_run_group_tests_name("news of jobs", tests, NULL, NULL);
}
