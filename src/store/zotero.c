/*
 * Reading zotero.sqlite (carrel/zotero.h): its tables are as Zotero 5 to 7 have them. Journals lie
 * beside a database that is in use, so they are copied, too, and SQLite makes the copy whole; a
 * file that changes while it is copied is copied again.
 */
#include "carrel/zotero.h"

#include "carrel/file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_TRIES 5
#define PART_MAX 10000 /* creators, tags ... of one item */

enum question {
    ASK_ITEMS,
    ASK_FIELDS,
    ASK_CREATORS,
    ASK_COLLECTIONS,
    ASK_TAGS,
    ASK_NOTES,
    ASK_ATTACHMENTS,
    ASK_ANNOTATIONS,
    QUESTIONS
};

/* ?1 is the item. Annotations came with Zotero 6: a file without their table has none. */
static const char *const questions[QUESTIONS] = {
    [ASK_ITEMS] =
        "SELECT i.itemID, i.key, t.typeName FROM items i JOIN itemTypes t USING(itemTypeID) WHERE "
        "t.typeName NOT IN ('attachment', 'note', 'annotation') AND i.itemID NOT IN (SELECT itemID "
        "FROM deletedItems) AND i.libraryID NOT IN (SELECT libraryID FROM libraries WHERE type = "
        "'feed') ORDER BY i.itemID",
    [ASK_FIELDS] = "SELECT f.fieldName, v.value FROM itemData d JOIN fields f USING(fieldID) JOIN "
                   "itemDataValues v USING(valueID) WHERE d.itemID = ?1 ORDER BY d.fieldID",
    [ASK_CREATORS] =
        "SELECT t.creatorType, c.firstName, c.lastName, c.fieldMode FROM itemCreators ic JOIN "
        "creators c USING(creatorID) JOIN creatorTypes t USING(creatorTypeID) WHERE ic.itemID = ?1 "
        "ORDER BY ic.orderIndex",
    [ASK_COLLECTIONS] =
        "WITH RECURSIVE up(start, id, path, depth) AS (SELECT c.collectionID, "
        "c.parentCollectionID, c.collectionName, 0 FROM collectionItems ci JOIN collections c "
        "USING(collectionID) WHERE ci.itemID = ?1 UNION ALL SELECT up.start, c.parentCollectionID, "
        "c.collectionName || '/' || up.path, up.depth + 1 FROM up JOIN collections c ON "
        "c.collectionID = up.id WHERE up.depth < 32) SELECT path FROM up WHERE id IS NULL ORDER BY "
        "path",
    [ASK_TAGS] = "SELECT t.name, it.type FROM itemTags it JOIN tags t USING(tagID) WHERE it.itemID "
                 "= ?1 ORDER BY t.name",
    [ASK_NOTES] = "SELECT note FROM itemNotes WHERE parentItemID = ?1 AND itemID NOT IN (SELECT "
                  "itemID FROM deletedItems) ORDER BY itemID",
    [ASK_ATTACHMENTS] =
        "SELECT a.path, i.key, (SELECT v.value FROM itemData d JOIN fields f USING(fieldID) JOIN "
        "itemDataValues v USING(valueID) WHERE d.itemID = a.itemID AND f.fieldName = 'title') FROM "
        "itemAttachments a JOIN items i USING(itemID) WHERE a.parentItemID = ?1 AND a.itemID NOT "
        "IN (SELECT itemID FROM deletedItems) AND a.path IS NOT NULL ORDER BY a.itemID",
    [ASK_ANNOTATIONS] =
        "SELECT n.text, n.comment, n.pageLabel FROM itemAnnotations n JOIN itemAttachments a ON "
        "a.itemID = n.parentItemID WHERE a.parentItemID = ?1 AND n.itemID NOT IN (SELECT itemID "
        "FROM deletedItems) ORDER BY a.itemID, n.sortIndex",
};

struct zotero {
    sqlite3 *db;
    sqlite3_stmt *ask[QUESTIONS];
    char *folder;    /* Zotero's, for the paths of what it stores */
    char *copy, *at; /* a folder of ours; the database in it */
    struct arena *arena;
    const atomic_bool *cancel;
};

/* ---- the copy ---- */

