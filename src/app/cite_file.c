/*
 * The .bib file of a document (cite_forms.h). It is locked, read, and what it lacks is appended, so
 * that nothing of it is written anew and two who cite at the same time do not write the same twice.
 *
 * Editors take no lock: they write the file anew, in place or by a rename. So before and behind the
 * appending it is looked whether the path still leads to what was read, and else all is done again
 * with what is there now.
 */
#include "carrel/cite_forms.h"

#include "cites.h"
#include "own_file.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/publish.h"
#include "carrel/sources.h"
#include "carrel/text.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT (256u << 20)
#define TRIES 20
#define PAUSE_MS 50

/* What the file has: keys (folded, as BibTeX compares them), and names of papers with their keys.
 */
struct bib_file {
    int fd;
    const char *path;
    struct stat seen; /* when it was read */
    struct str text;
    struct hashmap *keys, *names;
    struct str there; /* keys of the entries, each with its 0 */
    struct cite_added *added;
    bool ends_open; /* the entry of added->open_line goes on to the end of the file */
    struct arena *arena;
};

/* ---- names of a paper ---- */

static void name_put(struct bib_file *f, const char *name, const char *key)
{
    bool added;
    uint64_t *place = hashmap_put(f->names, name, strlen(name), &added);

    if (!added) /* the first of two, as BibTeX has it */
        return;
    *place = f->there.len;
    str_add_mem(&f->there, key, strlen(key) + 1);
}

static const char *name_get(const struct bib_file *f, const char *name)
{
    const uint64_t *place = hashmap_get(f->names, name, strlen(name));

    return place ? f->there.ptr + *place : NULL;
}

/* The folded title, of an entry or of a record of ours; `what` stands before it. */
static void title_name(struct str *out, const char *what, const char *title)
{
    struct str plain = STR_INIT;

    text_from_latex(&plain, title);
    str_clear(out);
    str_add(out, what);
    text_key(out, plain.ptr);
    str_free(&plain);
}

/* ---- reading ---- */

static int file_entry(void *ctx, const struct record *record)
{
    struct bib_file *f = ctx;
    struct citation entry;
    struct str title = STR_INIT;
    size_t i;

    if (!citation_from(&entry, f->arena, &record->cited) || !*entry.key)
        return 0;
    if (record->id)
        name_put(f, record->id, entry.key);
    for (i = 0; i < record->aliases.len; i++)
        name_put(f, record->aliases.items[i], entry.key);
    if (record->title) {
        title_name(&title, "title:", record->title);
        name_put(f, title.ptr, entry.key);
        title_name(&title, record->doi ? "title with DOI:" : "", record->title);
        name_put(f, title.ptr, entry.key);
    }
    str_free(&title);
    return 0;
}

static void file_reject(void *ctx, long line, const char *why)
{
    (void)ctx;
    (void)line;
    (void)why;
}

/* Of several the last one. */
static void file_open_entry(void *ctx, long line, const char *head, bool last)
{
    struct bib_file *f = ctx;

    f->added->open_line = line;
    snprintf(f->added->open, sizeof f->added->open, "%s", head);
    f->ends_open = last;
}

static void key_folded(struct str *out, const char *key, size_t len)
{
    size_t i;

    str_clear(out);
    for (i = 0; i < len; i++)
        str_add_char(out, (char)tolower((unsigned char)key[i]));
}

/* All that looks like an entry's key, also of those that nothing can be read of. */
static void file_keys(struct bib_file *f)
{
    struct str key = STR_INIT;
    const char *at = f->text.ptr;

    while ((at = strchr(at, '@'))) {
        size_t word = 0, len;

        at++;
        while (isalpha((unsigned char)at[word]))
            word++;
        at += word + strspn(at + word, " \t\r\n");
        if (word == 0 || (*at != '{' && *at != '('))
            continue;
        at += 1 + strspn(at + 1, " \t\r\n");
        len = strcspn(at, ", \t\r\n}=");
        key_folded(&key, at, len);
        if (len > 0)
            hashmap_put(f->keys, key.ptr, key.len, NULL);
    }
    str_free(&key);
}

