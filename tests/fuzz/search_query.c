/*
 * Any bytes as a query: it parses or says where it does not; what parses prints to a text that
 * parses to the same print.
 */
#include "carrel/search.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_strndup((const char *)data, size < 6000 ? size : 6000);
    struct str first = STR_INIT, second = STR_INIT;
    struct query *query = NULL, *again = NULL;
    struct error err;
    size_t where = 0;

    if (query_parse(&query, text, &where, &err) == ERR_OK) {
        query_print(&first, query);
        query_explain(&second, query);
        str_clear(&second);
        /* title:(a b c) prints longer than it was typed, and may pass a bound. */
        if (query_parse(&again, first.ptr, NULL, &err) == ERR_OK) {
            query_print(&second, again);
            if (strcmp(first.ptr, second.ptr) != 0)
                abort();
        } else if (first.len <= strlen(text)) {
            abort();
        }
    } else if (where > strlen(text) || !err.message[0]) {
        abort();
    }
    query_free(query);
    query_free(again);
    str_free(&first);
    str_free(&second);
    free(text);
    return 0;
}
