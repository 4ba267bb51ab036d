/*
 * Reads HTTP/1.1 requests as curl and browsers write them. Only tests talk to this, yet sizes are
 * bounded: a runaway test must not take the machine with it.
 */
#include "replay.h"

#include "carrel/clock.h"
#include "carrel/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HEAD_MAX (256 << 10)
#define BODY_MAX (8 << 20)

static int url_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

void url_decode(struct str *out, const char *text, size_t len, bool plus)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (text[i] == '%' && i + 2 < len && isxdigit((unsigned char)text[i + 1])
            && isxdigit((unsigned char)text[i + 2])) {
            str_add_char(out, (char)(url_digit(text[i + 1]) * 16 + url_digit(text[i + 2])));
            i += 2;
        } else {
            str_add_char(out, plus && text[i] == '+' ? ' ' : text[i]);
        }
    }
}

void url_encode(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            str_add_char(out, *text);
        else
            str_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

void query_parse(const char *text, struct pair **pairs, size_t *len, size_t *cap)
{
    while (*text) {
        size_t part = strcspn(text, "&");
        const char *equals = memchr(text, '=', part);
        size_t name_len = equals ? (size_t)(equals - text) : part;
        struct str name = STR_INIT, value = STR_INIT;
        struct pair pair;

        url_decode(&name, text, name_len, true);
        if (equals)
            url_decode(&value, equals + 1, part - name_len - 1, true);
        pair.name = str_take(&name);
        pair.value = str_take(&value);
        VEC_PUSH(*pairs, *len, *cap, pair);
        text += part;
        text += *text == '&';
    }
}

void pairs_free(struct pair *pairs, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        free(pairs[i].name);
        free(pairs[i].value);
    }
    free(pairs);
}

static const char *pairs_get(const struct pair *pairs, size_t len, const char *name)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return NULL;
}

const char *request_header(const struct request *request, const char *name)
{
    return pairs_get(request->headers, request->header_len, name);
}

const char *request_value(const struct request *request, const char *name)
{
    return pairs_get(request->query, request->query_len, name);
}

static bool request_fill(int fd, struct str *bytes)
{
    char part[16384];
    ssize_t got = recv(fd, part, sizeof part, 0);

    if (got <= 0)
        return false;
    str_add_mem(bytes, part, (size_t)got);
    return true;
}

static void request_header_line(struct request *request, char *line)
{
    char *colon = strchr(line, ':');
    struct pair pair;
    char *at;

    if (!colon)
        return;
    *colon++ = '\0';
    for (at = line; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    pair.name = mem_strdup(line);
    pair.value = mem_strdup(colon + strspn(colon, " \t"));
    VEC_PUSH(request->headers, request->header_len, request->header_cap, pair);
}

static bool request_parse(struct request *request, char *head)
{
    char *rest, *line = strtok_r(head, "\r\n", &rest), *blank, *end;
    struct str path = STR_INIT;
    size_t len;

    blank = line ? strchr(line, ' ') : NULL;
    end = blank ? strchr(blank + 1, ' ') : NULL;
    if (!end)
        return false;
    request->method = mem_strndup(line, (size_t)(blank - line));
    request->target = mem_strndup(blank + 1, (size_t)(end - blank - 1));
    len = strcspn(request->target, "?");
    url_decode(&path, request->target, len, false);
    request->path = str_take(&path);
    if (request->target[len] == '?')
        query_parse(request->target + len + 1, &request->query, &request->query_len,
                    &request->query_cap);
    while ((line = strtok_r(NULL, "\r\n", &rest)))
        request_header_line(request, line);
    return true;
}

static bool request_body(int fd, struct str *rest, struct request *request)
{
    const char *length = request_header(request, "content-length");
    size_t need = length ? (size_t)strtoul(length, NULL, 10) : 0;

    if (need > BODY_MAX)
        return false;
    while (rest->len < need)
        if (!request_fill(fd, rest))
            return false;
    str_add_mem(&request->body, rest->ptr, need);
    str_remove(rest, 0, need);
    return true;
}

bool request_read(int fd, struct str *rest, struct request *request)
{
    char *head, *end;
    size_t len;
    bool good;

    memset(request, 0, sizeof *request);
    str_init(&request->body);
    str_init(&request->raw);
    if (rest->len == 0 && !request_fill(fd, rest))
        return false;
    request->arrived = clock_real_ms();
    while (!(end = strstr(rest->ptr, "\r\n\r\n")))
        if (rest->len > HEAD_MAX || !request_fill(fd, rest))
            return false;
    len = (size_t)(end - rest->ptr) + 4;
    str_add_mem(&request->raw, rest->ptr, len);
    head = mem_strndup(rest->ptr, len);
    str_remove(rest, 0, len);
    good = request_parse(request, head) && request_body(fd, rest, request);
    free(head);
    return good;
}

void request_free(struct request *request)
{
    free(request->method);
    free(request->target);
    free(request->path);
    pairs_free(request->query, request->query_len);
    pairs_free(request->headers, request->header_len);
    str_free(&request->body);
    str_free(&request->raw);
}
