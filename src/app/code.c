/*
 * A clone in levels: see carrel/code.h. Everything is read whole by one question, bounded as vcs.h
 * has it, so that a view needs no clone open while it is looked at.
 */
#include "carrel/code.h"

#include "clone.h"
#include "log_words.h"

#include "carrel/clock.h"
#include "carrel/text.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TAB 4
#define SIZES_MOST 2000u /* files of a folder whose sizes are looked up */
#define FILE_BYTES (2u << 20)
#define LINE_BYTES 1000u
#define NAME_COLUMNS 14
#define NAME_SHORT 8 /* beside the lines of a file */

static const char *const names[CODE_WHATS] = { "tree", "file", "log", "diff", "blame", "refs" };

const char *code_what_name(enum code_what what)
{
    return names[what];
}

/* ---- places ---- */

static const char *take_word(struct arena *arena, const char **at)
{
    const char *word;

    *at += strspn(*at, " ");
    word = arena_strndup(arena, *at, strcspn(*at, " "));
    *at += strcspn(*at, " ");
    return word;
}

int code_place_parse(struct code_place *out, struct arena *arena, const char *text,
                     struct error *err)
{
    const char *word;
    size_t i;

    *out = (struct code_place){ .id = take_word(arena, &text) };
    word = take_word(arena, &text);
    for (i = 0; *word && i < CODE_WHATS; i++)
        if (strcmp(word, names[i]) == 0)
            break;
    if (i == CODE_WHATS)
        return error_set(err, ERR_USAGE, "'%.40s': tree, file, log, diff, blame or refs", word);
    out->what = *word ? (enum code_what)i : CODE_TREE;
    out->at = take_word(arena, &text);
    if (strcmp(out->at, "-") == 0)
        out->at = "";
    out->path = vcs_typed_path(arena, *text ? text + 1 : "");
    return ERR_OK;
}

char *code_place_print(struct arena *arena, const struct code_place *place)
{
    bool hash = strlen(place->at) == VCS_ID - 1; /* whose beginning says as much */

    return arena_printf(arena, "%s %s %.*s%s%s", place->id, names[place->what], hash ? 12 : 200,
                        *place->at ? place->at : "-", *place->path ? " " : "",
                        vcs_shown_path(arena, place->path));
}

/* ---- revisions ---- */

/* The day on which a paper came out, as a revision. ERR_NOTFOUND without a message: it is none. */
static int day_of_paper(struct store *store, struct arena *arena, const char *id, char day[16],
                        struct error *err)
{
    struct work_row row;
    struct ident ident;
    int64_t work;
    int32_t last;
    int result;

    if (!ident_parse(&ident, id) || ident.scheme == ID_REPO)
        return ERR_NOTFOUND;
    result = works_find(store, &work, id, err);
    if (result == ERR_OK)
        result = works_rows(store, arena, &work, 1, &row, err);
    if (result != ERR_OK)
        return result;
    if (!date_parse(row.published, NULL, &last))
        return error_set(err, ERR_NOTFOUND, "%.200s: no date of it is known", id);
    date_format(day, last);
    return ERR_OK;
}

int code_resolve(struct vcs *vcs, struct store *store, struct arena *arena, const char *revision,
                 char id[VCS_ID], const atomic_bool *cancel, struct error *err)
{
    struct error why = { 0 };
    char day[16];
    int result =
        revision && *revision ? day_of_paper(store, arena, revision, day, &why) : ERR_NOTFOUND;

    if (result == ERR_OK)
        return vcs_resolve(vcs, id, day, cancel, err);
    if (result != ERR_NOTFOUND || why.code)
        return error_set(err, result, "%s", why.message);
    return vcs_resolve(vcs, id, revision, cancel, err);
}

/* ---- rows ---- */

struct reading {
    struct code_level *out;
    struct store *store;
    struct arena *arena;
    struct vcs *vcs;
    const struct code_place *place; /* as out->place has it */
    const atomic_bool *cancel;
    size_t cap, most;
};

static void add_row(struct reading *r, enum code_style style, char *left, char *text,
                    const struct code_place *leads)
{
    struct code_row row = { style, left, text, leads };

    ARENA_PUSH(r->arena, r->out->rows, r->out->count, r->cap, row);
}

