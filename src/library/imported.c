/*
 * What an import has done, written and read (imported.h).
 */
#include "imported.h"

#include "bin.h"

#include "carrel/hash.h"
#include "carrel/state.h"
#include "carrel/str.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void imported_note(struct imported *imported, bool added, int64_t record, int64_t before)
{
    struct imported_list *list = added    ? &imported->added
                                 : before ? &imported->words
                                          : &imported->said;

    VEC_PUSH(list->items, list->len, list->cap, ((struct imported_record){ record, before }));
}

void imported_note_binned(struct imported *imported, const char *name)
{
    VEC_PUSH(imported->binned, imported->binned_len, imported->binned_cap, mem_strdup(name));
}

void imported_free(struct imported *imported)
{
    size_t i;

    for (i = 0; i < imported->binned_len; i++)
        free(imported->binned[i]);
    free(imported->binned);
    free(imported->name);
    free(imported->added.items);
    free(imported->said.items);
    free(imported->words.items);
}

/* ---- writing ---- */

/* Numbers that follow each other are a run. */
static void write_list(struct str *out, const char *kind, const struct imported_list *list)
{
    size_t i = 0, last;

    if (list->len == 0)
        return;
    str_add(out, kind);
    while (i < list->len) {
        const struct imported_record *item = &list->items[i];

        last = i;
        while (!item->before && last + 1 < list->len
               && list->items[last + 1].id == list->items[last].id + 1)
            last++;
        str_printf(out, " %" PRId64, item->id);
        if (last > i)
            str_printf(out, "-%" PRId64, list->items[last].id);
        if (item->before)
            str_printf(out, "<%" PRId64, item->before);
        i = last + 1;
    }
    str_add_char(out, '\n');
}

static int save_records(struct imported *imported, struct store *store, struct error *err)
{
    struct imported_list *lists[] = { &imported->added, &imported->said, &imported->words };
    struct str counts = STR_INIT, records = STR_INIT;
    int result;

    imported->papers += (int64_t)imported->added.len;
    imported->changed += (int64_t)(imported->said.len + imported->words.len);
    str_printf(&counts, "%" PRId64 " %" PRId64, imported->papers, imported->changed);
    write_list(&records, "added", &imported->added);
    write_list(&records, "said", &imported->said);
    write_list(&records, "words", &imported->words);
    result = state_log_import(&imported->step, store, imported->name, counts.ptr, records.ptr, err);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        lists[i]->len = 0;
    str_free(&counts);
    str_free(&records);
    return result;
}

int imported_save(struct imported *imported, struct store *store, struct error *err)
{
    bool undone = false;
    int result;

    if (!imported->name || imported->added.len + imported->said.len + imported->words.len == 0)
        return ERR_OK;
    result = imported->step ? state_is_undone(&undone, store, imported->step, err) : ERR_OK;
    if (undone)
        imported->step = imported->papers = imported->changed = 0;
    return result == ERR_OK ? save_records(imported, store, err) : result;
}

/* ---- what lies in the bin ---- */

/* Names that undone imports have said to be gone, and when (ms). */
static int undone_names(struct hashmap *times, struct store *store, struct arena *arena,
                        struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT old, at FROM change_log WHERE kind = 'import' AND "
                                    "field = 'gone' ORDER BY seq",
                                    err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct text_list names = { 0 };
        size_t i;

        arena_reset(arena);
        text_list_add_lines(&names, arena, stmt_text(stmt, 0));
        for (i = 0; i < names.len; i++) {
            const char *name = bin_said_name(names.items[i]);

            *hashmap_put(times, name, strlen(name), NULL) = (uint64_t)stmt_int(stmt, 1);
        }
    }
    stmt_reset(stmt);
    return step;
}

