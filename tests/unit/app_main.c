/*
 * Bibliographies there and back: what is written by a format and read again says the same. Entries
 * are generated from a fixed seed, with all that TeX, RIS and JSON take for something else.
 */
#include "carrel/bibliography.h"
#include "carrel/bibname.h"
#include "carrel/sources.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 1000

static uint64_t seed;

static unsigned pick(unsigned most)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % most;
}

static const char *const words[] = {
    "the",    "Attention",  "BERT",   "naïve", "Łukasz",     "50%",    "R&D",       "a_b",
    "#1",     "$5",         "{x}",    "}",     "\\alpha",    "~",      "^",         "--",
    "---",    "''quoted''", "``",     "'",     "\"",         "日本語", "Über",      "<b",
    "x<y>z",  "A/B:",       "e.g.",   "α²",    "–",          "TY - X", "@article{", "and",
    "others", "é",          "O'Neil", "[1]",   "(2)",        "=",      "𝔸",         "C--H",
    "\\",     "a\\b{c}d",   "ﬁ",      "100°",  "well-known", "«»",     "von",       "iPhone",
};

static void make_text(struct str *out, unsigned most)
{
    unsigned count = 1 + pick(most), i;

    str_clear(out);
    for (i = 0; i < count; i++)
        str_printf(out, "%s%s", i ? " " : "", words[pick(ARRAY_LEN(words))]);
}

static char *make_tex(struct arena *arena, unsigned most)
{
    struct str plain = STR_INIT, tex = STR_INIT;
    char *kept;

    make_text(&plain, most);
    text_to_latex(&tex, plain.ptr);
    kept = arena_strdup(arena, tex.ptr);
    str_free(&plain);
    str_free(&tex);
    return kept;
}

static const char *const people[] = {
    "Ada Lovelace",
    "Ludwig van Beethoven",
    "Juan de la Cruz Jr.",
    "Łukasz Kaiser",
    "ATLAS Collaboration",
    "Plato",
    "J. R. R. Tolkien",
    "Émile Zola",
    "Y-Lan Boureau",
    "Johannes Diderik van der Waals",
    "and Sons",
    "李 明",
    "R & D Team",
    "Dan O'Neil",
    "Jones and Co Group",
    "X. y z",
};

static char *make_names(struct arena *arena)
{
    struct str list = STR_INIT;
    unsigned count = 1 + pick(4);
    char *kept;

    while (count-- > 0) {
        struct bib_name name;

        bib_name_guess(&name, arena, people[pick(ARRAY_LEN(people))]);
        bib_name_add(&list, &name);
    }
    kept = arena_strdup(arena, list.ptr);
    str_free(&list);
    return kept;
}

static char *make_date(struct arena *arena)
{
    unsigned year = 1900 + pick(130), month = 1 + pick(12), day = 1 + pick(28);

    switch (pick(3)) {
    case 0:
        return arena_printf(arena, "%u", year);
    case 1:
        return arena_printf(arena, "%u-%02u", year, month);
    default:
        return arena_printf(arena, "%u-%02u-%02u", year, month, day);
    }
}

/* ---- reading back ---- */

struct back {
    struct arena *arena;
    struct record record;
    int count, rejects;
};

static int back_record(void *ctx, const struct record *record)
{
    struct back *back = ctx;

    back->count++;
    record_copy(&back->record, record, back->arena);
    return 0;
}

static void back_reject(void *ctx, long line, const char *why)
{
    (void)line;
    (void)why;
    ((struct back *)ctx)->rejects++;
}

static const struct {
    enum bibliography_form form;
    enum parse_format format;
} forms[] = { { BIB_BIBTEX, PARSE_BIBTEX },
              { BIB_BIBLATEX, PARSE_BIBTEX },
              { BIB_RIS, PARSE_RIS },
              { BIB_CSL, PARSE_CSL } };

