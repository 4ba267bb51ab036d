/*
 * Versions of a paper as its source lists them, and whether a record says that it was withdrawn.
 * arXiv marks no withdrawal: the newest version is one without a paper, and its comment says so.
 */
#include "carrel/jsonw.h"
#include "carrel/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VERSIONS_MAX 200
#define SAID_MOST 64 /* bytes of a sentence, in which its withdrawal is told */

static bool is_word(const char *text)
{
    return text && *text && !strpbrk(text, " \n");
}

void record_version_add(struct text_list *list, struct arena *arena,
                        const struct record_version *version)
{
    char *line =
        arena_printf(arena, "%d %s %s", version->number, is_word(version->at) ? version->at : "-",
                     is_word(version->size) ? version->size : "-");

    size_t i;

    if (list->len >= VERSIONS_MAX || version->number < 0 || version->number >= 1000)
        return;
    text_list_add(list, arena, line, strlen(line));
    for (i = list->len - 1; i > 0 && version->number > 0; i--) {
        char *before = list->items[i - 1];

        if (atoi(before) <= version->number)
            break;
        list->items[i - 1] = list->items[i];
        list->items[i] = before;
    }
}

static char *part_of(const char **at, struct arena *arena)
{
    size_t len = strcspn(*at, " ");
    char *part = len == 1 && **at == '-' ? arena_strdup(arena, "") : arena_strndup(arena, *at, len);

    *at += len + ((*at)[len] == ' ');
    return part;
}

bool record_version_read(struct record_version *out, struct arena *arena, const char *text)
{
    const char *at = text;
    char *number = part_of(&at, arena);

    *out = (struct record_version){ .at = part_of(&at, arena) };
    out->size = part_of(&at, arena);
    out->number = atoi(number);
    return *number >= '0' && *number <= '9' && out->number < 1000 && (*out->at || out->number > 0);
}

void record_versions_json(struct jsonw *w, const struct text_list *versions)
{
    struct arena *arena = arena_new();
    struct record_version version;
    size_t i;

    jsonw_key(w, "versions");
    jsonw_array(w);
    for (i = 0; i < versions->len; i++) {
        if (!record_version_read(&version, arena, versions->items[i]))
            continue;
        jsonw_object(w);
        if (version.number > 0)
            jsonw_key_int(w, "version", version.number);
        if (*version.at)
            jsonw_key_string(w, "at", version.at);
        if (*version.size)
            jsonw_key_string(w, "size", version.size);
        jsonw_end(w);
    }
    jsonw_end(w);
    arena_free(arena);
}

/* "This paper has been withdrawn by the author", "The manuscript is withdrawn ...". */
static bool says_withdrawn(const char *text)
{
    static const char *const things[] = { "paper",    "article", "submission", "manuscript", "work",
                                          "preprint", "report",  "note",       "version" };
    static const char *const verbs[] = { "has been", "have been", "is", "was" };
    const char *end = text ? strpbrk(text, ".;") : NULL;
    char *said, *at;
    bool found = false;
    size_t i, k, len;

    if (!text)
        return false;
    len = end ? (size_t)(end - text) : strlen(text);
    said = mem_strndup(text, len < SAID_MOST ? len : SAID_MOST);
    for (i = strcasestr(said, " withdrawn") ? 0 : ARRAY_LEN(things);
         i < ARRAY_LEN(things) && !found; i++)
        for (k = 0; k < ARRAY_LEN(verbs) && !found; k++) {
            char phrase[48];

            snprintf(phrase, sizeof phrase, "%s %s withdrawn", things[i], verbs[k]);
            at = strcasestr(said, phrase);
            found = at != NULL && at - said < 24; /* "v2: This paper ..."; not what it is about */
        }
    free(said);
    return found || strncasecmp(text, "withdrawn", 9) == 0;
}

bool record_is_withdrawn(const struct record *record)
{
    struct arena *arena;
    struct record_version newest = { 0 };
    bool empty = false;

    if (record->deleted || says_withdrawn(record->comment) || says_withdrawn(record->abstract))
        return true;
    if (record->versions.len == 0)
        return false;
    arena = arena_new();
    if (record_version_read(&newest, arena, record->versions.items[record->versions.len - 1]))
        empty = newest.number > 1 && (strcmp(newest.size, "0kb") == 0);
    arena_free(arena);
    return empty;
}
