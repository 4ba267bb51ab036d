/*
 * The query language: text to tree (DESIGN section 7).
 *
 *   or     := and { OR and }
 *   and    := unary { [AND] unary }
 *   unary  := (NOT | '-') unary | primary
 *   primary:= '(' or ')' | FIELD ':' value | '"' phrase '"' | word ['*']
 *
 * People paste sentences: whatever is no operator, known field or bracket is a word, and an
 * operator without its operand is a word, too. Errors are left for what cannot be meant: a quote or
 * bracket without its partner, and a field misspelt by one letter.
 */
#include "query.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct parse {
    const char *text;
    size_t at, len;
    struct arena *arena;
    size_t nodes;
    int depth;
    size_t *where;
    struct error *err;
    bool failed;
    bool exact; /* an AND was written out */
};

struct node *node_new(struct arena *arena, enum node_kind kind)
{
    struct node *node = arena_alloc(arena, sizeof *node);

    node->kind = kind;
    return node;
}

void node_add(struct node *node, struct arena *arena, struct node *kid)
{
    if (node->len == node->cap) {
        size_t cap = node->cap ? node->cap * 2 : 4;
        struct node **kids = arena_alloc(arena, cap * sizeof *kids);

        if (node->len)
            memcpy(kids, node->kids, node->len * sizeof *kids);
        node->kids = kids;
        node->cap = cap;
    }
    node->kids[node->len++] = kid;
}

static struct node *parse_fail(struct parse *p, size_t at, const char *fmt, const char *detail)
{
    struct str why = STR_INIT;
    char *before;

    if (p->failed)
        return NULL;
    p->failed = true;
    before = mem_strndup(p->text, at);
    str_printf(&why, "column %zu: ", utf8_count(before) + 1);
    str_add(&why, fmt);
    if (detail)
        str_printf(&why, " %s", detail);
    error_set(p->err, ERR_PARSE, "%s", why.ptr);
    if (p->where)
        *p->where = at;
    str_free(&why);
    free(before);
    return NULL;
}

static struct node *parse_node(struct parse *p, enum node_kind kind, size_t at)
{
    struct node *node;

    if (++p->nodes > QUERY_NODES)
        return parse_fail(p, at, "the query has too many parts (1024 are allowed)", NULL);
    node = node_new(p->arena, kind);
    node->at = at;
    return node;
}

static void skip_blanks(struct parse *p)
{
    while (p->at < p->len && isspace((unsigned char)p->text[p->at]))
        p->at++;
}

/* Does the text at p->at start with this operator word, followed by a blank, bracket or the end? */
static bool at_operator(const struct parse *p, const char *word)
{
    size_t len = strlen(word);

    return p->len - p->at >= len && memcmp(p->text + p->at, word, len) == 0
           && (p->at + len == p->len || strchr(" \t\n()\"", p->text[p->at + len]));
}

/* Is anything left behind the operator that could be its operand? */
static bool has_operand(const struct parse *p, size_t skip)
{
    size_t at = p->at + skip;

    while (at < p->len && isspace((unsigned char)p->text[at]))
        at++;
    return at < p->len && p->text[at] != ')';
}

static struct node *parse_or(struct parse *p, int columns);

/* Does the text end like the beginning of a DOI, "10.1016/..."? */
static bool ends_in_doi(const char *text, size_t len)
{
    size_t at, digits;

    for (at = 0; at + 8 <= len; at++) {
        if (memcmp(text + at, "10.", 3) != 0 || (at > 0 && !strchr(":/", text[at - 1])))
            continue;
        digits = strspn(text + at + 3, "0123456789.");
        if (digits >= 4 && at + 3 + digits < len && text[at + 3 + digits] == '/')
            return true;
    }
    return false;
}

/* Bytes of the bracket at `from` with its partner, 0 when a blank or the end comes first. */
static size_t closed_bracket(const struct parse *p, size_t from)
{
    size_t at, depth = 0;

    for (at = from; at < p->len && !strchr(" \t\r\n\"", p->text[at]); at++) {
        depth += p->text[at] == '(';
        if (p->text[at] == ')' && --depth == 0)
            return at + 1 - from;
    }
    return 0;
}

/* A bare word ends at blanks, brackets and quotes; a DOI may hold pairs of brackets, as in
 * 10.1016/S0140-6736(97)11096-0. */
static size_t word_length(const struct parse *p)
{
    size_t len = 0, bracket;

    for (;;) {
        while (p->at + len < p->len && !strchr(" \t\r\n\v\f()\"", p->text[p->at + len]))
            len++;
        if (p->at + len == p->len || p->text[p->at + len] != '('
            || !ends_in_doi(p->text + p->at, len))
            return len;
        bracket = closed_bracket(p, p->at + len);
        if (bracket == 0)
            return len;
        len += bracket;
    }
}

/* Cuts "word***" to "word"; a star alone is punctuation. */
static bool cut_stars(char *word)
{
    size_t len = strlen(word);

    if (len < 2 || word[len - 1] != '*')
        return false;
    while (len > 0 && word[len - 1] == '*')
        word[--len] = '\0';
    return true;
}

