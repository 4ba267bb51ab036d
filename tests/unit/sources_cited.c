/*
 * Bibliographies read: BibTeX, RIS and CSL-JSON, whatever they look like. What is kept of an entry
 * is compared as text, "type key | name=value | ...".
 */
#include "sources_check.h"

#include "carrel/citation.h"
#include "carrel/file.h"
#include "carrel/zotero.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MANY_LINES 10000

/* What a record keeps of its entry. */
static void entry_is(const struct held *h, int i, const char *expected)
{
    const struct record *r = &h->records[i];
    struct str text = STR_INIT;
    size_t k;

    assert_true(i < h->count);
    for (k = 0; k < r->cited.len; k++) {
        char *item = mem_strdup(r->cited.items[k]), *blank = strchr(item, ' ');

        if (k > 0)
            *blank = '=';
        str_printf(&text, "%s%s", k ? " | " : "", k ? item : item + 1);
        free(item);
    }
    assert_string_equal(text.ptr, expected);
    str_free(&text);
}

static void test_values(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "junk me@here.org\n@string(j = \"Journal\")\n@STRING{k = j # { of } # \"Keys\"}\n"
               "@Article{a:1,\n Title = {The {TeX}book, \\'Ecole},\n journal = k # 2,\n"
               " author = \"Knuth, Donald E. and {Bell Labs} and others\",\n year = 1984 month = "
               "\"10~\" # jan, pages={1--2}, Odd-Field = {x {y} z}}\n"
               "@article(b, title = \"A (b) {\\\"o} \", date = {2001-02/2003}, doi = "
               "{10.1000/a\\_b}, eprint=1706.03762, archivePrefix=arXiv, primaryClass={cs.CL})");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.rejects, 0);
    assert_int_equal(h.format, PARSE_BIBTEX);
    entry_is(&h, 0,
             "article a:1 | title=The {TeX}book, \\'Ecole | journaltitle=Journal of Keys2 | "
             "author=Knuth, Donald E. and {Bell Labs} and others | pages=1--2 | "
             "odd-field=x {y} z | date=1984-01-10");
    assert_string_equal(h.records[0].title, "The TeXbook, École");
    assert_string_equal(h.records[0].authors.items[0], "Donald E. Knuth");
    assert_string_equal(h.records[0].authors.items[1], "Bell Labs");
    assert_int_equal(h.records[0].authors.len, 2);
    assert_string_equal(h.records[0].published, "1984-01-10");
    assert_string_equal(h.records[0].venue, "Journal of Keys2");
    assert_int_equal(h.records[0].line, 4);
    assert_string_equal(h.records[1].id, "arxiv:1706.03762");
    assert_string_equal(h.records[1].doi, "10.1000/a_b");
    assert_string_equal(h.records[1].published, "2001-02");
    assert_string_equal(h.records[1].categories.items[0], "cs.CL");
    held_free(&h);
}

static void test_names(void **state)
{
    static const char *const names[] = {
        "Ludwig van Beethoven",
        "Ludwig van Beethoven",
        "van Beethoven, Ludwig",
        "Ludwig van Beethoven",
        "de la Cruz, Jr, Juan",
        "Juan de la Cruz Jr",
        "{\\'E}mile Zola",
        "Émile Zola",
        "{{NASA and ESA}}",
        "NASA and ESA",
        "Ford, Jr., Henry",
        "Henry Ford Jr.",
        "Jean {\\\"u}ber Last",
        "Jean über Last",
        "Plato",
        "Plato",
        "Per Brinch {Hansen}",
        "Per Brinch Hansen",
        "Charles Louis Xavier Joseph de la Vall{\\'e}e Poussin",
        "Charles Louis Xavier Joseph de la Vallée Poussin",
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(names); i += 2) {
        struct held h = { 0 };
        char *text = mem_printf("@misc{k, title={T}, author={%s and X Y}}", names[i]);

        held_parse(&h, PARSE_BIBTEX, text);
        assert_int_equal(h.count, 1);
        assert_int_equal(h.records[0].authors.len, 2);
        assert_string_equal(h.records[0].authors.items[0], names[i + 1]);
        free(text);
        held_free(&h);
    }
}

