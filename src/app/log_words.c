/*
 * The words of a commit in a log: see log_words.h.
 */
#include "log_words.h"

#include <stdlib.h>
#include <string.h>

/* Branches before tags, the default one first. */
static int by_hash(const void *a, const void *b)
{
    const struct vcs_ref *one = a, *two = b;
    int order = strcmp(one->id, two->id);

    if (order == 0 && one->kind != two->kind)
        order = one->kind < two->kind ? -1 : 1;
    if (order == 0 && one->is_default != two->is_default)
        order = one->is_default ? -1 : 1;
    return order ? order : strcmp(two->name, one->name);
}

int log_names_read(struct log_names *out, struct vcs *vcs, struct arena *arena,
                   const atomic_bool *cancel, struct error *err)
{
    bool cut;
    int result = vcs_refs(vcs, arena, &out->refs, &out->count, &cut, cancel, err);

    if (result == ERR_OK && out->count > 1)
        qsort(out->refs, out->count, sizeof *out->refs, by_hash);
    return result;
}

static void add_name(struct str *out, const char *name)
{
    str_add(out, out->len > 0 ? ", " : "(");
    str_add(out, name);
}

/* The first that stands at the commit. */
static size_t names_at(const struct log_names *names, const char *id)
{
    size_t from = 0, to = names->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (strcmp(names->refs[middle].id, id) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

char *log_words(struct arena *arena, const struct log_names *names, const struct vcs_commit *commit)
{
    struct str line = STR_INIT;
    char *words;
    size_t i;

    for (i = names_at(names, commit->id);
         i < names->count && strcmp(names->refs[i].id, commit->id) == 0; i++)
        add_name(&line, names->refs[i].name);
    if (commit->parents > 1 && !str_istarts(commit->summary, "merge"))
        add_name(&line, "merge");
    if (line.len > 0)
        str_add(&line, ") ");
    str_add(&line, commit->summary);
    if (commit->was)
        str_printf(&line, " (was %s)", commit->was);
    words = arena_strdup(arena, line.ptr);
    str_free(&line);
    return words;
}
