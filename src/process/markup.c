/*
 * Markdown (by md4c) and HTML (by Gumbo): elements become blocks. Scripts, styles, navigation and
 * forms are left out; tables give their cells, images their alternative text.
 */
#include "extract.h"
#include "plain.h"

#include <gumbo.h>
#include <md4c.h>
#include <string.h>
#include <strings.h>

#define HTML_DEPTH 400

/* ---- Markdown ---- */

static int md_enter(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct plain *plain = ctx;

    switch (type) {
    case MD_BLOCK_H:
        plain_open(plain, BLOCK_HEADING, ((MD_BLOCK_H_DETAIL *)detail)->level);
        break;
    case MD_BLOCK_CODE:
        plain_open(plain, BLOCK_CODE, 0);
        break;
    case MD_BLOCK_P:
    case MD_BLOCK_LI:
    case MD_BLOCK_QUOTE:
        plain_open(plain, BLOCK_PARAGRAPH, 0);
        break;
    case MD_BLOCK_TABLE:
        plain_open(plain, BLOCK_FIGURE, 0);
        break;
    default:
        break;
    }
    return 0;
}

static int md_leave(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    (void)detail;
    if (type == MD_BLOCK_TD || type == MD_BLOCK_TH)
        plain_add(ctx, " ", 1);
    else if (type == MD_BLOCK_H || type == MD_BLOCK_CODE || type == MD_BLOCK_TABLE)
        plain_open(ctx, BLOCK_PARAGRAPH, 0);
    return 0;
}

static int md_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    (void)type;
    (void)detail;
    (void)ctx;
    return 0;
}

static int md_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx)
{
    static const struct {
        const char *entity, *text;
    } entities[] = { { "&amp;", "&" },   { "&lt;", "<" },   { "&gt;", ">" },
                     { "&quot;", "\"" }, { "&nbsp;", " " }, { "&#39;", "'" } };
    size_t i;

    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
        plain_add(ctx, "\n", 1);
    } else if (type == MD_TEXT_ENTITY) {
        for (i = 0; i < sizeof entities / sizeof *entities; i++)
            if (strlen(entities[i].entity) == size && strncmp(text, entities[i].entity, size) == 0)
                break;
        if (i < sizeof entities / sizeof *entities)
            plain_add(ctx, entities[i].text, strlen(entities[i].text));
        else
            plain_add(ctx, text, size);
    } else if (type != MD_TEXT_HTML) {
        plain_add(ctx, text, size);
    }
    return 0;
}

void extract_markdown(struct document *doc, const char *text, size_t len)
{
    struct plain plain;
    MD_PARSER parser = { .flags = MD_DIALECT_GITHUB | MD_FLAG_LATEXMATHSPANS,
                         .enter_block = md_enter,
                         .leave_block = md_leave,
                         .enter_span = md_span,
                         .leave_span = md_span,
                         .text = md_text };

    plain_start(&plain, doc);
    if (md_parse(text, (MD_SIZE)len, &parser, &plain) != 0)
        document_fail(doc, DOCUMENT_LIMIT, "the Markdown parser ran out of memory");
    plain_finish(&plain);
}

/* ---- HTML ---- */

enum html_role {
    HTML_INLINE,
    HTML_SKIP,
    HTML_BLOCK,
    HTML_HEADING,
    HTML_CODE,
    HTML_CAPTION,
    HTML_CELL
};

static enum html_role html_role(GumboTag tag)
{
    switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_SVG:
        return HTML_SKIP;
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
        return HTML_HEADING;
    case GUMBO_TAG_PRE:
        return HTML_CODE;
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_CAPTION:
        return HTML_CAPTION;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
        return HTML_CELL;
    case GUMBO_TAG_P:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_HR:
        return HTML_BLOCK;
    default:
        return HTML_INLINE;
    }
}

static void html_walk(struct plain *plain, const GumboNode *node, int depth);

static void html_children(struct plain *plain, const GumboNode *node, int depth)
{
    const GumboVector *children = &node->v.element.children;
    unsigned i;

    for (i = 0; i < children->length; i++)
        html_walk(plain, children->data[i], depth + 1);
}

static void html_element(struct plain *plain, const GumboNode *node, int depth)
{
    GumboTag tag = node->v.element.tag;
    const GumboAttribute *alt;

    switch (html_role(tag)) {
    case HTML_SKIP:
        return;
    case HTML_HEADING:
        plain_open(plain, BLOCK_HEADING, (uint32_t)(tag - GUMBO_TAG_H1) + 1);
        break;
    case HTML_CODE:
        plain_open(plain, BLOCK_CODE, 0);
        break;
    case HTML_CAPTION:
        plain_open(plain, BLOCK_CAPTION, 0);
        break;
    case HTML_BLOCK:
        plain_open(plain, BLOCK_PARAGRAPH, 0);
        break;
    case HTML_CELL:
        plain_add(plain, " ", 1);
        break;
    case HTML_INLINE:
        if (tag == GUMBO_TAG_BR)
            plain_add(plain, "\n", 1);
        alt = tag == GUMBO_TAG_IMG ? gumbo_get_attribute(&node->v.element.attributes, "alt") : NULL;
        if (alt)
            plain_add(plain, alt->value, strlen(alt->value));
        html_children(plain, node, depth);
        return;
    }
    html_children(plain, node, depth);
    if (html_role(tag) != HTML_CELL)
        plain_open(plain, BLOCK_PARAGRAPH, 0);
}

static void html_walk(struct plain *plain, const GumboNode *node, int depth)
{
    if (depth > HTML_DEPTH)
        return;
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE
        || node->type == GUMBO_NODE_CDATA)
        plain_add(plain, node->v.text.text, strlen(node->v.text.text));
    else if (node->type == GUMBO_NODE_ELEMENT)
        html_element(plain, node, depth);
}

void extract_html(struct document *doc, const char *text, size_t len)
{
    GumboOptions options = kGumboDefaultOptions;
    struct plain plain;
    GumboOutput *output;

    options.max_errors = 0;
    output = gumbo_parse_with_options(&options, text, len);
    plain_start(&plain, doc);
    html_walk(&plain, output->root, 0);
    plain_finish(&plain);
    gumbo_destroy_output(&kGumboDefaultOptions, output);
}
