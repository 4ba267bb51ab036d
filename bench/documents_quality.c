/*
 * How well documents are read, against ground truths that others have made, beside pdftotext and
 * mutool on the same files:
 *   documents_quality FOLDER [TITLES]   ($CARREL_SHARED/data/wire/pdf-sci; TITLES: FILE<TAB>TITLE)
 *   documents_quality speed FILE...     pages and files a second of each, isolation included
 *
 * Words are folded as the index folds them. Recall and precision compare multisets of words; order
 * is the longest common subsequence as a share of the words that both have, so a column that is
 * read in the wrong place costs order and nothing else. A title or abstract is exact (the same
 * words), close (three quarters of the words, both ways) or a miss.
 */
#include "carrel/clock.h"
#include "carrel/document.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/process.h"
#include "carrel/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define WORDS_MAX 40000 /* of a text: the subsequence is quadratic */
#define READERS 3

static const char *const readers[READERS] = { "carrel", "pdftotext", "mutool" };

struct words {
    uint32_t *items; /* number of the word */
    size_t len, cap;
};

static struct hashmap *numbers;

static int words_add(void *ctx, const struct text_token *token)
{
    struct words *words = ctx;
    bool added;
    uint64_t *number = hashmap_put(numbers, token->term, token->term_len, &added);

    if (added)
        *number = hashmap_count(numbers);
    if (words->len < WORDS_MAX)
        VEC_PUSH(words->items, words->len, words->cap, (uint32_t)*number);
    return 0;
}

static struct words words_of(const char *text)
{
    struct words words = { 0 };

    text_tokenize(text, strlen(text), words_add, &words);
    return words;
}

static size_t common(const struct words *a, const struct words *b)
{
    size_t count = hashmap_count(numbers) + 1, same = 0, i;
    int *seen = mem_zalloc(count * sizeof *seen);

    for (i = 0; i < a->len; i++)
        seen[a->items[i]]++;
    for (i = 0; i < b->len; i++)
        same += seen[b->items[i]]-- > 0;
    free(seen);
    return same;
}

static size_t subsequence(const struct words *a, const struct words *b)
{
    uint32_t *row = mem_zalloc((b->len + 1) * sizeof *row);
    size_t i, k, best;

    for (i = 0; i < a->len; i++) {
        uint32_t diagonal = 0;

        for (k = 0; k < b->len; k++) {
            uint32_t above = row[k + 1];

            if (a->items[i] == b->items[k])
                row[k + 1] = diagonal + 1;
            else if (row[k] > above)
                row[k + 1] = row[k];
            diagonal = above;
        }
    }
    best = row[b->len];
    free(row);
    return best;
}

/* ---- reading ---- */

static void run(struct str *out, const char *program, const char *path, const char *rest)
{
    char *command = mem_printf("%s '%s' %s 2>/dev/null", program, path, rest);
    FILE *pipe = popen(command, "r");
    char buffer[65536];
    size_t got;

    str_clear(out);
    while (pipe && (got = fread(buffer, 1, sizeof buffer, pipe)) > 0)
        str_add_mem(out, buffer, got);
    if (pipe)
        pclose(pipe);
    free(command);
}

static void read_all(struct str texts[READERS], struct processor *processor, const char *path,
                     struct document **doc)
{
    int i;

    for (i = 0; i < READERS; i++)
        str_init(&texts[i]);
    if (process_file(processor, path, FORMAT_AUTO, NULL, doc, NULL) == ERR_OK)
        document_print_text(&texts[0], *doc);
    run(&texts[1], "pdftotext", path, "-");
    run(&texts[2], "mutool draw -F txt", path, "");
}

/* ---- text ---- */

static double sums[READERS][3];
static int texts_measured;

