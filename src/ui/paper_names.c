/*
 * Answers of commands as the desk tells them: who has typed an id knows the paper by it, who has
 * pressed a key on a row knows its title. An id that stands in advice ("carrel show ID") is to be
 * typed, and stays; so does what is quoted: a title ("Comment on arXiv:1706.03762"), a query.
 */
#include "desk.h"

#include "carrel/state.h"
#include "carrel/works.h"

#include <string.h>

/* The length of the id that begins here, without what closes the sentence; 0: there is none. */
static size_t id_length(const char *word, size_t len)
{
    while (len > 0 && strchr(".,:;)'", word[len - 1]))
        len--;
    return memchr(word, ':', len) && !memmem(word, len, "://", 3) ? len : 0;
}

static bool quote_begins(const char *word)
{
    return word[strspn(word, "(")] == '\'';
}

static bool quote_ends(const char *word, size_t len)
{
    while (len > 0 && strchr(".,:;)", word[len - 1]))
        len--;
    return len > 0 && word[len - 1] == '\'';
}

/* Appends the word, or the title of the paper that it names: but for one that stands in the answer,
 * of a paper that was merged, say. */
static int add_named(struct str *out, struct store *store, struct arena *arena, const char *answer,
                     const char *word, size_t len, struct error *err)
{
    size_t id = id_length(word, len);
    const char *own = arena_strndup(arena, word, id), *name = own;
    int result = id ? state_named(&name, store, arena, "read", own, err) : ERR_OK;

    if (result == ERR_OK)
        str_add(out, strstr(answer, name) ? own : name);
    str_add_mem(out, word + id, len - id);
    return result;
}

int desk_name_papers(struct str *say, struct store *store, struct arena *arena, struct error *err)
{
    const char *advice = strstr(say->ptr, "carrel "), *at = say->ptr;
    struct str out = STR_INIT;
    bool quoted = false;
    int result = ERR_OK;

    while (*at && result == ERR_OK) {
        size_t blank = strspn(at, " \n"), len = strcspn(at + blank, " \n");

        str_add_mem(&out, at, blank);
        at += blank;
        quoted = quoted || quote_begins(at);
        if (quoted || (advice && at >= advice))
            str_add_mem(&out, at, len);
        else
            result = add_named(&out, store, arena, say->ptr, at, len, err);
        quoted = quoted && !quote_ends(at, len);
        at += len;
    }
    if (result == ERR_OK) {
        str_clear(say);
        str_add(say, out.ptr);
    }
    str_free(&out);
    return result;
}
