/*
 * JSON documents that are read whole: kept in the parser's line until their end.
 */
#include "whole.h"

#define WHOLE_MAX (32u << 20)

int whole_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    if (p->line.len + len > WHOLE_MAX)
        return error_set(err, ERR_LIMIT, "a list of more than 32 MiB");
    str_add_mem(&p->line, bytes, len);
    return ERR_OK;
}

json_t *whole_load(struct parser *p, struct error *err)
{
    json_error_t why;
    json_t *root = json_loadb(p->line.ptr, p->line.len, JSON_ALLOW_NUL, &why);

    if (!root)
        error_set(err, ERR_PARSE, "line %d: not JSON: %.80s", why.line,
                  json_error_code(&why) == json_error_premature_end_of_input
                      ? "the document is cut short"
                      : "a mistake in its syntax");
    return root;
}

const char *whole_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && !str_blank(text) ? text : NULL;
}
