/*
 * The head of a style of CSL (csl_style.h): a few attributes, read by expat. How references are
 * formatted is for others to read.
 */
#include "carrel/csl_style.h"

#include "carrel/str.h"
#include "carrel/utf8.h"

#include <expat.h>
#include <string.h>

struct style_reader {
    struct csl_style *style;
    struct arena *arena;
    int depth;
    bool is_style;
};

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

/* Pandoc takes an attribute with a prefix for the same, and the last of two; either counts here.
 * `value` NULL: any. */
static const char *style_attribute(const char **attributes, const char *name, const char *value)
{
    size_t i;

    for (i = 0; attributes[i]; i += 2)
        if (strcmp(local_name(attributes[i]), name) == 0
            && (!value || strcmp(attributes[i + 1], value) == 0))
            return attributes[i + 1];
    return NULL;
}

static char *style_text(struct style_reader *r, const char *text)
{
    struct str clean = STR_INIT;
    char *kept;

    utf8_squeeze(&clean, text, strlen(text));
    kept = clean.len > 0 ? arena_strdup(r->arena, clean.ptr) : NULL;
    str_free(&clean);
    return kept;
}

static void style_start(void *ctx, const char *name, const char **attributes)
{
    struct style_reader *r = ctx;
    const char *local = local_name(name), *to = style_attribute(attributes, "href", NULL);
    const char *locale = style_attribute(attributes, "default-locale", NULL);

    r->depth++;
    if (r->depth == 1) {
        r->is_style = strcmp(local, "style") == 0;
        r->style->locale = locale ? style_text(r, locale) : NULL;
    } else if (r->depth == 2 && strcmp(local, "bibliography") == 0) {
        r->style->references = true;
    } else if (r->depth == 3 && to && style_attribute(attributes, "rel", "independent-parent")) {
        r->style->parent = style_text(r, to);
    }
}

static void style_end(void *ctx, const char *name)
{
    struct style_reader *r = ctx;

    (void)name;
    r->depth--;
}

int csl_style_read(struct csl_style *out, struct arena *arena, const char *text, size_t len,
                   struct error *err)
{
    struct style_reader reader = { .style = out, .arena = arena };
    XML_Parser xml = XML_ParserCreate(NULL);
    int result = ERR_OK;

    *out = (struct csl_style){ 0 };
    if (!xml)
        die("out of memory (XML parser)");
    XML_SetUserData(xml, &reader);
    XML_SetElementHandler(xml, style_start, style_end);
    if (len > CSL_STYLE_MAX)
        result = error_set(err, ERR_LIMIT, "a style of more than %u bytes", CSL_STYLE_MAX);
    else if (XML_Parse(xml, text, (int)len, 1) == XML_STATUS_ERROR)
        result =
            error_set(err, ERR_PARSE, "line %ld: no XML: %s", (long)XML_GetCurrentLineNumber(xml),
                      XML_ErrorString(XML_GetErrorCode(xml)));
    else if (!reader.is_style)
        result = error_set(err, ERR_PARSE, "line 1: no style of CSL");
    XML_ParserFree(xml);
    return result;
}
