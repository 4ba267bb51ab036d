/*
 * CSL-JSON. Titles keep what CSL can say of their TeX (italics, raised and lowered, capitals that
 * stay); all else becomes plain text. What a reader kept of CSL's own members is written as it
 * came.
 */
#include "bibliography.h"

#include "carrel/bibname.h"
#include "carrel/jsonw.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define RICH_DEPTH 16

/* ---- TeX as CSL's markup ---- */

static const struct {
    const char *tex, *open, *close;
} rich[] = {
    { "\\emph{", "<i>", "</i>" },
    { "\\textit{", "<i>", "</i>" },
    { "\\textbf{", "<b>", "</b>" },
    { "\\textsuperscript{", "<sup>", "</sup>" },
    { "\\textsubscript{", "<sub>", "</sub>" },
    { "\\textsc{", "<span style=\"font-variant:small-caps;\">", "</span>" },
    { "{", "<span class=\"nocase\">", "</span>" },
};

/* Behind the brace that closes the one at `at`; the end of the text where none does. */
static const char *group_end(const char *at)
{
    int depth = 0;

    for (; *at; at++) {
        depth += (*at == '{') - (*at == '}');
        if (depth == 0)
            return at + 1;
    }
    return at;
}

/* Behind what belongs together: a formula, a command with its groups, a letter in braces. */
static const char *piece_end(const char *at)
{
    const char *end = at + 1;

    if (*at == '$') {
        end = strchr(at + 1, '$');
        return end ? end + 1 : at + 1;
    }
    if (*at == '{')
        return group_end(at);
    if (*at != '\\' || !at[1])
        return end;
    end++;
    while (isalpha((unsigned char)at[1]) && isalpha((unsigned char)*end))
        end++;
    while (*end == '{')
        end = group_end(end);
    return end;
}

static size_t rich_row(const char *at)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(rich) && !str_starts(at, rich[i].tex); i++)
        ;
    if (*at == '{' && (at[1] == '\\' || at[1] == '}'))
        return ARRAY_LEN(rich);
    return i;
}

static void rich_text(struct str *out, struct arena *arena, const char *tex, int depth)
{
    struct str run = STR_INIT;

    while (*tex) {
        size_t row = depth < RICH_DEPTH ? rich_row(tex) : ARRAY_LEN(rich);
        const char *end = piece_end(tex), *open;

        if (row < ARRAY_LEN(rich) && end[-1] == '}') {
            open = tex + strlen(rich[row].tex);
            text_from_latex(out, run.ptr);
            str_clear(&run);
            end = group_end(open - 1);
            str_add(out, rich[row].open);
            rich_text(out, arena, arena_strndup(arena, open, (size_t)(end - 1 - open)), depth + 1);
            str_add(out, rich[row].close);
        } else {
            str_add_mem(&run, tex, (size_t)(end - tex));
        }
        tex = end;
    }
    text_from_latex(out, run.ptr);
    str_free(&run);
}

/* ---- values ---- */

static void key_tex(struct jsonw *w, const char *key, const char *tex, bool plain)
{
    struct str text = STR_INIT;

    if (plain)
        str_add(&text, tex);
    else
        plain_value(&text, tex);
    jsonw_key_string(w, key, text.ptr);
    str_free(&text);
}

static void key_rich(struct jsonw *w, const char *key, const char *tex)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT, clean = STR_INIT;

    rich_text(&text, arena, tex, 0);
    utf8_squeeze(&clean, text.ptr, text.len);
    jsonw_key_string(w, key, clean.ptr);
    str_free(&clean);
    str_free(&text);
    arena_free(arena);
}

static void person(struct jsonw *w, const struct bib_name *name)
{
    jsonw_object(w);
    if (name->body) {
        key_tex(w, "literal", name->last, false);
    } else {
        key_tex(w, "family", name->last, false);
        if (*name->first)
            key_tex(w, "given", name->first, false);
        if (*name->von)
            key_tex(w, "non-dropping-particle", name->von, false);
        if (*name->jr)
            key_tex(w, "suffix", name->jr, false);
    }
    jsonw_end(w);
}

