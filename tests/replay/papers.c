/*
 * Made-up papers: paper number I of a seed is always the same, so that tests of any number of
 * records need no files, and two servers with one seed agree.
 *
 * Ids are of arXiv's new form and rise with the index, 9,000 a month, from a month that depends on
 * the seed; the first version's date lies in that month. Datestamps (what OAI-PMH selects by) rise
 * with the index as well, `per_day` a day. A revised paper keeps its id.
 */
#include "replay.h"

#include "carrel/clock.h"
#include "carrel/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A_MONTH 9000

static const char *const words[] = {
    "attention",    "sparse",       "retrieval",   "networks",    "graphs",    "learning",
    "inference",    "bounds",       "quantum",     "circuits",    "proteins",  "language",
    "models",       "diffusion",    "transport",   "kernels",     "sampling",  "estimation",
    "robust",       "adaptive",     "stochastic",  "convex",      "gradient",  "descent",
    "manifold",     "spectral",     "embedding",   "tensor",      "factor",    "causal",
    "discovery",    "benchmark",    "evaluation",  "reasoning",   "planning",  "agents",
    "vision",       "speech",       "translation", "summaries",   "alignment", "scaling",
    "laws",         "memory",       "recurrent",   "convolution", "pruning",   "quantization",
    "distillation", "federated",    "privacy",     "attacks",     "defence",   "anomaly",
    "detection",    "segmentation", "tracking",    "galaxies",    "lensing",   "neutrino",
    "lattice",      "gauge",        "symmetry",    "topology",    "braids",    "knots",
    "primes",       "sieve",        "percolation", "matching",    "colouring", "flows",
    "scheduling",   "caching",      "consensus",   "storage",     "compilers", "types",
    "proofs",       "verification", "synthesis",   "grammar",     "parsing",   "semantics",
    "dialogue",     "questions",    "answers",     "citations",   "corpora",   "annotation",
};

static const char *const small[] = {
    "for", "of", "with", "under", "in", "beyond", "without", "via"
};

static const char *const firsts[] = { "Ada",   "Mei",    "José",  "Olga", "Jürgen", "Aisha",
                                      "Tomás", "Łukasz", "Nina",  "Ravi", "Chloé",  "Søren",
                                      "Yuki",  "Amara",  "Pavel", "Ines", "Omar",   "Greta" };
static const char *const lasts[] = { "García", "Müller", "Chen",    "Okafor",  "Ivanova",
                                     "Smith",  "Nowak",  "Tanaka",  "del Rio", "O'Brien",
                                     "Çelik",  "Singh",  "Laurent", "Kim",     "Lindqvist",
                                     "Haddad", "Novák",  "Costa" };

static const char *const fallback[] = { "cs.CL",  "cs.LG",    "cs.AI",   "cs.CV",  "math.NA",
                                        "hep-th", "quant-ph", "stat.ML", "math.CO" };

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). */
static uint64_t papers_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

void papers_init(struct papers *papers)
{
    memset(papers, 0, sizeof *papers);
    papers->records = 1000;
    papers->seed = 1;
    papers->from = day_from_civil(2026, 1, 1);
    papers->per_day = 500;
    papers->page = 2500;
}

static int papers_first_month(const struct papers *papers)
{
    return 15 * 12 + (int)(papers->seed % 100); /* months since 2000 */
}

static void papers_title(struct paper *paper, uint64_t *random)
{
    int count = 4 + (int)(papers_next(random) % 5), i;
    size_t len = 0;

    for (i = 0; i < count; i++) {
        const char *word = words[papers_next(random) % ARRAY_LEN(words)];

        if (i == count / 2)
            len += (size_t)snprintf(paper->title + len, sizeof paper->title - len, "%s ",
                                    small[papers_next(random) % ARRAY_LEN(small)]);
        len += (size_t)snprintf(paper->title + len, sizeof paper->title - len, "%s%s", word,
                                i == count - 1 ? "" : " ");
    }
    if (paper->title[0] >= 'a' && paper->title[0] <= 'z')
        paper->title[0] = (char)(paper->title[0] - 'a' + 'A');
    if (papers_next(random) % 16 == 0)
        snprintf(paper->title + len, sizeof paper->title - len, " & $\\beta$-%s",
                 words[papers_next(random) % ARRAY_LEN(words)]);
}

