/*
 * Papis: a folder of folders, each with a paper's info.yaml and its files. Its fields are those of
 * BibTeX, but for a list of authors by their parts, tags, and files. A folder that cannot be read
 * is told by its path, and the others are.
 */
#include "cited.h"
#include "yaml.h"

#include "carrel/file.h"
#include "carrel/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDERS_DEEP 8
#define FOLDERS_MAX 1000000

/* Members that are read by themselves, or say nothing of the paper. */
static const char *const others[] = { "author",    "author_list", "ref",      "type",
                                      "tags",      "files",       "notes",    "month",
                                      "citations", "time-added",  "papis_id", "doc_url" };

static const char *const renamed[][2] = {
    { "journal", "journaltitle" },
    { "issue", "number" },
    { "address", "location" },
    { "school", "institution" },
    { "abbrev_journal_title", "shortjournal" },
    { "eprint_type", "eprinttype" },
    { "booktitle", "booktitle" },
};

static const char *text_of(const json_t *info, const char *name)
{
    const char *text = json_string_value(json_object_get(info, name));

    return text && *text ? text : NULL;
}

static const char *field_name(struct arena *arena, const char *name)
{
    char *own;
    size_t i;

    for (i = 0; i < ARRAY_LEN(others); i++)
        if (strcmp(others[i], name) == 0)
            return NULL;
    for (i = 0; i < ARRAY_LEN(renamed); i++)
        if (strcmp(renamed[i][0], name) == 0)
            return renamed[i][1];
    own = arena_strndup(arena, name, strnlen(name, 100));
    for (i = 0; own[i]; i++)
        own[i] = isalnum((unsigned char)own[i]) ? (char)tolower((unsigned char)own[i]) : '-';
    return *own ? own : NULL;
}

static void add_fields(struct citation *entry, struct arena *arena, json_t *info)
{
    const char *member;
    json_t *value;

    json_object_foreach(info, member, value)
    {
        const char *field = field_name(arena, member), *text = json_string_value(value);

        if (field && text && *text && strcmp(text, "null") != 0 && !citation_get(entry, field))
            cited_add_text(entry, arena, field, text);
    }
}

/* "author_list" knows the parts of names; "author" has them joined by "and". */
static void add_people(struct citation *entry, struct arena *arena, const json_t *info)
{
    const json_t *list = json_object_get(info, "author_list");
    const char *joined = text_of(info, "author"), *name;
    struct str names = STR_INIT, tex = STR_INIT;
    struct cited_lists lists = { .entry = entry, .arena = arena };
    size_t i, len;

    for (i = 0; i < json_array_size(list) && i < AUTHORS_MAX; i++) {
        const char *family = text_of(json_array_get(list, i), "family");
        const char *given = text_of(json_array_get(list, i), "given");

        if (family || given)
            cited_list_name(&lists, "author",
                            family && given ? arena_printf(arena, "%s, %s", family, given)
                            : family        ? family
                                            : given);
    }
    cited_lists_settle(&lists);
    while (joined && i == 0 && bib_names_next(&joined, &name, &len)) {
        struct bib_name parts;

        str_clear(&tex);
        text_to_latex(&tex, arena_strndup(arena, name, len));
        bib_name_parse(&parts, arena, tex.ptr, tex.len);
        bib_name_add(&names, &parts);
    }
    if (names.len > 0)
        citation_set(entry, arena, "author", names.ptr);
    cited_lists_free(&lists);
    str_free(&names);
    str_free(&tex);
}

static void add_date(struct citation *entry, struct arena *arena, const json_t *info)
{
    const char *year = citation_get(entry, "year"), *month = text_of(info, "month");
    int number = month ? citation_month(month) : 0;
    char day[16];

    if (citation_get(entry, "date") || !year || !citation_day(day, year) || strlen(year) != 4)
        return;
    citation_set(entry, arena, "date",
                 number ? arena_printf(arena, "%s-%02d", year, number) : year);
    citation_set(entry, arena, "year", NULL);
}

static void add_files(struct citation *entry, struct arena *arena, const json_t *info,
                      const char *folder)
{
    const json_t *files = json_object_get(info, "files");
    struct str paths = STR_INIT;
    size_t i;

    for (i = 0; i < json_array_size(files); i++) {
        const char *name = json_string_value(json_array_get(files, i));

        if (name && *name)
            str_printf(&paths, "%s%s/%s", paths.len ? ";" : "", folder, name);
    }
    if (paths.len > 0)
        cited_add_plain(entry, arena, "file", paths.ptr);
    str_free(&paths);
}

