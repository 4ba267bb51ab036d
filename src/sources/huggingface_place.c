/*
 * Where a round through Hugging Face is: the periods of its dated lists, and which cursors may be.
 */
#include "huggingface.h"

#include "carrel/clock.h"

#include <string.h>

bool hf_dated(const char *kind)
{
    return strcmp(kind, "daily") == 0 || strcmp(kind, "weekly") == 0
           || strcmp(kind, "monthly") == 0;
}

/* ---- periods ---- */

int32_t hf_period_first(const char *kind, int32_t day)
{
    int year, month, mday;

    if (kind[0] == 'w')
        return day - (day_of_week(day) + 6) % 7;
    if (kind[0] != 'm')
        return day;
    day_to_civil(day, &year, &month, &mday);
    return day - (mday - 1);
}

int32_t hf_period_next(const char *kind, int32_t day)
{
    if (kind[0] == 'm')
        return hf_period_first(kind, hf_period_first(kind, day) + 31);
    return hf_period_first(kind, day) + (kind[0] == 'w' ? 7 : 1);
}

void hf_period_print(struct str *out, const char *kind, int32_t day)
{
    char date[16];
    int year, month, mday;
    int32_t thursday;

    if (kind[0] == 'w') {
        thursday = hf_period_first(kind, day) + 3;
        day_to_civil(thursday, &year, &month, &mday);
        str_printf(out, "week=%04d-W%02d", year,
                   (int)(thursday - day_from_civil(year, 1, 1)) / 7 + 1);
        return;
    }
    date_format(date, day);
    if (kind[0] == 'm')
        str_printf(out, "month=%.7s", date);
    else
        str_printf(out, "date=%s", date);
}

/* ---- cursors ---- */

bool hf_single(const struct cursor *cursor)
{
    return *cursor_get(cursor, "ids") && strcmp(cursor_get(cursor, "ids"), ".") != 0;
}

char *hf_first_id(struct arena *arena, const struct cursor *cursor)
{
    const char *ids = cursor_get(cursor, "ids");

    return arena_strndup(arena, ids, strcspn(ids, ","));
}

static bool hf_cursor_ok(const struct cursor *cursor)
{
    int64_t page = cursor_number(cursor, "page", 0);

    if (page > HF_PAGES_MAX)
        return false;
    if (hf_dated(cursor->kind))
        return cursor_day(cursor, "day") != DAY_NONE && cursor_day(cursor, "end") != DAY_NONE
               && cursor_day(cursor, "day") <= cursor_day(cursor, "end");
    if (strcmp(cursor->kind, "search") == 0)
        return *cursor_get(cursor, "q") && strlen(cursor_get(cursor, "q")) <= HF_QUERY_MAX;
    if (strcmp(cursor->kind, "paper") == 0)
        return hf_single(cursor) && *cursor_get(cursor, "ids") != ',';
    if (strcmp(cursor->kind, "linked") == 0)
        return *cursor_get(cursor, "ids") != ',';
    return strcmp(cursor->kind, "trending") == 0;
}

int hf_cursor(struct cursor *cursor, const char *text, struct error *err)
{
    int result = cursor_parse(cursor, text, err);

    if (result != ERR_OK || hf_cursor_ok(cursor))
        return result;
    cursor_free(cursor);
    return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of Hugging Face", text);
}