static const struct code_place *lead(struct reading *r, enum code_what what, const char *at,
                                     const char *path)
{
    struct code_place *place = arena_alloc(r->arena, sizeof *place);

    *place = (struct code_place){ r->place->id, what, arena_strdup(r->arena, at),
                                  arena_strdup(r->arena, path) };
    return place;
}

/* A line of a file, fit to be drawn: clean, with blanks for tabs. */
static char *plain_line(struct arena *arena, const char *bytes, size_t len)
{
    struct str clean = STR_INIT, line = STR_INIT;
    char *kept;
    size_t i;

    utf8_clean(&clean, bytes, len < LINE_BYTES ? len : LINE_BYTES);
    for (i = 0; i < clean.len; i++)
        if (clean.ptr[i] == '\t')
            str_add_repeat(&line, ' ', TAB - line.len % TAB);
        else if (clean.ptr[i] != '\n')
            str_add_char(&line, clean.ptr[i]);
    kept = arena_strndup(arena, line.ptr, line.len);
    str_free(&clean);
    str_free(&line);
    return kept;
}

static char *who_and_when(struct arena *arena, const struct vcs_commit *commit, int columns)
{
    struct str author = STR_INIT;
    char day[16], *text;

    date_format(day, (int32_t)(commit->at / 86400000));
    text_ellipsis(&author, commit->author, columns, false);
    str_add_repeat(&author, ' ', (size_t)(columns - text_width(author.ptr)));
    text = arena_printf(arena, "%s  %s", day, author.ptr);
    str_free(&author);
    return text;
}

/* ---- levels ---- */

static char *joined(struct arena *arena, const char *folder, const char *name)
{
    size_t len = strlen(folder);

    while (len > 0 && folder[len - 1] == '/')
        len--;
    return arena_printf(arena, "%.*s%s%s", (int)len, folder, len ? "/" : "", name);
}

static char *size_text(struct arena *arena, const struct vcs_entry *entry)
{
    if (entry->kind == VCS_SUBMODULE)
        return arena_strdup(arena, " submodule");
    if (entry->size < 0)
        return arena_strdup(arena, "          ");
    return arena_printf(arena, "%10" PRId64, entry->size);
}

static int read_tree(struct reading *r, struct error *err)
{
    struct vcs_entry *entries;
    size_t count, i;
    int result = vcs_tree(r->vcs, r->arena, r->place->at, r->place->path, &entries, &count,
                          &r->out->more, err);

    if (result == ERR_OK)
        result = vcs_sizes(r->vcs, entries, count < SIZES_MOST ? count : SIZES_MOST, r->cancel,
                           err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        const struct vcs_entry *entry = &entries[i];
        bool folder = entry->kind == VCS_FOLDER;
        char *path = joined(r->arena, r->place->path, entry->name);

        add_row(r, folder ? CODE_FOLDER : entry->kind == VCS_FILE ? CODE_PLAIN : CODE_QUIET,
                size_text(r->arena, entry),
                arena_printf(r->arena, "%s%s", entry->shown,
                             folder                       ? "/"
                             : entry->kind == VCS_LINK    ? "@"
                             : entry->executable          ? "*"
                                                          : ""),
                entry->kind == VCS_SUBMODULE
                    ? NULL
                    : lead(r, folder ? CODE_TREE : CODE_FILE, r->place->at, path));
    }
    return result;
}

static void add_lines(struct reading *r, const struct vcs_blob *blob,
                      const struct vcs_blame *blame)
{
    const char *at = blob->bytes, *end = blob->bytes + blob->len;
    size_t number = 0;
    uint32_t before = UINT32_MAX;

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = stop ? (size_t)(stop - at) : (size_t)(end - at);
        const struct code_place *leads = NULL;
        char *left = arena_printf(r->arena, "%5zu", number + 1);

        if (blame) {
            const struct vcs_commit *commit = &blame->commits[blame->who[number]];

            leads = lead(r, CODE_DIFF, commit->id, "");
            left = before == blame->who[number]
                       ? arena_printf(r->arena, "%*s%s", 12 + NAME_SHORT, "", left)
                       : arena_printf(r->arena, "%s%s",
                                      who_and_when(r->arena, commit, NAME_SHORT), left);
            before = blame->who[number];
        }
        add_row(r, CODE_PLAIN, left, plain_line(r->arena, at, len), leads);
        number++;
        at += len + 1;
    }
}

