/*
 * Headers of an answer: kept within bounds, and whatever they say of limits is a wait of at most a
 * day. The input is header lines; its first byte chooses the status.
 */
#include "net/internal.h"

#include "carrel/mem.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t now = 1790000000000LL;
    struct net_answer answer = { 0 };
    const char *at = (const char *)data;
    const char *end = at + size;
    struct str noted = STR_INIT;
    int64_t not_before;
    int remaining;

    if (size == 0)
        return 0;
    answer_reset(&answer);
    at++;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *next = newline ? newline + 1 : end;

        answer_header_line(&answer, at, (size_t)(next - at));
        at = next;
    }
    limits_read(&answer, data[0] & 1, now, &not_before, &remaining);
    assert(not_before == 0 || (not_before > now && not_before <= now + NET_WAIT_MAX_MS));
    assert(remaining >= -1 && remaining <= 1000000);
    str_add_mem(&answer.body, (const char *)data, size);
    str_clear(&noted);
    address_redact(&noted, answer.body.ptr);
    assert(noted.len <= 4 * strlen(answer.body.ptr) + 1);
    content_check(NET_XML, &answer.body, NULL);
    content_check(NET_JSON, &answer.body, NULL);
    content_check(NET_PDF, &answer.body, NULL);
    net_answer_free(&answer);
    str_free(&noted);
    return 0;
}