static void read_back(struct back *back, const struct str *text, enum parse_format format)
{
    const struct parse_sink sink = { .ctx = back, .record = back_record, .reject = back_reject };
    enum parse_format found;
    struct parser *parser;
    struct error err = { 0 };

    back->count = back->rejects = 0;
    assert_int_equal(parser_new(&parser, PARSE_AUTO, &sink, &err), ERR_OK);
    assert_int_equal(parser_feed(parser, text->ptr, text->len, &err), ERR_OK);
    assert_int_equal(parser_finish(parser, &err), ERR_OK);
    found = parser_format(parser);
    parser_free(parser);
    if (back->count != 1 || back->rejects || found != format)
        fail_msg("%d read, %d refused, as %s: %s", back->count, back->rejects,
                 parse_format_name(found), text->ptr);
}

static void write_form(struct str *out, enum bibliography_form form, const struct citation *entry)
{
    const struct bibliography_options options = { .form = form };

    str_clear(out);
    str_add(out, bibliography_before(form));
    bibliography_add(out, &options, entry, entry->key);
    str_add(out, bibliography_behind(form));
}

/* ---- entries ---- */

static int by_name(const void *a, const void *b)
{
    const struct citation_field *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : strcmp(x->value, y->value);
}

static void entries_equal(const struct citation *a, struct citation *b, const char *text)
{
    size_t i;

    if (strcmp(a->type, b->type) != 0 || strcmp(a->key, b->key) != 0 || a->len != b->len)
        fail_msg("%s %s, %zu fields came back as %s %s, %zu: %s", a->type, a->key, a->len, b->type,
                 b->key, b->len, text);
    qsort(a->fields, a->len, sizeof *a->fields, by_name);
    qsort(b->fields, b->len, sizeof *b->fields, by_name);
    for (i = 0; i < a->len; i++)
        if (by_name(&a->fields[i], &b->fields[i]) != 0)
            fail_msg("%s = %s came back as %s = %s: %s", a->fields[i].name, a->fields[i].value,
                     b->fields[i].name, b->fields[i].value, text);
}

/* A field that only some formats have is made for those: bits of 1 << form. */
enum { TEX = 3, RIS = 4, CSL = 8, ALL = 15 };
static const struct {
    const char *name;
    unsigned of, words;
} texts[] = {
    { "volume", ALL, 1 },
    { "number", ALL, 1 },
    { "series", ALL, 4 },
    { "shorttitle", ALL, 3 },
    { "edition", ALL, 2 },
    { "location", ALL, 3 },
    { "note", ALL, 8 },
    { "abstract", ALL, 60 },
    { "language", ALL, 1 },
    { "version", TEX | CSL, 1 },
    { "eventtitle", TEX | CSL, 5 },
    { "venue", TEX | CSL, 3 },
    { "annotation", TEX | CSL, 9 },
    { "howpublished", TEX, 4 },
    { "unknown-field", TEX, 12 },
    { "titleaddon", TEX, 4 },
    { "subtitle", TEX, 4 },
    { "organization", TEX, 4 },
};

static const char *const types[] = { "article", "book",   "inproceedings", "incollection", "thesis",
                                     "report",  "online", "patent",        "dataset",      "misc" };

static void make_entry(struct citation *out, struct arena *arena, unsigned of)
{
    unsigned start = 100 + pick(400);
    size_t i;

    *out = (struct citation){ .type = types[pick(ARRAY_LEN(types))],
                              .key = arena_printf(arena, "key%u:%u", pick(10), pick(100000)) };
    citation_add(out, arena, "title", make_tex(arena, 12));
    if (pick(8))
        citation_add(out, arena, "author", make_names(arena));
    if (pick(3) == 0)
        citation_add(out, arena, "editor", make_names(arena));
    if (pick(8))
        citation_add(out, arena, "date", make_date(arena));
    if (strcmp(out->type, "article") == 0)
        citation_add(out, arena, "journaltitle", make_tex(arena, 5));
    else if (citation_inside(out->type))
        citation_add(out, arena, "booktitle", make_tex(arena, 5));
    if (pick(2))
        citation_add(out, arena, "pages",
                     pick(4) ? arena_printf(arena, "%u--%u", start, start + pick(30))
                             : arena_printf(arena, "e%u", start));
    if (pick(2))
        citation_add(out, arena, "doi", arena_printf(arena, "10.1000/a_b(%u)<c>", pick(100000)));
    if (pick(3) == 0)
        citation_add(out, arena, "url",
                     arena_printf(arena, "https://x.org/~a/%%7B%u?q=1&r#s", start));
    if (pick(3) == 0)
        citation_add(out, arena, "keywords", "deep learning, \\& more, C\\#");
    for (i = 0; i < ARRAY_LEN(texts); i++)
        if ((texts[i].of & of) == of && pick(3) == 0)
            citation_add(out, arena, texts[i].name, make_tex(arena, texts[i].words));
}

