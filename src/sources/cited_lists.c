/*
 * Fields of an entry that are added to piece by piece: names, keywords, paragraphs. There may be
 * thousands (a paper of a collider has its authors line by line), so each is gathered beside the
 * entry, which has only the first piece until all are here.
 */
#include "cited.h"

#include <stdlib.h>
#include <string.h>

void cited_lists_start(struct cited_lists *lists, struct citation *entry, struct arena *arena)
{
    size_t i;

    lists->entry = entry;
    lists->arena = arena;
    for (i = 0; i < lists->len; i++)
        str_clear(&lists->rows[i].text);
}

void cited_lists_free(struct cited_lists *lists)
{
    size_t i;

    for (i = 0; i < lists->len; i++)
        str_free(&lists->rows[i].text);
    free(lists->rows);
    *lists = (struct cited_lists){ .rows = NULL };
}

static struct str *list_find(struct cited_lists *lists, const char *field)
{
    size_t i;

    for (i = 0; i < lists->len && strcmp(lists->rows[i].field, field) != 0; i++)
        ;
    if (i == lists->len)
        VEC_PUSH(lists->rows, lists->len, lists->cap,
                 ((struct cited_list){ .field = field, .text = STR_INIT }));
    return &lists->rows[i].text;
}

static void list_add(struct cited_lists *lists, const char *field, const char *tex,
                     const char *between)
{
    struct str *text = list_find(lists, field);

    if (text->len == 0)
        citation_set(lists->entry, lists->arena, field, tex);
    else
        str_add(text, between);
    str_add(text, tex);
}

void cited_list_text(struct cited_lists *lists, const char *field, const char *value,
                     const char *between)
{
    struct citation one = { 0 };
    const char *tex;

    cited_add_text(&one, lists->arena, field, value);
    tex = citation_get(&one, field);
    if (tex && strcmp(list_find(lists, field)->ptr, tex) != 0) /* said by two tags */
        list_add(lists, field, tex, between);
}

/* Its parts are plain: commas part them, whatever else is in them. */
static void plain_name(struct bib_name *out, struct arena *arena, const char *text)
{
    struct str tex = STR_INIT;
    const char *comma = strchr(text, ',');

    if (!comma) {
        text_to_latex(&tex, text);
        *out = (struct bib_name){ .first = "", .von = "", .jr = "", .body = true };
        out->last = arena_strdup(arena, tex.ptr);
    } else {
        const char *suffix = strchr(comma + 1, ',');
        size_t given = suffix ? (size_t)(suffix - comma - 1) : strlen(comma + 1);
        char *turned = suffix ? arena_printf(arena, "%.*s,%s,%.*s", (int)(comma - text), text,
                                             suffix + 1, (int)given, comma + 1)
                              : arena_strdup(arena, text);

        text_to_latex(&tex, turned);
        bib_name_parse(out, arena, tex.ptr, tex.len);
        out->first = bib_name_guard(arena, out->first);
        out->last = bib_name_guard(arena, out->last);
    }
    str_free(&tex);
}

void cited_list_name(struct cited_lists *lists, const char *field, const char *text)
{
    char *clean = cited_value(lists->arena, text, strlen(text));
    struct str name = STR_INIT;
    struct bib_name parts;

    if (!clean)
        return;
    plain_name(&parts, lists->arena, clean);
    bib_name_add(&name, &parts);
    if (name.len > 0)
        list_add(lists, field, name.ptr, " and ");
    str_free(&name);
}

void cited_list_drop(struct cited_lists *lists, const char *field)
{
    citation_set(lists->entry, lists->arena, field, NULL);
    str_clear(list_find(lists, field));
}

void cited_lists_settle(struct cited_lists *lists)
{
    size_t i;

    for (i = 0; i < lists->len; i++)
        if (lists->rows[i].text.len > 0)
            citation_set(lists->entry, lists->arena, lists->rows[i].field, lists->rows[i].text.ptr);
}
