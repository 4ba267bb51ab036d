/*
 * What changed in a paper; see paper_changes.h. Two versions are compared by the words of one
 * source where it had both, since sources write the same title in different ways.
 */
#include "carrel/paper_changes.h"

#include "carrel/clock.h"
#include "carrel/document.h"
#include "carrel/documents.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_COMPARED (4u << 20) /* bytes of a document */

/* ---- which two ---- */

/* Before there was a note of it: the newest that was here when the mark was made. */
static int read_by_time(const struct edition **out, struct store *store, int64_t work,
                        const struct edition *editions, size_t count, struct error *err)
{
    int64_t at = 0;
    size_t i;
    int result =
        store_lookup(store, &at, "SELECT changed FROM reading WHERE work_id = ?1 AND state = 1",
                     NULL, work, 0, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (editions[i].came > 0 && editions[i].came <= at)
            *out = &editions[i];
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static const struct edition *with_words(const struct edition *editions, const struct edition *end)
{
    while (end > editions)
        if ((--end)->len > 0)
            return end;
    return NULL;
}

/* NULL: nothing is known to have been read. */
static int version_read(const struct edition **out, struct paper_changes *changes,
                        struct store *store, struct arena *arena, struct error *err)
{
    char *seen;
    int result = seen_get(&seen, store, arena, changes->row.id, err);

    *out = NULL;
    if (result == ERR_OK && seen)
        *out = edition_find(changes->editions, changes->edition_count, seen);
    if (result == ERR_OK && !*out)
        result = read_by_time(out, store, changes->row.id, changes->editions,
                              changes->edition_count, err);
    return result;
}

static int choose_from(struct paper_changes *changes, struct store *store, struct arena *arena,
                       const char *since, struct error *err)
{
    const struct edition *newest = &changes->editions[changes->edition_count - 1];
    int result = ERR_OK;

    if (since && strcmp(since, "first") == 0) {
        changes->from = &changes->editions[0];
    } else if (since && strcmp(since, "read") != 0) {
        changes->from = edition_find(changes->editions, changes->edition_count, since);
        if (!changes->from)
            result = error_set(err, ERR_NOTFOUND,
                               "%s has no version '%s': write v2, 2024-03-05, read or first",
                               changes->row.key, since);
    } else {
        result = version_read(&changes->from, changes, store, arena, err);
        changes->read_from = changes->from != NULL;
        if (!changes->from)
            changes->from = with_words(changes->editions, newest);
    }
    return result;
}

static const struct edition *newest_words(const struct paper_changes *changes)
{
    return with_words(changes->editions, changes->editions + changes->edition_count);
}

/* Why there is nothing to compare, if so. */
static void choose_judge(struct paper_changes *changes, struct arena *arena)
{
    struct str why = STR_INIT;

    if (!changes->from || !changes->to)
        str_add(&why, "only one version of it has been here");
    else if (changes->from == changes->to) {
        edition_name(&why, changes->to);
        str_add(&why, changes->read_from ? ", which was read, is the newest" : " is the newest");
    } else if (changes->from->len == 0) {
        str_add(&why, "the words of ");
        edition_name(&why, changes->from);
        str_add(&why, " were never here");
    }
    if (why.len)
        changes->why = arena_strdup(arena, why.ptr);
    str_free(&why);
}

/* ---- their words ---- */

static const struct edition_words *last_of(const struct edition *edition, const char *source)
{
    size_t i;

    for (i = edition->len; i > 0; i--)
        if (!source || strcmp(edition->words[i - 1].source, source) == 0)
            return &edition->words[i - 1];
    return NULL;
}

/* Of a source that had both, the one that says the most; else the newest of each. */
static void choose_words(const struct paper_changes *changes, const struct record **older,
                         const struct record **newer)
{
    const struct edition_words *a = last_of(changes->from, NULL), *b = last_of(changes->to, NULL);
    size_t i;

    for (i = 0; i < changes->to->len; i++) {
        const struct edition_words *words = &changes->to->words[i];
        const struct edition_words *same = last_of(changes->from, words->source);

        if (same && (strcmp(a->source, b->source) != 0 || words->record.comment)) {
            a = same;
            b = words;
        }
    }
    *older = &a->record;
    *newer = &b->record;
}

static char *plain(struct arena *arena, const char *text)
{
    struct str readable = STR_INIT;
    char *copy;

    text_from_latex(&readable, text ? text : "");
    copy = arena_strdup(arena, readable.ptr);
    str_free(&readable);
    return copy;
}

static char *joined(struct arena *arena, const struct text_list *list)
{
    struct str text = STR_INIT;
    char *copy;

    text_list_join(&text, list, ", ");
    copy = plain(arena, text.ptr);
    str_free(&text);
    return copy;
}

static struct changed_part *add_part(struct paper_changes *changes, struct arena *arena,
                                     const char *name, const char *older, const char *newer)
{
    struct changed_part *part = &changes->parts[changes->part_count];

    *part = (struct changed_part){ .name = name };
    worddiff(&part->diff, arena, older, newer, WORDDIFF_READABLE);
    if (part->diff.changes == 0)
        return NULL;
    changes->part_count++;
    return part;
}

static void add_words(struct paper_changes *changes, struct arena *arena)
{
    const struct record *a, *b;

    choose_words(changes, &a, &b);
    add_part(changes, arena, "title", plain(arena, a->title), plain(arena, b->title));
    add_part(changes, arena, "authors", joined(arena, &a->authors), joined(arena, &b->authors));
    add_part(changes, arena, "comment", plain(arena, a->comment), plain(arena, b->comment));
    add_part(changes, arena, "categories", joined(arena, &a->categories),
             joined(arena, &b->categories));
    add_part(changes, arena, "venue", plain(arena, a->venue), plain(arena, b->venue));
    add_part(changes, arena, "abstract", plain(arena, a->abstract), plain(arena, b->abstract));
}

/* ---- their texts ---- */

static int open_document(struct document **out, struct store *store, int64_t id, struct error *err)
{
    struct str packed = STR_INIT;
    int result = documents_packed(&packed, store, id, err);

    if (result == ERR_OK)
        result = document_unpack(out, packed.ptr, packed.len, err);
    str_free(&packed);
    return result;
}

/* As the stamp on its first page has it, else the address it came from. */
static int document_version(const struct document *doc, const struct stored_document *row)
{
    struct ident ident;

    if (doc->meta.arxiv_version > 0)
        return (int)doc->meta.arxiv_version;
    return ident_parse(&ident, row->origin) && ident.scheme == ID_ARXIV ? ident.version : 0;
}

/* The documents of the two versions; NULL: it is not here. */
static int open_texts(struct document *texts[2], const struct paper_changes *changes,
                      struct store *store, struct arena *arena, struct error *err)
{
    const int wanted[2] = { changes->from->number, changes->to->number };
    struct stored_document *rows;
    struct document *doc;
    size_t count = 0, i, k;
    int result = documents_of(&rows, &count, store, arena, changes->row.id, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        if (!stored_document_is_text(&rows[i]))
            continue;
        doc = NULL;
        result = open_document(&doc, store, rows[i].id, err);
        for (k = 0; k < 2 && doc; k++)
            if (!texts[k] && wanted[k] > 0 && document_version(doc, &rows[i]) == wanted[k]) {
                texts[k] = doc;
                doc = NULL;
            }
        document_free(doc);
    }
    return result;
}

static char *reading_text(struct arena *arena, const struct document *doc)
{
    size_t len = doc->reading_len < TEXT_COMPARED ? doc->reading_len : TEXT_COMPARED;

    while (len < doc->reading_len && len > 0 && ((unsigned char)doc->text[len] & 0xC0) == 0x80)
        len--;
    return arena_strndup(arena, doc->text, len);
}

/* Of the place in the newer text where a run stands, or would. */
static void add_headings(struct changed_part *part, struct arena *arena,
                         const struct document *newer)
{
    uint32_t at = 0, section;
    size_t i;

    part->headings = arena_alloc(arena, (part->diff.len + 1) * sizeof *part->headings);
    for (i = 0; i < part->diff.len; i++) {
        const struct diff_run *run = &part->diff.runs[i];

        section = document_section_of(newer, at);
        part->headings[i] =
            arena_strdup(arena, section == DOCUMENT_NONE ? "" : newer->sections[section].title);
        if (run->kind != DIFF_GONE)
            at += (uint32_t)run->len;
    }
}

static void tell_missing(struct paper_changes *changes, struct arena *arena,
                         struct document *const texts[2])
{
    const struct edition *of = texts[0] ? changes->to : changes->from;
    struct str note = STR_INIT;

    if (!texts[0] && !texts[1])
        str_add(&note, "no document of either version is here, so only what its sources say is "
                       "compared");
    else {
        str_add(&note, "the texts are not compared: the document of ");
        edition_name(&note, of);
        str_add(&note, " is not here");
    }
    changes->note = arena_strdup(arena, note.ptr);
    str_free(&note);
}

static int add_text(struct paper_changes *changes, struct store *store, struct arena *arena,
                    struct error *err)
{
    struct document *texts[2] = { NULL, NULL };
    struct changed_part *part = NULL;
    int result = open_texts(texts, changes, store, arena, err);

    if (result == ERR_OK && texts[0] && texts[1])
        part = add_part(changes, arena, "text", reading_text(arena, texts[0]),
                        reading_text(arena, texts[1]));
    else if (result == ERR_OK)
        tell_missing(changes, arena, texts);
    if (part) {
        part->around = CHANGES_AROUND;
        add_headings(part, arena, texts[1]);
        if (part->diff.coarse)
            changes->note = arena_strdup(arena, "the texts differ too much to be compared word by "
                                                "word throughout: some passages stand whole");
    }
    document_free(texts[0]);
    document_free(texts[1]);
    return result;
}

int paper_changes_read(struct paper_changes *out, struct store *store, struct arena *arena,
                       int64_t work, const char *since, bool text, struct error *err)
{
    int result;

    *out = (struct paper_changes){ .parts = arena_alloc(arena, 8 * sizeof *out->parts) };
    result = works_rows(store, arena, &work, 1, &out->row, err);
    if (result == ERR_OK && out->row.id == 0)
        result = error_set(err, ERR_NOTFOUND, "work %" PRId64 " is no longer in the library", work);
    if (result == ERR_OK)
        result = editions_of(&out->editions, &out->edition_count, store, arena, work, err);
    if (result != ERR_OK)
        return result;
    out->title = plain(arena, out->row.title);
    if (out->edition_count == 0) {
        out->why = arena_strdup(arena, "its sources tell no versions of it");
        return ERR_OK;
    }
    out->to = newest_words(out);
    result = choose_from(out, store, arena, since, err);
    if (result == ERR_OK)
        choose_judge(out, arena);
    if (result == ERR_OK && !out->why)
        add_words(out, arena);
    return result == ERR_OK && !out->why && text ? add_text(out, store, arena, err) : result;
}
