/*
 * Which commits are meant: revisions as Git has them, days, papers, and two of them; and steps from
 * one place to another that have to ask the clone first.
 */
#include "code_read.h"

#include "carrel/clock.h"
#include "carrel/works.h"

#include <stdio.h>
#include <string.h>

/* ---- the day of a paper ---- */

/* The month of an arXiv number that lies in the days given, as "2004" of "arxiv:2004.07180" says
 * it: the paper was out by then. */
static bool month_of_number(const char *alias, int32_t *first, int32_t *last)
{
    const char *number = str_starts(alias, "arxiv:") ? alias + 6 : "", *slash = strchr(number, '/');
    char month[16];
    int32_t from, to;
    int year;

    number = slash ? slash + 1 : number;
    if (strspn(number, "0123456789") < 4)
        return false;
    year = (number[0] - '0') * 10 + number[1] - '0';
    snprintf(month, sizeof month, "%d-%.2s", year + (year > 90 ? 1900 : 2000), number + 2);
    if (!date_parse(month, &from, &to) || from < *first || to > *last)
        return false;
    *first = from;
    *last = to;
    return true;
}

/* "2020 (taken as 2020-12-31)", in the arena. */
static const char *say_day(struct arena *arena, const char *published, bool by_number, int32_t last)
{
    char day[16];

    date_format(day, last);
    return arena_printf(arena, "%.10s%s, taken as %s", published,
                        by_number ? ", its month by its arXiv number" : "", day);
}

/* The last day that its date, made finer by its arXiv number, can mean. *said: NULL, or that the
 * date is partial. ERR_NOTFOUND without a message: it is no paper. */
static int day_of_paper(struct store *store, struct arena *arena, const char *id, char day[16],
                        const char **said, struct error *err)
{
    struct work_full full;
    struct ident ident;
    int64_t work;
    int32_t first, last;
    bool partial, finer = false;
    size_t i;
    int result;

    *said = NULL;
    if (!ident_parse(&ident, id) || ident.scheme == ID_REPO)
        return ERR_NOTFOUND;
    result = works_find(store, &work, id, err);
    if (result == ERR_OK)
        result = works_full(store, arena, work, &full, err);
    if (result != ERR_OK)
        return result;
    if (!date_parse(full.row.published, &first, &last))
        return error_set(err, ERR_NOTFOUND, "%.200s: no date of it is known", id);
    partial = first != last;
    for (i = 0; i < full.aliases.len && last - first > 31 && !finer; i++)
        finer = month_of_number(full.aliases.items[i], &first, &last);
    if (partial)
        *said = say_day(arena, full.row.published, finer, last);
    date_format(day, last);
    return ERR_OK;
}

const char *code_day_said(struct store *store, struct arena *arena, const char *revision)
{
    const char *said = NULL;
    char day[16];

    if (revision && *revision && day_of_paper(store, arena, revision, day, &said, NULL) != ERR_OK)
        return NULL;
    return said;
}

/* ---- revisions ---- */

int code_resolve(struct vcs *vcs, struct store *store, struct arena *arena, const char *revision,
                 char id[VCS_ID], const atomic_bool *cancel, struct error *err)
{
    struct error why = { 0 };
    const char *said;
    char day[16];
    int result = revision && *revision ? day_of_paper(store, arena, revision, day, &said, &why)
                                       : ERR_NOTFOUND;

    if (result == ERR_OK)
        return vcs_resolve(vcs, id, day, cancel, err);
    if (result != ERR_NOTFOUND || why.code)
        return error_set(err, result, "%s", why.message);
    return vcs_resolve(vcs, id, revision, cancel, err);
}

int code_resolve_two(struct vcs *vcs, struct store *store, struct arena *arena,
                     const char *revision, char from[VCS_ID], char id[VCS_ID],
                     const atomic_bool *cancel, struct error *err)
{
    const char *dots = revision ? strstr(revision, "..") : NULL;
    bool parted = dots && dots[2] == '.';
    char base[VCS_ID];
    int result;

    from[0] = '\0';
    if (!dots)
        return code_resolve(vcs, store, arena, revision, id, cancel, err);
    result =
        code_resolve(vcs, store, arena, arena_strndup(arena, revision, (size_t)(dots - revision)),
                     from, cancel, err);
    if (result == ERR_OK)
        result = code_resolve(vcs, store, arena, dots + (parted ? 3 : 2), id, cancel, err);
    if (result == ERR_OK && parted) {
        result = vcs_merge_base(vcs, base, from, id, err);
        memcpy(from, base, VCS_ID);
    }
    return result;
}

/* ---- steps ---- */

/* Is it there, at that commit? */
static int look(struct vcs *vcs, struct store *store, struct arena *arena, struct code_place *place,
                const atomic_bool *cancel, struct error *err)
{
    bool has_path =
        place->what == CODE_TREE || place->what == CODE_FILE || place->what == CODE_BLAME;
    char from[VCS_ID], id[VCS_ID];
    enum vcs_kind kind;
    int result = place->what == CODE_DIFF
                     ? code_resolve_two(vcs, store, arena, place->at, from, id, cancel, err)
                     : code_resolve(vcs, store, arena, place->at, id, cancel, err);

    if (result == ERR_OK && has_path)
        result = vcs_kind_of(vcs, id, place->path, &kind, err);
    return result;
}

static int step_before(struct vcs *vcs, struct arena *arena, struct code_place *place,
                       struct error *err)
{
    struct vcs_line line;
    int result =
        vcs_line_before(vcs, arena, place->at, place->path, (uint32_t)place->line, &line, err);

    if (result != ERR_OK)
        return result;
    place->at = arena_strdup(arena, line.commit);
    place->path = line.path;
    place->line = line.line;
    return ERR_OK;
}

int code_step(struct code_place *place, enum code_step step, struct store *store,
              struct arena *arena, const atomic_bool *cancel, struct error *err)
{
    struct vcs *vcs = NULL;
    struct clone clone;
    int result = clone_open(&vcs, &clone, store, arena, place->id, err);

    if (result == ERR_OK)
        result = step == CODE_BEFORE ? step_before(vcs, arena, place, err)
                                     : look(vcs, store, arena, place, cancel, err);
    vcs_close(vcs);
    return result;
}
