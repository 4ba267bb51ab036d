/*
 * From an entry of a bibliography to a record: names, dates, identifiers and the place where it
 * appeared. The whole entry goes along, so what a record has no field for is not lost.
 */
#include "cited.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ---- */

static void decode_1252(struct str *out, const char *bytes, size_t len)
{
    /* 0x80 to 0x9F; the five that mean nothing stay what they are in Latin-1 */
    static const unsigned runes[32] = { 0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020,
                                        0x2021, 0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,
                                        0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D,
                                        0x2022, 0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A,
                                        0x153,  0x9D,   0x17E,  0x178 };
    size_t i;

    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];

        str_add_rune(out, c >= 0x80 && c < 0xA0 ? runes[c - 0x80] : c);
    }
}

/* False when a byte of it is none of this character set. */
static bool decode_named(struct str *out, const char *bytes, size_t len, const char *charset)
{
    iconv_t convert = iconv_open("UTF-8", charset);
    char *from = (char *)(uintptr_t)bytes, *to;
    size_t room = len * 4 + 16, left = room, before = out->len;
    bool done = false;

    if (convert == (iconv_t)-1)
        return false;
    str_reserve(out, room);
    to = out->ptr + out->len;
    done = iconv(convert, &from, &len, &to, &left) != (size_t)-1 && len == 0;
    iconv_close(convert);
    if (done)
        out->len += room - left;
    str_cut(out, done ? out->len : before);
    return done;
}

void cited_decode(struct str *out, const char *bytes, size_t len, const char *charset)
{
    if (utf8_valid(bytes, len))
        str_add_mem(out, bytes, len);
    else if (!*charset || str_istarts(charset, "utf") || !decode_named(out, bytes, len, charset))
        decode_1252(out, bytes, len);
}

/* ---- values ---- */

/* Paragraphs stay apart. */
char *cited_value(struct arena *arena, const char *text, size_t len)
{
    struct str clean = STR_INIT, out = STR_INIT;
    const char *at, *end;
    char *kept = NULL;

    utf8_clean(&clean, text, len);
    for (at = clean.ptr; *at; at = end) {
        const char *gap = at;

        for (end = at; *end; end++) { /* to an empty line */
            if (*end != '\n')
                continue;
            gap = end + 1 + strspn(end + 1, " \t");
            if (*gap == '\n')
                break;
        }
        if (out.len > 0 && !str_ends(out.ptr, "\n\n"))
            str_add(&out, "\n\n");
        utf8_squeeze(&out, at, (size_t)(end - at));
        end += strspn(end, " \t\n");
    }
    str_trim(&out);
    if (out.len > 0)
        kept = arena_strndup(arena, out.ptr, out.len);
    str_free(&clean);
    str_free(&out);
    return kept;
}

void cited_add_plain(struct citation *entry, struct arena *arena, const char *name,
                     const char *text)
{
    char *value = cited_value(arena, text, strlen(text));
    struct str tex = STR_INIT;

    if (value && entry->len < CITED_FIELDS) {
        if (citation_verbatim(name))
            str_add(&tex, value);
        else
            text_to_latex(&tex, value);
        citation_add(entry, arena, name, tex.ptr);
    }
    str_free(&tex);
}

void cited_add_pages(struct citation *entry, struct arena *arena, const char *text)
{
    struct str pages = STR_INIT;

    for (; *text; text++) {
        if (*text == '-' && text[1] != '-' && (pages.len == 0 || pages.ptr[pages.len - 1] != '-'))
            str_add(&pages, "--");
        else if (str_starts(text, "\xE2\x80\x93")) {
            str_add(&pages, "--");
            text += 2;
        } else
            str_add_char(&pages, *text);
    }
    if (pages.len > 0 && !strpbrk(pages.ptr, "\\{}%&_#$~^"))
        citation_add(entry, arena, "pages", cited_value(arena, pages.ptr, pages.len));
    str_free(&pages);
}

/* ---- the record ---- */

