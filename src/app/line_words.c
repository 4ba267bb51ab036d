/*
 * A line as the words that a command gets, and where a text or a query begins that is taken as it
 * stands.
 */
#include "carrel/app.h"
#include "carrel/file.h"

#include <stdlib.h>
#include <string.h>

struct words {
    char **items;
    size_t len, cap;
};

/* A word in single quotes, within which all stands for itself, as in a shell. One of them alone is
 * an apostrophe, and the word is not taken. */
static bool single_quoted(struct str *word, const char **at)
{
    const char *end = **at == '\'' ? strchr(*at + 1, '\'') : NULL;

    while (end && end[1] && end[1] != ' ')
        end = strchr(end + 1, '\'');
    if (!end)
        return false;
    str_add_mem(word, *at + 1, (size_t)(end - *at - 1));
    *at = end + 1;
    return true;
}

/* The next word, from which its quotes are gone unless they are kept; false: there is none.
 * `open`: its last quote is not closed. */
static bool word_next(struct str *word, const char **line, bool keeps, bool *open)
{
    const char *at = *line + strspn(*line, " ");

    if (!*at)
        return false;
    str_clear(word);
    *open = false;
    if (!keeps && single_quoted(word, &at)) {
        *line = at;
        return true;
    }
    for (; *at && (*open || *at != ' '); at++) {
        bool escape = *at == '\\' && (at[1] == '"' || at[1] == '\\');

        if (*at == '"')
            *open = !*open;
        if (keeps || (*at != '"' && !escape))
            str_add_char(word, *at);
        if (escape)
            str_add_char(word, *++at);
    }
    *line = at;
    return true;
}

/* The text behind the words there are, less the blanks around it; "" is how an empty one is typed,
 * and -- may stand before it, as where options could. */
static void text_take(struct words *list, struct arena *arena, const char *text)
{
    size_t len;

    text += strspn(text, " ");
    if (strncmp(text, "-- ", 3) == 0)
        text += strspn(text + 2, " ") + 2;
    for (len = strlen(text); len > 0 && text[len - 1] == ' '; len--)
        ;
    if (len > 0)
        VEC_PUSH(
            list->items, list->len, list->cap,
            arena_strndup(arena, text, len == 2 && text[0] == '"' && text[1] == '"' ? 0 : len));
}

/* A query as the value of an option has its quotes, but for those that are around it. */
static bool is_query_value(const struct words *list, const char *line)
{
    line += strspn(line, " ");
    if (str_starts(line, "--query="))
        return line[strlen("--query=")] != '"';
    return list->len > 0 && strcmp(list->items[list->len - 1], "--query") == 0 && *line != '"'
           && *line != '\'';
}

static int words_take(struct arena *arena, const char *line, bool texts, char ***words, int *count,
                      struct error *err)
{
    struct words list = { 0 };
    struct str word = STR_INIT;
    bool open = false, keeps = false, text = false;
    size_t i;

    while (!text && word_next(&word, &line, keeps, &open)) {
        VEC_PUSH(list.items, list.len, list.cap, arena_strdup(arena, word.ptr));
        keeps = texts && (words_keep_quotes(list.items[0]) || is_query_value(&list, line));
        text = texts && words_text_follows((int)list.len, list.items);
    }
    if (text)
        text_take(&list, arena, line);
    str_free(&word);
    *words = arena_alloc(arena, (list.len + 1) * sizeof **words);
    for (i = 0; i < list.len; i++)
        (*words)[i] = list.items[i];
    *count = (int)list.len;
    free(list.items);
    return open && !keeps ? error_set(err, ERR_USAGE, "a quote is not closed") : ERR_OK;
}

int words_split(struct arena *arena, const char *line, char ***words, int *count, struct error *err)
{
    return words_take(arena, line, false, words, count, err);
}

int words_of_line(struct arena *arena, const char *line, char ***words, int *count,
                  struct error *err)
{
    return words_take(arena, line, true, words, count, err);
}

bool words_keep_quotes(const char *name)
{
    return strcmp(name, "lint") == 0;
}

/* Are these the words of the pattern, where "*" is any? */
static bool are_words(const char *pattern, int count, char *const *words)
{
    int i;

    for (i = 0; i < count && *pattern; i++) {
        size_t len = strcspn(pattern, " ");

        if (strncmp(pattern, "*", len) != 0
            && (strlen(words[i]) != len || strncmp(pattern, words[i], len) != 0))
            return false;
        pattern += len + (pattern[len] == ' ');
    }
    return i == count && !*pattern;
}

bool words_text_follows(int count, char *const *words)
{
    static const char *const before[] = { "annotate",          "find",   "help",
                                          "highlights note *", "jot",    "note",
                                          "palette",           "prompt", "search",
                                          "query add *",       "select", "unselect",
                                          "view search" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(before) && !are_words(before[i], count, words); i++)
        ;
    return i < ARRAY_LEN(before);
}

bool word_needs_quotes(const char *word)
{
    return !*word || *word == '\'' || strpbrk(word, " \"\\");
}

void word_quote(struct str *out, const char *word, bool closed)
{
    str_add_char(out, '"');
    for (; *word; word++) {
        if (*word == '"' || *word == '\\')
            str_add_char(out, '\\');
        str_add_char(out, *word);
    }
    str_add(out, closed ? "\"" : "");
}

size_t word_begun(const char *line)
{
    size_t at, begin = 0;
    bool open = false;
    struct str quoted = STR_INIT;

    for (at = 0; line[at]; at++) {
        const char *from = line + at, *to = from;

        if (at == begin && single_quoted(&quoted, &to))
            at += (size_t)(to - from) - 1;
        else if (at == begin && *from == '\'')
            break;
        else if (*from == '\\' && from[1] && strchr("\"\\ ", from[1]))
            at++;
        else if (*from == '"')
            open = !open;
        else if (*from == ' ' && !open)
            begin = at + 1;
    }
    str_free(&quoted);
    return begin;
}

bool word_unquote(struct str *out, const char *word)
{
    bool single = *word == '\'';

    if (single ? strchr(word + 1, '\'') != NULL : *word != '"' && strchr(word, '"'))
        return false;
    for (word += single; *word; word++) {
        if (!single && *word == '\\' && word[1] && strchr("\"\\ ", word[1]))
            word++;
        else if (!single && *word == '"')
            continue;
        str_add_char(out, *word);
    }
    return true;
}

int program_words(struct arena *arena, const char *line, char ***argv, struct error *err)
{
    int count = 0, result = words_split(arena, line, argv, &count, err);
    char *path;

    if (result == ERR_OK && count == 0)
        result = error_set(err, ERR_USAGE, "no program is named");
    if (result == ERR_OK) {
        path = path_expand((*argv)[0]);
        (*argv)[0] = arena_strdup(arena, path);
        (*argv)[count] = NULL;
        free(path);
    }
    return result;
}
