/*
 * What texts that scroll (textview.c) are made of: paragraphs, fields with their names, blank
 * lines.
 */
#include "carrel/view.h"

#include "carrel/record.h"

#include <stdlib.h>

#define FIELD_INDENT 12 /* columns before the value of a field */

void textview_add(struct textview *text, enum style style, int indent, const char *fmt, ...)
{
    struct paragraph paragraph = { .style = style, .indent = indent };
    struct str line = STR_INIT;
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(&line, fmt, ap);
    va_end(ap);
    paragraph.text = str_take(&line);
    VEC_PUSH(text->paragraphs, text->len, text->cap, paragraph);
    text->wrapped_for = 0;
}

void textview_blank(struct textview *text)
{
    textview_add(text, STYLE_NORMAL, 0, "%s", "");
}

void textview_field(struct textview *text, const char *name, const char *value)
{
    if (value && *value)
        textview_add(text, STYLE_NORMAL, FIELD_INDENT, "%-*s %s", FIELD_INDENT - 1, name, value);
}

void textview_list(struct textview *text, const char *name, const struct text_list *values)
{
    struct str joined = STR_INIT;

    text_list_join(&joined, values, ", ");
    textview_field(text, name, joined.ptr);
    str_free(&joined);
}

void textview_clear(struct textview *text)
{
    size_t i;

    for (i = 0; i < text->len; i++)
        free(text->paragraphs[i].text);
    free(text->paragraphs);
    free(text->lines);
    text->paragraphs = NULL;
    text->lines = NULL;
    text->len = text->cap = text->line_count = text->line_cap = 0;
    text->wrapped_for = 0;
}
