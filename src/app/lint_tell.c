/*
 * Findings as lines and as objects, and the papers of each rule. A paper that has something of one
 * rule twice is counted once.
 */
#include "lint_tell.h"

#include "carrel/hash.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TITLE_COLUMNS 40
#define COUNTS_SAID 30

struct lint_count {
    char *name;
    int64_t papers, last; /* work that was counted */
};

struct lint_counts {
    struct lint_count *list;
    size_t len, cap;
    struct hashmap *places; /* name -> its place in list */
};

/* ---- one finding ---- */

static void tell_text(struct str *out, const struct lint_about *about,
                      const struct lint_finding *finding, bool done)
{
    bool key = about->key && *about->key, title = about->title && *about->title;

    str_printf(out, "%s  %s: %s", about->id, finding->rule, finding->text);
    if (key || title)
        str_printf(out, "  [%s%s", key ? about->key : "", key && title ? ": " : "");
    if (title)
        text_ellipsis(out, about->title, TITLE_COLUMNS, false);
    str_add(out, key || title ? "]\n" : "\n");
    if (finding->field)
        str_printf(out, "    %s %s=%s\n", done ? "now" : "--fix", finding->field, finding->value);
}

void lint_tell(struct str *out, struct jsonw *w, const struct lint_about *about,
               const struct lint_finding *finding, bool done)
{
    if (!w) {
        tell_text(out, about, finding, done);
        return;
    }
    jsonw_object(w);
    jsonw_key_string(w, "id", about->id);
    if (about->key && *about->key)
        jsonw_key_string(w, "key", about->key);
    jsonw_key_string(w, "title", about->title ? about->title : "");
    jsonw_key_string(w, "rule", finding->rule);
    if (finding->subject)
        jsonw_key_string(w, "subject", finding->subject);
    jsonw_key_string(w, "text", finding->text);
    if (finding->field) {
        jsonw_key_string(w, "field", finding->field);
        jsonw_key_string(w, "value", finding->value);
    }
    jsonw_end(w);
}

/* ---- all of them ---- */

struct lint_counts *lint_counts_new(void)
{
    struct lint_counts *counts = mem_zalloc(sizeof *counts);

    counts->places = hashmap_new();
    return counts;
}

void lint_counts_add(struct lint_counts *counts, int64_t work, const struct lint_finding *finding)
{
    const char *subject = finding->subject;
    char *name = mem_printf("%s%s%s", finding->rule, subject ? " " : "", subject ? subject : "");
    struct lint_count *count, one = { .name = name };
    bool added;
    uint64_t *place = hashmap_put(counts->places, name, strlen(name), &added);

    if (added) {
        *place = counts->len;
        VEC_PUSH(counts->list, counts->len, counts->cap, one);
    } else {
        free(name);
    }
    count = &counts->list[*place];
    count->papers += count->last != work;
    count->last = work;
}

static int most_first(const void *a, const void *b)
{
    const struct lint_count *one = a, *two = b;

    return one->papers != two->papers ? (one->papers < two->papers) - (one->papers > two->papers)
                                      : strcmp(one->name, two->name);
}

void lint_counts_write(struct str *out, struct lint_counts *counts)
{
    struct lint_count *sorted = mem_alloc((counts->len + 1) * sizeof *sorted);
    size_t i;

    if (counts->len > 0)
        memcpy(sorted, counts->list, counts->len * sizeof *sorted);
    qsort(sorted, counts->len, sizeof *sorted, most_first);
    for (i = 0; i < counts->len && i < COUNTS_SAID; i++)
        str_printf(out, "%s: %" PRId64 " paper%s\n", sorted[i].name, sorted[i].papers,
                   sorted[i].papers == 1 ? "" : "s");
    if (counts->len > COUNTS_SAID)
        str_printf(out, "and %zu kinds more\n", counts->len - COUNTS_SAID);
    free(sorted);
}

void lint_counts_free(struct lint_counts *counts)
{
    size_t i;

    if (!counts)
        return;
    for (i = 0; i < counts->len; i++)
        free(counts->list[i].name);
    free(counts->list);
    hashmap_free(counts->places);
    free(counts);
}
