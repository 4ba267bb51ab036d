/*
 * Texts of help in lines of one width: paragraphs flow, rows of a table go on under their words,
 * and what is indented stays as it is written.
 */
#include "commands.h"

#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MOST 88
#define WIDTH_LEAST 40

int help_width(void)
{
    struct winsize size = { 0 };

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0
        || size.ws_col > WIDTH_MOST)
        return WIDTH_MOST;
    return size.ws_col < WIDTH_LEAST ? WIDTH_LEAST : size.ws_col;
}

static size_t columns_of(const char *text, size_t len)
{
    char *copy = mem_strndup(text, len);
    size_t columns = utf8_count(copy);

    free(copy);
    return columns;
}

/* Words from where the line stands, further lines behind `indent` blanks. */
static void add_words(struct str *out, const char *text, size_t at, size_t indent, size_t width)
{
    while (*text) {
        size_t len, columns;

        text += strspn(text, " \n");
        len = strcspn(text, " \n");
        if (len == 0)
            break;
        columns = columns_of(text, len);
        if (at > indent && at + columns + (at > indent) > width) {
            str_add_char(out, '\n');
            str_add_repeat(out, ' ', indent);
            at = indent;
        } else if (at > indent) {
            str_add_char(out, ' ');
            at++;
        }
        str_add_mem(out, text, len);
        at += columns;
        text += len;
    }
    str_add_char(out, '\n');
}

void help_row(struct str *out, const char *left, size_t column, const char *text, int width)
{
    size_t len = utf8_count(left);

    str_printf(out, "  %s", left);
    if (len + 3 > column) {
        str_add_char(out, ' ');
        add_words(out, text, column, column, (size_t)width + column - len - 3);
        return;
    }
    str_add_repeat(out, ' ', column - len - 2);
    add_words(out, text, column, column, (size_t)width);
}

void help_flow(struct str *out, const char *text, int width)
{
    struct str paragraph = STR_INIT;

    while (*text) {
        size_t len = strcspn(text, "\n");
        bool written = len == 0 || *text == ' ';

        if (!written)
            str_printf(&paragraph, "%.*s ", (int)len, text);
        if (paragraph.len > 0 && (written || len < PARAGRAPH_GOES_ON || !text[len])) {
            add_words(out, paragraph.ptr, 0, 0, (size_t)width);
            str_clear(&paragraph);
        }
        if (written)
            str_printf(out, "%.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
        if (!*text && paragraph.len > 0)
            add_words(out, paragraph.ptr, 0, 0, (size_t)width);
    }
    str_free(&paragraph);
}