static int copy_bytes(int from, int to, const char *name, struct error *err)
{
    char buffer[65536];
    ssize_t got;
    int result = ERR_OK;

    while (result == ERR_OK && (got = read(from, buffer, sizeof buffer)) != 0)
        result =
            got < 0 ? error_errno(err, "%s", name) : fd_write_all(to, buffer, (size_t)got, err);
    return result;
}

/* One that is not there is no copy, and no error. */
static int copy_one(const char *from, const char *to, struct error *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out;
    int result;

    unlink(to);
    if (in < 0)
        return ERR_OK;
    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    result = out < 0 ? error_errno(err, "%s", to) : copy_bytes(in, out, from, err);
    close(in);
    if (out >= 0)
        close(out);
    return result;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec
           && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ino == b->st_ino;
}

static int copy_all(struct zotero *z, const char *path, struct error *err)
{
    static const char *const ends[] = { "-journal", "-wal", "" };
    struct stat before, after;
    int tries, result = ERR_OK;
    size_t i;

    for (tries = 0; tries < COPY_TRIES && result == ERR_OK; tries++) {
        if (stat(path, &before) != 0)
            return error_errno(err, "%s", path);
        for (i = 0; i < sizeof ends / sizeof *ends && result == ERR_OK; i++) {
            char *from = mem_printf("%s%s", path, ends[i]),
                 *to = mem_printf("%s%s", z->at, ends[i]);

            result = copy_one(from, to, err);
            free(from);
            free(to);
        }
        if (result == ERR_OK && stat(path, &after) == 0 && same_file(&before, &after))
            return ERR_OK;
    }
    return result != ERR_OK
               ? result
               : error_set(err, ERR_BUSY, "%s changes all the time: close Zotero", path);
}

static void copy_remove(struct zotero *z)
{
    static const char *const ends[] = { "-journal", "-wal", "-shm", "" };
    size_t i;

    for (i = 0; z->at && i < sizeof ends / sizeof *ends; i++) {
        char *name = mem_printf("%s%s", z->at, ends[i]);

        unlink(name);
        free(name);
    }
    if (z->copy)
        rmdir(z->copy);
}

/* ---- opening ---- */

static int zotero_error(struct zotero *z, const char *path, struct error *err)
{
    return error_set(err, ERR_PARSE, "%s is no library of Zotero that carrel knows (%s)", path,
                     sqlite3_errmsg(z->db));
}

static int stopped(void *ctx)
{
    const struct zotero *z = ctx;

    return z->cancel && atomic_load(z->cancel);
}

