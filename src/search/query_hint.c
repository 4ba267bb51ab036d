/*
 * What is said of a query that was understood otherwise than may have been meant.
 */
#include "query.h"

#include <stdlib.h>
#include <string.h>

/* Of one word, whose end is the bracket, quote or blank behind it. */
static void hint_word(struct str *out, const char *text, size_t len, bool unfinished,
                      const char *instead)
{
    size_t skip = *text == '-' ? 1 : 0;
    const char *colon = memchr(text, ':', len);
    size_t name = colon ? (size_t)(colon - text) - skip : 0;
    char *word = mem_strndup(text, len);

    if (name > 0 && colon + 1 == text + len && text[len] != '(' && text[len] != '"'
        && field_of(text + skip, name) != FIELD_NONE)
        str_printf(out, "%s needs a value behind the colon", word + skip);
    else if (!unfinished && name > 0 && len > name + skip + 1
             && field_of(text + skip, name) == FIELD_NONE && !query_word_is_id(word + skip))
        str_printf(
            out,
            "%.*s: is no field%s; fields are title: "
            "abstract: author: cat: date: added: is: has: tag: collection: source: doi: id: near: "
            "query: task: method: venue: key: kind: stars: language: topic: license:",
            (int)name, word + skip, instead);
    free(word);
}

static bool hint_words(struct str *out, const char *text, bool unfinished, const char *instead)
{
    size_t before = out->len;

    while (*text && out->len == before) {
        size_t len = strcspn(text, " \t\r\n()\"");

        hint_word(out, text, len, unfinished, instead);
        text += len + (text[len] != '\0');
    }
    return out->len > before;
}

bool query_hint(struct str *out, const char *text)
{
    return hint_words(out, text, false, ", so its words were searched for");
}

bool query_unfinished(struct str *out, const char *text)
{
    return hint_words(out, text, true, "");
}

int query_certain(const char *text, struct error *err)
{
    struct str why = STR_INIT;
    int result = ERR_OK;

    if (hint_words(&why, text, false, ""))
        result = error_set(err, ERR_USAGE, "%s", why.ptr);
    str_free(&why);
    return result;
}