bool tokens_in(const char *text)
{
    struct str key = STR_INIT;
    bool any;

    text_key(&key, text);
    any = key.len > 0;
    str_free(&key);
    return any;
}

static struct node *parse_quoted(struct parse *p, int columns, char **raw)
{
    size_t start = p->at;
    const char *end = memchr(p->text + start + 1, '"', p->len - start - 1);
    struct node *node;

    if (!end)
        return parse_fail(p, start, "this quote has no partner: close it, or leave it out", NULL);
    p->at = (size_t)(end - p->text) + 1;
    node = parse_node(p, NODE_PHRASE, start);
    if (!node)
        return NULL;
    node->columns = columns;
    node->text = arena_strndup(p->arena, p->text + start + 1, (size_t)(end - p->text) - start - 1);
    if (raw)
        *raw = node->text;
    else if (!tokens_in(node->text))
        node->kind = NODE_ALL;
    return node;
}

static struct node *parse_group(struct parse *p, int columns)
{
    size_t start = p->at++;
    struct node *node;

    if (++p->depth > QUERY_DEPTH)
        return parse_fail(p, start, "brackets nest deeper than 64", NULL);
    skip_blanks(p);
    if (p->at < p->len && p->text[p->at] == ')') {
        p->at++;
        p->depth--;
        return parse_node(p, NODE_ALL, start);
    }
    node = parse_or(p, columns);
    if (p->failed)
        return NULL;
    skip_blanks(p);
    if (p->at >= p->len || p->text[p->at] != ')')
        return parse_fail(p, start,
                          "this bracket has no partner: close it with ')', or leave it out", NULL);
    p->at++;
    p->depth--;
    return node;
}

static struct node *parse_field(struct parse *p, enum field field, size_t name_len, int columns)
{
    size_t start = p->at, value_at = p->at + name_len + 1, len;
    int own = field_columns(field);
    struct node *node;
    const char *complaint;
    char *value = NULL;

    p->at = value_at;
    if (own && p->text[p->at] == '(')
        return parse_group(p, own);
    if (own && p->text[p->at] == '"')
        return parse_quoted(p, own, NULL);
    if (own) {
        len = word_length(p);
        node = parse_node(p, NODE_WORD, start);
        if (!node)
            return NULL;
        node->columns = own;
        node->text = arena_strndup(p->arena, p->text + p->at, len);
        node->prefix = cut_stars(node->text);
        p->at += len;
        if (!tokens_in(node->text))
            node->kind = NODE_ALL;
        return node;
    }
    (void)columns;
    if (p->text[p->at] == '"') {
        node = parse_quoted(p, COLUMN_ANY, &value);
        if (!node)
            return NULL;
    } else {
        len = word_length(p);
        node = parse_node(p, NODE_FILTER, start);
        if (!node)
            return NULL;
        value = arena_strndup(p->arena, p->text + p->at, len);
        p->at += len;
    }
    node->kind = NODE_FILTER;
    node->field = field;
    node->text = value;
    complaint = field_complaint(field, value);
    if (complaint) {
        char quoted[80];

        snprintf(quoted, sizeof quoted, "%s'%.40s'", field == FIELD_STARS ? "stars: " : "", value);
        return parse_fail(p, value_at, quoted, complaint);
    }
    return node;
}

/* A word that is an identifier (an arXiv number, a DOI, their URLs) means that paper. */
bool query_word_is_id(const char *word)
{
    struct ident ident;

    if (!ident_parse(&ident, word))
        return false;
    return ident.scheme == ID_ARXIV || ident.scheme == ID_DOI || ident.scheme == ID_FILE
           || ident.scheme == ID_HF || ident.scheme == ID_LOCAL || ident.scheme == ID_OAI
           || ident.scheme == ID_REPO;
}

static struct node *parse_word(struct parse *p, int columns)
{
    size_t len = word_length(p), start = p->at;
    char *word = arena_strndup(p->arena, p->text + p->at, len);
    size_t name = strcspn(word, ":");
    enum field field = word[name] ? field_of(word, name) : FIELD_NONE;
    bool has_value =
        word[name]
        && (word[name + 1] || (p->at + len < p->len && strchr("(\"", p->text[p->at + len])));
    struct node *node;

    if (field == FIELD_DOI && !strchr(word, '*') && query_word_is_id(word))
        field = FIELD_NONE; /* a whole DOI is an id */
    if (field != FIELD_NONE && has_value)
        return parse_field(p, field, name, columns);
    if (word[name] && has_value && !query_word_is_id(word) && field_nearly(word, name)) {
        char hint[64];

        snprintf(hint, sizeof hint, "did you mean %s:?", field_nearly(word, name));
        return parse_fail(p, start, "no such field;", hint);
    }
    p->at += len;
    node = parse_node(p, NODE_WORD, start);
    if (!node)
        return NULL;
    node->columns = columns;
    node->text = word;
    if (columns == COLUMN_ANY && query_word_is_id(word)) {
        node->kind = NODE_FILTER;
        node->field = FIELD_ID;
        return node;
    }
    node->prefix = cut_stars(word);
    if (!tokens_in(word))
        node->kind = NODE_ALL; /* punctuation: says nothing */
    return node;
}