static int zotero_prepare(struct zotero *z, const char *path, struct error *err)
{
    size_t i;

    sqlite3_db_config(z->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(z->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(z->db, SQLITE_LIMIT_LENGTH, 64 << 20);
    sqlite3_progress_handler(z->db, 10000, stopped, z);
    for (i = 0; i < QUESTIONS; i++)
        if (sqlite3_prepare_v2(z->db, questions[i], -1, &z->ask[i], NULL) != SQLITE_OK
            && i != ASK_ANNOTATIONS)
            return zotero_error(z, path, err);
    return ERR_OK;
}

static int zotero_open(struct zotero *z, const char *path, struct error *err)
{
    char *file = folder_exists(path) ? path_join(path, "zotero.sqlite") : mem_strdup(path);
    const char *base = path_base(file);
    int result = ERR_OK;

    z->arena = arena_new();
    z->folder = mem_strndup(file, (size_t)(base - file));
    z->copy = path_temporary("zotero");
    if (!mkdtemp(z->copy)) {
        result = error_errno(err, "%s", z->copy);
        *z->copy = '\0';
    } else {
        z->at = path_join(z->copy, "zotero.sqlite");
        result = copy_all(z, file, err);
    }
    if (result == ERR_OK
        && sqlite3_open_v2(z->at, &z->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        result = zotero_error(z, file, err);
    if (result == ERR_OK)
        result = zotero_prepare(z, file, err);
    free(file);
    return result;
}

static void zotero_close(struct zotero *z)
{
    size_t i;

    for (i = 0; i < QUESTIONS; i++)
        sqlite3_finalize(z->ask[i]);
    sqlite3_close(z->db);
    copy_remove(z);
    arena_free(z->arena);
    free(z->folder);
    free(z->copy);
    free(z->at);
}

/* ---- an item ---- */

static char *column(struct zotero *z, enum question what, int at)
{
    const char *text = (const char *)sqlite3_column_text(z->ask[what], at);

    return arena_strdup(z->arena, text ? text : "");
}

static void take_list(struct zotero *z, enum question what, struct text_list *list)
{
    char *text = column(z, what, 0);

    text_list_add(list, z->arena, text, strlen(text));
}

/* "storage:name.pdf" lies in Zotero's folder, below the attachment's key. */
static char *attachment_path(struct zotero *z)
{
    char *path = column(z, ASK_ATTACHMENTS, 0), *key = column(z, ASK_ATTACHMENTS, 1);

    if (str_starts(path, "storage:"))
        return arena_printf(z->arena, "%sstorage/%s/%s", z->folder, key, path + strlen("storage:"));
    return path;
}

static void take(struct zotero *z, struct zotero_item *item, enum question what)
{
    switch (what) {
    case ASK_FIELDS: {
        struct zotero_field field = { column(z, what, 0), column(z, what, 1) };

        ARENA_PUSH(z->arena, item->fields, item->field_count, item->field_cap, field);
        break;
    }
    case ASK_CREATORS: {
        struct zotero_creator creator = { column(z, what, 0), column(z, what, 1),
                                          column(z, what, 2) };

        if (sqlite3_column_int(z->ask[what], 3) == 1) /* one field: a body */
            creator.first = "";
        ARENA_PUSH(z->arena, item->creators, item->creator_count, item->creator_cap, creator);
        break;
    }
    case ASK_ATTACHMENTS: {
        struct zotero_attachment one = { attachment_path(z), column(z, what, 2) };

        ARENA_PUSH(z->arena, item->attachments, item->attachment_count, item->attachment_cap, one);
        break;
    }
    case ASK_ANNOTATIONS: {
        struct zotero_annotation one = { column(z, what, 0), column(z, what, 1),
                                         column(z, what, 2) };

        ARENA_PUSH(z->arena, item->annotations, item->annotation_count, item->annotation_cap, one);
        break;
    }
    case ASK_TAGS:
        take_list(z, what,
                  sqlite3_column_int(z->ask[what], 1) == 1 ? &item->keywords : &item->tags);
        break;
    case ASK_COLLECTIONS:
        take_list(z, what, &item->collections);
        break;
    case ASK_NOTES:
        take_list(z, what, &item->notes);
        break;
    default:
        break;
    }
}

static int zotero_item(struct zotero *z, struct zotero_item *item, int64_t id, struct error *err)
{
    enum question what;
    int step = SQLITE_DONE, count;

    for (what = ASK_FIELDS; what < QUESTIONS; what++) {
        if (!z->ask[what])
            continue;
        sqlite3_bind_int64(z->ask[what], 1, id);
        for (count = 0; count < PART_MAX && (step = sqlite3_step(z->ask[what])) == SQLITE_ROW;
             count++)
            take(z, item, what);
        sqlite3_reset(z->ask[what]);
        if (step != SQLITE_DONE && step != SQLITE_ROW)
            return error_set(err, step == SQLITE_INTERRUPT ? ERR_CANCELLED : ERR_PARSE,
                             "item %s: %s", item->key, sqlite3_errmsg(z->db));
    }
    return ERR_OK;
}

int zotero_read(const char *path, int (*each)(void *ctx, const struct zotero_item *item), void *ctx,
                const atomic_bool *cancel, struct error *err)
{
    struct zotero z = { .cancel = cancel };
    int step = SQLITE_DONE;
    int result = zotero_open(&z, path, err);

    while (result == ERR_OK && (step = sqlite3_step(z.ask[ASK_ITEMS])) == SQLITE_ROW) {
        struct zotero_item item = { 0 };

        arena_reset(z.arena);
        item.key = column(&z, ASK_ITEMS, 1);
        item.type = column(&z, ASK_ITEMS, 2);
        result = zotero_item(&z, &item, sqlite3_column_int64(z.ask[ASK_ITEMS], 0), err);
        if (result == ERR_OK)
            result = each(ctx, &item);
    }
    if (result == ERR_OK && step == SQLITE_INTERRUPT)
        result = error_set(err, ERR_CANCELLED, "stopped");
    else if (result == ERR_OK && step != SQLITE_DONE)
        result = zotero_error(&z, path, err);
    zotero_close(&z);
    return result;
}