static void key_names(struct jsonw *w, const char *key, const char *list)
{
    struct arena *arena = arena_new();
    const char *one;
    size_t len;

    jsonw_key(w, key);
    jsonw_array(w);
    while (bib_names_next(&list, &one, &len)) {
        struct bib_name name;

        bib_name_parse(&name, arena, one, len);
        if (!name.others)
            person(w, &name);
    }
    jsonw_end(w);
    arena_free(arena);
}

static void date_part(struct jsonw *w, const char *day)
{
    jsonw_array(w);
    jsonw_int(w, atoi(day));
    if (strlen(day) >= 7)
        jsonw_int(w, atoi(day + 5));
    if (strlen(day) >= 10)
        jsonw_int(w, atoi(day + 8));
    jsonw_end(w);
}

static void key_date(struct jsonw *w, const char *key, const char *date)
{
    const char *end = strchr(date, '/');
    char first[16], last[16];

    if (!citation_day(first, date))
        return;
    jsonw_key(w, key);
    jsonw_object(w);
    jsonw_key(w, "date-parts");
    jsonw_array(w);
    date_part(w, first);
    if (end && citation_day(last, end + 1))
        date_part(w, last);
    jsonw_end(w);
    if (strchr(date, '~') || strchr(date, '?'))
        jsonw_key_bool(w, "circa", true);
    jsonw_end(w);
}

static void key_pages(struct jsonw *w, const char *key, const char *pages)
{
    struct str text = STR_INIT, plain = STR_INIT;
    const char *at;

    text_from_latex(&plain, pages);
    for (at = plain.ptr; *at; at++) {
        if (str_starts(at, "\xE2\x80\x93")) {
            str_add_char(&text, '-');
            at += 2;
        } else {
            str_add_char(&text, *at);
        }
    }
    jsonw_key_string(w, key, text.ptr);
    str_free(&plain);
    str_free(&text);
}

/* ---- items ---- */

enum csl_way { CSL_TEXT, CSL_RICH, CSL_NAMES, CSL_DATE, CSL_PAGES };

/* In this order; a member is written once. */
static const struct {
    const char *member, *field;
    enum csl_way way;
} rows[] = {
    { "author", "author", CSL_NAMES },
    { "editor", "editor", CSL_NAMES },
    { "translator", "translator", CSL_NAMES },
    { "container-author", "bookauthor", CSL_NAMES },
    { "collection-editor", "serieseditor", CSL_NAMES },
    { "title", "title", CSL_RICH },
    { "title-short", "shorttitle", CSL_RICH },
    { "container-title", "maintitle", CSL_RICH }, /* of what appeared in it only: settle */
    { "container-title", "booktitle", CSL_RICH },
    { "container-title", "journaltitle", CSL_RICH },
    { "container-title-short", "shortjournal", CSL_RICH },
    { "collection-title", "series", CSL_RICH },
    { "volume-title", "volumetitle", CSL_RICH },
    { "original-title", "origtitle", CSL_RICH },
    { "event-title", "eventtitle", CSL_RICH },
    { "event-place", "venue", CSL_TEXT },
    { "publisher", "publisher", CSL_TEXT },
    { "publisher", "institution", CSL_TEXT },
    { "publisher", "organization", CSL_TEXT },
    { "publisher-place", "location", CSL_TEXT },
    { "issued", "date", CSL_DATE },
    { "issued", "year", CSL_DATE },
    { "accessed", "urldate", CSL_DATE },
    { "event-date", "eventdate", CSL_DATE },
    { "original-date", "origdate", CSL_DATE },
    { "volume", "volume", CSL_TEXT },
    { "number", "number", CSL_TEXT }, /* "issue" of an article */
    { "collection-number", "collectionnumber", CSL_TEXT },
    { "chapter-number", "chapter", CSL_TEXT },
    { "number-of-volumes", "volumes", CSL_TEXT },
    { "number-of-pages", "pagetotal", CSL_TEXT },
    { "page", "pages", CSL_PAGES },
    { "edition", "edition", CSL_TEXT },
    { "version", "version", CSL_TEXT },
    { "genre", "type", CSL_TEXT },
    { "status", "pubstate", CSL_TEXT },
    { "language", "langid", CSL_TEXT },
    { "language", "language", CSL_TEXT },
    { "keyword", "keywords", CSL_TEXT },
    { "DOI", "doi", CSL_TEXT },
    { "URL", "url", CSL_TEXT },
    { "ISBN", "isbn", CSL_TEXT },
    { "ISSN", "issn", CSL_TEXT },
    { "archive", "eprinttype", CSL_TEXT },
    { "archive_location", "eprint", CSL_TEXT },
    { "abstract", "abstract", CSL_TEXT },
    { "note", "note", CSL_TEXT },
    { "annote", "annotation", CSL_TEXT },
};

