/*
 * The script: what the server answers, told line by line.
 *
 *   papers NAME [records=N] [seed=N] [categories=cs.CL,cs.LG] [from=2026-01-01] [per-day=N]
 *          [delete-every=N] [revise-every=N revise-on=DATE] [page=N] [token-life=MS]
 *          [expire-at=MS] [old-tokens]
 *       Made-up papers (papers.c) for the answers oai=, arxiv=, rss= and hf=. `page`, `token-life`,
 *       `expire-at` (ms after the start: all resumption tokens given out before then end, as
 *       arXiv's do at midnight) and `old-tokens` are OAI-PMH's.
 *   route [METHOD] PATH[?NAME=VALUE&...] [loop]
 *       PATH and VALUE are globs; the parameters named must be in the request, in any order. The
 *       first route that fits is taken; where none does the answer is 404. Requests of a route take
 *       its answers in turn; the last one stays, or with `loop` the first one follows.
 *   answer STATUS [WHAT...]
 *       times=N            N requests, then the next answer's turn
 *       type=TYPE  header="Name: value"    as often as needed
 *       body="text"  body=<<WORD (lines up to one that is WORD)  file=PATH (beside the script)
 *       size=N (filler)  bomb=N (N zero bytes, gzip)  echo (the request itself)
 *       oai=NAME [expired]  an OAI-PMH data provider; `expired`: any token is refused
 *       arxiv=NAME [empty]  the arXiv query API; `empty`: no entry, though the total says more
 *       rss=NAME [empty]    an arXiv RSS listing of the newest day
 *       hf=NAME [empty]     Hugging Face's API of papers (for routes below /api/)
 *       rows=NAME [partial] [cells]  the data-set server with the archive of Papers with Code;
 *                          `partial`: half of it, `cells`: some are cut
 *       github             GitHub's REST interface: facts and README of any repository
 *       etag=TEXT  modified="HTTP date"    304 to a request that knows them; with an ETag, 206 to
 * one that has the beginning of that version (Range, If-Range) delay=MS           before the first
 * byte drip=BYTES/MS      so many bytes of the body, then a pause cut=N  stall=N     after N bytes
 * of the body the connection ends, or nothing more comes length=N           a Content-Length that
 * lies reset              the connection is reset: at once, or where `cut` says gzip  chunked close
 *
 * Sizes may end in KiB or MiB. Values with blanks stand in double quotes, with \n \t \" \\. In
 * headers and in body= the words {now+N}, {now} (seconds since 1970), {date+N} (an HTTP date N
 * seconds from now), {url} (of this server) and {hit} (of the route, from 1) are filled in. A line
 * that ends in a backslash goes on in the next one; # begins a comment.
 */
#include "replay.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/mem.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_MAX (64u << 20)

/* A word of a line: NAME or NAME=VALUE, quotes taken off the value. */
struct word {
    char *name, *value; /* value NULL: there was no '=' */
};

struct reader {
    struct script *script;
    const char *path;
    const char *at; /* in the text */
    int line;
    struct word words[64];
    size_t count;
    bool failed;
};

static void reader_fail(struct reader *r, const char *what, const char *which)
{
    if (!r->failed)
        fprintf(stderr, "replay: %s:%d: %s%s%s\n", r->path, r->line, what, *which ? ": " : "",
                which);
    r->failed = true;
}

static void reader_quoted(struct reader *r, struct str *out)
{
    for (; *r->at && *r->at != '"' && *r->at != '\n'; r->at++) {
        if (*r->at == '\\' && r->at[1]) {
            r->at++;
            str_add_char(out, *r->at == 'n' ? '\n' : *r->at == 't' ? '\t' : *r->at);
        } else {
            str_add_char(out, *r->at);
        }
    }
    if (*r->at == '"')
        r->at++;
    else
        reader_fail(r, "a quote is not closed", "");
}

static bool reader_blank(const char *at)
{
    return *at == ' ' || *at == '\t' || *at == '\r' || (*at == '\\' && at[1] == '\n');
}