static void test_inheritance(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_BIBTEX,
               "@inproceedings{c, title={C}, crossref={P}}\n"
               "@inbook{ch, title={One}, crossref=bk, xdata={x1, x2}}\n"
               "@xdata{x1, publisher={Pub}, xdata=x2}\n@xdata{x2, location={Here}}\n"
               "@article{loop, title={L}, crossref=loop}\n@article{lost, title={N}, "
               "crossref=nobody}\n@proceedings{p, title={Proc}, year=1999, doi={10.1000/p}, "
               "crossref=mv}\n@mvproceedings{mv, title={All}, editor={E, D}}\n"
               "@book{bk, title={B}, author={A, B}, year=2000}");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 7);
    entry_is(&h, 0, "mvproceedings mv | title=All | editor=E, D");
    entry_is(&h, 1, "book bk | title=B | author=A, B | date=2000");
    entry_is(&h, 2,
             "inproceedings c | title=C | booktitle=Proc | date=1999 | maintitle=All | "
             "editor=E, D");
    entry_is(&h, 3,
             "inbook ch | title=One | publisher=Pub | location=Here | booktitle=B | "
             "bookauthor=A, B | author=A, B | date=2000");
    assert_string_equal(h.records[2].venue, "Proc");
    assert_null(h.records[2].doi);
    assert_string_equal(h.records[4].title, "L");
    entry_is(&h, 5, "article lost | title=N | crossref=nobody");
    entry_is(&h, 6,
             "proceedings p | title=Proc | doi=10.1000/p | date=1999 | maintitle=All | "
             "editor=E, D");
    held_free(&h);
}

static void test_broken(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_BIBTEX,
               "@article{a, title={No end\n@article{b, title={B}, volume 3,\n number=4}\n"
               "% @article{off, title={commented out}}\n@comment{jabref-meta: {x}}\n"
               "@article{, title=\"C\"}\n@book{a, title={Twice}, title={ignored}}\n"
               "@comment{ open\n@misc{d, title={D}, % a remark\n year=2000}\n");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 5);
    assert_int_equal(h.rejects, 1); /* a comment */
    assert_int_equal(h.notes, 2);   /* a title without an end, volume */
    entry_is(&h, 0, "article a | title=No end");
    entry_is(&h, 1, "article b | title=B | number=4");
    entry_is(&h, 2, "article  | title=C");
    entry_is(&h, 3, "book a | title=Twice");
    entry_is(&h, 4, "misc d | title=D | date=2000");
    assert_int_equal(h.records[4].line, 9);
    held_free(&h);
    h = (struct held){ 0 };
    held_parse(
        &h, PARSE_BIBTEX,
        "@misc{broken2020\n title = {No comma, above},\n author = {Doe, J.}}\n"
        "@misc{one line title={Two}}\n@misc{title = {None}}\n@misc{ title={Three}, year=1999}\n");
    assert_int_equal(h.rejects, 0);
    entry_is(&h, 0, "misc broken2020 | title=No comma, above | author=Doe, J.");
    entry_is(&h, 1, "misc one line | title=Two");
    entry_is(&h, 2, "misc  | title=None");
    entry_is(&h, 3, "misc  | title=Three | date=1999");
    held_free(&h);
}

/* Of a value without its bracket the words stay, and the fields in the next lines; its braces pair.
 */
static void test_open_values(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(
        &h, PARSE_BIBTEX,
        "@article{a, author={Doe, J}, title={The {DNA} of {x}, journal={Planta}, year=2017\n"
        "\n@article{b, title={On {two lines,\n of it,\n  journal = {J {of}},\n year=2018\n}\n"
        "@article{c, title = \"No quote,\n year = 2019}\n"
        "@article{d, title={x} } y}\n"
        "@article{e, author={Roe, A}, title={Never ends");
    assert_int_equal(h.rejects, 0);
    assert_int_equal(h.notes, 4);
    entry_is(&h, 0,
             "article a | author=Doe, J | title=The {DNA} of {x}, journal={Planta}, year=2017");
    entry_is(&h, 1, "article b | title=On two lines, of it | journaltitle=J {of} | date=2018");
    entry_is(&h, 2, "article c | title=No quote | date=2019");
    entry_is(&h, 3, "article d | title=x");
    entry_is(&h, 4, "article e | author=Roe, A | title=Never ends");
    held_free(&h);
}