static void there_and_back(size_t form)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT;
    int i;

    seed = 20260 + form;
    for (i = 0; i < ROUNDS; i++) {
        struct back back = { .arena = arena };
        struct citation entry, again;

        arena_reset(arena);
        make_entry(&entry, arena, 1u << form);
        if (forms[form].form == BIB_RIS && pick(2))
            citation_add(&entry, arena, "ris:C1", "Own: 50% {of} it");
        if (forms[form].form == BIB_CSL && pick(2))
            citation_add(&entry, arena, "csl:custom", "{\"a\":[1,{\"b\":null}]}");
        if (form < 2 && pick(2))
            citation_add(&entry, arena, "tex", "{\\\"O}l $x_{1}^2$ {{DNA}} \\emph{a} \\url{b}");
        write_form(&text, forms[form].form, &entry);
        read_back(&back, &text, forms[form].format);
        assert_true(citation_from(&again, arena, &back.record.cited));
        entries_equal(&entry, &again, text.ptr);
    }
    str_free(&text);
    arena_free(arena);
}

static void test_bibtex(void **state)
{
    (void)state;
    there_and_back(0);
    there_and_back(1);
}

static void test_ris(void **state)
{
    (void)state;
    there_and_back(2);
}

static void test_csl(void **state)
{
    (void)state;
    there_and_back(3);
}

/* ---- records that no bibliography has named ---- */

static void make_record(struct record *out, struct arena *arena)
{
    struct str text = STR_INIT;
    unsigned count = pick(5);

    memset(out, 0, sizeof *out);
    make_text(&text, 12);
    out->title = arena_strdup(arena, text.ptr);
    while (count-- > 0) {
        const char *name = people[pick(ARRAY_LEN(people))];

        text_list_add(&out->authors, arena, name, strlen(name));
    }
    if (pick(2)) {
        make_text(&text, 80);
        out->abstract = arena_strdup(arena, text.ptr);
    }
    if (pick(8))
        out->published = make_date(arena);
    if (pick(2))
        out->doi = arena_printf(arena, "10.1000/a_b(%u)", pick(100000));
    if (pick(2))
        out->id = arena_printf(arena, "arxiv:17%02u.%05u", 1 + pick(12), pick(100000));
    else
        out->url = arena_printf(arena, "https://x.org/a_b/%u", pick(1000));
    make_text(&text, 5);
    if (pick(2))
        out->venue = arena_strdup(arena, text.ptr);
    str_free(&text);
}

/* As it is read, blanks squeezed: "\\ " of TeX is one. */
static void plainly(struct str *out, const char *text)
{
    struct str plain = STR_INIT;

    text_from_latex(&plain, text);
    utf8_squeeze(out, plain.ptr, plain.len);
    str_free(&plain);
}

static void same(const char *what, const char *a, const char *b, const char *text)
{
    struct str x = STR_INIT, y = STR_INIT;

    plainly(&x, a ? a : "");
    plainly(&y, b ? b : "");
    if (strcmp(x.ptr, y.ptr) != 0)
        fail_msg("%s: \"%s\" came back as \"%s\": %s", what, x.ptr, y.ptr, text);
    str_free(&x);
    str_free(&y);
}

static void records_equal(const struct record *a, const struct record *b, const char *text)
{
    size_t i;

    same("title", a->title, b->title, text);
    same("abstract", a->abstract, b->abstract, text);
    same("venue", a->venue, b->venue, text);
    assert_true(str_eq(a->published, b->published));
    assert_true(str_eq(a->doi, b->doi));
    if (!str_eq(a->id, b->id))
        fail_msg("%s came back as %s: %s", a->id, b->id, text);
    assert_int_equal(a->authors.len, b->authors.len);
    for (i = 0; i < a->authors.len; i++)
        same("author", a->authors.items[i], b->authors.items[i], text);
}

