/*
 * The parsers' tests: the shared sink, and all groups one after the other.
 */
#include "sources_check.h"

#include <stdlib.h>

static int held_record(void *ctx, const struct record *record)
{
    struct held *h = ctx;

    if (h->count < HELD_MAX)
        record_copy(&h->records[h->count], record, h->arena);
    h->count++;
    record_to_json(&h->json, record);
    str_add_char(&h->json, '\n');
    return h->stop_after && h->count >= h->stop_after ? 7 : 0;
}

static void held_reject(void *ctx, long line, const char *why)
{
    struct held *h = ctx;
    size_t len = strlen(why) < sizeof h->why ? strlen(why) : sizeof h->why - 1;

    h->rejects++;
    h->reject_line = line;
    memcpy(h->why, why, len);
    h->why[len] = '\0';
    assert_null(strchr(why, '\n'));
}

static void held_note(void *ctx, long line, const char *why, bool partly)
{
    struct held *h = ctx;

    assert_true(line > 0);
    assert_null(strchr(why, '\n'));
    h->notes += partly;
}

static void held_start(struct held *h)
{
    int stop_after = h->stop_after;

    memset(h, 0, sizeof *h);
    h->stop_after = stop_after;
    h->arena = arena_new();
    str_init(&h->json);
}

void held_free(struct held *h)
{
    arena_free(h->arena);
    str_free(&h->json);
    memset(h, 0, sizeof *h);
}

void held_parse_bytes(struct held *h, enum parse_format format, const char *bytes, size_t len,
                      size_t piece)
{
    const struct parse_sink sink = {
        .ctx = h, .record = held_record, .reject = held_reject, .note = held_note
    };
    struct parser *parser;
    size_t at;

    held_start(h);
    assert_int_equal(parser_new(&parser, format, &sink, &h->err), ERR_OK);
    for (at = 0; at < len && h->result == ERR_OK; at += piece)
        h->result = parser_feed(parser, bytes + at, len - at < piece ? len - at : piece, &h->err);
    /* Whatever feed said, finish must be safe, and must not turn an error into success. */
    if (h->result == ERR_OK)
        h->result = parser_finish(parser, &h->err);
    else
        assert_int_equal(parser_finish(parser, NULL), h->result);
    h->info = *parser_info(parser);
    h->format = parser_format(parser);
    parser_free(parser);
}

void held_parse(struct held *h, enum parse_format format, const char *text)
{
    static const size_t pieces[] = { 1, 7 };
    size_t i, len = strlen(text);

    held_parse_bytes(h, format, text, len, len + 1);
    for (i = 0; i < ARRAY_LEN(pieces); i++) {
        struct held other = { .stop_after = h->stop_after };

        held_parse_bytes(&other, format, text, len, pieces[i]);
        assert_string_equal(other.json.ptr, h->json.ptr);
        assert_int_equal(other.rejects, h->rejects);
        assert_int_equal(other.result, h->result);
        assert_string_equal(other.err.message, h->err.message);
        held_free(&other);
    }
}

void held_file(struct held *h, const char *path)
{
    const struct parse_sink sink = {
        .ctx = h, .record = held_record, .reject = held_reject, .note = held_note
    };

    held_start(h);
    h->result = parse_file(path, PARSE_AUTO, &sink, NULL, &h->info, &h->err);
}

int main(void)
{
    int failed = run_atom();

    failed += run_oai();
    failed += run_rss();
    failed += run_opml() + run_cited();
    failed += run_jsonl();
    failed += run_huggingface();
    failed += run_feed();
    failed += run_pwc();
    failed += run_pwc_rows() + run_github() + run_crossref();
    failed += run_hostile();
    failed += run_wire() + run_arxiv() + run_embed_api();
    return failed > 0;
}