static void test_encodings(void **state)
{
    static const char text[] = "@misc{k, title = {\xC3\xA9\xE2\x80\x93\xF0\x9D\x94\xB8}}";
    static const char latin[] = "% Encoding: UTF-8\n@misc{k, title={\xE9\x96x}}";
    static const char named[] = "% Encoding: KOI8-R\n@misc{k, title={\xC1\xC2}}";
    static const unsigned units[] = { '@', 'm',  'i',    's',    'c',    '{', 'k',
                                      ',', 't',  'i',    't',    'l',    'e', '=',
                                      '{', 0xE9, 0x2013, 0xD835, 0xDD38, '}', '}' };
    size_t piece, i;
    int order, mark;

    (void)state;
    for (piece = 1; piece < 9; piece += 3)
        for (order = 0; order < 2; order++)
            for (mark = 0; mark < 2; mark++) {
                struct held h = { 0 };
                struct str bytes = STR_INIT;

                if (mark)
                    str_add_mem(&bytes, order ? "\xFE\xFF" : "\xFF\xFE", 2);
                for (i = 0; i < ARRAY_LEN(units); i++) {
                    str_add_char(&bytes, (char)(order ? units[i] >> 8 : units[i]));
                    str_add_char(&bytes, (char)(order ? units[i] : units[i] >> 8));
                }
                held_parse_bytes(&h, PARSE_AUTO, bytes.ptr, bytes.len, piece);
                assert_int_equal(h.count, 1);
                assert_string_equal(h.records[0].title, "\xC3\xA9\xE2\x80\x93\xF0\x9D\x94\xB8");
                str_free(&bytes);
                held_free(&h);
            }
    {
        struct held a = { 0 }, b = { 0 }, c = { 0 };

        held_parse(&a, PARSE_AUTO, text);
        assert_string_equal(a.records[0].title, "\xC3\xA9\xE2\x80\x93\xF0\x9D\x94\xB8");
        held_parse(&b, PARSE_AUTO, latin);
        assert_string_equal(b.records[0].title, "é–x");
        held_parse(&c, PARSE_AUTO, named);
        assert_string_equal(c.records[0].title, "аб");
        held_free(&a);
        held_free(&b);
        held_free(&c);
    }
}

static void test_ris(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "\xEF\xBB\xBF\r\n\r\n1.\r\nTY  - JOUR\r\nID  - k1\r\nAU  - Smith, John, Jr.\r\nA1 "
               "- Bell Labs\r\nT1  - A title\r\n  that goes on\r\nT2 - Journal\r\nPY  - "
               "2001/09/01/\r\nSP  - 193\r\nEP  - 194\r\nKW  - one\r\nKW  - two\r\nC1  - mine\r\n"
               "AB  - First.\r\n\r\nSecond & third_.\r\nER  - \r\n"
               "TY  - CHAP\nTI  - No end\nBT  - Book\nDA  - 2015/october\nDO  - doi:10.1000/X\n"
               "TY  - MGZN\nTI  - Last\nY1  - 1948/07//Spring\nSN  -\nER  -");
    assert_int_equal(h.format, PARSE_RIS);
    assert_int_equal(h.count, 3);
    assert_int_equal(h.rejects, 0);
    entry_is(&h, 0,
             "article k1 | author=Smith, Jr., John and {Bell Labs} | title=A title that goes on | "
             "journaltitle=Journal | date=2001-09-01 | pages=193--194 | keywords=one, two | "
             "ris:C1=mine | abstract=First.\n\nSecond \\& third\\_.");
    assert_string_equal(h.records[0].abstract, "First.\n\nSecond & third_.");
    assert_string_equal(h.records[0].authors.items[0], "John Smith Jr.");
    assert_int_equal(h.records[0].line, 4);
    entry_is(&h, 1,
             "incollection  | title=No end | booktitle=Book | date=2015-10 | "
             "doi=10.1000/X");
    assert_string_equal(h.records[1].doi, "10.1000/x");
    assert_string_equal(h.records[2].published, "1948-07");
    held_free(&h);
}

