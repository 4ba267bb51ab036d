/*
 * An exchange through a folder that some tool copies between machines, in any order and at any
 * time.
 *
 * Each machine writes into folders of its own, "MACHINE.N": segments "00000001.page" and on, each a
 * page packed with gzip, written beside and renamed, never changed. It reads those of the others in
 * the order of their numbers; what is missing, cut short or of somebody else is left for the next
 * time and told. When its own segments are gone or have become many, it begins another folder with
 * all it has, and removes the former one, its own.
 */
#include "internal.h"

#include "carrel/file.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGMENTS_MAX 2000 /* then another folder is begun */
#define FOLDERS_MAX 500   /* that are read */
#define PLACE_MAX 64
#define OWN "own" /* key of our own next segment among those of others */

/* "MACHINE.N" */
static bool is_place(const char *name)
{
    size_t hex = strspn(name, "0123456789abcdef");
    size_t digits =
        hex == MACHINE_HEX - 1 && name[hex] == '.' ? strspn(name + hex + 1, "0123456789") : 0;

    return digits > 0 && digits <= 9 && name[hex + 1 + digits] == '\0';
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
        if (is_place(entry->d_name) && strncmp(entry->d_name, x->machine, MACHINE_HEX - 1) != 0)
            ARENA_PUSH(arena, *out, *count, cap, arena_strdup(arena, entry->d_name));
    closedir(folder);
    if (*count > 1)
        qsort(*out, *count, sizeof **out, place_compare);
    return ERR_OK;
}

static char *segment_path(const struct exchange *x, const char *place, int64_t number)
{
    return mem_printf("%s/%s/%08" PRId64 ".page", x->peer->url, place, number);
}

/* A file, and nothing that only looks like one. */
static bool is_file(const char *path)
{
    struct stat found;

    return lstat(path, &found) == 0 && S_ISREG(found.st_mode);
}

