/*
 * What this machine writes into a folder: places of its own, "MACHINE.N-RANDOM". A place's name is
 * never used again, not even after the peer was forgotten, since others note by it what they have
 * read; nor is a segment ever written over. When segments of ours are gone, are not ours, or have
 * become many, another place is begun with all we have, and the former one, our own, is removed.
 *
 * Before a segment is written its hash is noted: one that is found under the next number is what
 * was written before its writer died, and counts, or it is somebody else's.
 */
#include "internal.h"

#include "carrel/file.h"
#include "carrel/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define PLACE_MAX 64
#define OWN "own" /* key of our own next segment among those of others */

struct own {
    struct peer_segment at;
    char former[PLACE_MAX]; /* "": none */
};

/* ---- places ---- */

static bool is_own(const struct exchange *x, const char *name)
{
    return folder_is_place(name) && strncmp(name, x->machine, MACHINE_HEX - 1) == 0;
}

/* The place that is written into now lies in state.got: a folder has no cursor. */
static int64_t generation_of(const struct exchange *x, const char *place)
{
    return is_own(x, place) ? strtoll(place + MACHINE_HEX, NULL, 10) : 0;
}

/* Behind all that stand in the folder. */
static int64_t next_generation(const struct exchange *x)
{
    int64_t last = generation_of(x, x->state.got);
    DIR *folder = opendir(x->peer->url);
    struct dirent *entry;

    while (folder && (entry = readdir(folder)))
        if (generation_of(x, entry->d_name) > last)
            last = generation_of(x, entry->d_name);
    if (folder)
        closedir(folder);
    return last % 999999999 + 1;
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

static int own_save(struct exchange *x, const struct own *own, struct error *err)
{
    int result = store_begin(x->store, err);

    if (result != ERR_OK)
        return result;
    result = peer_state_put(x->store, &x->state, err);
    if (result == ERR_OK)
        result = peer_segment_put(x->store, x->peer->name, OWN, &own->at, err);
    if (result == ERR_OK)
        result = store_commit(x->store, err);
    if (result != ERR_OK)
        store_rollback(x->store);
    return result;
}

static int not_written(const struct exchange *x, int result, struct error *err)
{
    return result == ERR_FULL
               ? error_set(err, result,
                           "the disk of %s is full: nothing was lost, free some and do it again",
                           x->peer->url)
               : result;
}

static int begin_place(struct exchange *x, struct own *own, struct error *err)
{
    int64_t generation = next_generation(x);
    uint32_t random;
    char *path;
    int result;

    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set(err, ERR_FAILED, "the system gives no random bytes");
    if (!*own->former && is_own(x, x->state.got))
        snprintf(own->former, PLACE_MAX, "%.60s", x->state.got);
    snprintf(x->state.got, PLACE_MAX, "%s.%" PRId64 "-%08" PRIx32, x->machine, generation, random);
    x->state.sent[0] = '\0';
    own->at = (struct peer_segment){ .next = 1 };
    path = mem_printf("%s/%s", x->peer->url, x->state.got);
    x->totals->begun = true;
    result = not_written(x, folder_make(path, err), err);
    free(path);
    return result == ERR_OK ? own_save(x, own, err) : result;
}

static bool all_there(const struct exchange *x, const struct own *own)
{
    char *place = mem_printf("%s/%s", x->peer->url, x->state.got);
    bool there = folder_exists(place);
    int64_t number;

    free(place);
    for (number = 1; number < own->at.next && there; number++) {
        char *path = folder_segment_path(x, x->state.got, number);

        there = file_exists(path);
        free(path);
    }
    return there;
}

/* What was written must be there still. */
static int own_place(struct exchange *x, struct own *own, struct error *err)
{
    int result = peer_segment_get(&own->at, x->store, x->peer->name, OWN, err);
    bool had = own->at.next > 0 && is_own(x, x->state.got);

    if (result != ERR_OK)
        return result;
    if (had && own->at.next <= SEGMENTS_MAX && all_there(x, own))
        return ERR_OK;
    if (had && own->at.next <= SEGMENTS_MAX)
        exchange_tell(x,
                      "what this library has written into %s is gone: another disk, or one that is "
                      "not mounted?",
                      x->peer->url);
    return begin_place(x, own, err);
}

/* What lies under the next number: of ours it counts, since somebody may have read it. */
static int own_adopt(struct exchange *x, struct own *own, struct error *err)
{
    struct arena *arena = arena_new();
    char *path = folder_segment_path(x, x->state.got, own->at.next);
    int result = ERR_OK;

    while (result == ERR_OK && file_exists(path)) {
        struct sync_pack pack;
        int64_t hash = 0;

        if (folder_segment_read(&pack, &hash, x, arena, x->state.got, own->at.next, NULL) == ERR_OK
            && hash == own->at.hash) {
            sync_cursor_print(x->state.sent, &pack.next);
            own->at = (struct peer_segment){ .next = own->at.next + 1 };
            result = own_save(x, own, err);
        } else {
            result = begin_place(x, own, err);
        }
        free(path);
        path = folder_segment_path(x, x->state.got, own->at.next);
    }
    free(path);
    arena_free(arena);
    return result;
}

/* ---- segments ---- */

/* Where a file cannot have two names (FAT): its writer may die in it, and then begins elsewhere. */
static int put_straight(const char *path, const struct str *bytes, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    int result = fd < 0 ? error_errno(err, "cannot write %s", path)
                        : fd_write_all(fd, bytes->ptr, bytes->len, err);

    if (result == ERR_OK && fsync(fd) != 0)
        result = error_errno(err, "cannot write %s", path);
    if (fd >= 0)
        close(fd);
    return result;
}

/* The whole segment or nothing, and never over one that is there. */
static int segment_put(const char *path, const struct str *bytes, struct error *err)
{
    char *beside = mem_printf("%s.new", path);
    int result = file_write(beside, bytes->ptr, bytes->len, err);

    if (result == ERR_OK && link(beside, path) != 0)
        result = errno == EEXIST ? error_errno(err, "cannot write %s", path)
                                 : put_straight(path, bytes, err);
    unlink(beside);
    free(beside);
    return result;
}

static int write_segment(struct exchange *x, void *ctx, const struct sync_page *page,
                         const struct str *bytes, struct error *err)
{
    struct own *own = ctx;
    char *path = folder_segment_path(x, x->state.got, own->at.next);
    struct str packed = STR_INIT;
    int result;

    sync_gzip(&packed, bytes->ptr, bytes->len);
    own->at.hash = (int64_t)hash64(packed.ptr, packed.len, 0);
    result = own_save(x, own, err);
    if (result == ERR_OK)
        result = not_written(x, segment_put(path, &packed, err), err);
    if (result == ERR_OK) {
        exchange_given(x, page, packed.len);
        own->at = (struct peer_segment){ .next = own->at.next + 1 };
        result = own_save(x, own, err);
    }
    str_free(&packed);
    free(path);
    return result;
}

int folder_write_own(struct exchange *x, struct error *err)
{
    struct own own = { .former = "" };
    int result = own_place(x, &own, err);

    if (result == ERR_OK)
        result = own_adopt(x, &own, err);
    if (result == ERR_OK)
        result = exchange_give(x, write_segment, &own, err);
    if (result == ERR_OK && *own.former)
        remove_place(x, own.former);
    return result;
}
