/* Any text as an identifier: what is understood prints, and is understood again as the same. */
#include "carrel/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = mem_strndup((const char *)bytes, size);
    struct arena *arena = arena_new();
    struct str printed = STR_INIT;
    struct ident ident, again;
    struct record record;

    if (ident_parse(&ident, text)) {
        ident_print(&printed, &ident);
        if (!ident_parse(&again, printed.ptr) || again.scheme != ident.scheme
            || strcmp(again.value, ident.value) != 0)
            abort();
    }
    record_unpack(&record, arena, bytes, size, NULL);
    str_free(&printed);
    arena_free(arena);
    free(text);
    return 0;
}
