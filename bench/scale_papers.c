/*
 * Papers for the scale bench: scale_papers FIRST COUNT <corpus.jsonl >papers.jsonl
 *
 * Paper n is the same on every run with the same corpus: a title made of the halves of two real
 * ones, an abstract of real sentences (half of them from one paper, half from others of its
 * category), names put together anew. Half of the papers bring a word that nobody used before, as
 * real text does; without it the vocabulary would stop growing. With nothing on standard input the
 * words are drawn from a Zipf distribution of made-up ones.
 */
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/mem.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZIPF_WORDS 200000

struct source { /* one paper of the corpus */
    char *title;
    char **sentences, **authors;
    size_t sentence_count, sentence_cap, author_count, author_cap;
    size_t category;
};

struct category {
    char *code;
    size_t *papers, len, cap;
};

struct corpus {
    struct source *items;
    size_t len, cap;
    struct category *categories;
    size_t category_count, category_cap;
    struct hashmap *codes;
    double *zipf; /* cumulated weight of each rank */
};

/* splitmix64 (S. Vigna): a whole sequence from one number. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15ull);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static size_t draw_below(uint64_t *state, size_t bound)
{
    return (size_t)(draw(state) % bound);
}

/* ---- the corpus ---- */

static void corpus_sentences(struct source *source, const char *text)
{
    const char *from = text, *at;

    for (at = text; *at; at++) {
        if (*at != '.' || at[1] != ' ' || !isupper((unsigned char)at[2]))
            continue;
        VEC_PUSH(source->sentences, source->sentence_count, source->sentence_cap,
                 mem_strndup(from, (size_t)(at + 1 - from)));
        from = at + 2;
    }
    if (*from)
        VEC_PUSH(source->sentences, source->sentence_count, source->sentence_cap, mem_strdup(from));
}

static size_t corpus_category(struct corpus *corpus, const char *code)
{
    bool added;
    uint64_t *place = hashmap_put(corpus->codes, code, strlen(code), &added);

    if (added) {
        struct category category = { .code = mem_strdup(code) };

        *place = corpus->category_count;
        VEC_PUSH(corpus->categories, corpus->category_count, corpus->category_cap, category);
    }
    return (size_t)*place;
}

static void corpus_add(struct corpus *corpus, const json_t *paper)
{
    const char *title = json_string_value(json_object_get(paper, "title"));
    const char *abstract = json_string_value(json_object_get(paper, "abstract"));
    const json_t *authors = json_object_get(paper, "authors");
    const char *code = json_string_value(json_array_get(json_object_get(paper, "categories"), 0));
    struct source source = { 0 };
    struct category *category;
    size_t i;

    if (!title || !abstract || !code || json_array_size(authors) == 0)
        return;
    source.title = mem_strdup(title);
    corpus_sentences(&source, abstract);
    for (i = 0; i < json_array_size(authors); i++)
        if (json_is_string(json_array_get(authors, i)))
            VEC_PUSH(source.authors, source.author_count, source.author_cap,
                     mem_strdup(json_string_value(json_array_get(authors, i))));
    source.category = corpus_category(corpus, code);
    if (source.sentence_count == 0 || source.author_count == 0)
        return;
    category = &corpus->categories[source.category];
    VEC_PUSH(category->papers, category->len, category->cap, corpus->len);
    VEC_PUSH(corpus->items, corpus->len, corpus->cap, source);
}

static void corpus_read(struct corpus *corpus)
{
    char *line = NULL;
    size_t cap = 0;

    corpus->codes = hashmap_new();
    while (getline(&line, &cap, stdin) > 0) {
        json_t *paper = json_loads(line, 0, NULL);

        if (paper)
            corpus_add(corpus, paper);
        json_decref(paper);
    }
    free(line);
}

/* ---- words without a corpus ---- */

static void add_made_word(struct str *out, uint64_t state)
{
    static const char *const parts[] = { "ba",  "cor", "di", "fen", "gal", "hu",  "jor", "ka",
                                         "lim", "mon", "nu", "per", "qua", "ris", "ste", "tro",
                                         "ul",  "vex", "wa", "xi",  "yor", "zem", "pho", "ther" };
    size_t count = 2 + draw_below(&state, 3), i;

    for (i = 0; i < count; i++)
        str_add(out, parts[draw_below(&state, ARRAY_LEN(parts))]);
}

static void zipf_words(struct corpus *corpus, struct str *out, uint64_t *state, size_t count)
{
    size_t i;

    if (!corpus->zipf) {
        corpus->zipf = mem_alloc(ZIPF_WORDS * sizeof *corpus->zipf);
        for (i = 0; i < ZIPF_WORDS; i++)
            corpus->zipf[i] = (i ? corpus->zipf[i - 1] : 0) + 1 / pow((double)i + 2.7, 1.07);
    }
    for (i = 0; i < count; i++) {
        double at = (double)(draw(state) >> 11) / 9007199254740992.0 * corpus->zipf[ZIPF_WORDS - 1];
        size_t low = 0, high = ZIPF_WORDS - 1;

        while (low < high) {
            size_t mid = (low + high) / 2;

            if (corpus->zipf[mid] < at)
                low = mid + 1;
            else
                high = mid;
        }
        if (i)
            str_add_char(out, ' ');
        add_made_word(out, low);
    }
}