static void measure_text(struct processor *processor, const char *path, const char *truth)
{
    struct words right = words_of(truth);
    struct str texts[READERS];
    struct document *doc = NULL;
    int i;

    read_all(texts, processor, path, &doc);
    printf("%-40.40s %6zu words ", strrchr(path, '/') + 1, right.len);
    for (i = 0; i < READERS; i++) {
        struct words got = words_of(texts[i].ptr);
        size_t same = common(&right, &got);
        double recall = (double)same / (double)(right.len ? right.len : 1);
        double precision = (double)same / (double)(got.len ? got.len : 1);
        double order = (double)subsequence(&right, &got) / (double)(same ? same : 1);

        printf("  %s %.3f %.3f %.3f", readers[i], recall, precision, order);
        sums[i][0] += recall;
        sums[i][1] += precision;
        sums[i][2] += order;
        free(got.items);
        str_free(&texts[i]);
    }
    puts("");
    texts_measured++;
    free(right.items);
    document_free(doc);
}

static void measure_file(struct processor *processor, const char *folder, const char *pdf,
                         const char *truth)
{
    char *path = path_join(folder, pdf), *file = path_join(folder, truth);
    struct str text = STR_INIT;

    if (file_read(&text, file, 64u << 20, NULL) == ERR_OK)
        measure_text(processor, path, text.ptr);
    str_free(&text);
    free(path);
    free(file);
}

/* ---- titles, abstracts, references ---- */

enum verdict { EXACT, CLOSE, MISS };
static const char *const verdicts[] = { "exact", "close", "miss" };
static int tallies[2][3];

static enum verdict compare(const char *right, const char *got)
{
    struct words a = words_of(right), b = words_of(got ? got : "");
    size_t same = common(&a, &b);
    bool exact = a.len == b.len && memcmp(a.items, b.items, a.len * sizeof *a.items) == 0;
    bool close = same * 4 >= a.len * 3 && same * 4 >= b.len * 3 && b.len > 0;

    free(a.items);
    free(b.items);
    return exact ? EXACT : close ? CLOSE : MISS;
}

static void measure_front(struct processor *processor, const char *path, const char *title,
                          const char *abstract)
{
    struct document *doc = NULL;
    enum verdict one, two = MISS;

    if (process_file(processor, path, FORMAT_AUTO, NULL, &doc, NULL) != ERR_OK)
        return;
    one = compare(title, doc->meta.title);
    tallies[0][one]++;
    printf("%-40.40s title %s", strrchr(path, '/') + 1, verdicts[one]);
    if (abstract) {
        two = compare(abstract, doc->meta.abstract);
        tallies[1][two]++;
        printf(", abstract %s", verdicts[two]);
    }
    printf(", authors %zu\n", doc->meta.authors.len);
    if (one == MISS)
        printf("    '%s' in place of '%s'\n", doc->meta.title ? doc->meta.title : "", title);
    document_free(doc);
}

/* Entries whose text has most words of a true one's; and how many were found at all. */
static void measure_references(struct processor *processor, const char *path, json_t *entries,
                               const char *key)
{
    struct document *doc = NULL;
    size_t found = 0, count = 0, with_title = 0, i, k;
    json_t *entry;

    if (process_file(processor, path, FORMAT_AUTO, NULL, &doc, NULL) != ERR_OK)
        return;
    for (i = 0; i < json_array_size(entries); i++) {
        const char *raw;

        entry = json_array_get(entries, i);
        raw = json_string_value(json_object_get(entry, key));
        if (!raw || !*raw)
            continue;
        count++;
        for (k = 0; k < doc->reference_count; k++) {
            const struct document_reference *r = &doc->references[k];
            char *text = mem_strndup(doc->text + r->start, r->end - r->start);
            struct words a = words_of(raw), b = words_of(text);
            bool same = common(&a, &b) * 10 >= a.len * 8;

            free(text);
            free(a.items);
            free(b.items);
            if (same) {
                found++;
                break;
            }
        }
    }
    for (k = 0; k < doc->reference_count; k++)
        with_title += doc->references[k].title != NULL;
    printf(
        "%-40.40s references: %zu of %zu found; %zu read, %zu with a title, %zu citation marks\n",
        strrchr(path, '/') + 1, found, count, doc->reference_count, with_title,
        doc->citation_count);
    document_free(doc);
}

