/*
 * An exchange through a folder that some tool copies between machines, in any order and at any
 * time.
 *
 * Each machine writes into places of its own, folders "MACHINE.N-RANDOM" (folder_own.c): segments
 * "00000001.page" and on, each a page packed with gzip, never changed. It reads those of the others
 * in the order of their numbers; what is missing, cut short or of somebody else is left for the
 * next time and told. Where the last one that was read is another one now, the place was written
 * anew by a library that was set back, and is read from its beginning.
 */
#include "internal.h"

#include "carrel/file.h"
#include "carrel/hash.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDERS_MAX 500 /* that are read */

bool folder_is_place(const char *name)
{
    const size_t id = MACHINE_HEX - 1;
    size_t digits;

    if (strspn(name, "0123456789abcdef") != id || name[id] != '.')
        return false;
    name += id + 1;
    digits = strspn(name, "0123456789");
    if (digits == 0 || digits > 9)
        return false;
    name += digits;
    return *name == '\0'
           || (*name == '-' && strlen(name) == 9 && strspn(name + 1, "0123456789abcdef") == 8);
}

static int place_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_places(struct exchange *x, struct arena *arena, char ***out, size_t *count,
                       struct error *err)
{
    DIR *folder = opendir(x->peer->url);
    struct dirent *entry;
    size_t cap = 0;

    *out = NULL;
    *count = 0;
    if (!folder)
        return error_errno(err, "%s", x->peer->url);
    while ((entry = readdir(folder)) && *count < FOLDERS_MAX)
        if (folder_is_place(entry->d_name)
            && strncmp(entry->d_name, x->machine, MACHINE_HEX - 1) != 0)
            ARENA_PUSH(arena, *out, *count, cap, arena_strdup(arena, entry->d_name));
    closedir(folder);
    if (*count > 1)
        qsort(*out, *count, sizeof **out, place_compare);
    return ERR_OK;
}

char *folder_segment_path(const struct exchange *x, const char *place, int64_t number)
{
    return mem_printf("%s/%s/%08" PRId64 ".page", x->peer->url, place, number);
}

/* A file, and nothing that only looks like one. */
static bool is_file(const char *path)
{
    struct stat found;

    return lstat(path, &found) == 0 && S_ISREG(found.st_mode);
}

int folder_segment_read(struct sync_pack *out, int64_t *hash, struct exchange *x,
                        struct arena *arena, const char *place, int64_t number, struct error *err)
{
    char *path = folder_segment_path(x, place, number);
    struct str packed = STR_INIT, plain = STR_INIT;
    int result = is_file(path) ? file_read(&packed, path, SYNC_PACKED_MAX, err) : ERR_NOTFOUND;

    if (result == ERR_OK) {
        *hash = (int64_t)hash64(packed.ptr, packed.len, 0);
        result = sync_gunzip(&plain, packed.ptr, packed.len, SYNC_BYTES_MAX, err);
    }
    if (result == ERR_OK)
        result = sync_pack_read(out, arena, plain.ptr, plain.len, err);
    if (result == ERR_OK && strncmp(out->machine, place, MACHINE_HEX - 1) != 0)
        result = error_set(err, ERR_PARSE, "it is of another machine");
    if (result == ERR_OK)
        x->totals->bytes_got += (int64_t)packed.len;
    str_free(&packed);
    str_free(&plain);
    free(path);
    return result;
}

/* ---- reading those of others ---- */

struct place {
    const char *name;
    struct peer_segment at; /* the one that is read next, and a hash of the one before */
};

static int place_save(struct exchange *x, void *ctx, struct error *err)
{
    const struct place *place = ctx;
    const struct peer_segment after = { .next = place->at.next + 1, .hash = place->at.hash };

    return peer_segment_put(x->store, x->peer->name, place->name, &after, err);
}

/* Is the last one that was read there no more, but another one under its number? */
static bool is_rewritten(struct exchange *x, const struct place *place)
{
    struct str bytes = STR_INIT;
    char *path = folder_segment_path(x, place->name, place->at.next - 1);
    bool other = place->at.next > 1 && is_file(path)
                 && file_read(&bytes, path, SYNC_PACKED_MAX, NULL) == ERR_OK
                 && (int64_t)hash64(bytes.ptr, bytes.len, 0) != place->at.hash;

    str_free(&bytes);
    free(path);
    return other;
}

/* Is there a later one? Then this one is still on its way. */
static bool later_there(const struct exchange *x, const char *place, int64_t number)
{
    char *path = mem_printf("%s/%s", x->peer->url, place);
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool later = false;

    while (folder && !later && (entry = readdir(folder)))
        later = strlen(entry->d_name) == 13 && strcmp(entry->d_name + 8, ".page") == 0
                && strtoll(entry->d_name, NULL, 10) > number;
    if (folder)
        closedir(folder);
    free(path);
    return later;
}

/* Why the place is read no further now. */
static void tell_left(struct exchange *x, const struct place *place, int read, const char *why)
{
    if (read != ERR_NOTFOUND)
        exchange_tell(x, "%s/%08" PRId64 ".page is left for the next time: %.150s", place->name,
                      place->at.next, why);
    else if (later_there(x, place->name, place->at.next))
        exchange_tell(x,
                      "%s/%08" PRId64 ".page is missing (still being copied?), and later ones wait "
                      "for it",
                      place->name, place->at.next);
}

static int read_place(struct exchange *x, const char *name, struct error *err)
{
    struct arena *arena = arena_new();
    struct place place = { .name = name };
    int read = ERR_OK, result = peer_segment_get(&place.at, x->store, x->peer->name, name, err);

    if (place.at.next == 0 || is_rewritten(x, &place))
        place.at.next = 1;
    while (result == ERR_OK && read == ERR_OK) {
        struct error why = { 0 };
        struct sync_pack pack;

        arena_reset(arena);
        result = exchange_step(x, "receiving", err);
        if (result != ERR_OK)
            break;
        read = folder_segment_read(&pack, &place.at.hash, x, arena, name, place.at.next, &why);
        if (read != ERR_OK)
            tell_left(x, &place, read, why.message);
        else
            result = exchange_take(x, &pack, place_save, &place, err);
        place.at.next++;
    }
    arena_free(arena);
    return result;
}

static int read_others(struct exchange *x, struct error *err)
{
    struct arena *arena = arena_new();
    char **places;
    size_t count, i;
    int result = list_places(x, arena, &places, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        result = read_place(x, places[i], err);
    arena_free(arena);
    return result;
}

int folder_exchange(struct exchange *x, struct error *err)
{
    int result;

    if (!folder_exists(x->peer->url))
        return error_set(err, ERR_NOTFOUND, "there is no folder %s (is it plugged in, or mounted?)",
                         x->peer->url);
    if (file_is_same(x->peer->url, store_dir(x->store)))
        return error_set(err, ERR_USAGE, "%s is this very library", x->peer->url);
    result = read_others(x, err);
    return result == ERR_OK ? folder_write_own(x, err) : result;
}