static void test_records(void **state)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT, twice = STR_INIT;
    int i;
    size_t form;

    (void)state;
    for (form = 0; form < ARRAY_LEN(forms); form++) {
        seed = 7 + form;
        for (i = 0; i < ROUNDS; i++) {
            struct back back = { .arena = arena };
            struct citation entry;
            struct record record;

            arena_reset(arena);
            make_record(&record, arena);
            bibliography_entry(&entry, arena, &record, NULL);
            entry.key = "k";
            write_form(&text, forms[form].form, &entry);
            read_back(&back, &text, forms[form].format);
            records_equal(&record, &back.record, text.ptr);
            bibliography_entry(&entry, arena, &back.record, NULL); /* and the same bytes again */
            write_form(&twice, forms[form].form, &entry);
            assert_string_equal(twice.ptr, text.ptr);
        }
    }
    str_free(&text);
    str_free(&twice);
    arena_free(arena);
}

static void test_ascii(void **state)
{
    struct str tex = STR_INIT, back = STR_INIT;

    (void)state;
    latex_to_ascii(&tex, "Łukasz Kühn, Émile Çelik, ľ – “naïve” ß α ő Ħ");
    assert_string_equal(tex.ptr, "{\\L}ukasz K{\\\"{u}}hn, {\\'{E}}mile {\\c{C}}elik, {\\v{l}} -- "
                                 "``na{\\\"{\\i}}ve'' {\\ss} $\\alpha$ {\\H{o}} Ħ");
    text_from_latex(&back, tex.ptr);
    assert_string_equal(back.ptr, "Łukasz Kühn, Émile Çelik, ľ – “naïve” ß α ő Ħ");
    str_free(&tex);
    str_free(&back);
}

static void key_is(const char *form, const char *title, const char *author, const char *expected)
{
    struct arena *arena = arena_new();
    struct record record = { .title = arena_strdup(arena, title) };
    struct str key = STR_INIT;

    record.published = arena_strdup(arena, "2017-06-12");
    if (author)
        text_list_add(&record.authors, arena, author, strlen(author));
    cite_key(&key, form, &record);
    assert_string_equal(key.ptr, expected);
    str_free(&key);
    arena_free(arena);
}

static void test_keys(void **state)
{
    struct str key = STR_INIT;
    const char *why = "";

    (void)state;
    key_is(CITE_KEY_DEFAULT, "On the Attention", "Łukasz Kaiser", "kaiser2017attention");
    key_is(CITE_KEY_DEFAULT, "BERT: Pre-training", "Ludwig van Beethoven", "beethoven2017bert");
    key_is("[Author]:[year]-[Title]", "A deep {Net} in \\'Ecole", "Al O'Neil",
           "ONeil:2017-deepNetEcole");
    key_is(CITE_KEY_DEFAULT, "日本", NULL, "2017");
    key_is("{ }", "x", NULL, "work");
    assert_true(cite_template_check("[author]x[YEAR]", &why));
    assert_false(cite_template_check("[author][yeer]", &why));
    assert_string_equal(why, "[yeer]");
    assert_false(cite_template_check("[author", &why));
    cite_key_nth(&key, "k", 0);
    cite_key_nth(&key, " k", 1);
    cite_key_nth(&key, " k", 26);
    cite_key_nth(&key, " k", 27);
    assert_string_equal(key.ptr, "k ka kz kaa");
    str_free(&key);
}