static int read_file(struct reading *r, struct error *err)
{
    static char nothing[] = "";
    struct vcs_blob blob;
    int result =
        vcs_blob(r->vcs, r->arena, r->place->at, r->place->path, FILE_BYTES, &blob, err);

    if (result != ERR_OK)
        return result;
    if (blob.kind == VCS_LINK)
        add_row(r, CODE_QUIET, nothing, arena_printf(r->arena, "A link; it leads to:"), NULL);
    if (blob.binary || (blob.cut && blob.len == 0))
        add_row(r, CODE_QUIET, nothing,
                arena_printf(r->arena, "%" PRId64 " bytes that are %s", blob.size,
                             blob.binary ? "no text" : "too many to be shown"),
                NULL);
    else
        add_lines(r, &blob, NULL);
    r->out->more = blob.cut;
    return ERR_OK;
}

static int read_blame(struct reading *r, struct error *err)
{
    struct vcs_blame blame;
    int result =
        vcs_blame(r->vcs, r->arena, r->place->at, r->place->path, &blame, r->cancel, err);

    if (result == ERR_OK)
        add_lines(r, &blame.blob, &blame);
    return result;
}

static int read_log(struct reading *r, struct error *err)
{
    const struct vcs_log_options options = { .from = r->place->at,
                                             .path = r->place->path,
                                             .most = r->most,
                                             .cancel = r->cancel };
    struct log_names at;
    struct vcs_log log;
    size_t i;
    int result = vcs_log(r->vcs, r->arena, &options, &log, err);

    if (result == ERR_OK)
        result = log_names_read(&at, r->vcs, r->arena, r->cancel, err);
    for (i = 0; i < log.count && result == ERR_OK; i++) {
        const struct vcs_commit *commit = &log.commits[i];
        char *left = arena_printf(r->arena, "%.7s  %s", commit->id,
                                  who_and_when(r->arena, commit, NAME_COLUMNS));

        add_row(r, CODE_PLAIN, left, log_words(r->arena, &at, commit),
                lead(r, CODE_DIFF, commit->id, ""));
    }
    r->out->more = log.more;
    return result;
}

/* Lines of a text of several, each a row. */
static void add_text(struct reading *r, enum code_style style, const char *text, size_t len)
{
    static char nothing[] = "";
    const char *at = text, *end = text + len;

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t line = stop ? (size_t)(stop - at) : (size_t)(end - at);
        enum code_style of = style != CODE_PLAIN ? style
                             : *at == '+'        ? CODE_ADDED
                             : *at == '-'        ? CODE_REMOVED
                             : *at == '@'        ? CODE_QUIET
                                                 : CODE_PLAIN;

        add_row(r, of, nothing, plain_line(r->arena, at, line), NULL);
        at += line + 1;
    }
}

static int read_diff(struct reading *r, struct error *err)
{
    static char nothing[] = "";
    const struct vcs_commit *commit = &r->out->commit;
    struct vcs_diff diff;
    char at[32];
    size_t i;
    int result = vcs_diff(r->vcs, r->arena, NULL, r->place->at, &diff, r->cancel, err);

    if (result != ERR_OK)
        return result;
    time_format(at, commit->at);
    add_row(r, CODE_HEAD, nothing, commit->summary, lead(r, CODE_TREE, commit->id, ""));
    add_row(r, CODE_QUIET, nothing,
            arena_printf(r->arena, "%s  %s <%s>  %s", at, commit->author, commit->email,
                         commit->id),
            NULL);
    add_text(r, CODE_HEAD, commit->body, strlen(commit->body));
    for (i = 0; i < diff.count; i++) {
        const struct vcs_diff_file *file = &diff.files[i];

        add_row(r, CODE_PLAIN, nothing, arena_strdup(r->arena, ""), NULL);
        add_row(r, CODE_FOLDER, nothing,
                file->binary
                    ? arena_printf(r->arena, "%c  %s  (not compared)", file->status, file->path)
                    : arena_printf(r->arena, "%c  %s%s%s  +%zu -%zu", file->status,
                                   file->was ? file->was : "", file->was ? " -> " : "",
                                   file->path, file->added, file->removed),
                file->status == 'D' ? NULL : lead(r, CODE_FILE, commit->id, file->raw));
        add_text(r, CODE_PLAIN, diff.text + file->start, file->end - file->start);
    }
    r->out->more = diff.cut;
    return ERR_OK;
}

