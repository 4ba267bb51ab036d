/*
 * RIS: a line a value. Values are plain text, so TeX is made readable; what a reader kept of RIS's
 * own tags is written as it came.
 */
#include "bibliography.h"

#include "carrel/bibname.h"
#include "carrel/text.h"

#include <stdio.h>
#include <string.h>

static void line(struct str *out, const char *tag, const char *text, size_t len)
{
    size_t i;

    str_printf(out, "%s  - ", tag);
    for (i = 0; i < len; i++) {
        if (text[i] == '\n') /* a line that goes on must not look like a tag */
            str_add(out, "\r\n  ");
        else
            str_add_char(out, text[i]);
    }
    str_add(out, "\r\n");
}

static void tex_line(struct str *out, const char *tag, const char *tex, bool plain)
{
    struct str text = STR_INIT;

    if (plain)
        str_add(&text, tex);
    else
        plain_value(&text, tex);
    line(out, tag, text.ptr, text.len);
    str_free(&text);
}

static void name_lines(struct str *out, const char *tag, const char *list)
{
    struct arena *arena = arena_new();
    const char *one;
    size_t len;

    while (bib_names_next(&list, &one, &len)) {
        struct bib_name name;
        struct str tex = STR_INIT;

        bib_name_parse(&name, arena, one, len);
        str_printf(&tex, "%s%s%s", name.von, *name.von ? " " : "", name.last);
        if (!name.body)
            str_printf(&tex, ", %s", name.first);
        if (*name.jr)
            str_printf(&tex, ", %s", name.jr);
        if (!name.others)
            tex_line(out, tag, tex.ptr, false);
        str_free(&tex);
    }
    arena_free(arena);
}

/* "193--194", with any dash, as its two ends. */
static void page_lines(struct str *out, const char *pages)
{
    static const char *const dashes[] = { "--", "\xE2\x80\x93", "-" };
    const char *dash = NULL;
    size_t i, len = 0;

    for (i = 0; i < ARRAY_LEN(dashes) && !dash; i++) {
        dash = strstr(pages, dashes[i]);
        len = strlen(dashes[i]);
    }
    if (!dash || strchr(pages, ',') || strpbrk(dash + len, "-")) {
        tex_line(out, "SP", pages, false);
        return;
    }
    line(out, "SP", pages, (size_t)(dash - pages));
    line(out, "EP", dash + len, strlen(dash + len));
}

static void keyword_lines(struct str *out, const char *list)
{
    struct str text = STR_INIT;
    const char *at;

    text_from_latex(&text, list);
    for (at = text.ptr; *at;) {
        size_t len = strcspn(at, ",;");

        if (len > 0)
            line(out, "KW", at, len);
        at += len;
        at += strspn(at, ",; ");
    }
    str_free(&text);
}

static void date_lines(struct str *out, const char *date)
{
    char day[16];

    if (!citation_day(day, date))
        return;
    line(out, "PY", day, 4);
    if (strlen(day) > 4)
        str_printf(out, "DA  - %.4s/%.2s/%.2s\r\n", day, day + 5, strlen(day) > 7 ? day + 8 : "");
}

static void access_line(struct str *out, const char *date)
{
    char day[16];

    if (citation_day(day, date))
        str_printf(out, "Y2  - %.4s/%.2s/%.2s\r\n", day, strlen(day) > 4 ? day + 5 : "",
                   strlen(day) > 7 ? day + 8 : "");
}

/* A line for each of these, in this order; the ways that need more than a line are above. */
static const struct {
    const char *field, *tag;
    void (*lines)(struct str *out, const char *value);
} rows[] = {
    { "title", "TI", NULL },
    { "journaltitle", "JF", NULL },
    { "shortjournal", "JA", NULL },
    { "series", "T3", NULL },
    { "shorttitle", "ST", NULL },
    { "translatedtitle", "TT", NULL },
    { "abstract", "AB", NULL },
    { "note", "N1", NULL },
    { "keywords", "KW", keyword_lines },
    { "volume", "VL", NULL },
    { "number", "IS", NULL },
    { "pages", NULL, page_lines },
    { "publisher", "PB", NULL },
    { "institution", "PB", NULL },
    { "location", "CY", NULL },
    { "isbn", "SN", NULL },
    { "issn", "SN", NULL },
    { "url", "UR", NULL },
    { "doi", "DO", NULL },
    { "date", NULL, date_lines },
    { "year", NULL, date_lines },
    { "urldate", NULL, access_line },
    { "edition", "ET", NULL },
    { "language", "LA", NULL },
    { "volumes", "NV", NULL },
};

static const struct {
    const char *field, *tag;
} names[] = {
    { "author", "AU" }, { "editor", "A2" }, { "seriesauthor", "A3" }, { "translator", "A4" }
};

static void row_write(struct str *out, const struct citation *entry, size_t i)
{
    const char *value = citation_get(entry, rows[i].field);

    if (!value)
        return;
    if (rows[i].lines)
        rows[i].lines(out, value);
    else
        tex_line(out, rows[i].tag, value, citation_verbatim(rows[i].field));
}

static const char *type_of(const struct citation *entry)
{
    const char *kept = citation_get(entry, "ris:TY");

    return kept && strcmp(citation_of_ris(kept), entry->type) == 0 ? kept
                                                                   : citation_ris(entry->type);
}

/* The address that arxiv_line writes. */
static bool repeats(const struct citation *entry, size_t i)
{
    const char *number = citation_get(entry, "eprint");

    return number && strcmp(entry->fields[i].name, "ris:UR") == 0
           && strstr(entry->fields[i].value, number);
}

/* RIS has no word for a preprint's number; its page is one more address. */
static void arxiv_line(struct str *out, const struct citation *entry)
{
    const char *number = citation_get(entry, "eprint"), *kind = citation_get(entry, "eprinttype");
    const char *url = citation_get(entry, "url");

    if (number && kind && strcasecmp(kind, "arxiv") == 0 && (!url || !strstr(url, number)))
        str_printf(out, "UR  - https://arxiv.org/abs/%s\r\n", number);
}

void ris_write(struct str *out, const struct citation *entry, const char *key)
{
    const char *book = citation_get(entry, "booktitle"), *part = citation_get(entry, "subtitle");
    size_t i;

    str_printf(out, "TY  - %s\r\nID  - %s\r\n", type_of(entry), key);
    for (i = 0; i < ARRAY_LEN(names); i++)
        if (citation_get(entry, names[i].field))
            name_lines(out, names[i].tag, citation_get(entry, names[i].field));
    for (i = 0; i < ARRAY_LEN(rows); i++) {
        row_write(out, entry, i);
        if (strcmp(rows[i].field, "url") == 0)
            arxiv_line(out, entry);
        if (i == 0 && part) { /* the title of RIS is one */
            str_cut(out, out->len - 2);
            str_add(out, ": ");
            text_from_latex(out, part);
            str_add(out, "\r\n");
        }
    }
    if (book)
        tex_line(out, "BT", book, false);
    for (i = 0; i < entry->len; i++)
        if (str_starts(entry->fields[i].name, "ris:") && strlen(entry->fields[i].name) == 6
            && strcmp(entry->fields[i].name, "ris:TY") != 0 && !repeats(entry, i))
            line(out, entry->fields[i].name + 4, entry->fields[i].value,
                 strlen(entry->fields[i].value));
    str_add(out, "ER  - \r\n");
}
