/*
 * What people mean when they do not write the query language: a category as a plain word, a name, a
 * misspelt word. Categories become filters and are said so; the rest is offered, never done behind
 * anybody's back.
 */
#include "hybrid.h"

#include "carrel/fts.h"
#include "carrel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN_WORDS 8       /* longer queries are sentences */
#define SCAN_TERMS 200000 /* of the vocabulary, looked at for one word */
#define FEW_HITS 5
#define RARE_DF 2         /* a word as rare may be a slip ... */
#define FREQUENT_TIMES 50 /* ... of one that is so much more frequent */

/* ---- categories ---- */

/* "cs.CL", "hep-th": letters with one dot or hyphens between, as arXiv writes them. */
static bool looks_like_category(const char *word)
{
    size_t len = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-."), i;

    if (word[len] || len < 4 || len > 24 || !isalpha((unsigned char)word[0])
        || !isalpha((unsigned char)word[len - 1]))
        return false;
    for (i = 0; i < len; i++)
        if (word[i] == '.' || word[i] == '-')
            return true;
    return false;
}

static int category_known(bool *known, struct store *store, const char *word, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT 1 FROM category WHERE lower(code) = lower(?1) OR "
                              "substr(lower(code), 1, length(?1) + 1) = lower(?1) || '.' LIMIT 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, word);
    result = stmt_step(stmt, err);
    *known = result == 1;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int read_category(struct node *node, struct store *store, struct error *err)
{
    bool known = false;
    int result = ERR_OK;

    if (node->kind == NODE_WORD && node->columns == COLUMN_ANY && !node->prefix
        && looks_like_category(node->text))
        result = category_known(&known, store, node->text, err);
    if (known) {
        node->kind = NODE_FILTER;
        node->field = FIELD_CAT;
    }
    return result;
}

int understand_categories(struct query *query, struct store *store, struct error *err)
{
    struct node *root = query->root;
    size_t i;
    int result = read_category(root, store, err);

    for (i = 0; root->kind == NODE_AND && i < root->len && result == ERR_OK; i++)
        result = read_category(root->kids[i], store, err);
    return result;
}

/* ---- spelling ---- */

struct correction {
    char term[TEXT_TOKEN_MAX + 16];
    int64_t df;
    size_t distance;
};

/* Optimal string alignment (Damerau 1964, with one transposition a place); 99 beyond `most`. */
static size_t edits(const char *a, size_t la, const char *b, size_t lb, size_t most)
{
    size_t rows[3][TEXT_TOKEN_MAX + 9], i, k;

    if (la > TEXT_TOKEN_MAX || lb > TEXT_TOKEN_MAX || (la > lb ? la - lb : lb - la) > most)
        return 99;
    for (k = 0; k <= lb; k++)
        rows[0][k] = k;
    for (i = 1; i <= la; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *over = rows[(i + 1) % 3], least = i;

        row[0] = i;
        for (k = 1; k <= lb; k++) {
            size_t best = above[k - 1] + (a[i - 1] != b[k - 1]);

            if (above[k] + 1 < best)
                best = above[k] + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]
                && over[k - 2] + 1 < best)
                best = over[k - 2] + 1;
            row[k] = best;
            least = best < least ? best : least;
        }
        if (least > most)
            return 99;
    }
    return rows[la % 3][lb] > most ? 99 : rows[la % 3][lb];
}

static void correction_offer(struct correction *best, const char *term, int64_t df, size_t distance)
{
    if (best->df > 0
        && (distance > best->distance || (distance == best->distance && df <= best->df)))
        return;
    snprintf(best->term, sizeof best->term, "%s", term);
    best->df = df;
    best->distance = distance;
}

struct scan {
    struct correction *best;
    const char *word;
    size_t len, prefix, most, seen;
};

static int scan_term(void *ctx, const char *term, size_t len, int64_t df)
{
    struct scan *scan = ctx;
    size_t distance;

    if (len < scan->prefix || memcmp(term, scan->word, scan->prefix) != 0
        || scan->seen++ == SCAN_TERMS)
        return 1;
    distance = edits(scan->word, scan->len, term, len, scan->most);
    if (distance > 0 && distance != 99)
        correction_offer(scan->best, term, df, distance);
    return 0;
}

