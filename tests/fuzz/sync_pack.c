/*
 * A page of another machine, packed or plain, whatever is in it: read within bounds, and what is
 * read of it is whole. The check at its end is made here, so that the lines before it are reached.
 */
#include "carrel/sync.h"

#include "carrel/hash.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sync_pack *pack)
{
    struct sync_cursor cursor;
    char text[PEER_CURSOR_MAX];
    size_t i;

    assert(strlen(pack->machine) == MACHINE_HEX - 1);
    sync_cursor_print(text, &pack->next);
    assert(sync_cursor_parse(&cursor, text));
    assert(sync_cursor_same(&cursor, &pack->next));
    for (i = 0; i < pack->op_count; i++)
        assert(pack->ops[i].kind && pack->ops[i].item && pack->ops[i].field && pack->ops[i].past);
    for (i = 0; i < pack->record_count; i++)
        assert(pack->records[i].source && pack->records[i].payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT, plain = STR_INIT;
    struct sync_pack pack;

    sync_gunzip(&plain, (const char *)data, size, 1 << 20, NULL);
    str_add_mem(&text, (const char *)data, size);
    sync_pack_read(&pack, arena, text.ptr, text.len, NULL);
    if (size > 0 && text.ptr[size - 1] != '\n')
        str_add_char(&text, '\n');
    str_printf(&text, "{\"end\":1,\"hash\":\"%016" PRIx64 "\"}\n", hash64(text.ptr, text.len, 0));
    if (sync_pack_read(&pack, arena, text.ptr, text.len, NULL) == ERR_OK)
        check(&pack);
    str_free(&text);
    str_free(&plain);
    arena_free(arena);
    return 0;
}