static void reader_word(struct reader *r)
{
    struct str text = STR_INIT;
    struct word word = { 0 };

    while (*r->at && *r->at != '\n' && !reader_blank(r->at)) {
        char c = *r->at++;

        if (c == '"') {
            reader_quoted(r, &text);
        } else if (c == '=' && !word.name && text.len > 0 && !strpbrk(text.ptr, "/?")) {
            word.name = str_take(&text); /* the '=' of a route's query does not part a word */
        } else {
            str_add_char(&text, c);
        }
    }
    if (word.name)
        word.value = str_take(&text);
    else
        word.name = str_take(&text);
    if (r->count < ARRAY_LEN(r->words)) {
        r->words[r->count++] = word;
        return;
    }
    reader_fail(r, "too many words in one line", "");
    free(word.name);
    free(word.value);
}

/* body=<<WORD: the lines behind this one. */
static void reader_here(struct reader *r, struct word *word)
{
    struct str body = STR_INIT;
    const char *end = word->value + 2;
    size_t end_len = strlen(end);

    while (*r->at) {
        size_t len = strcspn(r->at, "\n");
        const char *line = r->at;

        r->at += len + (r->at[len] == '\n');
        r->line++;
        if (len == end_len && strncmp(line, end, len) == 0) {
            free(word->value);
            word->value = str_take(&body);
            return;
        }
        str_add_mem(&body, line, len);
        str_add_char(&body, '\n');
    }
    reader_fail(r, "the text's end is missing", end);
    str_free(&body);
}

static void reader_drop(struct reader *r)
{
    while (r->count > 0) {
        free(r->words[--r->count].name);
        free(r->words[r->count].value);
    }
}

/* The words of the next line that has any; false at the end. */
static bool reader_line(struct reader *r)
{
    size_t i;

    reader_drop(r);
    while (*r->at && r->count == 0) {
        r->line++;
        while (*r->at && *r->at != '\n') {
            if (*r->at == '\\' && r->at[1] == '\n') {
                r->at += 2;
                r->line++;
            } else if (reader_blank(r->at)) {
                r->at++;
            } else if (*r->at == '#') {
                r->at += strcspn(r->at, "\n");
            } else {
                reader_word(r);
            }
        }
        r->at += *r->at == '\n';
    }
    for (i = 0; i < r->count; i++)
        if (r->words[i].value && strncmp(r->words[i].value, "<<", 2) == 0)
            reader_here(r, &r->words[i]);
    return r->count > 0;
}

static int64_t reader_number(struct reader *r, const struct word *word)
{
    char *end = NULL;
    long long number = word->value ? strtoll(word->value, &end, 10) : 0;

    if (!end || end == word->value || number < 0) {
        reader_fail(r, "a number is needed", word->name);
        return 0;
    }
    if (strcmp(end, "KiB") == 0)
        return number << 10;
    if (strcmp(end, "MiB") == 0)
        return number << 20;
    if (*end)
        reader_fail(r, "not a number", word->value);
    return number;
}

static int32_t reader_day(struct reader *r, const struct word *word)
{
    int32_t day = 0;

    if (!word->value || !date_parse(word->value, &day, NULL))
        reader_fail(r, "a date is needed", word->name);
    return day;
}

/* A row for each attribute that is a number of a struct. */
struct field {
    const char *name;
    size_t offset;
};

static bool reader_field(struct reader *r, const struct word *word, const struct field *fields,
                         size_t count, void *base)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (strcmp(fields[i].name, word->name) == 0) {
            *(int64_t *)(void *)((char *)base + fields[i].offset) = reader_number(r, word);
            return true;
        }
    }
    return false;
}

static void script_categories(struct papers *papers, const char *list)
{
    while (*list) {
        size_t len = strcspn(list, ",");

        VEC_PUSH(papers->categories, papers->category_len, papers->category_cap,
                 mem_strndup(list, len));
        list += len;
        list += *list == ',';
    }
}