/* Those that nobody has removed again since. */
static int names_to_return(char **names, size_t *count, const struct imported *imported,
                           struct store *store, const struct hashmap *times, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    *count = 0;
    for (i = 0; i < imported->binned_len && result == ERR_OK; i++) {
        const char *name = imported->binned[i];
        const uint64_t *undone = hashmap_get(times, name, strlen(name));
        enum bin_word word = BIN_UNSAID;
        int64_t at = 0;

        if (!undone)
            continue;
        result = bin_word(store, &word, &at, name, err);
        if (result == ERR_OK && word == BIN_GONE && at <= (int64_t)*undone)
            names[(*count)++] = imported->binned[i];
    }
    return result;
}

/* What its source says of a paper that is back is this import's. */
static int note_returned(struct imported *imported, struct store *store, struct arena *arena,
                         const char *name, struct error *err)
{
    int64_t work = 0, *records;
    size_t count = 0, i;
    struct stmt *stmt;
    int result = works_find(store, &work, name, err);

    if (result == ERR_OK)
        result = stmt_prepare(
            &stmt, store, "SELECT id FROM record WHERE work_id = ?1 AND current = 1 ORDER BY id",
            err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_ints(&records, &count, stmt, arena, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        imported_note(imported, true, records[i], 0);
    return result;
}

static int return_names(struct imported *imported, struct store *store, char *const *names,
                        size_t count, int64_t *papers, struct error *err)
{
    struct binning b;
    size_t i;
    int result = binning_begin(&b, store, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < count && result == ERR_OK; i++) {
        bool back = false;

        arena_reset(b.arena);
        result = bin_return_unlogged(&b, names[i], &back, err);
        if (result == ERR_OK && back)
            result = note_returned(imported, store, b.arena, names[i], err);
        *papers += back;
    }
    if (result == ERR_OK)
        result = imported_save(imported, store, err);
    return binning_end(&b, store, result, err);
}

int imported_return(struct imported *imported, struct store *store, int64_t *papers,
                    struct error *err)
{
    struct hashmap *times = hashmap_new();
    struct arena *arena = arena_new();
    char **names = NULL;
    size_t count = 0;
    int result = imported->binned_len ? undone_names(times, store, arena, err) : ERR_OK;

    *papers = 0;
    if (result == ERR_OK && hashmap_count(times) > 0) {
        names = mem_zalloc(imported->binned_len * sizeof *names);
        result = names_to_return(names, &count, imported, store, times, err);
    }
    if (result == ERR_OK && count > 0)
        result = return_names(imported, store, names, count, papers, err);
    if (result == ERR_OK)
        bin_cover(store, *papers);
    free(names);
    hashmap_free(times);
    arena_free(arena);
    return result;
}

/* ---- reading ---- */

/* What goes beyond is no number of a record, and no list of them. */
#define ID_MAX ((int64_t)1 << 48)
#define RECORDS_MAX (1u << 24)

static const char *read_number(int64_t *out, const char *text)
{
    char *end;

    *out = strtoll(text, &end, 10);
    return end == text || *out < 0 || *out > ID_MAX ? NULL : end;
}

/* One "12", "12-340" or "342<17". */
static const char *read_item(struct imported_list *list, const char *text, struct arena *arena)
{
    struct imported_record item = { 0 };
    int64_t last;

    text = read_number(&item.id, text);
    last = item.id;
    if (text && *text == '-')
        text = read_number(&last, text + 1);
    else if (text && *text == '<')
        text = read_number(&item.before, text + 1);
    if (!text || last < item.id || (uint64_t)(last - item.id) + list->len >= RECORDS_MAX)
        return NULL;
    for (; item.id <= last; item.id++)
        ARENA_PUSH(arena, list->items, list->len, list->cap, item);
    return text;
}

bool imported_parse(struct imported *out, const char *text, struct arena *arena)
{
    struct imported_list *list = NULL;

    while (text && *text) {
        if (str_starts(text, "added "))
            list = &out->added;
        else if (str_starts(text, "said "))
            list = &out->said;
        else if (str_starts(text, "words "))
            list = &out->words;
        else
            return false;
        text += strcspn(text, " ");
        while (text && *text == ' ')
            text = read_item(list, text + 1, arena);
        if (text && *text++ != '\n')
            return false;
    }
    return text != NULL;
}
