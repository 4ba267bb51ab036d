/*
 * cite: papers for a document that is being written: their keys, references to them, or entries in
 * its .bib file.
 */
#include "carrel/cite_forms.h"
#include "commands.h"

#include "carrel/bibliography.h"
#include "carrel/file.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

#define KEYS_SAID 3 /* on the desk's line */

/* "thesis.bib" among the ids: where they are added. */
static const char *file_among(struct command_call *call)
{
    const char *file = call_option(call, "--to");
    int i, kept = 0;

    for (i = 0; i < call->argc; i++)
        if (!file && str_ends(call->argv[i], ".bib"))
            file = call->argv[i];
        else
            call->argv[kept++] = call->argv[i];
    call->argc = kept;
    return file;
}

static int cite_works(struct command_call *call, struct cite_source *source, struct error *err)
{
    int64_t *works;
    char **ids;
    size_t count, i;
    int result = call_ids(call, 0, &ids, &count, err);

    if (result != ERR_OK)
        return result;
    works = arena_alloc(call->arena, (count + 1) * sizeof *works);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = works_find(call->store, &works[i], ids[i], err);
    source->works = works;
    source->count = count;
    return result;
}

/* ": robbins1951, efron79", which is what one needs next; of many the first. */
static void say_keys(struct str *say, const char *keys)
{
    size_t count = 0;

    for (; *keys; keys += strcspn(keys, "\n") + 1)
        if (count++ < KEYS_SAID)
            str_printf(say, "%s%.*s", count == 1 ? ": " : ", ", (int)strcspn(keys, "\n"), keys);
    if (count > KEYS_SAID)
        str_printf(say, " and %zu more", count - KEYS_SAID);
}

static int cite_into(struct command_call *call, const struct cite_source *source, const char *file,
                     struct error *err)
{
    char *path = path_expand(file);
    struct str keys = STR_INIT;
    struct cite_added added;
    bool fresh = !file_exists(path);
    int result = cite_file_add(&keys, &added, source, path, call_has(call, "--biblatex"), err);

    if (result == ERR_OK && !call->desk)
        str_add(&call->out, keys.ptr);
    if (result == ERR_OK)
        str_printf(&call->say, "%s%s: %zu added, %zu there already", file,
                   fresh ? ", a new file" : "", added.added, added.there);
    if (result == ERR_OK && call->desk)
        say_keys(&call->say, keys.ptr);
    if (result == ERR_OK)
        str_add_char(&call->say, '\n');
    if (result == ERR_OK && added.open_line > 0)
        str_printf(&call->say,
                   "%s:%ld: %s has no closing bracket; BibTeX may not see what follows\n", file,
                   added.open_line, added.open);
    str_free(&keys);
    free(path);
    return result;
}

/* --as is for markups and entries; --style for references, also of pandoc. */
static int cite_form(struct command_call *call, const char **form, struct error *err)
{
    const char *style = call_option(call, "--style"), *markup = call_option(call, "--as");
    const char *name, *help;
    struct str known = STR_INIT;
    size_t i;
    int result = ERR_OK;

    *form = style ? style : !markup || strcmp(markup, "plain") == 0 ? "key" : markup;
    if (style)
        return ERR_OK;
    for (i = 0; (name = cite_form_at(i, &help)) && strcmp(name, *form) != 0; i++)
        str_printf(&known, "%s%s", i ? ", " : "", name);
    if (!name)
        result = error_set(err, ERR_USAGE, "--as %.60s: %s are known", markup, known.ptr);
    str_free(&known);
    return result;
}

int cmd_cite(struct command_call *call, struct error *err)
{
    struct cite_source source = { .store = call->store,
                                  .config = call->app->config,
                                  .arena = call->arena,
                                  .cancel = call->cancel };
    const char *file = file_among(call), *form;
    int result = cite_form(call, &form, err);

    if (result == ERR_OK)
        result = cite_works(call, &source, err);
    if (result == ERR_OK)
        result = file ? cite_into(call, &source, file, err)
                      : cite_form_write(&call->out, &source, form, err);
    return result;
}