static void test_ris_of_publishers(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_RIS,
               "TY  - JOUR\nTI  - One\nN1  - doi: 10.1000/A_b\nN1  - Read it\nJO  - J. Chem.\n"
               "T2  - Journal of Chemistry\nDO  - 10.1000/a_b\nER  - \n"
               "TY  - JOUR\nTI  - Two\nJO  - J. Chem.\nN1  - doi: 10.1000/x\nER  - \n"
               "TY  - JOUR\nTI  - Three\nJO  - Journal\nJF  - Journal\nJA  - J.\nER  - \n"
               "TY  - PAT\nTI  - Four\nT2  - Official Gazette\nER  - \n"
               "TY  - RPRT\nTI  - Five\nT2  - A series\nER  - \n");
    assert_int_equal(h.count, 5);
    entry_is(&h, 0,
             "article  | title=One | journaltitle=Journal of Chemistry | doi=10.1000/a_b | "
             "ris:N1=doi: 10.1000/A_b | note=Read it | shortjournal=J. Chem.");
    assert_string_equal(h.records[0].comment, "Read it");
    entry_is(&h, 1, "article  | title=Two | note=doi: 10.1000/x | journaltitle=J. Chem.");
    entry_is(&h, 2,
             "article  | title=Three | journaltitle=Journal | shortjournal=J. | ris:JO=Journal");
    entry_is(&h, 3, "patent  | title=Four | journaltitle=Official Gazette");
    entry_is(&h, 4, "report  | title=Five | series=A series");
    held_free(&h);
}

/* Titles are marked up by publishers as Zotero does. What does not pair is text. */
static void test_ris_marked_up(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_RIS,
               "TY  - JOUR\nTI  - Stomata in Fagus: <i>Fagus sylvatica</i> & CO<sub>2</sub>\n"
               "T2  - <b>Trees</b>\nAB  - p < 0.05 of <em>10<sup>3</sup></em>\nC1  - <i>own</i>\n"
               "ER  - \n"
               "TY  - JOUR\nTI  - <span class=\"nocase\">DNA</span> in <span lang='la'>situ</span>"
               "\nER  - \n"
               "TY  - JOUR\nTI  - If <i>x</b> is <y\nER  - \n");
    assert_int_equal(h.count, 3);
    entry_is(
        &h, 0,
        "article  | title=Stomata in Fagus: \\emph{Fagus sylvatica} \\& CO\\textsubscript{2} | "
        "journaltitle=\\textbf{Trees} | abstract=p < 0.05 of "
        "\\emph{10\\textsuperscript{3}} | ris:C1=<i>own</i>");
    assert_string_equal(h.records[0].title, "Stomata in Fagus: Fagus sylvatica & CO2");
    assert_string_equal(h.records[0].venue, "Trees");
    entry_is(&h, 1, "article  | title={DNA} in situ");
    assert_string_equal(h.records[2].title, "If <i>x</b> is <y");
    held_free(&h);
}

/* As much memory as there is text, and not the square of it. */
static void test_ris_of_many_lines(void **state)
{
    static const char *const tags[] = { "N1", "AB", "AU", "KW" };
    struct held h = { 0 };
    struct str text = STR_INIT;
    struct rusage before, after;
    size_t tag;
    int i;

    (void)state;
    str_add(&text, "TY  - JOUR\nTI  - One\nDO  - 10.1000/a\nN1  - doi: 10.1000/a\n");
    for (tag = 0; tag < ARRAY_LEN(tags); tag++)
        for (i = 0; i < MANY_LINES; i++)
            str_printf(&text, "%s  - Word, A%d\n", tags[tag], i);
    str_add(&text, "ER  - \n");
    getrusage(RUSAGE_SELF, &before);
    held_parse(&h, PARSE_RIS, text.ptr);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.records[0].authors.len, MANY_LINES);
    assert_true(strlen(h.records[0].comment) > MANY_LINES * strlen("Word, A1"));
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 500 << 10); /* KiB; it was GiB */
    str_free(&text);
    held_free(&h);
}

static int hold(void *ctx, const struct record *record)
{
    *(size_t *)ctx = record->authors.len;
    return 0;
}

