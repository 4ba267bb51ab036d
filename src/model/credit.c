/*
 * The table of credits. A row's place is its bit in kept works: rows are added at the end only.
 */
#include "carrel/credit.h"

#include <string.h>

static const struct credit credits[] = {
    { "pwc", "Papers with Code", "CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/",
      "https://huggingface.co/pwc-archive" },
};

const struct credit *credit_at(size_t i)
{
    return i < ARRAY_LEN(credits) ? &credits[i] : NULL;
}

const struct credit *credit_find(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(credits); i++)
        if (strcmp(credits[i].name, name) == 0)
            return &credits[i];
    return NULL;
}

void credit_print(struct str *out, const struct credit *credit)
{
    str_printf(out, "%s, %s (%s)", credit->title, credit->license, credit->url);
}

unsigned credits_bits(const struct text_list *names)
{
    unsigned bits = 0;
    size_t i;

    for (i = 0; i < names->len; i++) {
        const struct credit *credit = credit_find(names->items[i]);

        if (credit)
            bits |= 1u << (credit - credits);
    }
    return bits;
}

void credits_from_bits(struct text_list *names, struct arena *arena, unsigned bits)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(credits); i++)
        if (bits & 1u << i)
            text_list_add(names, arena, credits[i].name, strlen(credits[i].name));
}

void credits_to_json(struct jsonw *w, const struct text_list *names)
{
    unsigned bits = credits_bits(names);
    size_t i;

    if (!bits)
        return;
    jsonw_key(w, "attribution");
    jsonw_array(w);
    for (i = 0; i < ARRAY_LEN(credits); i++) {
        if (!(bits & 1u << i))
            continue;
        jsonw_object(w);
        jsonw_key_string(w, "name", credits[i].name);
        jsonw_key_string(w, "title", credits[i].title);
        jsonw_key_string(w, "license", credits[i].license);
        jsonw_key_string(w, "license_url", credits[i].license_url);
        jsonw_key_string(w, "url", credits[i].url);
        jsonw_end(w);
    }
    jsonw_end(w);
}