/* What the work says otherwise than its entry goes before; what says the same stays as it was. */
static void test_changed(void **state)
{
    struct arena *arena = arena_new();
    struct citation entry = { .type = "article", .key = "mine" }, out;
    struct record record = { 0 };

    (void)state;
    citation_add(&entry, arena, "title", "The {TeX}book: {\\'E}t{\\'e}");
    citation_add(&entry, arena, "author", "Knuth, D. E. and others");
    citation_add(&entry, arena, "date", "1984/1986");
    citation_keep(&record.cited, arena, &entry);
    record.title = arena_strdup(arena, "The TeXbook: Été");
    text_list_add(&record.authors, arena, "D. E. Knuth", 11);
    record.published = arena_strdup(arena, "1984");
    bibliography_entry(&out, arena, &record, NULL);
    assert_string_equal(citation_get(&out, "title"), "The {TeX}book: {\\'E}t{\\'e}");
    assert_string_equal(citation_get(&out, "author"), "Knuth, D. E. and others");
    assert_string_equal(citation_get(&out, "date"), "1984/1986");
    record.title = arena_strdup(arena, "About BERT and the Riemann hypothesis of numbers");
    record.published = arena_strdup(arena, "1985");
    text_list_add(&record.authors, arena, "Ada Lovelace", 12);
    bibliography_entry(&out, arena, &record, NULL);
    assert_string_equal(citation_get(&out, "title"),
                        "About {BERT} and the {Riemann} hypothesis of numbers");
    assert_string_equal(citation_get(&out, "author"), "Knuth, D. E. and Lovelace, Ada");
    assert_string_equal(citation_get(&out, "date"), "1985");
    arena_free(arena);
}

/* Where it appeared is what the entry says, whoever else says otherwise, but for a person. */
static void test_by_hand(void **state)
{
    static const struct {
        const char *type, *field, *before, *said, *into, *after;
    } cases[] = {
        { "article", "journaltitle", "Old", NULL, "journaltitle", "Old" },
        { "article", "journaltitle", "The {O}ld", "The Old", "journaltitle", "The {O}ld" },
        { "article", "journaltitle", "Old", "New & Co", "journaltitle", "New \\& Co" },
        { "phdthesis", "institution", "Old", "New", "institution", "New" },
        { "inproceedings", "booktitle", "Old", "New", "booktitle", "New" },
        { "book", "publisher", "Old", "New", "publisher", "New" },
        { "book", "x", "y", "New", "publisher", "New" },
        { "techreport", "x", "y", "New", "institution", "New" },
        { "manual", "x", "y", "New", "organization", "New" },
        { "misc", "x", "y", "New", "howpublished", "New" },
        { "incollection", "x", "y", "New", "booktitle", "New" },
        { "article", "csl:container-title", "[1]", "New", "journaltitle", "New" },
        { "article", "doi", "10.1000/a_12", NULL, "doi", "10.1000/a_12" },
        { "article", "eprinttype", "jstor", "New", "eprint", NULL },
    };
    struct arena *arena = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        struct citation entry = { .type = cases[i].type, .key = "k" }, out;
        struct record record = { .venue = arena_strdup(arena, "Of another source") }, hand = { 0 };

        citation_add(&entry, arena, "title", "T");
        citation_add(&entry, arena, cases[i].field, cases[i].before);
        citation_keep(&record.cited, arena, &entry);
        record.title = arena_strdup(arena, "T");
        if (cases[i].said)
            record.venue = hand.venue = arena_strdup(arena, cases[i].said);
        text_list_add(&hand.aliases, arena, "arxiv:2001.00001", 16);
        bibliography_entry(&out, arena, &record, &hand);
        if (cases[i].after)
            assert_string_equal(citation_get(&out, cases[i].into), cases[i].after);
        else
            assert_null(citation_get(&out, cases[i].into));
        if (!cases[i].said)
            assert_string_equal(citation_get(&out, "eprint"), "2001.00001");
    }
    arena_free(arena);
}

/* The date of what was printed stands against that of its preprint, and against no other. */
static void test_printed(void **state)
{
    static const struct {
        const char *journal, *published, *date;
    } cases[] = {
        { "CVPR", "2015-12-10", "2016" },
        { "CVPR", "2015-11-30", "2016" },
        { "CVPR", "2017-02", "2017-02" }, /* edited, or from a source */
        { "arXiv preprint arXiv:1512.03385", "2015-12-10", "2015-12-10" },
        { "CoRR", "2015-12-10", "2015-12-10" },
        { NULL, "2015-12-10", "2015-12-10" },
    };
    struct arena *arena = arena_new();
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        struct citation entry = { .type = "article", .key = "he2016resnet" }, out;
        struct record record = { 0 };

        citation_add(&entry, arena, "date", "2016");
        if (cases[i].journal)
            citation_add(&entry, arena, "journaltitle", cases[i].journal);
        citation_keep(&record.cited, arena, &entry);
        record.published = arena_strdup(arena, cases[i].published);
        if (i % 2)
            text_list_add(&record.aliases, arena, "arxiv:1512.03385", 16);
        else
            record.id = arena_strdup(arena, "arxiv:1512.03385");
        bibliography_entry(&out, arena, &record, NULL);
        assert_string_equal(citation_get(&out, "date"), cases[i].date);
    }
    arena_free(arena);
}

