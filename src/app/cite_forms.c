/*
 * Forms of citing (cite_forms.h): markups around keys, references by our own tables, entries, and
 * styles of CSL by pandoc.
 */
#include "carrel/cite_forms.h"

#include "cite_style.h"
#include "cites.h"

#include "carrel/publish.h"

#include <stdlib.h>
#include <string.h>

/* "[@a; @b]" or "\cite{a,b}": what stands around keys and between them. */
static const struct {
    const char *name, *help, *before, *between, *behind;
} markups[] = {
    { "key", "keys, one a line", "", "\n", "\n" },
    { "tex", "\\cite of LaTeX", "\\cite{", ",", "}\n" },
    { "pandoc", "pandoc's Markdown", "[@", "; @", "]\n" },
    { "typst", "Typst", "@", " @", "\n" },
};

static const struct {
    const char *name, *help;
    enum bibliography_form form;
} entries[] = {
    { "bibtex", "entries of BibTeX", BIB_BIBTEX },
    { "biblatex", "entries of biblatex", BIB_BIBLATEX },
    { "ris", "RIS", BIB_RIS },
    { "csl", "CSL-JSON", BIB_CSL },
};

const char *cite_form_at(size_t i, const char **help)
{
    size_t styles = 0;

    while (reference_style(styles, NULL))
        styles++;
    if (i < ARRAY_LEN(markups)) {
        *help = markups[i].help;
        return markups[i].name;
    }
    i -= ARRAY_LEN(markups);
    if (i < styles)
        return reference_style(i, help);
    i -= styles;
    if (i >= ARRAY_LEN(entries))
        return NULL;
    *help = entries[i].help;
    return entries[i].name;
}

static int open_cites(struct cites **out, const struct cite_source *source,
                      const struct bibliography_options *options, struct error *err)
{
    return cites_new(out, source->store, options, config_text(source->config, "cite.key"),
                     source->works, source->count, err);
}

static int write_keys(struct str *out, const struct cite_source *source, size_t markup,
                      struct error *err)
{
    struct bibliography_options options = { .form = BIB_BIBTEX };
    struct cites *cites = NULL;
    size_t i;
    int result = open_cites(&cites, source, &options, err);

    if (result == ERR_OK && source->count > 0) {
        str_add(out, markups[markup].before);
        for (i = 0; i < source->count; i++)
            str_printf(out, "%s%s", i ? markups[markup].between : "",
                       cites_key(cites, source->works[i]));
        str_add(out, markups[markup].behind);
    }
    cites_free(cites);
    return result;
}

static int write_entries(struct str *out, const struct cite_source *source,
                         const struct bibliography_options *options, struct error *err)
{
    struct cites *cites = NULL;
    size_t i;
    int result = open_cites(&cites, source, options, err);

    for (i = 0; i < source->count && result == ERR_OK; i++) {
        struct record record;

        result = publish_record(source->store, source->arena, source->works[i], &record, err);
        if (result == ERR_OK)
            result = cites_add(cites, out, source->arena, source->works[i], &record, err);
    }
    if (result == ERR_OK)
        cites_end(cites, out);
    cites_free(cites);
    return result;
}

static int write_references(struct str *out, const struct cite_source *source, const char *style,
                            struct error *err)
{
    struct bibliography_options options = { .form = BIB_BIBTEX };
    struct cites *cites = NULL;
    size_t i;
    int result = open_cites(&cites, source, &options, err);

    for (i = 0; i < source->count && result == ERR_OK; i++) {
        struct record record;
        struct citation entry;

        result = publish_record(source->store, source->arena, source->works[i], &record, err);
        if (result == ERR_OK)
            result = cites_entry(cites, &entry, source->arena, source->works[i], &record, err);
        if (result == ERR_OK && reference_write(out, style, &entry))
            str_add_char(out, '\n');
    }
    cites_free(cites);
    return result;
}

/* ---- styles of CSL ---- */

/* `why`, and what there is without a file or pandoc. */
static int style_failed(const char *style, const struct error *why, struct error *err)
{
    struct str known = STR_INIT;
    const char *name;
    size_t i;
    int result;

    for (i = 0; (name = reference_style(i, NULL)); i++)
        str_printf(&known, "%s%s", i ? ", " : "", name);
    result = error_set(err, ERR_USAGE,
                       "style %.60s: carrel has %s; for others install pandoc and name a .csl "
                       "file (%s)",
                       style, known.ptr, why->message);
    str_free(&known);
    return result;
}

static int write_by_pandoc(struct str *out, const struct cite_source *source, const char *form,
                           struct error *err)
{
    struct bibliography_options options = { .form = BIB_CSL, .pandoc = true };
    struct cite_style style;
    struct str items = STR_INIT;
    struct error why = { 0 };
    int result;

    if (strstr(form, "://"))
        return error_set(err, ERR_USAGE, "style %.100s: a file, not an address", form);
    result = cite_style_find(&style, source->arena, form, &why);
    if (result == ERR_OK) {
        result = write_entries(&items, source, &options, err);
        if (result != ERR_OK)
            goto out; /* told */
        result = cite_style_write(out, &style, source->arena, &items, source->cancel, &why);
    }
    if (result == ERR_NOTFOUND)
        result = style_failed(form, &why, err);
    else if (result != ERR_OK)
        result = error_set(err, result, "style %.60s: %s", form, why.message);
out:
    str_free(&items);
    return result;
}

int cite_form_write(struct str *out, const struct cite_source *source, const char *form,
                    struct error *err)
{
    const char *style;
    size_t i;

    for (i = 0; i < ARRAY_LEN(markups); i++)
        if (strcmp(markups[i].name, form) == 0)
            return write_keys(out, source, i, err);
    for (i = 0; i < ARRAY_LEN(entries); i++)
        if (strcmp(entries[i].name, form) == 0) {
            struct bibliography_options options = {
                .form = entries[i].form, .pandoc = config_bool(source->config, "cite.as-pandoc")
            };

            return write_entries(out, source, &options, err);
        }
    for (i = 0; (style = reference_style(i, NULL)); i++)
        if (strcmp(style, form) == 0)
            return write_references(out, source, form, err);
    return write_by_pandoc(out, source, form, err);
}
