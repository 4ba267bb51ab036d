/*
 * Queries that are words alone, and what a query asks for.
 */
#include "query.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <string.h>

#define SENTENCE_WORDS 6 /* from so many on, quotes and dashes are those of a sentence */

struct words {
    struct arena *arena;
    struct node *root;
    const char *text;
};

static int words_add(void *ctx, const struct text_token *token)
{
    struct words *words = ctx;
    struct node *node;

    if (words->root->len == QUERY_NODES - 1)
        return 1; /* what follows would not change much */
    node = node_new(words->arena, NODE_WORD);
    node->at = token->start;
    node->columns = COLUMN_ANY;
    node->text = arena_strndup(words->arena, words->text + token->start, token->end - token->start);
    node_add(words->root, words->arena, node);
    return 0;
}

int query_from_words(struct query **out, const char *text, struct error *err)
{
    struct words words = { 0 };
    struct str clean = STR_INIT;
    size_t len = strlen(text);

    *out = NULL;
    if (len > QUERY_BYTES)
        return error_set(err, ERR_PARSE, "the query has %zu bytes; 4096 are allowed", len);
    utf8_clean(&clean, text, len);
    words.arena = arena_new();
    words.root = node_new(words.arena, NODE_AND);
    words.text = arena_strndup(words.arena, clean.ptr, clean.len);
    text_tokenize(words.text, clean.len, words_add, &words);
    str_free(&clean);
    if (words.root->len == 0)
        words.root->kind = NODE_ALL;
    *out = mem_zalloc(sizeof **out);
    (*out)->arena = words.arena;
    (*out)->root = words.root->len == 1 ? words.root->kids[0] : words.root;
    return ERR_OK;
}

/* Does any part say more than a word does? Counts the words. */
static bool plain_node(const struct node *node, size_t *words, bool *marks)
{
    size_t i;

    switch (node->kind) {
    case NODE_FILTER:
    case NODE_OR:
        return false;
    case NODE_WORD:
        (*words)++;
        return node->columns == COLUMN_ANY && !node->prefix;
    case NODE_PHRASE:
        *words += 2;
        *marks = true;
        return node->columns == COLUMN_ANY;
    case NODE_NOT:
        *marks = true;
        break;
    default:
        break;
    }
    for (i = 0; i < node->len; i++)
        if (!plain_node(node->kids[i], words, marks))
            return false;
    return true;
}

bool query_is_plain(const char *text)
{
    struct query *query;
    size_t words = 0;
    bool marks = false, plain;

    if (query_parse(&query, text, NULL, NULL) != ERR_OK)
        return true; /* brackets and quotes without partners mean nothing in it */
    plain = plain_node(query->root, &words, &marks) && !query->exact
            && (!marks || words >= SENTENCE_WORDS);
    query_free(query);
    return plain;
}

static bool node_uses(const struct node *node, const char *name)
{
    size_t i;

    if (node->kind == NODE_FILTER && node->field == FIELD_QUERY && strcmp(node->text, name) == 0)
        return true;
    for (i = 0; i < node->len; i++)
        if (node_uses(node->kids[i], name))
            return true;
    return false;
}

bool query_uses(const char *text, const char *name)
{
    struct query *query;
    bool uses;

    if (query_parse(&query, text, NULL, NULL) != ERR_OK)
        return false;
    uses = node_uses(query->root, name);
    query_free(query);
    return uses;
}

static bool node_has_words(const struct node *node)
{
    size_t i;

    if (node->kind == NODE_WORD || node->kind == NODE_PHRASE)
        return true;
    if (node->kind == NODE_NOT)
        return false;
    for (i = 0; i < node->len; i++)
        if (node_has_words(node->kids[i]))
            return true;
    return false;
}

bool query_has_words(const struct query *query)
{
    return node_has_words(query->root);
}