static void script_papers(struct reader *r)
{
    static const struct field fields[] = {
        { "records", offsetof(struct papers, records) },
        { "seed", offsetof(struct papers, seed) },
        { "per-day", offsetof(struct papers, per_day) },
        { "delete-every", offsetof(struct papers, delete_every) },
        { "revise-every", offsetof(struct papers, revise_every) },
        { "page", offsetof(struct papers, page) },
        { "token-life", offsetof(struct papers, token_life) },
        { "expire-at", offsetof(struct papers, expire_at) },
    };
    struct papers *papers = mem_zalloc(sizeof *papers);
    size_t i;

    papers_init(papers);
    if (r->count < 2 || r->script->paper_len == ARRAY_LEN(r->script->papers)) {
        reader_fail(r, "papers NAME ..., at most 16 times", "");
        free(papers);
        return;
    }
    papers->name = mem_strdup(r->words[1].name);
    r->script->papers[r->script->paper_len++] = papers;
    for (i = 2; i < r->count; i++) {
        const struct word *word = &r->words[i];

        if (strcmp(word->name, "categories") == 0 && word->value)
            script_categories(papers, word->value);
        else if (strcmp(word->name, "from") == 0)
            papers->from = reader_day(r, word);
        else if (strcmp(word->name, "revise-on") == 0)
            papers->revise_on = reader_day(r, word);
        else if (strcmp(word->name, "old-tokens") == 0)
            papers->old_tokens = true;
        else if (!reader_field(r, word, fields, ARRAY_LEN(fields), papers))
            reader_fail(r, "papers know no", word->name);
    }
    if (papers->per_day == 0 || papers->page == 0)
        reader_fail(r, "per-day and page are at least 1", "");
}

static void script_route(struct reader *r)
{
    struct route route = { 0 };
    size_t i = 1;

    if (r->count > 2 && r->words[1].name[0] != '/')
        route.method = mem_strdup(r->words[i++].name);
    if (i < r->count && r->words[i].name[0] == '/') {
        char *pattern = r->words[i++].name;
        size_t len = strcspn(pattern, "?");

        route.path = mem_strndup(pattern, len);
        if (pattern[len] == '?')
            query_parse(pattern + len + 1, &route.query, &route.query_len, &route.query_cap);
    } else {
        reader_fail(r, "route [METHOD] /PATH[?QUERY] [loop]", "");
        route.path = mem_strdup("/");
    }
    for (; i < r->count; i++) {
        if (strcmp(r->words[i].name, "loop") == 0)
            route.loop = true;
        else
            reader_fail(r, "a route knows no", r->words[i].name);
    }
    VEC_PUSH(r->script->routes, r->script->route_len, r->script->route_cap, route);
}

static const struct papers *script_find(struct reader *r, const struct word *word)
{
    size_t i;

    for (i = 0; i < r->script->paper_len; i++)
        if (str_eq(r->script->papers[i]->name, word->value))
            return r->script->papers[i];
    reader_fail(r, "no papers of that name above", word->value ? word->value : "");
    return NULL;
}

static void script_drip(struct reader *r, struct answer *answer, const char *value)
{
    long long bytes, ms;

    if (value && sscanf(value, "%lld/%lld", &bytes, &ms) == 2 && bytes > 0 && ms > 0) {
        answer->drip_bytes = bytes;
        answer->drip_ms = ms;
        return;
    }
    reader_fail(r, "drip=BYTES/MS", "");
}

static bool answer_flag(struct answer *answer, const char *name)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        { "reset", &answer->reset }, { "chunked", &answer->chunked },
        { "gzip", &answer->gzip },   { "close", &answer->close },
        { "empty", &answer->empty }, { "expired", &answer->expired },
        { "echo", &answer->echo },   { "partial", &answer->partial },
        { "cells", &answer->cells },   { "github", &answer->github },
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(flags); i++) {
        if (strcmp(flags[i].name, name) == 0) {
            *flags[i].flag = true;
            return true;
        }
    }
    return false;
}

