/*
 * Answers: headers by name, and what an error's body says to people.
 */
#include "internal.h"

#include "carrel/mem.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MAX 200
#define EXCERPT_MAX 120

static void answer_drop_headers(struct net_answer *answer)
{
    size_t i;

    for (i = 0; i < answer->header_len; i++) {
        free(answer->headers[i].name);
        free(answer->headers[i].value);
    }
    answer->header_len = 0;
}

void answer_reset(struct net_answer *answer)
{
    answer_drop_headers(answer);
    if (!answer->body.ptr) /* zeroed, its first use */
        str_init(&answer->body);
    str_clear(&answer->body);
    answer->status = 0;
    answer->not_modified = answer->kept = false;
    answer->not_before = 0;
}

const char *net_answer_header(const struct net_answer *answer, const char *name)
{
    size_t i;

    for (i = 0; i < answer->header_len; i++)
        if (strcasecmp(answer->headers[i].name, name) == 0)
            return answer->headers[i].value;
    return NULL;
}

void net_answer_free(struct net_answer *answer)
{
    answer_drop_headers(answer);
    free(answer->headers);
    free(answer->url);
    if (answer->body.ptr)
        str_free(&answer->body);
    memset(answer, 0, sizeof *answer);
}

/* A name that comes twice is one list (RFC 9110, 5.3). A status line begins anew: what came before
 * it was an interim answer or a proxy's. */
void answer_header_line(struct net_answer *answer, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    struct str name = STR_INIT, value = STR_INIT;
    size_t i;

    if (len >= 5 && strncasecmp(line, "HTTP/", 5) == 0) {
        answer_drop_headers(answer);
        return;
    }
    if (!colon || colon == line || answer->header_len == HEADERS_MAX)
        return;
    for (i = 0; i < (size_t)(colon - line); i++)
        str_add_char(&name, (char)tolower((unsigned char)line[i]));
    utf8_clean(&value, colon + 1, len - (size_t)(colon + 1 - line));
    str_trim(&value);
    for (i = 0; i < answer->header_len; i++) {
        struct net_header *header = &answer->headers[i];

        if (strcmp(header->name, name.ptr) == 0) {
            char *joined = mem_printf("%s, %s", header->value, value.ptr);

            free(header->value);
            header->value = joined;
            str_free(&name);
            str_free(&value);
            return;
        }
    }
    VEC_PUSH(answer->headers, answer->header_len, answer->header_cap,
             ((struct net_header){ str_take(&name), str_take(&value) }));
}

void answer_excerpt(struct str *out, const struct net_answer *answer)
{
    struct str text = STR_INIT;
    size_t len = answer->body.len < 400 ? answer->body.len : 400;

    utf8_squeeze(&text, answer->body.ptr, len);
    if (text.len > 0 && text.ptr[0] != '<') {
        str_cut(&text, utf8_fit(text.ptr, EXCERPT_MAX));
        str_printf(out, ": %s", text.ptr);
    }
    str_free(&text);
}