static char *plain(struct parser *p, const char *value)
{
    struct str text = STR_INIT;
    char *kept;

    if (!value)
        return NULL;
    text_from_latex(&text, value);
    kept = field_squeeze(p, text.ptr);
    str_free(&text);
    return kept;
}

static void cited_title(struct parser *p, const struct citation *entry)
{
    static const char *const names[] = { "title", "booktitle", "maintitle", "shorttitle", NULL };
    const char *subtitle = citation_get(entry, "subtitle");
    char *title = plain(p, citation_first(entry, names));

    if (title && subtitle && citation_get(entry, "title"))
        title =
            arena_printf(p->arena, "%s%s %s", title,
                         strchr(".:?!", title[strlen(title) - 1]) ? "" : ":", plain(p, subtitle));
    p->record.title = title ? title : plain(p, citation_untitled(p->arena, entry));
}

static void cited_authors(struct parser *p, const struct citation *entry)
{
    static const char *const names[] = { "author", "editor", "translator", NULL };
    const char *list = citation_first(entry, names), *name;
    struct str text = STR_INIT;
    size_t len;

    while (list && bib_names_next(&list, &name, &len) && p->record.authors.len < AUTHORS_MAX) {
        struct bib_name parts;
        char *clean;

        bib_name_parse(&parts, p->arena, name, len);
        str_clear(&text);
        if (!parts.others)
            bib_name_plain(&text, &parts);
        clean = field_squeeze(p, text.ptr);
        if (clean)
            text_list_add(&p->record.authors, p->arena, clean, strlen(clean));
    }
    str_free(&text);
}

static void cited_dates(struct parser *p, const struct citation *entry)
{
    const char *date = citation_get(entry, "date"), *year = citation_get(entry, "year");
    char day[16];

    if ((date && citation_day(day, date)) || (year && citation_day(day, year)))
        p->record.published = arena_strdup(p->arena, day);
}

/* "arXiv:1706.03762" somewhere in the text. */
static char *cited_number(struct parser *p, const char *text)
{
    const char *found = text ? strcasestr(text, "arxiv:") : NULL;

    if (!found)
        return NULL;
    found += 6;
    found += strspn(found, " ");
    return arena_printf(p->arena, "arxiv:%.*s", (int)strcspn(found, " ,;)]}[("), found);
}

static void cited_arxiv(struct parser *p, const struct citation *entry)
{
    static const char *const places[] = { "journaltitle", "howpublished", "note",
                                          "number",       "url",          "eprint",
                                          "volume",       "ris:UR",       "publisher" };
    const char *eprint = citation_get(entry, "eprint");
    const char *kind = citation_get(entry, "eprinttype");
    const char *class = citation_get(entry, "eprintclass");
    size_t i;

    if (eprint && (!kind || strcasecmp(kind, "arxiv") == 0)) {
        if (str_istarts(eprint, "arxiv:"))
            eprint += 6;
        field_id(p, arena_printf(p->arena, "arxiv:%s", eprint));
        if (!p->record.id && class) /* "0301001" of hep-th */
            field_id(p, arena_printf(p->arena, "arxiv:%s/%s", class, eprint));
    }
    for (i = 0; i < ARRAY_LEN(places) && !p->record.id; i++) {
        const char *value = citation_get(entry, places[i]);
        char *number = cited_number(p, value);

        if (number)
            field_id(p, number);
        else if (value && strstr(value, "arxiv.org/"))
            field_id(p, value);
    }
    if (class && p->record.id && str_starts(p->record.id, "arxiv:"))
        field_category(p, class);
}

