/*
 * Chunks: on sentences and sections, about equally long, overlapping by a sentence; and signatures
 * of texts.
 */
#include "process_test.h"

#include "carrel/chunks.h"

static void sentence_is(const char *text, const char *first)
{
    size_t len = sentence_length(text, strlen(text));

    if (len != strlen(first) || memcmp(text, first, len) != 0)
        print_message("'%.*s' in place of '%s'\n", (int)len, text, first);
    assert_int_equal(len, strlen(first));
    assert_memory_equal(text, first, len);
}

static void test_sentences(void **state)
{
    (void)state;
    sentence_is("One ends. Two begins.", "One ends. ");
    sentence_is("See Fig. 3 for it. Next.", "See Fig. 3 for it. ");
    sentence_is("Smith et al. (2019) say so. Next.", "Smith et al. (2019) say so. ");
    sentence_is("By J. R. Tolkien and e.g. Others. Next.", "By J. R. Tolkien and e.g. Others. ");
    sentence_is("It is 3.14 or so. Next.", "It is 3.14 or so. ");
    sentence_is("Is it (really?) so? [1] says.", "Is it (really?) so? ");
    sentence_is("no stop at all", "no stop at all");
    sentence_is("it goes on. and on without capitals", "it goes on. and on without capitals");
    sentence_is("Paragraph\n\nNext", "Paragraph\n\n");
    sentence_is("", "");
}

static struct document *long_document(size_t sentences)
{
    struct str text = STR_INIT;
    struct document *doc;
    size_t i;

    str_add(&text, "# Desks\n\n## Oak\n\n");
    for (i = 0; i < sentences; i++)
        str_printf(&text, "Desk number %zu is made of oak and stands by the window of room %zu. ",
                   i, i);
    str_add(&text, "\n\n## Pine\n\nPine is soft.\n");
    doc = extract_bytes(FORMAT_MARKDOWN, text.ptr, text.len, NULL);
    str_free(&text);
    return doc;
}

static uint32_t words_of(const struct document *doc, const struct chunk *chunk)
{
    uint32_t words = 0, i;

    for (i = chunk->start; i < chunk->end; i++)
        words += doc->text[i] != ' ' && (i == chunk->start || doc->text[i - 1] == ' ');
    return words;
}

static void test_chunks(void **state)
{
    struct document *doc = long_document(100);
    struct chunk *chunks;
    size_t count, i;

    (void)state;
    chunks_cut(&chunks, &count, doc);
    assert_true(count > 5);
    assert_string_equal(chunks[0].heading, "Oak");
    assert_string_equal(chunks[count - 1].heading, "Pine");
    assert_memory_equal(doc->text + chunks[count - 1].start, "Pine is soft.", 13);
    for (i = 0; i + 1 < count; i++) {
        assert_memory_equal(doc->text + chunks[i].start, "Desk number", 11);
        assert_int_equal(doc->text[chunks[i].end - 1], '.');
        assert_true(words_of(doc, &chunks[i]) <= CHUNK_WORDS_MAX);
        if (i + 2 < count) { /* the last of a section is what is left */
            assert_true(words_of(doc, &chunks[i]) >= CHUNK_WORDS);
            assert_true(chunks[i + 1].start < chunks[i].end);
            assert_true(chunks[i + 1].start > chunks[i].start);
        }
    }
    document_free(doc);
}

/* Every word of the running text is in some chunk, whatever the text looks like. */
static void test_nothing_lost(void **state)
{
    struct str text = STR_INIT;
    struct document *doc;
    struct chunk *chunks;
    size_t count, i;
    uint32_t reached;

    (void)state;
    for (i = 0; i < 5000; i++) /* no stop, no capital */
        str_printf(&text, "word%zu ", i);
    for (i = 0; i < 20000; i++) /* no blank */
        str_add(&text, "ü");
    doc = extract_bytes(FORMAT_TEXT, text.ptr, text.len, NULL);
    chunks_cut(&chunks, &count, doc);
    assert_true(count > 20);
    reached = chunks[0].start;
    for (i = 0; i < count; i++) {
        assert_true(chunks[i].end - chunks[i].start <= 2 * CHUNK_BYTES_MAX);
        while (reached < chunks[i].start)
            assert_true(doc->text[reached] == ' ' || doc->text[reached] == '\n' ? ++reached : 0);
        reached = chunks[i].end;
        assert_true(((unsigned char)doc->text[chunks[i].start] & 0xC0) != 0x80);
    }
    assert_non_null(strstr(doc->text, "word4999"));
    document_free(doc);
    str_free(&text);
}

static void test_empty(void **state)
{
    struct document *doc = document_new();
    struct chunk *chunks;
    size_t count = 7;

    (void)state;
    doc->text = arena_strdup(doc->arena, "");
    chunks_cut(&chunks, &count, doc);
    assert_int_equal(count, 0);
    document_free(doc);
}

static void test_minhash(void **state)
{
    uint32_t a[MINHASH_SIZE], b[MINHASH_SIZE], c[MINHASH_SIZE];
    struct str text = STR_INIT, most = STR_INIT, other = STR_INIT;
    size_t i;

    (void)state;
    for (i = 0; i < 1000; i++) {
        str_printf(&text, "alpha%zu ", i);
        str_printf(&most, i < 800 ? "Alpha%zu, " : "beta%zu ", i);
        str_printf(&other, "gamma%zu ", i);
    }
    assert_true(minhash_text(a, text.ptr, text.len));
    assert_true(minhash_text(b, most.ptr, most.len));
    assert_true(minhash_text(c, other.ptr, other.len));
    assert_true(minhash_similarity(a, a) == 1);
    /* 796 shingles in common of 1196: .667, with a standard error of .042. */
    assert_true(minhash_similarity(a, b) > 0.5 && minhash_similarity(a, b) < 0.83);
    assert_true(minhash_similarity(a, c) < 0.05);
    assert_false(minhash_text(a, "four words are few", 18));
    str_free(&text);
    str_free(&most);
    str_free(&other);
}

const struct CMUnitTest chunks_tests[] = {
    cmocka_unit_test(test_sentences),    cmocka_unit_test(test_chunks),
    cmocka_unit_test(test_nothing_lost), cmocka_unit_test(test_empty),
    cmocka_unit_test(test_minhash),
};
const size_t chunks_tests_len = ARRAY_LEN(chunks_tests);
