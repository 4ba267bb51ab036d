/*
 * A clone in levels: see carrel/code.h. Everything is read whole by one question, bounded as vcs.h
 * has it, so that a view needs no clone open while it is looked at.
 */
#include "code_read.h"

#include "carrel/clock.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[CODE_WHATS] = { "tree", "file", "log", "diff", "blame", "refs" };

/* ---- places ---- */

static const char *take_word(struct arena *arena, const char **at)
{
    const char *word;

    *at += strspn(*at, " ");
    word = arena_strndup(arena, *at, strcspn(*at, " "));
    *at += strcspn(*at, " ");
    return word;
}

/* "file" or "file:12". */
static bool parse_word(struct code_place *out, const char *word)
{
    size_t len = strcspn(word, ":"), i;
    char *end = NULL;

    for (i = 0; i < CODE_WHATS; i++)
        if (strlen(names[i]) == len && strncmp(word, names[i], len) == 0)
            break;
    if (i == CODE_WHATS)
        return false;
    out->what = (enum code_what)i;
    if (word[len] == ':')
        out->line = strtoul(word + len + 1, &end, 10);
    return !end || (*end == '\0' && out->line > 0);
}

int code_place_parse(struct code_place *out, struct arena *arena, const char *text,
                     struct error *err)
{
    const char *word;

    *out = (struct code_place){ .id = take_word(arena, &text), .from = "" };
    word = take_word(arena, &text);
    if (*word && !parse_word(out, word))
        return error_set(err, ERR_USAGE,
                         "'%.40s': tree, file, log, diff, blame or refs, with a line as in file:12",
                         word);
    out->at = take_word(arena, &text);
    if (strcmp(out->at, "-") == 0)
        out->at = "";
    out->path = vcs_typed_path(arena, *text ? text + 1 : "");
    return ERR_OK;
}

/* Of a hash its beginning says as much. */
static int shown_bytes(const char *revision)
{
    return strlen(revision) == VCS_ID - 1 && !strchr(revision, '.') ? 12 : 200;
}

char *code_place_print(struct arena *arena, const struct code_place *place)
{
    struct str out = STR_INIT;
    char *text;

    str_printf(&out, "%s %s", place->id, names[place->what]);
    if (place->line > 0)
        str_printf(&out, ":%zu", place->line);
    str_printf(&out, " %.*s%s%.*s", shown_bytes(place->from), place->from, *place->from ? ".." : "",
               shown_bytes(place->at), *place->at ? place->at : "-");
    if (*place->path)
        str_printf(&out, " %s", vcs_shown_path(arena, place->path));
    text = arena_strdup(arena, out.ptr);
    str_free(&out);
    return text;
}

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

/* What one looks at first, since a narrow screen cuts the end; the commit is beside it, under the
 * name by which it was asked for. */
static void name_level(struct code_reading *r, const char *asked)
{
    const struct code_place *place = r->place;
    const char *shown = vcs_shown_path(r->arena, place->path);
    const char *said = code_day_said(r->store, r->arena, asked);
    bool all = place->what == CODE_LOG && r->wish->all;
    char day[16];

    date_format(day, (int32_t)(r->out->commit.at / 86400000));
    r->out->title =
        arena_printf(r->arena, "%s%s%s%s  %s%s%s", names[place->what],
                     all ? " of all branches" : "", *shown ? " " : "", shown, place->id + 5,
                     r->wish->author ? "  by " : "", r->wish->author ? r->wish->author : "");
    if (*place->from)
        r->out->as_of = arena_printf(r->arena, "%.10s..%.10s", place->from, place->at);
    else if (said)
        r->out->as_of = arena_printf(r->arena, "%s  %.8s  (%s)", day, r->out->commit.id, said);
    else if (*asked && strlen(asked) < 24 && strcmp(asked, day) != 0
             && !str_starts(r->out->commit.id, asked))
        r->out->as_of = arena_printf(r->arena, "%s  %.8s  (%s)", day, r->out->commit.id, asked);
    else
        r->out->as_of = arena_printf(r->arena, "%s  %.8s", day, r->out->commit.id);
}

static int (*const readers[CODE_WHATS])(struct code_reading *, struct error *) = {
    [CODE_TREE] = code_read_tree, [CODE_FILE] = code_read_file,   [CODE_LOG] = code_read_log,
    [CODE_DIFF] = code_read_diff, [CODE_BLAME] = code_read_blame, [CODE_REFS] = code_read_refs,
};

static int read_level(struct code_reading *r, struct error *err)
{
    struct code_place *place = &r->out->place;
    const char *asked = place->at;
    char from[VCS_ID] = "", id[VCS_ID];
    int result = place->what == CODE_DIFF
                     ? code_resolve_two(r->vcs, r->store, r->arena, asked, from, id, r->cancel, err)
                     : code_resolve(r->vcs, r->store, r->arena, asked, id, r->cancel, err);

    if (result == ERR_OK)
        result = vcs_commit(r->vcs, r->arena, id, &r->out->commit, err);
    if (result == ERR_OK && from[0])
        result = vcs_commit(r->vcs, r->arena, from, &r->before, err);
    if (result != ERR_OK)
        return result;
    place->at = arena_strdup(r->arena, id);
    place->from = arena_strdup(r->arena, from);
    if (place->line > 0)
        r->out->start = place->line - 1;
    result = readers[place->what](r, err);
    if (result == ERR_OK)
        name_level(r, asked);
    return result;
}

int code_read(struct code_level *out, struct store *store, struct arena *arena,
              const struct code_place *place, const struct code_wish *wish,
              const atomic_bool *cancel, struct error *err)
{
    struct code_reading reading = { .out = out,
                                    .store = store,
                                    .arena = arena,
                                    .place = &out->place,
                                    .cancel = cancel,
                                    .wish = wish };
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