/* A segment whole, in the arena; ERR_NOTFOUND: it is not there. */
static int segment_read(struct sync_pack *out, struct exchange *x, struct arena *arena,
                        const char *place, int64_t number, struct error *err)
{
    char *path = segment_path(x, place, number);
    struct str packed = STR_INIT, plain = STR_INIT;
    int result = is_file(path) ? file_read(&packed, path, SYNC_PACKED_MAX, err) : ERR_NOTFOUND;

    if (result == ERR_OK)
        result = sync_gunzip(&plain, packed.ptr, packed.len, SYNC_BYTES_MAX, err);
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

struct segment {
    const char *place;
    int64_t number;
};

static int segment_save(struct exchange *x, void *ctx, struct error *err)
{
    const struct segment *segment = ctx;

    return peer_segment_put(x->store, x->peer->name, segment->place, segment->number + 1, err);
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

static int read_place(struct exchange *x, const char *place, struct error *err)
{
    struct arena *arena = arena_new();
    struct segment segment = { .place = place };
    int result = peer_segment_get(x->store, x->peer->name, place, &segment.number, err);

    if (segment.number == 0)
        segment.number = 1;
    while (result == ERR_OK) {
        struct error why = { 0 };
        struct sync_pack pack;
        int read;

        arena_reset(arena);
        result = exchange_step(x, "receiving", err);
        if (result != ERR_OK)
            break;
        read = segment_read(&pack, x, arena, place, segment.number, &why);
        if (read == ERR_NOTFOUND && later_there(x, place, segment.number))
            exchange_tell(x, "%.8s: segment %" PRId64 " is missing, and later ones wait for it",
                          place, segment.number);
        else if (read != ERR_OK && read != ERR_NOTFOUND)
            exchange_tell(x, "%.8s: segment %" PRId64 " is left for the next time: %.150s", place,
                          segment.number, why.message);
        if (read != ERR_OK)
            break;
        result = exchange_take(x, &pack, segment_save, &segment, err);
        segment.number++;
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

/* ---- writing one's own ---- */

/* The place that is written into now lies in state.got: a folder has no cursor. */
static int64_t own_generation(const struct exchange *x)
{
    const char *got = x->state.got;

    return is_place(got) && strncmp(got, x->machine, MACHINE_HEX - 1) == 0
               ? strtoll(got + MACHINE_HEX, NULL, 10)
               : 0;
}

static void remove_place(const struct exchange *x, const char *place)
{
    char *path = mem_printf("%s/%s", x->peer->url, place);
    DIR *folder = opendir(path);
    struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        char *file = mem_printf("%s/%s", path, entry->d_name);

        if (*entry->d_name != '.')
            unlink(file);
        free(file);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
    free(path);
}

static int begin_place(struct exchange *x, int64_t generation, int64_t *number, struct error *err)
{
    char *path;
    int result;

    snprintf(x->state.got, PLACE_MAX, "%s.%" PRId64, x->machine, generation);
    x->state.sent[0] = '\0';
    *number = 1;
    path = mem_printf("%s/%s", x->peer->url, x->state.got);
    result = folder_make(path, err);
    free(path);
    return result;
}

/* What was written last must be there still. */
static int own_place(struct exchange *x, int64_t *number, char former[PLACE_MAX], struct error *err)
{
    int64_t generation = own_generation(x);
    bool gone;
    char *last;
    int result = peer_segment_get(x->store, x->peer->name, OWN, number, err);

    former[0] = '\0';
    if (result != ERR_OK)
        return result;
    last = segment_path(x, x->state.got, *number - 1);
    gone = generation == 0 || *number == 0 || (*number > 1 && !file_exists(last));
    free(last);
    if (!gone && *number <= SEGMENTS_MAX)
        return ERR_OK;
    if (generation > 0)
        snprintf(former, PLACE_MAX, "%.60s", x->state.got);
    return begin_place(x, generation + 1, number, err);
}

static int own_save(struct exchange *x, int64_t number, struct error *err)
{
    int result = store_begin(x->store, err);

    if (result != ERR_OK)
        return result;
    result = peer_state_put(x->store, &x->state, err);
    if (result == ERR_OK)
        result = peer_segment_put(x->store, x->peer->name, OWN, number, err);
    if (result == ERR_OK)
        result = store_commit(x->store, err);
    if (result != ERR_OK)
        store_rollback(x->store);
    return result;
}

/* A segment that was written before its writer died counts: somebody may have read it. */
static int own_adopt(struct exchange *x, int64_t *number, struct error *err)
{
    struct arena *arena = arena_new();
    struct sync_pack pack;
    int result = ERR_OK;

    while (result == ERR_OK
           && segment_read(&pack, x, arena, x->state.got, *number, NULL) == ERR_OK) {
        sync_cursor_print(x->state.sent, &pack.next);
        result = own_save(x, ++*number, err);
    }
    arena_free(arena);
    return result;
}

static int write_segment(struct exchange *x, const struct sync_page *page, const struct str *bytes,
                         int64_t *number, struct error *err)
{
    char *path = segment_path(x, x->state.got, *number);
    struct str packed = STR_INIT;
    int result;

    sync_gzip(&packed, bytes->ptr, bytes->len);
    result = file_write(path, packed.ptr, packed.len, err);
    if (result == ERR_OK) {
        x->totals->pages++;
        x->totals->records_sent += page->records;
        x->totals->ops_sent += page->ops;
        x->totals->bytes_sent += (int64_t)packed.len;
        memcpy(x->state.sent, page->next, sizeof x->state.sent);
        result = own_save(x, ++*number, err);
    }
    str_free(&packed);
    free(path);
    return result;
}

static int write_own(struct exchange *x, struct error *err)
{
    struct str bytes = STR_INIT;
    struct sync_page page = { .more = true };
    char former[PLACE_MAX];
    int64_t number;
    int result = own_place(x, &number, former, err);

    if (result == ERR_OK)
        result = own_adopt(x, &number, err);
    while (result == ERR_OK && page.more) {
        struct sync_cursor sent;

        if (!sync_cursor_parse(&sent, x->state.sent))
            sent = (struct sync_cursor){ .machine = "" };
        str_clear(&bytes);
        result = sync_page_write(&page, &bytes, x->store, &sent,
                                 x->peer->limit ? x->peer->limit : SYNC_LIMIT_MAX, err);
        if (result == ERR_OK && page.records + page.ops == 0)
            break;
        if (result == ERR_OK)
            result = exchange_step(x, "sending", err);
        if (result == ERR_OK)
            result = write_segment(x, &page, &bytes, &number, err);
    }
    if (result == ERR_OK && *former)
        remove_place(x, former);
    str_free(&bytes);
    return result;
}

int folder_exchange(struct exchange *x, struct error *err)
{
    int result;

    if (!folder_exists(x->peer->url))
        return error_set(err, ERR_NOTFOUND, "there is no folder %s (is it plugged in, or mounted?)",
                         x->peer->url);
    result = read_others(x, err);
    return result == ERR_OK ? write_own(x, err) : result;
}