/* All words of the vocabulary that begin with these bytes. */
static int scan_terms(struct correction *best, struct store *store, const char *word, size_t prefix,
                      size_t most, struct error *err)
{
    struct scan scan = {
        .best = best, .word = word, .len = strlen(word), .prefix = prefix, .most = most
    };
    char from[TEXT_TOKEN_MAX + 8];

    snprintf(from, sizeof from, "%.*s", (int)prefix, word);
    return vocabulary_each(store, VOCABULARY_TERMS, from, scan_term, &scan, err);
}

static int term_df(int64_t *df, struct store *store, const char *term, struct error *err)
{
    return vocabulary_df(df, store, VOCABULARY_TERMS, term, err);
}

/* One letter put in, or changed, at the first place: what a scan by the first letter misses. */
static int try_first_letters(struct correction *best, struct store *store, const char *word,
                             struct error *err)
{
    char other[TEXT_TOKEN_MAX + 12];
    int result = ERR_OK, form, c;

    for (form = 0; form < 3 && result == ERR_OK; form++) {
        for (c = 'a'; c <= 'z' && result == ERR_OK; c++) {
            int64_t df;

            if (form == 2 && c > 'a')
                break;
            if (form == 2) /* the first two swapped */
                snprintf(other, sizeof other, "%c%c%s", word[1], word[0], word + 2);
            else
                snprintf(other, sizeof other, "%c%s", c, word + (form == 1));
            result = term_df(&df, store, other, err);
            if (result == ERR_OK && df > 0 && strcmp(other, word) != 0)
                correction_offer(best, other, df, 1);
        }
    }
    return result;
}

static int correct_word(struct correction *best, struct store *store, const char *word,
                        struct error *err)
{
    size_t len = strlen(word);
    int64_t df;
    int result = term_df(&df, store, word, err);

    memset(best, 0, sizeof *best);
    if (result != ERR_OK || len < 4 || len > TEXT_TOKEN_MAX || df > RARE_DF)
        return result;
    result = scan_terms(best, store, word, 2, 1, err);
    if (result == ERR_OK)
        result = try_first_letters(best, store, word, err);
    if (result == ERR_OK && best->df == 0)
        result = scan_terms(best, store, word, 1, 1, err);
    if (result == ERR_OK && best->df == 0 && len >= 6)
        result = scan_terms(best, store, word, 2, 2, err);
    if (df > 0 && (best->distance > 1 || best->df < df * FREQUENT_TIMES))
        best->df = 0;
    return result;
}

struct folded_word {
    char term[TEXT_TOKEN_MAX + 8];
    int count;
};

static int fold_token(void *ctx, const struct text_token *token)
{
    struct folded_word *word = ctx;

    word->count++;
    snprintf(word->term, sizeof word->term, "%.*s", (int)token->term_len, token->term);
    return 0;
}