static void measure_s2orc(struct processor *processor, const char *folder, const char *name)
{
    char *pdf = mem_printf("%s/s2orc-doc2json/%s.pdf", folder, name);
    char *file = mem_printf("%s/s2orc-doc2json/%s.json", folder, name);
    json_t *root = json_load_file(file, JSON_DISABLE_EOF_CHECK, NULL);
    json_t *bib = json_object_get(json_object_get(root, "pdf_parse"), "bib_entries"), *value;
    json_t *entries = json_array();
    const char *key, *title = json_string_value(json_object_get(root, "title"));
    const char *abstract = json_string_value(json_object_get(root, "abstract"));

    json_object_foreach(bib, key, value) json_array_append(entries, value);
    if (title)
        measure_front(processor, pdf, title, abstract);
    measure_references(processor, pdf, entries, "title");
    json_decref(entries);
    json_decref(root);
    free(pdf);
    free(file);
}

static void measure_arxiv(struct processor *processor, const char *folder, const char *pdf,
                          const char *truth)
{
    char *path = mem_printf("%s/arxiv-references/%s", folder, pdf);
    char *file = mem_printf("%s/arxiv-references/%s", folder, truth);
    json_t *root = json_load_file(file, JSON_DISABLE_EOF_CHECK, NULL);

    if (json_is_array(root))
        measure_references(processor, path, root, "raw");
    json_decref(root);
    free(path);
    free(file);
}

/* What stands between the first <tag ...> and its end, without the tags inside. */
static char *element(const char *xml, const char *tag)
{
    char *open = mem_printf("<%s", tag), *close = mem_printf("</%s>", tag);
    const char *at = strstr(xml, open), *end = at ? strstr(at, close) : NULL;
    struct str out = STR_INIT;
    bool inside = true;

    for (; at && end && at < end; at++) {
        if (*at == '<')
            inside = true;
        else if (*at == '>')
            inside = false, str_add_char(&out, ' ');
        else if (!inside)
            str_add_char(&out, *at);
    }
    free(open);
    free(close);
    return str_take(&out);
}

static void measure_xml(struct processor *processor, const char *folder, const char *pdf,
                        const char *truth)
{
    char *path = mem_printf("%s/CERMINE/%s", folder, pdf);
    char *file = mem_printf("%s/CERMINE/%s", folder, truth);
    struct str xml = STR_INIT;

    if (file_read(&xml, file, 16u << 20, NULL) == ERR_OK) {
        char *title = element(xml.ptr, "article-title"), *abstract = element(xml.ptr, "abstract");

        measure_front(processor, path, title, *abstract ? abstract : NULL);
        free(title);
        free(abstract);
    }
    str_free(&xml);
    free(path);
    free(file);
}

