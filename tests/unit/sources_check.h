/*
 * What the tests of the parsers share: a sink that keeps what it is given, and a parse that must
 * come out the same however the bytes are cut into pieces.
 */
#ifndef TESTS_SOURCES_CHECK_H
#define TESTS_SOURCES_CHECK_H

#include "carrel/sources.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HELD_MAX 40

struct held {
    struct arena *arena;
    struct record records[HELD_MAX];
    int count, rejects, notes;
    long reject_line; /* of the last one */
    char why[300];
    struct parse_info info;
    enum parse_format format;
    int result;
    struct error err;
    struct str json; /* all records, a line each */
    int stop_after;  /* the sink answers 7 at this record; 0 never */
};

/* Parses in one piece, byte by byte, and in pieces of 7; asserts that all three agree. */
void held_parse(struct held *h, enum parse_format format, const char *text);
void held_parse_bytes(struct held *h, enum parse_format format, const char *bytes, size_t len,
                      size_t piece);
void held_file(struct held *h, const char *path);
void held_free(struct held *h);

/* The lists of tests, run by sources_main.c. */
int run_atom(void), run_oai(void), run_rss(void), run_jsonl(void), run_hostile(void),
    run_wire(void), run_arxiv(void), run_embed_api(void), run_huggingface(void), run_feed(void),
    run_pwc(void), run_pwc_rows(void), run_github(void), run_crossref(void), run_opml(void),
    run_cited(void);

#endif
