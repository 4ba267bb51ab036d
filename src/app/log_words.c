/*
 * The words of a commit in a log: see log_words.h.
 */
#include "log_words.h"

#include <string.h>

int log_names_read(struct log_names *out, struct vcs *vcs, struct arena *arena,
                   const atomic_bool *cancel, struct error *err)
{
    bool cut;

    return vcs_refs(vcs, arena, &out->refs, &out->count, &cut, cancel, err);
}

static void add_name(struct str *out, const char *name)
{
    str_add(out, out->len > 0 ? ", " : "(");
    str_add(out, name);
}

char *log_words(struct arena *arena, const struct log_names *names, const struct vcs_commit *commit)
{
    struct str line = STR_INIT;
    char *words;
    size_t i;

    for (i = 0; i < names->count; i++)
        if (strcmp(names->refs[i].id, commit->id) == 0)
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