static const char *member_of(const struct citation *entry, size_t row)
{
    if (strcmp(rows[row].field, "number") == 0 && strcmp(entry->type, "article") == 0)
        return "issue";
    if (strcmp(rows[row].field, "number") == 0 && citation_in_series(entry))
        return "collection-number";
    return rows[row].member;
}

/* Was it kept as CSL had it, or written by a row before? */
static bool member_done(const struct citation *entry, size_t row)
{
    char kept[64] = "csl:";
    size_t i;

    strncat(kept, member_of(entry, row), sizeof kept - 5);
    if (citation_get(entry, kept))
        return true;
    for (i = 0; i < row; i++)
        if (strcmp(member_of(entry, i), member_of(entry, row)) == 0
            && citation_get(entry, rows[i].field))
            return true;
    return false;
}

/* What is said of a field in others: "Title: Subtitle. Addition". */
static char *with_parts(struct arena *arena, const struct citation *entry, const char *field,
                        const char *value)
{
    static const char *const parts[][3] = { { "title", "subtitle", "titleaddon" },
                                            { "booktitle", "booksubtitle", "booktitleaddon" },
                                            { "maintitle", "mainsubtitle", "maintitleaddon" },
                                            { "journaltitle", "journalsubtitle", "" } };
    const char *subtitle = NULL, *more = NULL;
    size_t i, len = strlen(value);

    for (i = 0; i < ARRAY_LEN(parts); i++)
        if (strcmp(parts[i][0], field) == 0) {
            subtitle = citation_get(entry, parts[i][1]);
            more = citation_get(entry, parts[i][2]);
        }
    return arena_printf(arena, "%s%s%s%s%s", value,
                        !subtitle                               ? ""
                        : len && strchr(".:?!", value[len - 1]) ? " "
                                                                : ": ",
                        subtitle ? subtitle : "", more ? ". " : "", more ? more : "");
}

/* Words that biblatex has for what CSL wants in full. */
static const char *in_words(const char *field, const char *value)
{
    static const char *const words[][3] = {
        { "type", "phdthesis", "PhD thesis" },
        { "type", "mathesis", "Master’s thesis" },
        { "type", "candthesis", "Candidate thesis" },
        { "type", "resreport", "research report" },
        { "type", "techreport", "technical report" },
        { "type", "software", "computer software" },
        { "type", "patent", "patent" },
        { "type", "patenteu", "European patent" },
        { "type", "patentde", "German patent" },
        { "type", "patentfr", "French patent" },
        { "type", "patentuk", "British patent" },
        { "type", "patentus", "U.S. patent" },
        { "language", "german", "de-DE" },
        { "language", "ngerman", "de-DE" },
        { "language", "english", "en-US" },
        { "language", "american", "en-US" },
        { "language", "usenglish", "en-US" },
        { "language", "british", "en-GB" },
        { "language", "ukenglish", "en-GB" },
        { "language", "french", "fr-FR" },
        { "language", "italian", "it-IT" },
        { "language", "spanish", "es-ES" },
        { "language", "latin", "la" },
        { "language", "greek", "el-GR" },
        { "language", "dutch", "nl-NL" },
        { "language", "russian", "ru-RU" },
        { "language", "portuguese", "pt-PT" },
        { "language", "polish", "pl-PL" },
        { "language", "swedish", "sv-SE" },
        { "language", "danish", "da-DK" },
        { "language", "norwegian", "nb-NO" },
        { "language", "finnish", "fi-FI" },
        { "language", "czech", "cs-CZ" },
        { "language", "japanese", "ja-JP" },
        { "language", "chinese", "zh-CN" },
    };
    size_t i;

    if (strcmp(field, "langid") == 0)
        field = "language";
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i][0], field) == 0 && strcasecmp(words[i][1], value) == 0)
            return words[i][2];
    return value;
}