/* A list, or words with blanks or commas between them. */
static void add_tags(struct parser *p, const json_t *info)
{
    const json_t *tags = json_object_get(info, "tags");
    const char *text = json_string_value(tags);
    struct text_list words = { 0 };
    size_t i;

    for (i = 0; i < json_array_size(tags); i++) {
        const char *word = json_string_value(json_array_get(tags, i));

        if (word)
            text_list_add(&words, p->arena, word, strlen(word));
    }
    while (text && *text) {
        size_t len = strcspn(text, strchr(text, ',') ? "," : " ");

        text_list_add(&words, p->arena, text, len);
        text += len;
        text += strspn(text, ", ");
    }
    cited_add_tags(&p->record.tags, p->arena, &words);
}

static void add_note(struct parser *p, const json_t *info, const char *folder)
{
    const char *name = text_of(info, "notes");
    char *path = name && !strchr(name, '/') ? path_join(folder, name) : NULL;
    struct str text = STR_INIT;

    if (path && file_exists(path) && file_read(&text, path, YAML_MAX, NULL) == ERR_OK) {
        char *clean = field_abstract(p, text.ptr);

        if (clean)
            text_list_add(&p->record.notes, p->arena, clean, strlen(clean));
    }
    str_free(&text);
    free(path);
}

static void papis_paper(struct parser *p, json_t *info, const char *folder)
{
    const char *type = text_of(info, "type"), *key = text_of(info, "ref");
    struct arena *arena = arena_new();
    struct citation entry = { .type = type && strlen(type) < 40 ? type : "misc",
                              .key = key ? key : "" };

    add_people(&entry, arena, info);
    add_fields(&entry, arena, info);
    add_date(&entry, arena, info);
    add_files(&entry, arena, info, folder);
    if (cited_begin(p, &entry, "papis", 0)) {
        add_tags(p, info);
        add_note(p, info, folder);
        record_emit(p);
    }
    arena_free(arena);
}

static void papis_refuse(struct parser *p, const char *path, const char *why)
{
    char *said = mem_printf("%s: %s", path, why);

    record_reject(p, 0, said);
    free(said);
}

static void papis_file(struct parser *p, const char *folder, const char *path)
{
    struct error why = { 0 };
    struct str text = STR_INIT;
    json_t *info = NULL;
    int result = file_read(&text, path, YAML_MAX, &why);

    if (result == ERR_OK)
        result = yaml_read(&info, text.ptr, &why);
    if (result == ERR_OK && !json_is_object(info))
        result = error_set(&why, ERR_PARSE, "no names and values");
    if (result == ERR_OK)
        papis_paper(p, info, folder);
    else
        papis_refuse(p, path, why.message);
    json_decref(info);
    str_free(&text);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *one)
{
    return one->d_name[0] != '.' && (one->d_type == DT_DIR || one->d_type == DT_UNKNOWN);
}

/* A folder inside that cannot be read is told; the one that was named is an error. */
static int papis_walk(struct parser *p, const char *folder, int depth, const atomic_bool *cancel,
                      struct error *err)
{
    char *info = path_join(folder, "info.yaml");
    struct dirent **list = NULL;
    int count = 0, i, why, result = ERR_OK;

    if (file_exists(info))
        papis_file(p, folder, info);
    else if (depth < FOLDERS_DEEP)
        count = scandir(folder, &list, not_hidden, by_name);
    why = errno;
    free(info);
    for (i = 0; i < count; i++) {
        char *inner = path_join(folder, list[i]->d_name);

        if (result == ERR_OK && cancel && atomic_load(cancel))
            result = error_set(err, ERR_CANCELLED, "stopped");
        if (result == ERR_OK && !p->stopped && i < FOLDERS_MAX && folder_exists(inner))
            result = papis_walk(p, inner, depth + 1, cancel, err);
        free(list[i]);
        free(inner);
    }
    free(list);
    errno = why;
    if (count < 0 && depth == 0)
        return error_errno(err, "%s", folder);
    if (count < 0)
        papis_refuse(p, folder, strerror(why));
    return p->stopped ? p->stopped : result;
}

int papis_read(struct parser *parser, const char *folder, const atomic_bool *cancel,
               struct error *err)
{
    return papis_walk(parser, folder, 0, cancel, err);
}