/* ---- one paper ---- */

static void add_half(struct str *out, const char *title, bool second)
{
    size_t len = strlen(title), cut = len / 2;

    while (cut > 0 && cut < len && title[cut] != ' ')
        cut++;
    str_add_mem(out, second ? title + cut : title, second ? len - cut : cut);
}

static void add_sentences(const struct corpus *corpus, const struct source *base, struct str *out,
                          uint64_t *state)
{
    const struct category *category = &corpus->categories[base->category];
    size_t count = 4 + draw_below(state, 6), own = 0, i;

    for (i = 0; i < count; i++) {
        const struct source *other =
            &corpus->items[category->papers[draw_below(state, category->len)]];

        if ((draw(state) & 1) && own < base->sentence_count)
            str_add(out, base->sentences[own++]);
        else
            str_add(out, other->sentences[draw_below(state, other->sentence_count)]);
        str_add_char(out, ' ');
    }
    if (draw(state) & 1) {
        str_add(out, "We call it ");
        str_printf(out, "%c", 'A' + (char)draw_below(state, 26));
        add_made_word(out, draw(state));
        add_made_word(out, draw(state));
        str_add_char(out, '.');
    }
}

static void add_authors(const struct corpus *corpus, struct jsonw *w, uint64_t *state)
{
    size_t count = 1 + draw_below(state, 6), i;
    struct str name = STR_INIT;

    for (i = 0; i < count; i++) {
        const struct source *a = &corpus->items[draw_below(state, corpus->len)];
        const struct source *b = &corpus->items[draw_below(state, corpus->len)];
        const char *first = a->authors[draw_below(state, a->author_count)];
        const char *last = b->authors[draw_below(state, b->author_count)];
        const char *blank = strrchr(last, ' ');

        str_clear(&name);
        str_add_mem(&name, first, strcspn(first, " "));
        str_printf(&name, " %s", blank ? blank + 1 : last);
        jsonw_string(w, name.ptr);
    }
    str_free(&name);
}

static void add_texts(struct corpus *corpus, struct jsonw *w, uint64_t *state)
{
    struct str title = STR_INIT, abstract = STR_INIT;
    const char *code = "cs.LG";

    if (corpus->len > 0) {
        const struct source *base = &corpus->items[draw_below(state, corpus->len)];
        const struct category *category = &corpus->categories[base->category];

        add_half(&title, base->title, false);
        add_half(&title, corpus->items[category->papers[draw_below(state, category->len)]].title,
                 true);
        add_sentences(corpus, base, &abstract, state);
        code = category->code;
    } else {
        zipf_words(corpus, &title, state, 6 + draw_below(state, 8));
        zipf_words(corpus, &abstract, state, 80 + draw_below(state, 140));
    }
    jsonw_key_string(w, "title", title.ptr);
    jsonw_key_string(w, "abstract", abstract.ptr);
    jsonw_key(w, "categories");
    jsonw_array(w);
    jsonw_string(w, code);
    jsonw_end(w);
    jsonw_key(w, "authors");
    jsonw_array(w);
    if (corpus->len > 0)
        add_authors(corpus, w, state);
    else
        jsonw_string(w, "Ada Example");
    jsonw_end(w);
    str_free(&title);
    str_free(&abstract);
}

static void write_paper(struct corpus *corpus, struct str *out, uint64_t number)
{
    uint64_t state = number * 0xD1342543DE82EF95ull + 7;
    uint64_t month = number / 90000; /* papers of a month share the first half of their number */
    char text[64];
    struct jsonw w;

    str_clear(out);
    jsonw_start(&w, out);
    jsonw_object(&w);
    snprintf(text, sizeof text, "arxiv:%02u%02u.%05u", (unsigned)(15 + month / 12) % 100,
             (unsigned)(month % 12) + 1, (unsigned)(number % 90000) + 1);
    jsonw_key_string(&w, "id", text);
    snprintf(text, sizeof text, "20%02u-%02u-%02u", (unsigned)(15 + month / 12) % 100,
             (unsigned)(month % 12) + 1, (unsigned)(number % 90000 / 3300) + 1);
    jsonw_key_string(&w, "published", text);
    add_texts(corpus, &w, &state);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

int main(int argc, char **argv)
{
    static char buffer[1 << 20];
    struct corpus corpus = { 0 };
    struct str line = STR_INIT;
    unsigned long long first, count, i;

    if (argc != 3) {
        fprintf(stderr, "usage: scale_papers FIRST COUNT <corpus.jsonl >papers.jsonl\n");
        return 2;
    }
    first = strtoull(argv[1], NULL, 10);
    count = strtoull(argv[2], NULL, 10);
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    corpus_read(&corpus);
    for (i = first; i < first + count; i++) {
        write_paper(&corpus, &line, i);
        fwrite(line.ptr, 1, line.len, stdout);
    }
    str_free(&line);
    return fflush(stdout) != 0;
}