static void test_references(void **state)
{
    static const char *const expected[][2] = {
        { "apa",
          "van Beethoven, L., Doe, J.-P., Jr., & WHO. (2001). On E. coli? A Journal, 12(3), 1–9. "
          "https://doi.org/10.1000/a_b" },
        { "ieee",
          "L. van Beethoven, J.-P. Doe, Jr., and WHO, “On E. coli?,” A Journal, vol. 12, no. 3, "
          "pp. 1–9, Sept. 2001, doi: 10.1000/a_b" },
        { "chicago",
          "van Beethoven, Ludwig, Jean-Paul Doe, Jr., and WHO. 2001. “On E. coli?” A Journal "
          "12 (3): 1–9. https://doi.org/10.1000/a_b" },
        { "mla",
          "van Beethoven, Ludwig, et al. “On E. coli?” A Journal, vol. 12, no. 3, 2001, pp. 1–9. "
          "https://doi.org/10.1000/a_b" },
        { "acm",
          "Ludwig van Beethoven, Jean-Paul Doe, Jr., and WHO. 2001. On E. coli? A Journal 12, 3 "
          "(Sept. 2001), 1–9. https://doi.org/10.1000/a_b" },
    };
    struct arena *arena = arena_new();
    struct citation entry = { .type = "article", .key = "k" };
    size_t i;

    (void)state;
    citation_add(&entry, arena, "author",
                 "van Beethoven, Ludwig and Doe, Jr., Jean-Paul and {WHO}");
    citation_add(&entry, arena, "title", "On \\emph{E. coli}?");
    citation_add(&entry, arena, "journaltitle", "A Journal");
    citation_add(&entry, arena, "volume", "12");
    citation_add(&entry, arena, "number", "3");
    citation_add(&entry, arena, "pages", "1--9");
    citation_add(&entry, arena, "date", "2001-09");
    citation_add(&entry, arena, "doi", "10.1000/a_b");
    for (i = 0; i < ARRAY_LEN(expected); i++) {
        struct str line = STR_INIT;

        assert_true(reference_write(&line, expected[i][0], &entry));
        assert_string_equal(line.ptr, expected[i][1]);
        str_free(&line);
    }
    entry.len = 0;
    citation_add(&entry, arena, "title", "Alone");
    {
        struct str line = STR_INIT;

        assert_true(reference_write(&line, "apa", &entry));
        assert_string_equal(line.ptr, "Alone. (n.d.).");
        citation_add(&entry, arena, "year", "199\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9");
        str_clear(&line); /* of a year that is none no letter is cut in two */
        assert_true(reference_write(&line, "apa", &entry));
        assert_string_equal(line.ptr, "Alone. (199\u00e9\u00e9\u00e9).");
        assert_false(reference_write(&line, "none", &entry));
        str_free(&line);
    }
    arena_free(arena);
}

static void read_one(struct citation *entry, struct arena *arena, const char *text)
{
    struct back back = { .arena = arena };
    struct parse_sink sink = { .ctx = &back, .record = back_record, .reject = back_reject };
    struct parser *parser;

    assert_int_equal(parser_new(&parser, PARSE_BIBTEX, &sink, NULL), ERR_OK);
    assert_int_equal(parser_feed(parser, text, strlen(text), NULL), ERR_OK);
    assert_int_equal(parser_finish(parser, NULL), ERR_OK);
    parser_free(parser);
    assert_int_equal(back.count, 1);
    assert_true(citation_from(entry, arena, &back.record.cited));
}

