/*
 * cite: the keys of papers, or references to them, for a document that is being written.
 */
#include "cites.h"
#include "commands.h"

#include "carrel/publish.h"
#include "carrel/works.h"

#include <string.h>

/* One line of a style: from the work as it would be exported. */
static int cite_reference(struct command_call *call, struct cites *cites, int64_t work,
                          const char *style, struct error *err)
{
    struct record record;
    struct citation entry;
    int result = publish_record(call->store, call->arena, work, &record, err);

    if (result == ERR_OK)
        result = cites_entry(cites, &entry, call->arena, work, &record, err);
    if (result != ERR_OK)
        return result;
    if (!reference_write(&call->out, style, &entry))
        return error_set(err, ERR_USAGE, "--style %s: apa, ieee and chicago are known", style);
    str_add_char(&call->out, '\n');
    return ERR_OK;
}

/* "[@a; @b]" or "\cite{a,b}": what stands around keys and between them. */
static const struct {
    const char *name, *before, *between, *behind;
} markups[] = { { "plain", "", "\n", "\n" },
                { "tex", "\\cite{", ",", "}\n" },
                { "pandoc", "[@", "; @", "]\n" },
                { "typst", "@", " @", "\n" } };

static int cite_keys(struct command_call *call, const struct cites *cites, const int64_t *works,
                     size_t count, const char *markup, struct error *err)
{
    size_t row = 0, i;

    while (row < ARRAY_LEN(markups) && strcmp(markups[row].name, markup) != 0)
        row++;
    if (row == ARRAY_LEN(markups))
        return error_set(err, ERR_USAGE, "--as %s: plain, tex, pandoc and typst are known", markup);
    str_add(&call->out, markups[row].before);
    for (i = 0; i < count; i++)
        str_printf(&call->out, "%s%s", i ? markups[row].between : "", cites_key(cites, works[i]));
    str_add(&call->out, markups[row].behind);
    return ERR_OK;
}

int cmd_cite(struct command_call *call, struct error *err)
{
    const char *style = call_option(call, "--style"), *markup = call_option(call, "--as");
    struct bibliography_options options = { .form = BIB_BIBTEX };
    struct cites *cites = NULL;
    int64_t *works;
    char **ids;
    size_t count, i;
    int result = call_ids(call, 0, &ids, &count, err);

    if (result != ERR_OK)
        return result;
    works = arena_alloc(call->arena, (count + 1) * sizeof *works);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = works_find(call->store, &works[i], ids[i], err);
    if (result == ERR_OK)
        result = cites_new(&cites, call->store, &options,
                           config_text(call->app->config, "cite.key"), works, count, err);
    for (i = 0; i < count && style && result == ERR_OK; i++)
        result = cite_reference(call, cites, works[i], style, err);
    if (result == ERR_OK && !style)
        result = cite_keys(call, cites, works, count, markup ? markup : "plain", err);
    cites_free(cites);
    return result;
}
