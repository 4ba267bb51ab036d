/*
 * A source that is asked step by step: see sources_asked.h.
 */
#include "sources_asked.h"

#include "sources_check.h"

#include "carrel/clock.h"

struct asked asked;

void asked_start(const char *source, const struct source_settings *settings,
                 const struct parse_sink *sink)
{
    asked = (struct asked){ .ops = source_find(source), .settings = settings, .sink = sink };
    assert_non_null(asked.ops);
    source_turn_init(&asked.turn);
    source_request_init(&asked.request);
    str_init(&asked.cursor);
}

void asked_end(void)
{
    source_turn_free(&asked.turn);
    source_request_free(&asked.request);
    str_free(&asked.cursor);
}

/* The span may point into the cursor. */
void asked_begin(const char *stream, const struct source_span *span)
{
    struct str fresh = STR_INIT;

    assert_int_equal(asked.ops->begin(asked.settings, stream, span, &fresh, &asked.err), ERR_OK);
    str_free(&asked.cursor);
    asked.cursor = fresh;
}

void asked_round(const char *stream, const char *old, bool finished, const char *since)
{
    struct source_span span = {
        .cursor = old, .finished = finished, .since = DAY_NONE, .today = clock_today()
    };

    if (since)
        assert_true(date_parse(since, &span.since, NULL));
    asked_begin(stream, &span);
}

void asked_at(const char *cursor)
{
    str_clear(&asked.cursor);
    str_add(&asked.cursor, cursor);
}

void asked_go_on(void)
{
    asked_at(asked.turn.cursor.ptr);
}

const char *asked_url(void)
{
    if (asked.ops->request(asked.settings, asked.cursor.ptr, &asked.request, &asked.err) != ERR_OK)
        fail_msg("%s: %s", asked.cursor.ptr, asked.err.message);
    return asked.request.url.ptr;
}

int asked_answer(const char *body)
{
    return asked.ops->answer(asked.settings, asked.cursor.ptr, body, strlen(body), asked.sink,
                             &asked.turn, &asked.err);
}

int asked_answer_and_go_on(const char *body)
{
    int result = asked_answer(body);

    if (result == ERR_OK)
        asked_go_on();
    return result;
}

int asked_denied(int status, const char *body)
{
    return asked.ops->denied(asked.settings, asked.cursor.ptr, status, body, strlen(body),
                             asked.sink, &asked.turn, &asked.err);
}

const char *asked_no_text(void *ctx, const char *key)
{
    (void)ctx;
    (void)key;
    return NULL;
}

size_t asked_no_values(void *ctx, const char *key, const char *const **values)
{
    (void)ctx;
    (void)key;
    *values = NULL;
    return 0;
}