/* A word of letters only, folded; false: nothing that could be misspelt. */
static bool fold_word(struct folded_word *word, const struct node *node)
{
    memset(word, 0, sizeof *word);
    text_tokenize(node->text, strlen(node->text), fold_token, word);
    return word->count == 1 && word->term[strspn(word->term, "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

struct speller {
    struct store *store;
    struct str out;
    const char *text;
    size_t from; /* what of the text is in `out` */
    size_t corrected;
};

static int spell_node(struct speller *s, const struct node *node, struct error *err)
{
    struct correction best;
    struct folded_word word;
    struct str written = STR_INIT;
    const char *place;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < node->len && result == ERR_OK; i++)
        result = spell_node(s, node->kids[i], err);
    if (node->kind != NODE_WORD || node->prefix || !fold_word(&word, node))
        return result;
    result = correct_word(&best, s->store, word.term, err);
    if (result != ERR_OK || best.df == 0 || node->at < s->from || node->at > strlen(s->text))
        return result;
    place = strstr(s->text + node->at, node->text);
    if (!place)
        return ERR_OK;
    str_add_mem(&s->out, s->text + s->from, (size_t)(place - s->text) - s->from);
    result = understand_writing(&written, s->store, best.term, err);
    str_add(&s->out, written.ptr);
    str_free(&written);
    s->from = (size_t)(place - s->text) + strlen(node->text);
    s->corrected++;
    return result;
}

static void add_hint(struct search_result *result, const char *query, const char *why)
{
    struct search_hint *hint = &result->hints[result->hint_count++];

    hint->query = arena_strdup(result->arena, query);
    hint->why = arena_strdup(result->arena, why);
}

static int hint_spelling(struct search_result *result, struct store *store,
                         const struct query *query, const char *text, struct error *err)
{
    struct speller s = { .store = store, .text = text };
    int code;

    str_init(&s.out);
    code = spell_node(&s, query->root, err);
    if (code == ERR_OK && s.corrected > 0) {
        str_add(&s.out, text + s.from);
        add_hint(result, s.out.ptr, "spelling");
    }
    str_free(&s.out);
    return code;
}

/* ---- categories by name ---- */

/* Is this run of words the name of a category that the library has? */
static int hint_run(struct search_result *result, struct store *store, const struct node *root,
                    size_t from, size_t to, bool *found, struct error *err)
{
    struct str words = STR_INIT, query = STR_INIT;
    const char *category;
    bool known = false;
    size_t i;
    int code = ERR_OK;

    for (i = from; i < to; i++) {
        struct str key = STR_INIT;

        text_key(&key, root->kids[i]->text);
        str_printf(&words, "%s%s", i > from ? " " : "", key.ptr);
        str_free(&key);
    }
    category = subject_called(words.ptr);
    if (category)
        code = category_known(&known, store, category, err);
    if (known) {
        char why[160];

        for (i = 0; i < root->len; i++)
            if (i < from || i >= to)
                str_printf(&query, "%s ", root->kids[i]->text);
        str_printf(&query, "cat:%s", category);
        snprintf(why, sizeof why, "'%s' is a category", words.ptr);
        add_hint(result, query.ptr, why);
        *found = true;
    }
    str_free(&words);
    str_free(&query);
    return code;
}

static int hint_category(struct search_result *result, struct store *store,
                         const struct query *query, struct error *err)
{
    const struct node *root = query->root;
    bool found = false;
    size_t from, to;
    int code = ERR_OK;

    if (root->kind != NODE_AND || root->len > RUN_WORDS)
        return ERR_OK;
    for (from = 0; from < root->len; from++)
        if (root->kids[from]->kind != NODE_WORD || root->kids[from]->columns != COLUMN_ANY)
            return ERR_OK;
    for (from = 0; from + 1 < root->len && !found && code == ERR_OK; from++)
        for (to = root->len; to >= from + 2 && !found && code == ERR_OK; to--)
            code = hint_run(result, store, root, from, to, &found, err);
    return code;
}

/* ---- keys of entries ---- */

/* One word alone may be what somebody cites a paper by. */
static int hint_key(struct search_result *result, struct store *store, const struct query *query,
                    struct error *err)
{
    const struct node *word = query->root;
    struct work_row row = { 0 };
    int64_t work;
    int code;

    while (word->kind == NODE_AND && word->len == 1)
        word = word->kids[0];
    if (word->kind != NODE_WORD || word->prefix)
        return ERR_OK;
    code = works_find(store, &work, word->text, err);
    if (code == ERR_OK)
        code = works_rows(store, result->arena, &work, 1, &row, err);
    if (code == ERR_OK && row.id)
        add_hint(
            result, row.key,
            arena_printf(result->arena, "%.80s is the key of '%.120s'", word->text, row.title));
    return code == ERR_NOTFOUND || code == ERR_USAGE ? ERR_OK
                                                     : code; /* of several papers: of none */
}

int understand_hints(struct search_result *result, struct store *store, const struct query *query,
                     const char *text, struct error *err)
{
    int code = ERR_OK;

    result->hints = arena_alloc(result->arena, 3 * sizeof *result->hints);
    code = hint_key(result, store, query, err);
    if (code == ERR_OK && (result->total - result->added < FEW_HITS || result->relaxed))
        code = hint_spelling(result, store, query, text, err);
    if (code == ERR_OK)
        code = hint_category(result, store, query, err);
    return code;
}