static bool answer_text(struct answer *answer, const struct word *word)
{
    const struct {
        const char *name;
        char **text;
    } texts[] = { { "body", &answer->body },
                  { "file", &answer->file },
                  { "etag", &answer->etag },
                  { "modified", &answer->modified } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(texts); i++) {
        if (word->value && strcmp(texts[i].name, word->name) == 0) {
            free(*texts[i].text);
            *texts[i].text = mem_strdup(word->value);
            return true;
        }
    }
    return false;
}

static void answer_word(struct reader *r, struct answer *answer, const struct word *word)
{
    static const struct field fields[] = {
        { "size", offsetof(struct answer, size) },   { "bomb", offsetof(struct answer, bomb) },
        { "delay", offsetof(struct answer, delay) }, { "cut", offsetof(struct answer, cut) },
        { "stall", offsetof(struct answer, stall) }, { "length", offsetof(struct answer, length) },
    };
    char *header = NULL;

    if (strcmp(word->name, "header") == 0 && word->value)
        header = mem_strdup(word->value);
    else if (strcmp(word->name, "type") == 0 && word->value)
        header = mem_printf("Content-Type: %s", word->value);
    if (header)
        VEC_PUSH(answer->headers, answer->header_len, answer->header_cap, header);
    else if (strcmp(word->name, "times") == 0)
        answer->times = (int)reader_number(r, word);
    else if (strcmp(word->name, "drip") == 0)
        script_drip(r, answer, word->value);
    else if (strcmp(word->name, "oai") == 0)
        answer->oai = script_find(r, word);
    else if (strcmp(word->name, "arxiv") == 0)
        answer->arxiv = script_find(r, word);
    else if (strcmp(word->name, "rss") == 0)
        answer->rss = script_find(r, word);
    else if (strcmp(word->name, "hf") == 0)
        answer->hf = script_find(r, word);
    else if (strcmp(word->name, "rows") == 0)
        answer->rows = script_find(r, word);
    else if (!answer_flag(answer, word->name) && !answer_text(answer, word)
             && !reader_field(r, word, fields, ARRAY_LEN(fields), answer))
        reader_fail(r, "an answer knows no", word->name);
}

static void script_answer(struct reader *r)
{
    struct answer answer = {
        .times = 1, .size = -1, .bomb = -1, .cut = -1, .stall = -1, .length = -1
    };
    struct route *route;
    size_t i;

    if (r->script->route_len == 0 || r->count < 2) {
        reader_fail(r, "answer STATUS ..., below a route", "");
        return;
    }
    answer.status = (int)reader_number(r, &(struct word){ "status", r->words[1].name });
    for (i = 2; i < r->count; i++)
        answer_word(r, &answer, &r->words[i]);
    route = &r->script->routes[r->script->route_len - 1];
    VEC_PUSH(route->answers, route->answer_len, route->answer_cap, answer);
}

static void script_check(struct reader *r)
{
    size_t i;

    for (i = 0; i < r->script->route_len; i++)
        if (r->script->routes[i].answer_len == 0)
            reader_fail(r, "a route without an answer", r->script->routes[i].path);
}

bool script_read(struct script *script, const char *path)
{
    struct reader r = { .script = script, .path = path };
    struct str text = STR_INIT;
    struct error err = { 0 };
    char *copy = mem_strdup(path);

    script->folder = mem_strdup(dirname(copy));
    free(copy);
    if (file_read(&text, path, SCRIPT_MAX, &err) != ERR_OK) {
        fprintf(stderr, "replay: %s\n", err.message);
        return false;
    }
    r.at = text.ptr;
    while (!r.failed && reader_line(&r)) {
        if (strcmp(r.words[0].name, "papers") == 0)
            script_papers(&r);
        else if (strcmp(r.words[0].name, "route") == 0)
            script_route(&r);
        else if (strcmp(r.words[0].name, "answer") == 0)
            script_answer(&r);
        else
            reader_fail(&r, "papers, route or answer is needed", r.words[0].name);
    }
    reader_drop(&r);
    script_check(&r);
    str_free(&text);
    return !r.failed;
}