/* A chapter, a book of editors and a thesis, in each style. */
static void test_reference_kinds(void **state)
{
    static const struct {
        const char *entry, *style, *expected;
    } rows[] = {
        { "@incollection{k, author={Doe, Jane}, title={On X}, subtitle={A View}, booktitle={All}, "
          "editor={Roe, R. and Poe, P.}, publisher={Pub}, location={Rome}, date={1999}, "
          "pages={3--4}}",
          "apa", "Doe, J. (1999). On X: A View. In R. Roe & P. Poe (Eds.), All (pp. 3–4). Pub." },
        { NULL, "ieee",
          "J. Doe, “On X: A View,” in All, R. Roe and P. Poe, Eds. Rome: Pub, 1999, "
          "pp. 3–4." },
        { NULL, "chicago",
          "Doe, Jane. 1999. “On X: A View.” In All, edited by R. Roe and P. Poe, "
          "3–4. Rome: Pub." },
        { NULL, "mla",
          "Doe, Jane. “On X: A View.” All, edited by R. Roe and P. Poe, Pub, 1999, pp. 3–4." },
        { NULL, "acm",
          "Jane Doe. 1999. On X: A View. In All, R. Roe and P. Poe (Eds.). Pub, Rome, 3–4." },
        { "@book{k, editor={Roe, R.}, title={All}, publisher={Pub}, location={Rome}, date=1999}",
          "apa", "Roe, R. (Ed.). (1999). All. Pub." },
        { NULL, "ieee", "R. Roe, Ed., All. Rome: Pub, 1999." },
        { NULL, "chicago", "Roe, R., ed. 1999. All. Rome: Pub." },
        { NULL, "mla", "Roe, R., editor. All. Pub, 1999." },
        { NULL, "acm", "R. Roe (Ed.). 1999. All. Pub, Rome." },
        { "@phdthesis{k, author={Doe, Jane}, title={On X}, school={MIT}, date=1999}", "apa",
          "Doe, J. (1999). On X [Doctoral dissertation, MIT]." },
        { NULL, "ieee", "J. Doe, “On X,” Ph.D. dissertation, MIT, 1999." },
        { NULL, "chicago", "Doe, Jane. 1999. “On X.” PhD diss., MIT." },
        { NULL, "mla", "Doe, Jane. “On X.” 1999. MIT, PhD dissertation." },
        { NULL, "acm", "Jane Doe. 1999. On X. Ph.D. Dissertation. MIT." },
        /* nobody has written it: the title stands where the names would */
        { "@article{k, title={Editorial: All}, journal={J.}, volume=3, pages={20-33}, year=2010}",
          "apa", "Editorial: All. (2010). J., 3, 20–33." },
        { NULL, "chicago", "“Editorial: All.” 2010. J. 3: 20–33." },
        { NULL, "mla", "“Editorial: All.” J., vol. 3, 2010, pp. 20–33." },
        { NULL, "ieee", "“Editorial: All,” J., vol. 3, pp. 20–33, 2010." },
        { "@phdthesis{k, title={Lost}, date=1980}", "apa",
          "Lost [Doctoral dissertation]. (1980)." },
        { NULL, "chicago", "“Lost.” 1980. PhD diss." },
        /* editions */
        { "@book{k, author={Doe, J.}, title={All}, edition={6}, publisher={Pub}, date=1999}", "apa",
          "Doe, J. (1999). All (6th ed.). Pub." },
        { NULL, "ieee", "J. Doe, All, 6th ed. Pub, 1999." },
        { NULL, "chicago", "Doe, J. 1999. All. 6th ed. Pub." },
        { NULL, "mla", "Doe, J. All. 6th ed., Pub, 1999." },
        { NULL, "acm", "J. Doe. 1999. All (6th ed.). Pub." },
        { "@incollection{k, author={Doe, J.}, title={On X}, booktitle={All}, editor={Roe, R.}, "
          "edition={Second}, publisher={Pub}, date=1999, pages={3-4}}",
          "apa", "Doe, J. (1999). On X. In R. Roe (Ed.), All (2nd ed., pp. 3–4). Pub." },
        { NULL, "ieee", "J. Doe, “On X,” in All, R. Roe, Ed., 2nd ed. Pub, 1999, pp. 3–4." },
        { NULL, "chicago", "Doe, J. 1999. “On X.” In All, edited by R. Roe, 2nd ed., 3–4. Pub." },
        { NULL, "mla", "Doe, J. “On X.” All, edited by R. Roe, 2nd ed., Pub, 1999, pp. 3–4." },
        { NULL, "acm", "J. Doe. 1999. On X. In All (2nd ed.), R. Roe (Ed.). Pub, 3–4." },
        { "@book{k, author={Doe, J.}, title={All}, edition={11th edition}, date=1999}", "apa",
          "Doe, J. (1999). All (11th ed.)." },
        { "@book{k, author={Doe, J.}, title={All}, edition={Revised}, date=1999}", "apa",
          "Doe, J. (1999). All (Revised ed.)." },
        { "@book{k, author={Doe, J.}, title={All}, edition={2. Auflage}, date=1999}", "apa",
          "Doe, J. (1999). All (2. Auflage)." },
        { "@book{k, author={Doe, J.}, title={All}, edition={1st ed.}, date=1999}", "apa",
          "Doe, J. (1999). All." },
        /* what is a range of pages, and what is not */
        { "@article{k, author={Doe, J.}, title={X}, journal={J}, pages={ix-xii, S-12, e3-e5, "
          "1-2-3}}",
          "apa", "Doe, J. (n.d.). X. J, ix–xii, S-12, e3–e5, 1-2-3." },
        /* a stop that the title has */
        { "@unpublished{k, author={Doe, J.}, title={On X: a draft.}, date=1999}", "chicago",
          "Doe, J. 1999. “On X: a draft.”" },
        { NULL, "ieee", "J. Doe, “On X: a draft,” 1999." },
        { "@unpublished{k, author={Doe, J.}, title={On the U.S.}, date=1999}", "ieee",
          "J. Doe, “On the U.S.,” 1999." },
        { "@dataset{k, author={Doe, J.}, title={Traits}, version={v5.0}, publisher={Pub}, "
          "date=1999}",
          "apa", "Doe, J. (1999). Traits (Version 5.0) [Data set]. Pub." },
        { "@software{k, author={Doe, J.}, title={plotter}, date=1999, url={https://x.example/}}",
          "apa", "Doe, J. (1999). plotter [Computer software]. https://x.example/" },
        /* where it came out that has no publisher */
        { "@misc{k, author={Doe, J.}, title={On X}, howpublished={bioRxiv}, date=2021, "
          "doi={10.1/x}}",
          "apa", "Doe, J. (2021). On X. bioRxiv. https://doi.org/10.1/x" },
        { NULL, "ieee", "J. Doe, “On X,” bioRxiv, 2021, doi: 10.1/x" },
        { NULL, "chicago", "Doe, J. 2021. “On X.” bioRxiv. https://doi.org/10.1/x" },
        { NULL, "mla", "Doe, J. “On X.” bioRxiv, 2021. https://doi.org/10.1/x" },
        { NULL, "acm", "J. Doe. 2021. On X. bioRxiv. https://doi.org/10.1/x" },
        { "@misc{k, author={Doe, J.}, title={On X}, howpublished={\\url{https://x.example/a_b}}}",
          "apa", "Doe, J. (n.d.). On X. https://x.example/a_b" },
        { "@misc{k, author={Doe, J.}, title={On X}, howpublished={arXiv preprint "
          "arXiv:1706.03762}}",
          "apa", "Doe, J. (n.d.). On X. arXiv preprint arXiv:1706.03762." },
    };
    struct arena *arena = arena_new();
    struct citation entry = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(rows); i++) {
        struct str line = STR_INIT;

        if (rows[i].entry)
            read_one(&entry, arena, rows[i].entry);
        assert_true(reference_write(&line, rows[i].style, &entry));
        assert_string_equal(line.ptr, rows[i].expected);
        str_free(&line);
    }
    arena_free(arena);
}

int app_indexer_tests(void);   /* app_indexer.c */
int app_own_files_tests(void); /* app_own_files.c */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference_kinds),
        cmocka_unit_test(test_bibtex),
        cmocka_unit_test(test_ris),
        cmocka_unit_test(test_csl),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_printed),
        cmocka_unit_test(test_references),
    };

    return cmocka_run_group_tests_name("bibliographies there and back", tests, NULL, NULL)
           + app_indexer_tests() + app_own_files_tests();
}
