/*
 * The rows of each level of a clone but differences, which are in code_diff.c.
 */
#include "code_read.h"
#include "log_words.h"

#include "carrel/clock.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <string.h>

#define TAB 4
#define SIZES_MOST 2000u /* files of a folder whose sizes are looked up */
#define FILE_BYTES (2u << 20)
#define LINE_BYTES 10000u
#define SCAN_A_ROW 200u /* commits that are looked at for each one that is wanted */
#define NAME_COLUMNS 14
#define NAME_SHORT 8 /* beside the lines of a file */

struct code_row *code_add_row(struct code_reading *r, enum code_style style, char *left, char *text,
                              const struct code_place *leads)
{
    struct code_row row = { .style = style, .left = left, .text = text, .leads = leads };

    ARENA_PUSH(r->arena, r->out->rows, r->out->count, r->cap, row);
    return &r->out->rows[r->out->count - 1];
}

const struct code_place *code_lead(struct code_reading *r, enum code_what what, const char *at,
                                   const char *path, size_t line)
{
    struct code_place *place = arena_alloc(r->arena, sizeof *place);

    *place = (struct code_place){
        .id = r->place->id, .what = what, .from = "", .at = at, .path = path, .line = line
    };
    return place;
}

char *code_line(struct arena *arena, const char *bytes, size_t len)
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
    if (len > LINE_BYTES)
        str_add(&line, "…");
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

int code_read_tree(struct code_reading *r, struct error *err)
{
    struct vcs_entry *entries;
    size_t count, i;
    int result = vcs_tree(r->vcs, r->arena, r->place->at, r->place->path, &entries, &count,
                          &r->out->more, err);

    if (result == ERR_OK)
        result =
            vcs_sizes(r->vcs, entries, count < SIZES_MOST ? count : SIZES_MOST, r->cancel, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        const struct vcs_entry *entry = &entries[i];
        bool folder = entry->kind == VCS_FOLDER;
        char *path = joined(r->arena, r->place->path, entry->name);

        code_add_row(r,
                     folder                    ? CODE_FOLDER
                     : entry->kind == VCS_FILE ? CODE_PLAIN
                                               : CODE_QUIET,
                     size_text(r->arena, entry),
                     arena_printf(r->arena, "%s%s", entry->shown,
                                  folder                    ? "/"
                                  : entry->kind == VCS_LINK ? "@"
                                  : entry->executable       ? "*"
                                                            : ""),
                     entry->kind == VCS_SUBMODULE
                         ? NULL
                         : code_lead(r, folder ? CODE_TREE : CODE_FILE, r->place->at, path, 0));
    }
    return result;
}

static void add_lines(struct code_reading *r, const struct vcs_blob *blob,
                      const struct vcs_blame *blame)
{
    const char *at = blob->bytes, *end = blob->bytes + blob->len;
    size_t number = 0;
    uint32_t before = UINT32_MAX;

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = stop ? (size_t)(stop - at) : (size_t)(end - at);
        const struct code_place *leads = NULL, *origin = NULL;
        char *left = arena_printf(r->arena, "%5zu", number + 1), *again = NULL;
        struct code_row *row;

        if (blame) {
            const struct vcs_commit *commit = &blame->commits[blame->who[number]];
            const struct vcs_origin *was = &blame->origins[number];

            leads = code_lead(r, CODE_DIFF, commit->id, was->path, 0);
            origin = code_lead(r, CODE_BLAME, commit->id, was->path, was->line);
            again =
                arena_printf(r->arena, "%s%s", who_and_when(r->arena, commit, NAME_SHORT), left);
            left = before == blame->who[number]
                       ? arena_printf(r->arena, "%*s%s", 12 + NAME_SHORT, "", left)
                       : again;
            before = blame->who[number];
        }
        row = code_add_row(r, CODE_PLAIN, left, code_line(r->arena, at, len), leads);
        row->origin = origin;
        row->again = again;
        number++;
        at += len + 1;
    }
}

int code_read_file(struct code_reading *r, struct error *err)
{
    static char nothing[] = "";
    struct vcs_blob blob;
    int result = vcs_blob(r->vcs, r->arena, r->place->at, r->place->path, FILE_BYTES, &blob, err);

    if (result != ERR_OK)
        return result;
    if (blob.kind == VCS_LINK)
        code_add_row(r, CODE_QUIET, nothing, arena_printf(r->arena, "A link; it leads to:"), NULL);
    if (blob.binary || (blob.cut && blob.len == 0))
        code_add_row(r, CODE_QUIET, nothing,
                     arena_printf(r->arena, "%" PRId64 " bytes that are %s", blob.size,
                                  blob.binary ? "no text" : "too many to be shown"),
                     NULL);
    else
        add_lines(r, &blob, NULL);
    r->out->more = blob.cut;
    return ERR_OK;
}

int code_read_blame(struct code_reading *r, struct error *err)
{
    struct vcs_blame blame;
    int result = vcs_blame(r->vcs, r->arena, r->place->at, r->place->path, &blame, r->cancel, err);

    if (result == ERR_OK)
        add_lines(r, &blame.blob, &blame);
    return result;
}

static char *log_text(struct code_reading *r, const struct log_names *names,
                      const struct vcs_commit *commit)
{
    char *words = log_words(r->arena, names, commit);

    return commit->graph ? arena_printf(r->arena, "%s %s", commit->graph, words) : words;
}

int code_read_log(struct code_reading *r, struct error *err)
{
    enum vcs_graph_kind lines = r->wish->ascii ? VCS_GRAPH_ASCII : VCS_GRAPH_LINES;
    const struct vcs_log_options options = { .from = r->place->at,
                                             .all = r->wish->all,
                                             .path = r->place->path,
                                             .author = r->wish->author,
                                             .graph = r->wish->graph ? lines : VCS_GRAPH_NONE,
                                             .most = r->wish->most,
                                             .scan = r->wish->most * SCAN_A_ROW,
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

        code_add_row(r, CODE_PLAIN, left, log_text(r, &at, commit),
                     code_lead(r, CODE_DIFF, commit->id, r->place->path, 0))
            ->commit = commit->id;
    }
    r->out->more = log.more;
    return result;
}

int code_read_refs(struct code_reading *r, struct error *err)
{
    struct vcs_ref *refs;
    size_t count, i;
    char day[16];
    int result = vcs_refs(r->vcs, r->arena, &refs, &count, &r->out->more, r->cancel, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        date_format(day, (int32_t)(refs[i].at / 86400000));
        code_add_row(
            r, refs[i].is_default ? CODE_FOLDER : CODE_PLAIN,
            arena_printf(r->arena, "%-6s  %s", refs[i].kind == VCS_TAG ? "tag" : "branch", day),
            arena_printf(r->arena, "%s  %s", refs[i].name, refs[i].summary),
            code_lead(r, CODE_TREE, refs[i].id, "", 0))
            ->commit = refs[i].id;
    }
    return result;
}
