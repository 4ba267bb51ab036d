/*
 * What may be a tag: one word that a query can name. Whoever types one is told what is wrong with
 * it; of what a file brings one is made.
 */
#include "ops_internal.h"

#include "carrel/utf8.h"
#include "carrel/works.h"

#include <string.h>

#define TAG_MAX 64
#define TAG_NOT "\"(),:*\x7F"

/* One word, so that it needs no quotes wherever it is typed. */
int name_refuse(const char *kind, const char *signs, const char *name, struct error *err)
{
    struct str fit = STR_INIT;
    int result;

    if (tag_fit(&fit, name))
        result = error_set(err, ERR_USAGE,
                           "'%s' cannot be a %s: no blanks and none of %s in it; write %s", name,
                           kind, signs, fit.ptr);
    else
        result = error_set(err, ERR_USAGE, "'%s' cannot be a %s: no blanks and none of %s in it",
                           name, kind, signs);
    str_free(&fit);
    return result;
}

/* It must be typable as tag:NAME in a query. */
int tag_check(const char *tag, struct error *err)
{
    size_t len = strlen(tag), i;

    if (len == 0 || len > TAG_MAX)
        return error_set(err, ERR_USAGE, "a tag has 1 to %d bytes", TAG_MAX);
    if (!op_is_clean(tag, TAG_MAX, false))
        return error_set(err, ERR_USAGE, "the tag is not UTF-8 without control characters");
    for (i = 0; i < len; i++)
        if ((unsigned char)tag[i] <= ' ' || strchr(TAG_NOT, tag[i]))
            return name_refuse("tag", "\" ( ) , : *", tag, err);
    if (tag[0] == '-')
        return error_set(err, ERR_USAGE, "'%s' cannot be a tag: it may not begin with '-'", tag);
    return ERR_OK;
}

bool tag_fit(struct str *out, const char *text)
{
    size_t i, begin = out->len;

    utf8_squeeze(out, text, strlen(text));
    for (i = begin; i < out->len; i++)
        if ((unsigned char)out->ptr[i] <= ' ' || strchr(TAG_NOT, out->ptr[i]))
            out->ptr[i] = '-';
    i = begin + strspn(out->ptr + begin, "-");
    str_remove(out, begin, i - begin);
    str_cut(out, begin + utf8_fit(out->ptr + begin, TAG_MAX));
    while (out->len > begin && out->ptr[out->len - 1] == '-')
        str_cut(out, out->len - 1);
    return tag_check(out->ptr + begin, NULL) == ERR_OK;
}
