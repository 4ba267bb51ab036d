/*
 * Records from another machine, before they are written: unpacked, checked as a source's words are,
 * and prepared as an import prepares them. None of it needs the database.
 */
#include "internal.h"

#include "carrel/arrivals.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

#define FETCHED_MAX (INT64_C(1) << 46) /* the year 4199 */

bool source_adds(const char *source)
{
    return strcmp(source, "pwc-links") == 0;
}

static bool source_is_good(const char *source)
{
    size_t len = strspn(source, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_:.");

    return len > 0 && len <= 80 && source[len] == '\0'
           && strcmp(source, HAND) != 0; /* it goes by what was said */
}

static bool text_is_clean(const char *text)
{
    struct str clean = STR_INIT;
    bool same;

    if (!text)
        return true;
    utf8_clean(&clean, text, strlen(text));
    same = strcmp(clean.ptr, text) == 0;
    str_free(&clean);
    return same;
}

static bool list_is_clean(const struct text_list *list)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        if (!text_is_clean(list->items[i]) || strchr(list->items[i], '\n'))
            return false;
    return true;
}

/* Texts are made fit to be kept where a source is read; one that is not has not been. */
static bool record_is_clean(const struct record *r)
{
    const char *const texts[] = { r->id,      r->title,   r->abstract, r->published,
                                  r->updated, r->doi,     r->venue,    r->comment,
                                  r->url,     r->pdf_url, r->license,  r->announce };
    const struct text_list *const lists[] = { &r->authors, &r->categories, &r->code_urls,
                                              &r->tags,    &r->aliases,    &r->tasks,
                                              &r->methods, &r->credits };
    size_t i;

    for (i = 0; i < ARRAY_LEN(texts); i++)
        if (!text_is_clean(texts[i]) || (i != 2 && texts[i] && strchr(texts[i], '\n')))
            return false;
    for (i = 0; i < ARRAY_LEN(lists); i++)
        if (!list_is_clean(lists[i]))
            return false;
    for (i = 0; i < r->links.len; i++)
        if (!text_is_clean(r->links.items[i].url) || !text_is_clean(r->links.items[i].said))
            return false;
    return true;
}

static bool arrival_unpack(struct record *out, struct arena *arena, const struct arrival *arrival,
                           const char **why)
{
    struct error broken = { 0 };
    bool good = false;

    if (!source_is_good(arrival->source) || arrival->fetched <= 0
        || arrival->fetched >= FETCHED_MAX)
        *why = "its time or source is none";
    else if (payload_unpack(out, arena, arrival->payload, arrival->len, &broken) != ERR_OK)
        *why = arena_strdup(arena, broken.message);
    else if (!record_is_clean(out))
        *why = "its texts are not fit to be kept";
    else
        good = true;
    return good;
}

bool arrival_prepare(struct preparer *preparer, struct prepared *out, struct arena *arena,
                     const struct arrival *arrival, const char **why)
{
    struct record record;

    if (!arrival_unpack(&record, arena, arrival, why))
        return false;
    record.source = arrival->source;
    record.adds = source_adds(arrival->source);
    if (!preparer_run(preparer, out, &record, arena, why))
        return false;
    out->fetched = arrival->fetched;
    return true;
}