/* FILE<TAB>TITLE lines: titles that a person has read off the first pages. */
static void measure_titles(struct processor *processor, const char *folder, const char *list)
{
    struct str text = STR_INIT;
    char *line, *rest;

    if (file_read(&text, list, 1u << 20, NULL) != ERR_OK)
        return;
    for (line = strtok_r(text.ptr, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *tab = strchr(line, '\t'), *path;

        if (*line == '#' || !tab)
            continue;
        *tab = '\0';
        path = path_join(folder, line);
        if (file_exists(path))
            measure_front(processor, path, tab + 1, NULL);
        free(path);
    }
    str_free(&text);
}

/* ---- speed ---- */

static double cpu_now(void)
{
    struct rusage self, children;

    getrusage(RUSAGE_SELF, &self);
    getrusage(RUSAGE_CHILDREN, &children);
    return (double)(self.ru_utime.tv_sec + self.ru_stime.tv_sec + children.ru_utime.tv_sec
                    + children.ru_stime.tv_sec)
           + (double)(self.ru_utime.tv_usec + self.ru_stime.tv_usec + children.ru_utime.tv_usec
                      + children.ru_stime.tv_usec)
                 / 1e6;
}

/* Three rounds in turn, the best of each; the child's time counts once it has ended. */
static int measure_speed(char **files, int count)
{
    double wall[READERS], cpu[READERS];
    int64_t pages = 0;
    int round, reader, i;

    for (round = 0; round < 3; round++) {
        for (reader = 0; reader < READERS; reader++) {
            double start_cpu = cpu_now(), took;
            int64_t start = clock_ticks_us();

            if (reader == 0) {
                struct processor *processor = processor_new(&(struct processor_options){ 0 });

                pages = 0;
                for (i = 0; i < count; i++) {
                    struct document *doc = NULL;

                    if (process_file(processor, files[i], FORMAT_AUTO, NULL, &doc, NULL) == ERR_OK)
                        pages += (int64_t)doc->page_count;
                    document_free(doc);
                }
                processor_free(processor);
            }
            for (i = 0; i < count && reader > 0; i++) {
                struct str out = STR_INIT;

                run(&out, reader == 1 ? "pdftotext" : "mutool draw -F txt", files[i],
                    reader == 1 ? "-" : "");
                str_free(&out);
            }
            took = (double)(clock_ticks_us() - start) / 1e6;
            if (round == 0 || took < wall[reader]) {
                wall[reader] = took;
                cpu[reader] = cpu_now() - start_cpu;
            }
        }
    }
    printf("%d files, %lld pages\n", count, (long long)pages);
    for (reader = 0; reader < READERS; reader++)
        printf("%-10s %.2f s, processor %.2f s: %.0f pages/s, %.0f pages a second of processor\n",
               readers[reader], wall[reader], cpu[reader], (double)pages / wall[reader],
               (double)pages / cpu[reader]);
    return 0;
}

int main(int argc, char **argv)
{
    struct processor_options options = { 0 };
    struct processor *processor;
    const char *folder = argc > 1 ? argv[1] : ".";
    int status, i;

    if (process_child(argc, argv, &status))
        return status;
    if (argc > 2 && strcmp(argv[1], "speed") == 0)
        return measure_speed(argv + 2, argc - 2);
    numbers = hashmap_new();
    processor = processor_new(&options);
    puts("== words against ground truth: recall, precision, order");
    measure_file(processor, folder, "CERMINE/test2.pdf", "CERMINE/test2-fulltext.txt");
    measure_file(processor, folder, "sample-files/GeoTopo-komprimiert.pdf",
                 "py-pdf-benchmarks/GeoTopo-book.txt");
    for (i = 0; i < READERS && texts_measured; i++)
        printf("mean of %d, %-10s recall %.3f, precision %.3f, order %.3f\n", texts_measured,
               readers[i], sums[i][0] / texts_measured, sums[i][1] / texts_measured,
               sums[i][2] / texts_measured);
    puts("-- parts: a page beside the truth of the whole, a text beside the truth of a page");
    measure_file(processor, folder, "PyMuPDF/2201.00069.pdf", "py-pdf-benchmarks/2201.00069.txt");
    measure_file(processor, folder, "PyMuPDF/test_3842.pdf", "PyMuPDF/test_3842_expected_1.28.txt");
    puts("== titles and abstracts");
    measure_s2orc(processor, folder, "2020.acl-main.207");
    measure_s2orc(processor, folder, "N18-3011");
    measure_xml(processor, folder, "test1.pdf", "test1-metadata.xml");
    measure_xml(processor, folder, "test3.pdf", "test3-metadata.xml");
    measure_xml(processor, folder, "test5.pdf", "test5-content.xml");
    if (argc > 2)
        measure_titles(processor, folder, argv[2]);
    printf("titles: %d exact, %d close, %d missed; abstracts: %d exact, %d close, %d missed\n",
           tallies[0][0], tallies[0][1], tallies[0][2], tallies[1][0], tallies[1][1],
           tallies[1][2]);
    puts("== references");
    measure_arxiv(processor, folder, "0801.0012.pdf", "0801.0012.json");
    measure_arxiv(processor, folder, "0905.2465.pdf", "0905.2465.json");
    measure_arxiv(processor, folder, "1001.0012.pdf", "1001.0012.json");
    measure_arxiv(processor, folder, "1704.01689v1.pdf", "1704.01689v1.grobid.json");
    processor_free(processor);
    hashmap_free(numbers);
    return 0;
}