static int file_parse(struct bib_file *f, struct error *err)
{
    struct parse_sink sink = {
        .ctx = f, .record = file_entry, .reject = file_reject, .open = file_open_entry
    };
    struct parser *parser;
    int result = parser_new(&parser, PARSE_BIBTEX, &sink, err);

    if (result != ERR_OK)
        return result;
    result = parser_feed(parser, f->text.ptr, f->text.len, err);
    if (result == ERR_OK)
        result = parser_finish(parser, err);
    parser_free(parser);
    file_keys(f);
    return result;
}

static int file_open(struct bib_file *f, const char *path, struct cite_added *added,
                     struct error *err)
{
    int result;

    *f = (struct bib_file){ .fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666),
                            .path = path,
                            .keys = hashmap_new(),
                            .names = hashmap_new(),
                            .added = added,
                            .arena = arena_new() };
    str_init(&f->text);
    str_init(&f->there);
    if (f->fd < 0 || flock(f->fd, LOCK_EX) != 0)
        return error_errno(err, "%s", path);
    if (fstat(f->fd, &f->seen) != 0)
        return error_errno(err, "%s", path);
    result = file_read(&f->text, path, FILE_LIMIT, err);
    return result == ERR_OK ? file_parse(f, err) : result;
}

static void file_close(struct bib_file *f)
{
    if (f->fd >= 0)
        close(f->fd); /* and unlocked */
    str_free(&f->text);
    str_free(&f->there);
    hashmap_free(f->keys);
    hashmap_free(f->names);
    arena_free(f->arena);
}

/* ---- adding ---- */

/* The key under which the file has the paper; NULL: it has it not. */
static const char *file_has(const struct bib_file *f, const struct record *record)
{
    struct str name = STR_INIT;
    const char *key = record->id ? name_get(f, record->id) : NULL;
    size_t i;

    for (i = 0; i < record->aliases.len && !key; i++)
        key = name_get(f, record->aliases.items[i]);
    if (!key && record->doi) {
        str_printf(&name, "doi:%s", record->doi);
        key = name_get(f, name.ptr);
    }
    if (!key && record->title) { /* two DOIs are two papers, whatever they are called */
        title_name(&name, "title with DOI:", record->title);
        if (!record->doi || !name_get(f, name.ptr)) {
            title_name(&name, "title:", record->title);
            key = name_get(f, name.ptr);
        }
    }
    str_free(&name);
    return key;
}

/* A key that the file gives to nobody: with a letter behind it where its own is taken. */
static void key_free(struct str *out, const struct bib_file *f, const char *key)
{
    struct str folded = STR_INIT;
    int64_t nth = 0;

    do {
        str_clear(out);
        cite_key_nth(out, key, nth++);
        key_folded(&folded, out->ptr, out->len);
    } while (hashmap_get(f->keys, folded.ptr, folded.len));
    hashmap_put(f->keys, folded.ptr, folded.len, NULL);
    str_free(&folded);
}

static int add_one(struct bib_file *f, struct str *more, struct str *keys, struct cite_added *added,
                   struct cites *cites, const struct cite_source *source, int64_t work,
                   const struct bibliography_options *options, struct error *err)
{
    struct record record;
    struct citation entry;
    struct str key = STR_INIT;
    const char *there;
    int result = publish_record(source->store, source->arena, work, &record, err);

    if (result != ERR_OK)
        return result;
    there = file_has(f, &record);
    if (there) {
        str_printf(keys, "%s\n", there);
        added->there++;
        return ERR_OK;
    }
    result = cites_entry(cites, &entry, source->arena, work, &record, err);
    if (result == ERR_OK) {
        key_free(&key, f, cites_key(cites, work));
        str_add(more, f->text.len + more->len > 0 ? "\n" : "");
        bibliography_add(more, options, &entry, key.ptr);
        str_printf(keys, "%s\n", key.ptr);
        entry.key = key.ptr;
        record.cited = (struct text_list){ 0 };
        citation_keep(&record.cited, source->arena, &entry);
        file_entry(f, &record); /* the same paper, named twice */
        added->added++;
    }
    str_free(&key);
    return result;
}