static struct node *parse_primary(struct parse *p, int columns)
{
    if (p->text[p->at] == '(')
        return parse_group(p, columns);
    if (p->text[p->at] == '"')
        return parse_quoted(p, columns, NULL);
    return parse_word(p, columns);
}

static struct node *parse_unary(struct parse *p, int columns)
{
    size_t start = p->at, skip = 0;
    struct node *node, *kid;

    if (at_operator(p, "NOT") && has_operand(p, 3))
        skip = 3;
    else if (p->text[p->at] == '-' && p->at + 1 < p->len
             && !strchr(" \t\r\n-)", p->text[p->at + 1]))
        skip = 1;
    if (!skip)
        return parse_primary(p, columns);
    if (++p->depth > QUERY_DEPTH)
        return parse_fail(p, start, "the query nests deeper than 64", NULL);
    p->at += skip;
    skip_blanks(p);
    kid = parse_unary(p, columns);
    p->depth--;
    if (!kid)
        return NULL;
    if (kid->kind == NODE_ALL) /* "not nothing in particular" */
        return kid;
    if (kid->kind == NODE_NOT)
        return kid->kids[0];
    node = parse_node(p, NODE_NOT, start);
    if (node)
        node_add(node, p->arena, kid);
    return node;
}

/* Flattens: a group of one is its member, neutral members go, and nested groups of a kind are one.
 */
static struct node *group_of(struct parse *p, struct node *group)
{
    struct node *flat = parse_node(p, group->kind, group->at);
    size_t i, k;

    if (!flat)
        return NULL;
    for (i = 0; i < group->len; i++) {
        struct node *kid = group->kids[i];

        if (kid->kind == NODE_ALL)
            continue;
        if (kid->kind == group->kind)
            for (k = 0; k < kid->len; k++)
                node_add(flat, p->arena, kid->kids[k]);
        else
            node_add(flat, p->arena, kid);
    }
    if (flat->len == 0)
        flat->kind = NODE_ALL;
    return flat->len == 1 ? flat->kids[0] : flat;
}

static struct node *parse_and(struct parse *p, int columns)
{
    struct node *group = parse_node(p, NODE_AND, p->at);

    while (group && !p->failed) {
        struct node *kid;

        skip_blanks(p);
        if (p->at >= p->len || p->text[p->at] == ')')
            break;
        if (group->len > 0 && at_operator(p, "OR") && has_operand(p, 2))
            break;
        if (group->len > 0 && at_operator(p, "AND") && has_operand(p, 3)) {
            p->at += 3;
            p->exact = true;
            continue;
        }
        kid = parse_unary(p, columns);
        if (kid)
            node_add(group, p->arena, kid);
    }
    return p->failed ? NULL : group_of(p, group);
}

static struct node *parse_or(struct parse *p, int columns)
{
    struct node *group = parse_node(p, NODE_OR, p->at);

    while (group && !p->failed) {
        struct node *kid = parse_and(p, columns);

        if (kid)
            node_add(group, p->arena, kid);
        skip_blanks(p);
        if (p->failed || !at_operator(p, "OR") || !has_operand(p, 2))
            break;
        p->at += 2;
    }
    return p->failed ? NULL : group_of(p, group);
}

/* Where byte `at` of the cleaned text stood in the text that was given. */
static size_t original_offset(const char *text, size_t at)
{
    size_t low = 0, high = strlen(text);

    while (low < high) {
        size_t middle = (low + high) / 2;
        struct str clean = STR_INIT;

        utf8_clean(&clean, text, middle);
        if (clean.len < at)
            low = middle + 1;
        else
            high = middle;
        str_free(&clean);
    }
    return low;
}

int query_parse(struct query **out, const char *text, size_t *where, struct error *err)
{
    struct parse p = { .len = strlen(text), .where = where, .err = err };
    struct str clean = STR_INIT;
    struct node *root;

    *out = NULL;
    if (where)
        *where = 0;
    if (p.len > QUERY_BYTES)
        return error_set(err, ERR_PARSE, "the query has %zu bytes; 4096 are allowed", p.len);
    utf8_clean(&clean, text, p.len);
    p.arena = arena_new();
    p.text = arena_strndup(p.arena, clean.ptr, clean.len);
    p.len = clean.len;
    str_free(&clean);
    root = parse_or(&p, COLUMN_ANY);
    if (!p.failed && p.at < p.len)
        parse_fail(&p, p.at, "this bracket closes nothing: leave it out, or open it before", NULL);
    if (p.failed) {
        if (where && strcmp(p.text, text) != 0)
            *where = original_offset(text, *where);
        arena_free(p.arena);
        return ERR_PARSE;
    }
    *out = mem_zalloc(sizeof **out);
    (*out)->arena = p.arena;
    (*out)->root = root;
    (*out)->exact = p.exact;
    return ERR_OK;
}

void query_free(struct query *query)
{
    if (!query)
        return;
    arena_free(query->arena);
    free(query);
}