/* Nor do the names of a paper of a collider. */
static void test_zotero_of_many_people(void **state)
{
    struct zotero_creator *people = mem_zalloc(MANY_LINES * sizeof *people);
    struct zotero_field title = { "title", "One" };
    struct zotero_item item = { .key = "ABCD2345",
                                .type = "journalArticle",
                                .fields = &title,
                                .field_count = 1,
                                .creators = people,
                                .creator_count = MANY_LINES };
    struct parser *parser;
    struct rusage before, after;
    size_t authors = 0, i;
    const struct parse_sink sink = { .ctx = &authors, .record = hold };

    (void)state;
    for (i = 0; i < MANY_LINES; i++)
        people[i] = (struct zotero_creator){ "author", "Ann", "Lee" };
    assert_int_equal(parser_new(&parser, PARSE_CSL, &sink, NULL), ERR_OK);
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(zotero_emit(parser, &item), 0);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(authors, MANY_LINES);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 200 << 10); /* KiB */
    parser_free(parser);
    free(people);
}

static void test_papis_of_many_people(void **state)
{
    char *folder = path_temporary("papis"), *file;
    struct str text = STR_INIT;
    struct parser *parser;
    struct rusage before, after;
    size_t authors = 0, i;
    const struct parse_sink sink = { .ctx = &authors, .record = hold };

    (void)state;
    str_add(&text, "title: One\nauthor_list:\n");
    for (i = 0; i < MANY_LINES; i++)
        str_add(&text, "- family: Lee\n  given: Ann\n");
    assert_non_null(mkdtemp(folder));
    file = path_join(folder, "info.yaml");
    assert_int_equal(file_write(file, text.ptr, text.len, NULL), ERR_OK);
    assert_int_equal(parser_new(&parser, PARSE_CSL, &sink, NULL), ERR_OK);
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(papis_read(parser, folder, NULL, NULL), ERR_OK);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(authors, MANY_LINES);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 200 << 10); /* KiB */
    parser_free(parser);
    unlink(file);
    rmdir(folder);
    free(file);
    free(folder);
    str_free(&text);
}

static void test_csl(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "[\n{\"id\":\"a\",\"type\":\"article-journal\",\"title\":\"On <i>E. coli</i> & "
               "<span class=\\\"nocase\\\">DNA</span>\",\"author\":[{\"family\":\"Beethoven\","
               "\"given\":\"Ludwig\",\"non-dropping-particle\":\"van\"},{\"literal\":\"WHO\"}],"
               "\"issued\":{\"date-parts\":[[2001,9],[2002]]},\"page\":\"1-5\",\"issue\":7,"
               "\"custom\":{\"b\":[1]}},\n{\"id\":2,\"type\":\"song\",\"title\":\"S\","
               "\"issued\":{\"raw\":\"2001?\"}},\n7,\n{\"id\":3}]");
    assert_int_equal(h.format, PARSE_CSL);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.rejects, 2);
    entry_is(&h, 0,
             "article a | title=On \\emph{E. coli} \\& {DNA} | author=van Beethoven, Ludwig and "
             "{WHO} | date=2001-09/2002 | pages=1--5 | number=7 | csl:custom={\"b\":[1]}");
    assert_string_equal(h.records[0].title, "On E. coli & DNA");
    assert_string_equal(h.records[1].published, "2001");
    held_free(&h);
}

static void test_nothing(void **state)
{
    struct held h = { 0 }, odd = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO, "just some words, and an address: a@b.c\n");
    assert_int_equal(h.result, ERR_PARSE);
    held_parse(&odd, PARSE_RIS, "PT J\nAU Smith\nER\n");
    assert_int_equal(odd.result, ERR_PARSE);
    assert_non_null(strstr(odd.err.message, "Web of Science"));
    held_free(&h);
    held_free(&odd);
}

int run_cited(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_inheritance),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_open_values),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_ris),
        cmocka_unit_test(test_ris_of_publishers),
        cmocka_unit_test(test_ris_marked_up),
        cmocka_unit_test(test_ris_of_many_lines),
        cmocka_unit_test(test_zotero_of_many_people),
        cmocka_unit_test(test_papis_of_many_people),
        cmocka_unit_test(test_csl),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests_name("bibliographies", tests, NULL, NULL);
}