/* Would what is added be there tomorrow, and be an entry? */
static int file_takes(const struct bib_file *f, struct error *err)
{
    if (str_starts(f->text.ptr, OWN_BIB))
        return error_set(
            err, ERR_EXISTS,
            "%s is written anew by each carrel export, which would lose what is added: "
            "cite into another file, or delete its first line to keep it by hand",
            f->path);
    if (f->ends_open)
        return error_set(err, ERR_PARSE,
                         "%s:%ld: %s has no closing bracket, so nothing was added behind it",
                         f->path, f->added->open_line, f->added->open);
    return ERR_OK;
}

/* Is the path's file the one that was read, of `size` bytes, and not written since? */
static bool file_stands(const struct bib_file *f, off_t size, bool written)
{
    struct stat now;

    return stat(f->path, &now) == 0 && now.st_ino == f->seen.st_ino && now.st_dev == f->seen.st_dev
           && now.st_size == size
           && (written
               || (now.st_mtim.tv_sec == f->seen.st_mtim.tv_sec
                   && now.st_mtim.tv_nsec == f->seen.st_mtim.tv_nsec));
}

/* Does the file hold what was read and behind it so much (all, or the first bytes) of `more`? */
static bool file_is_ours(const struct bib_file *f, const struct str *more, bool all)
{
    struct str now = STR_INIT;
    size_t end = f->text.len;
    bool ours = file_read(&now, f->path, FILE_LIMIT, NULL) == ERR_OK && now.len > end
                && now.len - end <= more->len && (!all || now.len - end == more->len)
                && memcmp(now.ptr, f->text.ptr, end) == 0
                && memcmp(now.ptr + end, more->ptr, now.len - end) == 0;

    str_free(&now);
    return ours;
}

/* At once, or not at all; ERR_BUSY: somebody else writes the file, and it is to be read anew. */
static int file_append(struct bib_file *f, const struct str *more, struct error *err)
{
    off_t end = (off_t)f->text.len;
    int result;

    if (!file_stands(f, end, false))
        return error_set(err, ERR_BUSY, "%s is being written by another program", f->path);
    result = fd_write_all(f->fd, more->ptr, more->len, err);
    if (result == ERR_OK && fsync(f->fd) != 0)
        result = error_errno(err, "%s", f->path);
    if (result == ERR_OK) /* an editor may have been faster: then it lacks them still */
        return file_stands(f, end + (off_t)more->len, true) && file_is_ours(f, more, true)
                   ? ERR_OK
                   : error_set(err, ERR_BUSY, "%s is being written by another program", f->path);
    if (file_stands(f, end, true))
        return result;
    if (!file_is_ours(f, more, false) || ftruncate(f->fd, end) != 0)
        error_context(err, "%s may have a part of an entry in it", f->path);
    return result;
}

static int file_add(struct str *keys, struct cite_added *added, const struct cite_source *source,
                    const char *path, bool biblatex, struct error *err)
{
    struct bibliography_options options = { .form = biblatex ? BIB_BIBLATEX : BIB_BIBTEX };
    struct cites *cites = NULL;
    struct str more = STR_INIT;
    struct bib_file f;
    size_t i;
    int result;

    str_clear(keys);
    *added = (struct cite_added){ 0 };
    result = file_open(&f, path, added, err);
    if (result == ERR_OK)
        result = cites_new(&cites, source->store, &options, config_text(source->config, "cite.key"),
                           source->works, source->count, err);
    if (result == ERR_OK && f.text.len > 0 && f.text.ptr[f.text.len - 1] != '\n')
        str_add_char(&more, '\n');
    for (i = 0; i < source->count && result == ERR_OK; i++)
        result = add_one(&f, &more, keys, added, cites, source, source->works[i], &options, err);
    if (result == ERR_OK && added->added > 0)
        result = file_takes(&f, err);
    if (result == ERR_OK && added->added > 0)
        result = file_append(&f, &more, err);
    cites_free(cites);
    str_free(&more);
    file_close(&f);
    return result;
}

int cite_file_add(struct str *keys, struct cite_added *added, const struct cite_source *source,
                  const char *path, bool biblatex, struct error *err)
{
    int i, result = file_add(keys, added, source, path, biblatex, err);

    for (i = 1; i < TRIES && result == ERR_BUSY; i++) {
        clock_sleep_ms(PAUSE_MS);
        result = file_add(keys, added, source, path, biblatex, err);
    }
    return result;
}
