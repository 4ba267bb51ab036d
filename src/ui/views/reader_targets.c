/*
 * What the numbers of mentions lead to: figures and tables by their labels, equations by the
 * numbers in brackets that stand at them, sections by what their titles begin with.
 */
#include "reader.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool blank(char c)
{
    return c == ' ' || c == '\n';
}

/* "3", "3.2", "S1", "IV", "A": letters and digits with dots between them; its length, 0 none. */
size_t reader_number_at(const char *text, char number[READER_NUMBER])
{
    size_t len = 0;

    while (len < READER_NUMBER - 1
           && (isalnum((unsigned char)text[len])
               || (text[len] == '.' && len > 0 && isalnum((unsigned char)text[len + 1]))))
        len++;
    memcpy(number, text, len);
    number[len] = '\0';
    /* A word behind it is none: "Figure shows". */
    if (len > 0 && !strpbrk(number, "0123456789")
        && (len > 5 || !isupper((unsigned char)*number) || strspn(number, "IVXLCABDEFG") != len))
        return 0;
    return len;
}

/* The number in "Figure 2" or "3.2 Attention". */
static void number_of(char number[READER_NUMBER], const char *label)
{
    const char *at = label;

    while (*at && !reader_number_at(at, number))
        at += strcspn(at, " ") + (at[strcspn(at, " ")] == ' ');
    if (!*at)
        *number = '\0';
}

static uint32_t find_figure(const struct document *doc, enum figure_kind kind, const char *number)
{
    char own[READER_NUMBER];
    size_t i;

    for (i = 0; i < doc->figure_count; i++) {
        const char *blank = doc->figures[i].label ? strchr(doc->figures[i].label, ' ') : NULL;

        if (doc->figures[i].kind != kind || !blank)
            continue;
        number_of(own, blank + 1);
        if (strcasecmp(own, number) == 0)
            return (uint32_t)i;
    }
    return DOCUMENT_NONE;
}

/* How surely a block is the equation of that number: it ends with it, begins with it, or has it
 * between blanks, as aligned ones do; 0 not at all. */
static int equation_rank(const char *text, size_t len, const char *number, size_t number_len)
{
    const char *at = text, *end = text + len, *hit;
    int rank = 0;

    if (len <= number_len)
        return 0;
    if (memcmp(end - number_len, number, number_len) == 0)
        return 3;
    while (rank == 0 && (hit = memmem(at, (size_t)(end - at), number, number_len))) {
        at = hit + number_len;
        if (at < end && blank(*at) && (hit == text || blank(hit[-1])))
            rank = hit == text ? 2 : 1;
    }
    return rank;
}

static uint32_t find_equation(const struct document *doc, const char *number)
{
    char bracketed[READER_NUMBER + 2];
    size_t len = (size_t)snprintf(bracketed, sizeof bracketed, "(%s)", number), i;
    uint32_t found = DOCUMENT_NONE;
    int best = 0;

    for (i = 0; i < doc->block_count && best < 3; i++) {
        const struct document_block *block = &doc->blocks[i];
        int rank = block->kind != BLOCK_EQUATION
                       ? 0
                       : equation_rank(doc->text + block->start, block->end - block->start,
                                       bracketed, len);

        if (rank > best) {
            best = rank;
            found = (uint32_t)i;
        }
    }
    return found;
}

static uint32_t find_section(const struct document *doc, const char *number)
{
    size_t len = strlen(number), i;

    for (i = 0; i < doc->section_count; i++) {
        const char *title = doc->sections[i].title;

        if (str_istarts(title, "appendix "))
            title += 9;
        if (strncasecmp(title, number, len) == 0
            && (title[len] == ' ' || title[len] == '.' || title[len] == ':' || !title[len])
            && !(title[len] == '.' && isdigit((unsigned char)title[len + 1])))
            return (uint32_t)i;
    }
    return DOCUMENT_NONE;
}

static uint32_t find_number(const struct document *doc, enum mention_kind kind,
                            enum figure_kind figure, const char *number)
{
    return kind == MENTION_FIGURE     ? find_figure(doc, figure, number)
           : kind == MENTION_EQUATION ? find_equation(doc, number)
                                      : find_section(doc, number);
}

/* "5a" is a part of 5, unless there is one that is called so. */
uint32_t reader_target(const struct document *doc, enum mention_kind kind, enum figure_kind figure,
                       const char *number)
{
    uint32_t target = find_number(doc, kind, figure, number);
    size_t len = strlen(number);
    char whole[READER_NUMBER];

    if (target != DOCUMENT_NONE || len < 2 || !islower((unsigned char)number[len - 1])
        || !isdigit((unsigned char)number[len - 2]))
        return target;
    memcpy(whole, number, len - 1);
    whole[len - 1] = '\0';
    return find_number(doc, kind, figure, whole);
}
