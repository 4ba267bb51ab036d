/*
 * A query as text again, as it would be typed and as it is explained.
 */
#include "query.h"

#include <string.h>

/* A word that would be read as an operator or an id is quoted. Behind "title:" nothing is. */
static void print_word(struct str *out, const struct node *node)
{
    const char *text = node->text;
    bool plain =
        node->prefix || node->columns != COLUMN_ANY
        || (strcmp(text, "AND") != 0 && strcmp(text, "OR") != 0 && strcmp(text, "NOT") != 0);

    str_printf(out, plain ? "%s%s" : "\"%s\"", text, node->prefix ? "*" : "");
}

static void print_node(struct str *out, const struct node *node, bool inside);

/* AND binds tighter than OR, so only an OR inside something needs brackets, and any group below
 * NOT: the printed query never nests deeper than the one that was read. */
static void print_group(struct str *out, const struct node *node, bool brackets)
{
    size_t i;

    if (brackets)
        str_add_char(out, '(');
    for (i = 0; i < node->len; i++) {
        if (i > 0)
            str_add(out, node->kind == NODE_OR ? " OR " : " ");
        print_node(out, node->kids[i], node->kind == NODE_AND);
    }
    if (brackets)
        str_add_char(out, ')');
}

static const char *columns_name(int columns)
{
    switch (columns) {
    case COLUMN_TITLE:
        return "title:";
    case COLUMN_ABSTRACT:
        return "abstract:";
    case COLUMN_AUTHORS:
        return "author:";
    default:
        return "";
    }
}

static void print_node(struct str *out, const struct node *node, bool inside)
{
    switch (node->kind) {
    case NODE_ALL:
        break;
    case NODE_AND:
    case NODE_OR:
        print_group(out, node, inside);
        break;
    case NODE_NOT:
        /* "--word" is a word. */
        str_add(out, node->kids[0]->kind == NODE_WORD && node->kids[0]->text[0] == '-'
                             && node->kids[0]->columns == COLUMN_ANY
                         ? "NOT "
                         : "-");
        print_node(out, node->kids[0], true);
        break;
    case NODE_WORD:
        str_add(out, columns_name(node->columns));
        print_word(out, node);
        break;
    case NODE_PHRASE:
        str_printf(out, "%s\"%s\"", columns_name(node->columns), node->text);
        break;
    case NODE_FILTER:
        if (node->field == FIELD_ID && query_word_is_id(node->text)
            && !strpbrk(node->text, " \t\n()"))
            str_add(out, node->text);
        else
            str_printf(out, strpbrk(node->text, " \t\n()") || !*node->text ? "%s:\"%s\"" : "%s:%s",
                       field_name(node->field), node->text);
        break;
    }
}

void query_print(struct str *out, const struct query *query)
{
    print_node(out, query->root, false);
}

static void explain_node(struct str *out, const struct node *node)
{
    size_t i;

    switch (node->kind) {
    case NODE_ALL:
        str_add(out, "everything");
        break;
    case NODE_AND:
    case NODE_OR:
        str_add_char(out, '(');
        for (i = 0; i < node->len; i++) {
            if (i > 0)
                str_add(out, node->kind == NODE_AND ? " and " : " or ");
            explain_node(out, node->kids[i]);
        }
        str_add_char(out, ')');
        break;
    case NODE_NOT:
        str_add(out, "not ");
        explain_node(out, node->kids[0]);
        break;
    default:
        print_node(out, node, true);
    }
}

void query_explain(struct str *out, const struct query *query)
{
    explain_node(out, query->root);
}
