/*
 * Styles of CSL (cite_style.h): which file is meant, what it says of itself, and pandoc.
 */
#include "cite_style.h"

#include "carrel/csl_style.h"
#include "carrel/file.h"
#include "carrel/program.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PANDOC_MS 60000
#define PANDOC_MAX (4u << 20) /* bytes of references */

/* ---- which file ---- */

static char *file_of(struct arena *arena, const char *folder, const char *name, const char *ending)
{
    char *path = arena_printf(arena, "%s%s%s%s", folder, *folder ? "/" : "", name, ending);
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? path : NULL;
}

static char *style_file(struct arena *arena, const char *name)
{
    static const char *const endings[] = { "", ".csl" };
    char *home = path_data_home(), *expanded = path_expand(name), *path = NULL;
    const char *shared = arena_printf(arena, "%s/pandoc/csl", home);
    size_t i;

    for (i = 0; i < ARRAY_LEN(endings) && !path; i++)
        path = file_of(arena, "", expanded, endings[i]);
    for (i = 0; i < ARRAY_LEN(endings) && !path && !strchr(name, '/'); i++)
        path = file_of(arena, shared, expanded, endings[i]);
    free(expanded);
    free(home);
    return path;
}

/* "http://www.zotero.org/styles/apa" is apa.csl, in the folder of the file that names it. */
static char *parent_file(struct arena *arena, const char *child, const char *address)
{
    const char *slash = strrchr(child, '/');
    char *folder = slash ? arena_strndup(arena, child, (size_t)(slash - child)) : NULL;
    const char *beside = !slash ? "." : *folder ? folder : "/";
    char *path = file_of(arena, beside, path_base(address), ".csl");

    return path ? path : style_file(arena, path_base(address));
}

static int style_read(struct csl_style *style, struct arena *arena, const char *path,
                      struct error *err)
{
    struct str text = STR_INIT;
    int result = file_read(&text, path, CSL_STYLE_MAX, err);

    if (result == ERR_OK)
        result = csl_style_read(style, arena, text.ptr, text.len, err);
    str_free(&text);
    return result;
}

int cite_style_find(struct cite_style *out, struct arena *arena, const char *name,
                    struct error *err)
{
    struct csl_style style;
    const char *parent;
    int result;

    *out = (struct cite_style){ .path = style_file(arena, name) };
    if (!out->path)
        return error_set(err, ERR_NOTFOUND, "there is no file %.200s", name);
    result = style_read(&style, arena, out->path, err);
    if (result != ERR_OK)
        return result;
    if (style.parent) {
        parent = style.parent;
        out->locale = style.locale;
        out->path = parent_file(arena, out->path, parent);
        if (!out->path)
            return error_set(err, ERR_USAGE,
                             "it is another name of %.150s: put %.100s.csl beside it", parent,
                             path_base(parent));
        result = style_read(&style, arena, out->path, err);
        if (result == ERR_OK && style.parent)
            result = error_set(err, ERR_USAGE, "%.150s is another name of %.150s, too", out->path,
                               style.parent);
    }
    if (result == ERR_OK && !style.references)
        result =
            error_set(err, ERR_USAGE,
                      "%.200s has no references, only notes in a text: take another", out->path);
    return result;
}

/* ---- pandoc ---- */

/* A reference a line: pandoc parts them by an empty line, and breaks lines within where a style
 * has blocks. */
static void references_joined(struct str *out, const char *text)
{
    size_t len;

    for (text += strspn(text, "\n"); *text; text += len) {
        len = strcspn(text, "\n");
        str_add_mem(out, text, len);
        text += len;
        len = strspn(text, "\n");
        str_add_char(out, len == 1 && text[1] ? ' ' : '\n');
    }
}

int cite_style_write(struct str *out, const struct cite_style *style, struct arena *arena,
                     const struct str *items, const atomic_bool *cancel, struct error *err)
{
    char *argv[] = { "pandoc",
                     "--from=csljson",
                     "--to=plain",
                     "--citeproc",
                     "--wrap=none",
                     arena_printf(arena, "--csl=%s", style->path),
                     style->locale ? arena_printf(arena, "--metadata=lang:%s", style->locale)
                                   : NULL,
                     NULL };
    /* It reads the names of files in the character set of the locale. */
    struct program program = { .argv = argv,
                               .env = program_environ(arena, "LC_ALL", "C.UTF-8"),
                               .input = items->ptr,
                               .input_len = items->len,
                               .time_ms = PANDOC_MS,
                               .out_max = PANDOC_MAX,
                               .cancel = cancel };
    struct str text = STR_INIT, clean = STR_INIT;
    int result = program_run(&program, &text, err);

    if (result == ERR_OK) { /* what a style puts around a title may be no text for a terminal */
        utf8_clean(&clean, text.ptr, text.len);
        references_joined(out, clean.ptr);
    }
    str_free(&text);
    str_free(&clean);
    return result;
}