static void row_write(struct jsonw *w, struct arena *arena, const struct citation *entry,
                      size_t row)
{
    const char *field = rows[row].field, *value = citation_get(entry, field);
    const char *member = member_of(entry, row);

    if (!value || member_done(entry, row))
        return;
    if (rows[row].way == CSL_RICH)
        key_rich(w, member, with_parts(arena, entry, field, value));
    else if (rows[row].way == CSL_NAMES)
        key_names(w, member, value);
    else if (rows[row].way == CSL_DATE)
        key_date(w, member, value);
    else if (rows[row].way == CSL_PAGES)
        key_pages(w, member, value);
    else
        key_tex(w, member, in_words(field, value), citation_verbatim(field));
}

static void type_write(struct jsonw *w, const struct citation *entry)
{
    const char *kept = citation_get(entry, "csl:type");
    char type[40] = "";

    if (kept && *kept == '"' && strlen(kept) < sizeof type)
        strncat(type, kept + 1, strlen(kept) - 2);
    if (kept && !strchr(type, '\\') && strcmp(citation_of_csl(type), entry->type) == 0)
        jsonw_key_string(w, "type", type);
    else
        jsonw_key_string(w, "type", citation_csl(entry->type));
}

/* The entry in CSL's terms: a volume of a work has the work's title, and its own beside it; the
 * page of a preprint is its address, the number behind it is told only where there is another. */
static void settle(struct citation *out, struct arena *arena, const struct citation *entry)
{
    const char *main, *book = citation_get(entry, "booktitle"), *url = citation_get(entry, "url"),
                      *number = citation_get(entry, "eprint");
    const char *kind = citation_get(entry, "eprinttype");
    bool inside = citation_inside(entry->type), arxiv;

    citation_copy(out, entry, arena);
    main = citation_get(out, "maintitle");
    if (main && inside && !citation_get(out, "volumetitle"))
        citation_set(out, arena, "volumetitle",
                     book ? with_parts(arena, out, "booktitle", book) : NULL);
    if (!inside)
        citation_set(out, arena, "maintitle", NULL);
    arxiv = number && kind && strcasecmp(kind, "arxiv") == 0;
    if (arxiv && !url)
        citation_set(out, arena, "url", arena_printf(arena, "https://arxiv.org/abs/%s", number));
    if (!kind || (arxiv && (!url || strstr(url, number)))) {
        citation_set(out, arena, "eprint", NULL);
        citation_set(out, arena, "eprinttype", NULL);
    }
    if (strcmp(out->type, "phdthesis") == 0 && !citation_get(out, "type"))
        citation_set(out, arena, "type", "phdthesis");
    if (strcmp(out->type, "mastersthesis") == 0 && !citation_get(out, "type"))
        citation_set(out, arena, "type", "mathesis");
}

void csl_write(struct str *out, const struct citation *given, const char *key)
{
    struct arena *arena = arena_new();
    struct citation own;
    const struct citation *entry = &own;
    struct jsonw w;
    size_t i;

    settle(&own, arena, given);
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "id", key);
    type_write(&w, entry);
    for (i = 0; i < ARRAY_LEN(rows); i++)
        row_write(&w, arena, entry, i);
    for (i = 0; i < entry->len; i++)
        if (str_starts(entry->fields[i].name, "csl:")
            && strcmp(entry->fields[i].name, "csl:type") != 0) {
            jsonw_key(&w, entry->fields[i].name + 4);
            jsonw_raw(&w, entry->fields[i].value);
        }
    jsonw_end(&w);
    arena_free(arena);
}
