/*
 * Entries of the catalogue: copies, what they are recognised by, and the numbers in results.
 */
#include "carrel/catalog.h"

#include "carrel/hash.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *catalog_kind_name(enum catalog_kind kind)
{
    static const char *const names[] = { "", "task", "method", "dataset", "table" };

    return names[kind];
}

static const size_t entry_texts[] = {
    offsetof(struct catalog_entry, name),        offsetof(struct catalog_entry, full_name),
    offsetof(struct catalog_entry, description), offsetof(struct catalog_entry, url),
    offsetof(struct catalog_entry, introduced),  offsetof(struct catalog_entry, code),
    offsetof(struct catalog_entry, paper),       offsetof(struct catalog_entry, paper_title),
    offsetof(struct catalog_entry, dataset),
};

static const size_t row_texts[] = {
    offsetof(struct catalog_row, model),     offsetof(struct catalog_row, paper),
    offsetof(struct catalog_row, title),     offsetof(struct catalog_row, url),
    offsetof(struct catalog_row, published),
};

static char **text_at(const void *base, size_t offset)
{
    return (char **)(uintptr_t)((const char *)base + offset);
}

static void copy_texts(void *base, const size_t *offsets, size_t count, struct arena *arena)
{
    size_t i;

    for (i = 0; i < count; i++)
        *text_at(base, offsets[i]) = arena_strdup(arena, *text_at(base, offsets[i]));
}

struct catalog_entry *catalog_copy(const struct catalog_entry *from, struct arena *arena)
{
    struct catalog_entry *to;
    size_t i;

    if (!from)
        return NULL;
    to = arena_alloc(arena, sizeof *to);
    *to = *from;
    copy_texts(to, entry_texts, ARRAY_LEN(entry_texts), arena);
    text_list_copy(&to->groups, arena);
    text_list_copy(&to->names, arena);
    text_list_copy(&to->tasks, arena);
    text_list_copy(&to->metrics, arena);
    to->rows = arena_alloc(arena, (from->row_count + 1) * sizeof *to->rows);
    for (i = 0; i < from->row_count; i++) {
        to->rows[i] = from->rows[i];
        copy_texts(&to->rows[i], row_texts, ARRAY_LEN(row_texts), arena);
        text_list_copy(&to->rows[i].values, arena);
        text_list_copy(&to->rows[i].code, arena);
    }
    return to;
}

/* A text and its end, so that "a", "b" is not "ab". */
uint64_t catalog_hash(const struct catalog_entry *entry)
{
    uint64_t hash = (uint64_t)entry->kind;
    size_t i, k;

    for (i = 0; i < ARRAY_LEN(entry_texts); i++)
        hash = text_hash(*text_at(entry, entry_texts[i]), hash);
    hash = text_list_hash(&entry->groups, hash);
    hash = text_list_hash(&entry->names, hash);
    hash = text_list_hash(&entry->metrics, hash);
    for (i = 0; i < entry->row_count; i++) {
        for (k = 0; k < ARRAY_LEN(row_texts); k++)
            hash = text_hash(*text_at(&entry->rows[i], row_texts[k]), hash);
        hash = text_list_hash(&entry->rows[i].values, hash);
        hash = text_list_hash(&entry->rows[i].code, hash);
        hash = hash64(&entry->rows[i].more_data, sizeof entry->rows[i].more_data, hash);
    }
    return hash;
}

/* ---- results ---- */

/* "3.0m" and "15M", but not "3.0ms". */
static double number_unit(const char *at)
{
    static const struct {
        char letter;
        double times;
    } units[] = { { 'k', 1e3 }, { 'm', 1e6 }, { 'b', 1e9 }, { 'g', 1e9 } };
    size_t i;

    if (isalpha((unsigned char)*at) && isalpha((unsigned char)at[1]))
        return 1;
    for (i = 0; i < ARRAY_LEN(units); i++)
        if (tolower((unsigned char)*at) == units[i].letter)
            return units[i].times;
    return 1;
}