static int read_refs(struct reading *r, struct error *err)
{
    struct vcs_ref *refs;
    size_t count, i;
    char day[16];
    int result =
        vcs_refs(r->vcs, r->arena, &refs, &count, &r->out->more, r->cancel, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        date_format(day, (int32_t)(refs[i].at / 86400000));
        add_row(r, refs[i].is_default ? CODE_FOLDER : CODE_PLAIN,
                arena_printf(r->arena, "%-6s  %s", refs[i].kind == VCS_TAG ? "tag" : "branch",
                             day),
                arena_printf(r->arena, "%s  %s", refs[i].name, refs[i].summary),
                lead(r, CODE_TREE, refs[i].id, ""));
    }
    return result;
}

static int (*const readers[CODE_WHATS])(struct reading *, struct error *) = {
    [CODE_TREE] = read_tree, [CODE_FILE] = read_file,   [CODE_LOG] = read_log,
    [CODE_DIFF] = read_diff, [CODE_BLAME] = read_blame, [CODE_REFS] = read_refs,
};

/* ---- which repository ---- */

/* Of a paper: the surest of its repositories that is cloned; on the paper's day unless said. */
static int clone_of_paper(struct store *store, struct arena *arena, struct code_place *place,
                          struct error *err)
{
    struct repository_row *rows = NULL;
    struct clone clone;
    struct ident ident;
    int64_t work;
    size_t count = 0, i;
    int result;

    if (!ident_parse(&ident, place->id) || ident.scheme == ID_REPO)
        return ERR_OK;
    result = works_find(store, &work, place->id, err);
    if (result == ERR_OK)
        result = repositories_of_work(store, arena, work, &rows, &count, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        if (!rows[i].id || clones_get(store, arena, rows[i].id, &clone, NULL) != ERR_OK)
            continue;
        place->at = *place->at ? place->at : place->id;
        place->id = arena_printf(arena, "repo:%s", rows[i].key);
        return ERR_OK;
    }
    if (result != ERR_OK)
        return result;
    if (count == 0)
        return error_set(err, ERR_NOTFOUND, "%.100s links to no repository", place->id);
    return error_set(err, ERR_NOTFOUND,
                     "none of its repositories is cloned: ':add --clone repo:%.200s' does it",
                     rows[0].key);
}

/* What one looks at first, since a narrow screen cuts the end; the commit is beside it. */
static void name_level(struct reading *r)
{
    const struct code_place *place = r->place;
    char day[16], *shown = vcs_shown_path(r->arena, place->path);

    date_format(day, (int32_t)(r->out->commit.at / 86400000));
    r->out->title = arena_printf(r->arena, "%s%s%s  %s", names[place->what], *shown ? " " : "",
                                 shown, place->id + 5);
    r->out->as_of = arena_printf(r->arena, "%s  %.8s", day, r->out->commit.id);
}

static int read_level(struct reading *r, struct error *err)
{
    struct code_place *place = &r->out->place;
    char id[VCS_ID];
    int result = code_resolve(r->vcs, r->store, r->arena, place->at, id, r->cancel, err);

    if (result == ERR_OK)
        result = vcs_commit(r->vcs, r->arena, id, &r->out->commit, err);
    if (result != ERR_OK)
        return result;
    place->at = arena_strdup(r->arena, id);
    result = readers[place->what](r, err);
    if (result == ERR_OK)
        name_level(r);
    return result;
}

int code_read(struct code_level *out, struct store *store, struct arena *arena,
              const struct code_place *place, size_t most, const atomic_bool *cancel,
              struct error *err)
{
    struct reading reading = { .out = out,
                               .store = store,
                               .arena = arena,
                               .place = &out->place,
                               .cancel = cancel,
                               .most = most };
    struct str key = STR_INIT;
    struct clone clone;
    int result;

    *out = (struct code_level){ .place = *place };
    result = clone_of_paper(store, arena, &out->place, err);
    if (result == ERR_OK && !repository_key(&key, out->place.id))
        result = error_set(err, ERR_USAGE, "'%.100s' names no repository", out->place.id);
    if (result == ERR_OK) {
        out->place.id = arena_printf(arena, "repo:%s", key.ptr);
        result = clone_open(&reading.vcs, &clone, store, arena, out->place.id, err);
    }
    if (result == ERR_OK)
        result = read_level(&reading, err);
    vcs_close(reading.vcs);
    str_free(&key);
    return result;
}
