/*
 * Dumps in the shape of Papers with Code, as large as they were:
 *
 *   scale_papers 0 576000 <corpus | pwc_dump papers >papers-with-abstracts.json
 *   pwc_dump links 300000 576000 >links-between-papers-and-code.json     (rows, papers)
 *   pwc_dump tables 2000 576000 >evaluation-tables.json                  (tasks, papers)
 *
 * Row n is the same on every run. Links of one paper lie scattered over the whole file, a few
 * papers have very many, one row in twenty is there twice, and one in ten writes its truth values
 * as texts.
 */
#include "carrel/jsonw.h"
#include "carrel/mem.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TASKS 2000
#define METHODS 2500

/* splitmix64 (S. Vigna): a number out of a number. */
static uint64_t mix(uint64_t z)
{
    z += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static double unit(uint64_t z)
{
    return (double)(mix(z) >> 11) / 9007199254740992.0;
}

/* As scale_papers numbers them. */
static void arxiv_number(char out[16], uint64_t n)
{
    uint64_t month = n / 90000;

    snprintf(out, 16, "%02u%02u.%05u", (unsigned)(15 + month / 12) % 100,
             (unsigned)(month % 12) + 1, (unsigned)(n % 90000) + 1);
}

static void paper_page(char out[80], uint64_t n)
{
    snprintf(out, 80, "https://paperswithcode.com/paper/a-paper-of-the-bench-%llu",
             (unsigned long long)n);
}

static void key_text(struct jsonw *w, const char *key, const char *text)
{
    jsonw_key_string(w, key, text); /* NULL: null */
}

static void write_row(struct str *row, bool first)
{
    fputs(first ? "[\n" : ",\n", stdout);
    fwrite(row->ptr, 1, row->len, stdout);
}

/* ---- papers ---- */

static void method_json(struct jsonw *w, uint64_t n)
{
    char text[64];

    jsonw_object(w);
    snprintf(text, sizeof text, "Method %llu", (unsigned long long)n);
    key_text(w, "name", text);
    key_text(w, "full_name", text);
    key_text(w, "description",
             n % 97 == 0 ? "Please enter a description about the method here"
                         : "**It** is a way to combine two layers of a network so that gradients "
                           "reach the lower one.\r\n\r\nSource: [its paper](http://arxiv.org)");
    jsonw_key_int(w, "introduced_year", 2000 + (int64_t)(n % 20));
    key_text(w, "source_url", "http://arxiv.org/abs/1501.00001v1");
    key_text(w, "source_title", "The paper that introduced it");
    key_text(w, "code_snippet_url", NULL);
    jsonw_key(w, "main_collection");
    jsonw_object(w);
    key_text(w, "name", "Attention Mechanisms");
    key_text(w, "description", "**Attention** is what the others need.\r\n");
    key_text(w, "parent", NULL);
    key_text(w, "area", "General");
    jsonw_end(w);
    jsonw_end(w);
}

static void paper_lists(struct jsonw *w, const json_t *paper, uint64_t n)
{
    const json_t *authors = json_object_get(paper, "authors");
    char text[64];
    size_t i;

    jsonw_key(w, "authors");
    jsonw_array(w);
    for (i = 0; i < json_array_size(authors); i++)
        jsonw_string(w, json_string_value(json_array_get(authors, i)));
    jsonw_end(w);
    jsonw_key(w, "tasks");
    jsonw_array(w);
    for (i = 0; i < mix(n) % 5; i++) {
        snprintf(text, sizeof text, "Task %d", (int)(TASKS * pow(unit(n * 8 + i), 3)));
        jsonw_string(w, text);
    }
    jsonw_end(w);
    key_text(w, "date", json_string_value(json_object_get(paper, "published")));
    jsonw_key(w, "methods");
    jsonw_array(w);
    for (i = 0; i < mix(n + 1) % 4; i++)
        method_json(w, (uint64_t)(METHODS * pow(unit(n * 8 + 4 + i), 3)));
    jsonw_end(w);
}

static void paper_row(struct str *row, const json_t *paper, uint64_t n)
{
    char text[100], number[16];
    struct jsonw w;

    jsonw_start(&w, row);
    jsonw_object(&w);
    paper_page(text, n);
    key_text(&w, "paper_url", text);
    arxiv_number(number, n);
    key_text(&w, "arxiv_id", n % 8 ? number : NULL);
    key_text(&w, "nips_id", NULL);
    key_text(&w, "openreview_id", NULL);
    key_text(&w, "title", json_string_value(json_object_get(paper, "title")));
    key_text(&w, "abstract", json_string_value(json_object_get(paper, "abstract")));
    key_text(&w, "short_abstract", NULL);
    snprintf(text, sizeof text, n % 8 ? "http://arxiv.org/abs/%sv2" : "https://example.org/%s",
             number);
    key_text(&w, "url_abs", text);
    snprintf(text, sizeof text,
             n % 8 ? "http://arxiv.org/pdf/%sv2.pdf" : "https://example.org/%s.pdf", number);
    key_text(&w, "url_pdf", text);
    key_text(&w, "proceeding", n % 3 ? NULL : "NeurIPS 2018 12");
    paper_lists(&w, paper, n);
    key_text(&w, "conference_url_abs", NULL);
    key_text(&w, "conference_url_pdf", NULL);
    key_text(&w, "conference", NULL);
    key_text(&w, "reproduces_paper", NULL);
    jsonw_end(&w);
}

static void papers(void)
{
    struct str row = STR_INIT;
    char *line = NULL;
    size_t cap = 0;
    uint64_t n = 0;

    while (getline(&line, &cap, stdin) > 0) {
        json_t *paper = json_loads(line, 0, NULL);

        if (!paper)
            continue;
        str_clear(&row);
        paper_row(&row, paper, n);
        write_row(&row, n++ == 0);
        json_decref(paper);
    }
    fputs(n ? "\n]\n" : "[]\n", stdout);
    free(line);
    str_free(&row);
}

/* ---- links ---- */

static void link_truth(struct jsonw *w, const char *key, bool value, bool as_text)
{
    if (as_text)
        jsonw_key_string(w, key, value ? "true" : "false");
    else
        jsonw_key_bool(w, key, value);
}

static void link_row(struct str *row, uint64_t n, uint64_t papers_count)
{
    static const char *const frameworks[] = { "pytorch", "tf", "none", "jax" };
    uint64_t paper = (uint64_t)((double)papers_count * pow(unit(n), 1.6)), odds = mix(n + 7);
    char text[100], number[16];
    struct jsonw w;

    if (mix(n + 3) % 200 == 0)
        paper = mix(n) % 10; /* those that everybody implements */
    jsonw_start(&w, row);
    jsonw_object(&w);
    paper_page(text, paper);
    key_text(&w, "paper_url", text);
    snprintf(text, sizeof text, "A Paper of the Bench: %llu", (unsigned long long)paper);
    key_text(&w, "paper_title", text);
    arxiv_number(number, paper);
    key_text(&w, "paper_arxiv_id", paper % 8 ? number : NULL);
    snprintf(text, sizeof text, "http://arxiv.org/abs/%sv2", number);
    key_text(&w, "paper_url_abs", paper % 8 ? text : NULL);
    key_text(&w, "paper_url_pdf", NULL);
    snprintf(text, sizeof text, "https://github.com/owner-%u/repository-%llu",
             (unsigned)(odds % 50000), (unsigned long long)n);
    key_text(&w, "repo_url", text);
    link_truth(&w, "is_official", odds % 4 == 0, odds % 10 == 1);
    link_truth(&w, "mentioned_in_paper", odds % 3 == 0, odds % 10 == 1);
    link_truth(&w, "mentioned_in_github", odds % 2 == 0, odds % 10 == 1);
    key_text(&w, "framework", frameworks[odds % 4]);
    jsonw_end(&w);
}

static void links(uint64_t rows, uint64_t papers_count)
{
    struct str row = STR_INIT;
    uint64_t n;

    for (n = 0; n < rows; n++) {
        str_clear(&row);
        link_row(&row, n % 20 == 19 ? n / 2 : n, papers_count);
        write_row(&row, n == 0);
    }
    fputs(rows ? "\n]\n" : "[]\n", stdout);
    str_free(&row);
}

/* ---- tables ---- */

static void table_row(struct jsonw *w, uint64_t n, uint64_t papers_count)
{
    char text[100];

    jsonw_object(w);
    snprintf(text, sizeof text, "Model %llu", (unsigned long long)(n % 100000));
    key_text(w, "model_name", text);
    jsonw_key(w, "metrics");
    jsonw_object(w);
    snprintf(text, sizeof text, "%.2f%%", 40 + 60 * unit(n));
    key_text(w, "Accuracy", text);
    jsonw_key_double(w, "F1", floor(1000 * unit(n + 1)) / 1000);
    key_text(w, "Params", n % 3 ? "" : "3.5M");
    jsonw_end(w);
    paper_page(text, mix(n) % papers_count);
    key_text(w, "paper_url", text);
    key_text(w, "paper_title", "A Paper of the Bench");
    key_text(w, "paper_date", n % 9 ? "2021-04-01" : NULL);
    jsonw_key(w, "code_links");
    jsonw_array(w);
    if (n % 2) {
        jsonw_object(w);
        key_text(w, "title", "owner/name");
        key_text(w, "url", "https://github.com/owner/name");
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key(w, "model_links");
    jsonw_array(w);
    jsonw_end(w);
    jsonw_key_bool(w, "uses_additional_data", n % 5 == 0);
    jsonw_end(w);
}

static void table_dataset(struct jsonw *w, uint64_t n, uint64_t papers_count)
{
    static const char *const metrics[] = { "Accuracy", "F1", "Params" };
    uint64_t rows = 1 + (uint64_t)(60 * pow(unit(n + 11), 2)), i;
    char text[64];

    jsonw_object(w);
    snprintf(text, sizeof text, "Data Set %llu", (unsigned long long)(mix(n) % 3000));
    key_text(w, "dataset", text);
    key_text(w, "description", "");
    jsonw_key(w, "sota");
    jsonw_object(w);
    jsonw_key(w, "metrics");
    jsonw_array(w);
    for (i = 0; i < ARRAY_LEN(metrics); i++)
        jsonw_string(w, metrics[i]);
    jsonw_end(w);
    jsonw_key(w, "rows");
    jsonw_array(w);
    for (i = 0; i < rows; i++)
        table_row(w, n * 64 + i, papers_count);
    jsonw_end(w);
    jsonw_end(w);
    jsonw_key(w, "subdatasets");
    jsonw_array(w);
    jsonw_end(w);
    jsonw_end(w);
}

static void table_task(struct jsonw *w, uint64_t n, uint64_t papers_count, int depth)
{
    uint64_t sets = mix(n) % 8, i;
    char text[64];

    jsonw_object(w);
    snprintf(text, sizeof text, depth ? "Task %llu of depth %d" : "Task %llu",
             (unsigned long long)n % TASKS, depth);
    key_text(w, "task", text);
    jsonw_key(w, "categories");
    jsonw_array(w);
    jsonw_string(w, n % 2 ? "Computer Vision" : "Natural Language Processing");
    jsonw_end(w);
    key_text(w, "description", "What has to be done.\r\n");
    jsonw_key(w, "datasets");
    jsonw_array(w);
    for (i = 0; i < sets; i++)
        table_dataset(w, n * 8 + i, papers_count);
    jsonw_end(w);
    jsonw_key(w, "subtasks");
    jsonw_array(w);
    if (depth < 2 && mix(n + 5) % 2)
        table_task(w, n + 100000, papers_count, depth + 1);
    jsonw_end(w);
    jsonw_end(w);
}

static void tables(uint64_t tasks, uint64_t papers_count)
{
    struct str row = STR_INIT;
    struct jsonw w;
    uint64_t n;

    for (n = 0; n < tasks; n++) {
        str_clear(&row);
        jsonw_start(&w, &row);
        table_task(&w, n, papers_count, 0);
        write_row(&row, n == 0);
    }
    fputs(tasks ? "\n]\n" : "[]\n", stdout);
    str_free(&row);
}

int main(int argc, char **argv)
{
    static char buffer[1 << 20];
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    uint64_t among = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;

    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    if (argc == 2 && strcmp(argv[1], "papers") == 0) {
        papers();
    } else if (argc == 4 && among > 0 && strcmp(argv[1], "links") == 0) {
        links(count, among);
    } else if (argc == 4 && among > 0 && strcmp(argv[1], "tables") == 0) {
        tables(count, among);
    } else {
        fprintf(stderr,
                "usage: pwc_dump papers <papers.jsonl | links ROWS PAPERS | tables TASKS PAPERS\n");
        return 2;
    }
    return fflush(stdout) != 0;
}
