/*
 * Names of files, which may be any bytes: what is shown is fit to be shown, and leads back.
 */
#include "carrel/vcs.h"

#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void leads_back(struct arena *arena, const char *path)
{
    const char *shown = vcs_shown_path(arena, path);
    struct str clean = STR_INIT;

    utf8_clean(&clean, shown, strlen(shown));
    if (strcmp(clean.ptr, shown) != 0 || strpbrk(shown, "\t\n")
        || strcmp(vcs_typed_path(arena, shown), path) != 0)
        abort();
    str_free(&clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const char *text = arena_strndup(arena, (const char *)data, size);

    leads_back(arena, text);
    leads_back(arena, vcs_typed_path(arena, text));
    arena_free(arena);
    return 0;
}
