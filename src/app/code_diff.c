/*
 * What a commit changes, or what lies between two, as rows: files and hunks to go to, and lines
 * that lead to where they stand in the file, those that went in the file as it was before.
 */
#include "code_read.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>

static char nothing[] = "";

/* ---- heads ---- */

static void add_words(struct code_reading *r, const char *text)
{
    const char *at = text, *end = text + strlen(text);

    while (at < end) {
        size_t len = strcspn(at, "\n");

        code_add_row(r, CODE_HEAD, nothing, code_line(r->arena, at, len), NULL);
        at += len + (at[len] != '\0');
    }
}

static void add_commit(struct code_reading *r, const struct vcs_commit *commit)
{
    char at[32];

    time_format(at, commit->at);
    code_add_row(r, CODE_HEAD, nothing, commit->summary,
                 code_lead(r, CODE_TREE, commit->id, "", 0));
    code_add_row(
        r, CODE_QUIET, nothing,
        arena_printf(r->arena, "%s  %s <%s>  %s", at, commit->author, commit->email, commit->id),
        NULL);
    add_words(r, commit->body);
}

/* One of two: its whole difference is where the row leads. */
static void add_end(struct code_reading *r, const char *which, const struct vcs_commit *commit)
{
    char day[16];

    date_format(day, (int32_t)(commit->at / 86400000));
    code_add_row(
        r, CODE_HEAD, nothing,
        arena_printf(r->arena, "%s %.10s  %s  %s", which, commit->id, day, commit->summary),
        code_lead(r, CODE_DIFF, commit->id, "", 0));
}

/* ---- files ---- */

/* Where the lines of a hunk are. */
struct lines {
    const char *new_path, *old_path, *old_commit; /* old_commit "": there is none before */
    size_t old_line, new_line;
};

/* "@@ -5,7 +6,8 @@" */
static void begin_hunk(struct lines *lines, const char *head)
{
    const char *old = strchr(head, '-'), *new = old ? strchr(old, '+') : NULL;

    if (!new)
        return;
    lines->old_line = strtoul(old + 1, NULL, 10);
    lines->new_line = strtoul(new + 1, NULL, 10);
}

static void add_line(struct code_reading *r, struct lines *lines, const char *at, size_t len)
{
    char kind = len > 0 ? *at : ' ';
    bool gone = kind == '-', head = kind == '@';
    const struct code_place *leads = NULL;
    struct code_row *row;

    if (head)
        begin_hunk(lines, at);
    if (gone && *lines->old_commit)
        leads = code_lead(r, CODE_FILE, lines->old_commit, lines->old_path, lines->old_line);
    else if (!gone)
        leads = code_lead(r, CODE_FILE, r->place->at, lines->new_path, lines->new_line);
    row = code_add_row(r,
                       kind == '+' ? CODE_ADDED
                       : gone      ? CODE_REMOVED
                       : head      ? CODE_QUIET
                                   : CODE_PLAIN,
                       nothing, code_line(r->arena, at, len), leads);
    row->stop = head ? CODE_STOP_HUNK : CODE_STOP_NONE;
    lines->old_line += gone || kind == ' ';
    lines->new_line += kind == '+' || kind == ' ';
}

static char *file_text(struct arena *arena, const struct vcs_diff_file *file)
{
    if (file->binary)
        return arena_printf(arena, "%c  %s  (not compared)", file->status, file->path);
    return arena_printf(arena, "%c  %s%s%s  +%zu -%zu", file->status, file->was ? file->was : "",
                        file->was ? " -> " : "", file->path, file->added, file->removed);
}

static void add_file(struct code_reading *r, const struct vcs_diff *diff,
                     const struct vcs_diff_file *file)
{
    const char *at = diff->text + file->start, *end = diff->text + file->end;
    bool gone = file->status == 'D';
    struct lines lines = { .new_path = file->raw,
                           .old_path = file->was ? vcs_typed_path(r->arena, file->was) : file->raw,
                           .old_commit = *r->place->from ? r->place->from : r->out->commit.parent };

    code_add_row(r, CODE_PLAIN, nothing, nothing, NULL);
    if (*r->place->path && strcmp(file->raw, r->place->path) == 0)
        r->out->start = r->out->count;
    code_add_row(r, CODE_FOLDER, nothing, file_text(r->arena, file),
                 gone ? code_lead(r, CODE_FILE, lines.old_commit, lines.old_path, 0)
                      : code_lead(r, CODE_FILE, r->place->at, file->raw, 0))
        ->stop = CODE_STOP_FILE;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = stop ? (size_t)(stop - at) : (size_t)(end - at);

        add_line(r, &lines, at, len);
        at += len + 1;
    }
}

int code_read_diff(struct code_reading *r, struct error *err)
{
    const struct vcs_commit *commit = &r->out->commit;
    struct vcs_diff diff;
    size_t i;
    int result = vcs_diff(r->vcs, r->arena, r->place->from, r->place->at, &diff, r->cancel, err);

    if (result != ERR_OK)
        return result;
    if (*r->place->from) {
        add_end(r, "from", &r->before);
        add_end(r, "to  ", commit);
    } else {
        add_commit(r, commit);
    }
    if (diff.total == 0)
        code_add_row(r, CODE_QUIET, nothing, arena_strdup(r->arena, "No file differs."), NULL);
    for (i = 0; i < diff.count; i++)
        add_file(r, &diff, &diff.files[i]);
    r->out->more = diff.cut;
    return ERR_OK;
}