static void cited_identity(struct parser *p, const struct citation *entry)
{
    const char *doi = citation_get(entry, "doi"), *url = citation_get(entry, "url");
    struct ident ident;

    cited_arxiv(p, entry);
    if (doi && ident_parse(&ident, doi) && ident.scheme == ID_DOI)
        p->record.doi = arena_strdup(p->arena, ident.value);
    if (!doi && url && ident_parse(&ident, url) && ident.scheme == ID_DOI)
        p->record.doi = arena_strdup(p->arena, ident.value);
    if (p->record.doi)
        field_alias(p, p->record.doi);
    if (url && (str_istarts(url, "http://") || str_istarts(url, "https://"))) {
        p->record.url = field_squeeze(p, url);
        if (p->record.url && str_ends(p->record.url, ".pdf"))
            p->record.pdf_url = p->record.url;
    }
}

/* Behind the one at `at`: up to a comma or semicolon outside of braces. */
static const char *keyword_end(const char *at)
{
    int depth = 0;

    for (; *at && (depth > 0 || (*at != ',' && *at != ';')); at++)
        depth += (*at == '{') - (*at == '}');
    return at;
}

void cited_keywords(struct text_list *out, struct arena *arena, const struct text_list *cited)
{
    struct str text = STR_INIT, clean = STR_INIT;
    struct citation entry;
    const char *at = citation_from(&entry, arena, cited) ? citation_get(&entry, "keywords") : NULL;

    while (at && *at) {
        const char *end = keyword_end(at);

        str_clear(&text);
        str_clear(&clean);
        text_from_latex(&text, arena_strndup(arena, at, (size_t)(end - at)));
        utf8_squeeze(&clean, text.ptr, text.len);
        if (clean.len > 0)
            text_list_add(out, arena, clean.ptr, clean.len);
        at = end + (*end != '\0');
    }
    str_free(&text);
    str_free(&clean);
}

/* What an entry is said to be about are its subjects: tags are the reader's own. */
static void cited_subjects(struct parser *p)
{
    struct text_list keywords = { 0 };
    size_t i;

    cited_keywords(&keywords, p->arena, &p->record.cited);
    for (i = 0; i < keywords.len; i++)
        field_category(p, keywords.items[i]);
}

void cited_tag(struct str *out, const char *text)
{
    for (text += strspn(text, " -"); *text && out->len < CITED_TAG; text++)
        if (*text == ' ' && out->ptr[out->len - 1] != '-')
            str_add_char(out, '-');
        else if ((unsigned char)*text > ' ' && !strchr("\"(),:*\x7F", *text))
            str_add_char(out, *text);
    while (out->len > 0 && (out->ptr[out->len - 1] == '-' || !utf8_valid(out->ptr, out->len)))
        str_cut(out, out->len - 1);
}

void cited_add_tags(struct text_list *out, struct arena *arena, const struct text_list *words)
{
    struct str tag = STR_INIT;
    size_t i;

    for (i = 0; i < words->len; i++) {
        str_clear(&tag);
        cited_tag(&tag, words->items[i]);
        if (tag.len > 0)
            text_list_add(out, arena, tag.ptr, tag.len);
    }
    str_free(&tag);
}

bool cited_begin(struct parser *p, const struct citation *entry, const char *source, long line)
{
    static const char *const abstracts[] = { "abstract", NULL };
    const char *abstract = citation_first(entry, abstracts);

    record_begin(p, source, line);
    cited_title(p, entry);
    if (!p->record.title) {
        record_reject(p, line,
                      *entry->key ? arena_printf(p->arena, "nothing in the entry %.80s", entry->key)
                                  : "an entry without title, key and people");
        return false;
    }
    cited_authors(p, entry);
    cited_dates(p, entry);
    cited_identity(p, entry);
    p->record.venue = plain(p, citation_venue(entry));
    p->record.comment = plain(p, citation_get(entry, "note"));
    if (abstract) {
        struct str text = STR_INIT;

        text_from_latex(&text, abstract);
        p->record.abstract = field_abstract(p, text.ptr);
        str_free(&text);
    }
    citation_keep(&p->record.cited, p->arena, entry);
    cited_subjects(p);
    return true;
}

void cited_emit(struct parser *p, const struct citation *entry, const char *source, long line)
{
    if (cited_begin(p, entry, source, line))
        record_emit(p);
}
