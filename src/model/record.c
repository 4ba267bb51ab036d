/*
 * Records: lists in arenas and the JSON interchange form.
 */
#include "carrel/record.h"
#include "carrel/jsonw.h"

#include <string.h>

void text_list_add(struct text_list *list, struct arena *arena, const char *text, size_t len)
{
    if (list->len == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        char **items = arena_alloc(arena, cap * sizeof *items);

        if (list->len)
            memcpy(items, list->items, list->len * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->len++] = arena_strndup(arena, text, len);
}

static const char *const read_states[] = { "unread", "read", "later", "skip" };

const char *read_state_name(enum read_state state)
{
    return read_states[state];
}

bool read_state_from(enum read_state *state, const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(read_states); i++) {
        if (strcmp(read_states[i], name) == 0) {
            *state = (enum read_state)i;
            return true;
        }
    }
    return false;
}

static void record_text(struct jsonw *w, const char *key, const char *text)
{
    if (text && *text)
        jsonw_key_string(w, key, text);
}

static void record_list(struct jsonw *w, const char *key, const struct text_list *list)
{
    size_t i;

    if (list->len == 0)
        return;
    jsonw_key(w, key);
    jsonw_array(w);
    for (i = 0; i < list->len; i++)
        jsonw_string(w, list->items[i]);
    jsonw_end(w);
}

void record_to_json(struct str *out, const struct record *record)
{
    struct jsonw w;

    jsonw_start(&w, out);
    jsonw_object(&w);
    record_text(&w, "id", record->id);
    jsonw_key_string(&w, "title", record->title ? record->title : "");
    record_text(&w, "abstract", record->abstract);
    record_list(&w, "authors", &record->authors);
    record_list(&w, "categories", &record->categories);
    record_text(&w, "published", record->published);
    record_text(&w, "updated", record->updated);
    record_text(&w, "doi", record->doi);
    record_text(&w, "venue", record->venue);
    record_text(&w, "comment", record->comment);
    record_text(&w, "url", record->url);
    record_text(&w, "pdf_url", record->pdf_url);
    record_list(&w, "code_urls", &record->code_urls);
    record_list(&w, "tags", &record->tags);
    record_list(&w, "notes", &record->notes);
    if (record->state != READ_UNREAD)
        jsonw_key_string(&w, "state", read_state_name(record->state));
    if (record->starred)
        jsonw_key_bool(&w, "starred", true);
    jsonw_end(&w);
}