/* Digits with one point, thousands' commas left out; an exponent goes with them. */
static const char *number_digits(const char *text, char *digits, size_t size)
{
    bool point = false;
    size_t len = 0;

    if (*text == '-')
        digits[len++] = *text++;
    for (; len < size - 8; text++) {
        if (isdigit((unsigned char)*text) || (*text == '.' && !point))
            digits[len++] = *text;
        else if (*text != ',' || !isdigit((unsigned char)text[1]))
            break;
        point |= *text == '.';
    }
    if (tolower((unsigned char)*text) == 'e' && strchr("-+0123456789", text[1]) && text[1]) {
        digits[len++] = 'e';
        for (text++; len < size - 1 && (isdigit((unsigned char)*text) || *text == '-'); text++)
            digits[len++] = *text;
    }
    digits[len] = '\0';
    return text;
}

bool result_number(const char *text, double *value)
{
    char digits[64], *end;

    while (*text && !isdigit((unsigned char)*text)
           && !((*text == '-' || *text == '.') && isdigit((unsigned char)text[1]))) {
        if (isalpha((unsigned char)*text))
            return false; /* words: "n/a", "see paper" */
        text++;
    }
    if (!*text)
        return false;
    text = number_digits(text, digits, sizeof digits);
    *value = strtod(digits, &end);
    if (end == digits || !isfinite(*value))
        return false;
    *value *= number_unit(text + (*text == ' '));
    return true;
}

/* Does one of the words, or beginnings of longer words, stand in the name? */
static bool metric_has(const char *folded, const char *const *words, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const char *at = strstr(folded, words[i]);
        size_t size = strlen(words[i]);

        if (at && (at == folded || !isalnum((unsigned char)at[-1]))
            && (size > 4 || !isalpha((unsigned char)at[size])))
            return true;
    }
    return false;
}

enum metric_way metric_way(const char *name)
{
    static const char *const less[] = { "error",
                                        "loss",
                                        "perplexity",
                                        "ppl",
                                        "fid",
                                        "kid",
                                        "fvd",
                                        "mae",
                                        "rmse",
                                        "mse",
                                        "mape",
                                        "wer",
                                        "cer",
                                        "eer",
                                        "der",
                                        "ter",
                                        "per",
                                        "lpips",
                                        "niqe",
                                        "nll",
                                        "bpc",
                                        "bpb",
                                        "bits per",
                                        "time",
                                        "latency",
                                        "param",
                                        "flops",
                                        "macs",
                                        "number of params",
                                        "memory",
                                        "distance",
                                        "epe",
                                        "ade",
                                        "fde",
                                        "hter",
                                        "mpjpe",
                                        "abs rel",
                                        "rank",
                                        "deviation",
                                        "nrmse",
                                        "smape",
                                        "runtime",
                                        "cost",
                                        "regret",
                                        "miss rate",
                                        "gflops" };
    static const char *const more[] = {
        "accuracy", "acc",    "f1",       "bleu",      "map",         "ap",          "auc",
        "auroc",    "iou",    "miou",     "precision", "recall",      "rouge",       "psnr",
        "ssim",     "score",  "em",       "top",       "top-1",       "dice",        "meteor",
        "cider",    "spice",  "ndcg",     "mrr",       "hits@1",      "correlation", "r2",
        "return",   "reward", "win rate", "success",   "exact match", "average",     "pass@1",
        "hit",      "pq",     "mota",     "idf1",      "inception",   "is"
    };
    char folded[CATALOG_NAME];
    size_t len = 0;

    for (; *name && len < sizeof folded - 1; name++)
        folded[len++] = (char)tolower((unsigned char)*name);
    folded[len] = '\0';
    if (metric_has(folded, less, ARRAY_LEN(less)))
        return METRIC_LESS;
    return metric_has(folded, more, ARRAY_LEN(more)) ? METRIC_MORE : METRIC_UNKNOWN;
}