static const char *papers_category(const struct papers *papers, uint64_t random)
{
    return papers->category_len ? papers->categories[random % papers->category_len]
                                : fallback[random % ARRAY_LEN(fallback)];
}

void papers_get(const struct papers *papers, int64_t index, struct paper *paper)
{
    int month = papers_first_month(papers) + (int)(index / A_MONTH);
    int number = (int)(index % A_MONTH);
    uint64_t random = papers->seed * 0xD1B54A32D192ED03U ^ (uint64_t)index;

    memset(paper, 0, sizeof *paper);
    snprintf(paper->id, sizeof paper->id, "%02d%02d.%05d", month / 12 % 100, month % 12 + 1,
             number + 1);
    papers_title(paper, &random);
    paper->categories[paper->category_len++] = papers_category(papers, papers_next(&random));
    if (papers_next(&random) % 5 < 2) {
        const char *second = papers_category(papers, papers_next(&random));

        if (strcmp(second, paper->categories[0]) != 0)
            paper->categories[paper->category_len++] = second;
    }
    paper->created = day_from_civil(2000 + month / 12, month % 12 + 1, 1) + number * 28 / A_MONTH;
    paper->datestamp = papers->from + (int32_t)(index / papers->per_day);
    paper->version = 1;
    paper->deleted =
        papers->delete_every > 0 && index % papers->delete_every == papers->delete_every - 1;
    if (papers->revise_every > 0 && index % papers->revise_every == 0) {
        paper->version = 2;
        paper->datestamp = papers->revise_on;
        strncat(paper->title, " (revised)", sizeof paper->title - strlen(paper->title) - 1);
    }
    paper->random = random;
}

int64_t papers_find(const struct papers *papers, const char *id, size_t len)
{
    int year, month, number;
    char copy[16];
    int64_t index;

    if (len >= sizeof copy)
        return -1;
    memcpy(copy, id, len);
    copy[len] = '\0';
    if (sscanf(copy, "%2d%2d.%5d", &year, &month, &number) != 3 || number < 1 || number > A_MONTH)
        return -1;
    index = (int64_t)(year * 12 + month - 1 - papers_first_month(papers)) * A_MONTH + number - 1;
    return index >= 0 && index < papers->records ? index : -1;
}

/* Hard-wrapped with two blanks in front, as arXiv does it. */
void paper_abstract(struct str *out, const struct paper *paper)
{
    uint64_t random = paper->random ^ 0xABCDEF;
    int count = 60 + (int)(papers_next(&random) % 60), i;
    size_t line = out->len;

    str_add(out, "  We study");
    for (i = 0; i < count; i++) {
        const char *word = i % 6 == 5 ? small[papers_next(&random) % ARRAY_LEN(small)]
                                      : words[papers_next(&random) % ARRAY_LEN(words)];

        str_add_char(out, out->len - line > 70 ? '\n' : ' ');
        if (out->ptr[out->len - 1] == '\n')
            line = out->len;
        str_add(out, word);
        if (i % 23 == 22 && i < count - 1)
            str_add(out, ". Results on $O(n \\log n)$");
    }
    str_add_char(out, '.');
}

int paper_author_count(const struct paper *paper)
{
    return 1 + (int)(paper->random % 5);
}

void paper_author(const struct paper *paper, int which, const char **first, const char **last)
{
    uint64_t random = paper->random + (uint64_t)which * 7919;

    *first = firsts[papers_next(&random) % ARRAY_LEN(firsts)];
    *last = lasts[papers_next(&random) % ARRAY_LEN(lasts)];
}

void paper_set(struct str *out, const char *category)
{
    const char *dot = strchr(category, '.');

    if (dot)
        str_printf(out, "%.*s:%.*s:%s", (int)(dot - category), category, (int)(dot - category),
                   category, dot + 1);
    else
        str_printf(out, "physics:%s", category);
}
