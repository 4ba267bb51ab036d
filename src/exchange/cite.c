/*
 * Which writer, and the keys by which entries are cited: made by a template from the record alone,
 * so that they depend on nothing else.
 */
#include "bibliography.h"

#include "carrel/bibname.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void bibliography_add(struct str *out, const struct bibliography_options *options,
                      const struct citation *entry, const char *key)
{
    if (options->form == BIB_RIS)
        ris_write(out, entry, key);
    else if (options->form == BIB_CSL)
        csl_write(out, options, entry, key);
    else
        bibtex_write(out, options, entry, key);
}

static const struct {
    const char *before, *between, *behind;
} marks[] = {
    [BIB_BIBTEX] = { "", "\n", "" },
    [BIB_BIBLATEX] = { "", "\n", "" },
    [BIB_RIS] = { "", "\r\n", "" },
    [BIB_CSL] = { "[\n", ",\n", "\n]\n" },
};

const char *bibliography_before(enum bibliography_form form)
{
    return marks[form].before;
}

const char *bibliography_between(enum bibliography_form form)
{
    return marks[form].between;
}

const char *bibliography_behind(enum bibliography_form form)
{
    return marks[form].behind;
}

void plain_value(struct str *out, const char *tex)
{
    struct str text = STR_INIT;
    const char *at;

    text_from_latex(&text, tex);
    for (at = text.ptr; *at;) {
        size_t len = strcspn(at, "\n");

        utf8_squeeze(out, at, len);
        at += len;
        while (*at == '\n')
            str_add_char(out, *at++);
    }
    str_free(&text);
}

/* ---- keys ---- */

/* Letters and digits of the text as ASCII; small ones unless `capitals`. */
static void add_letters(struct str *out, const char *text, size_t len, bool capitals)
{
    struct str plain = STR_INIT, ascii = STR_INIT;
    char *part = mem_strndup(text, len), *at;

    text_from_latex(&plain, part);
    text_to_ascii(&ascii, plain.ptr);
    for (at = ascii.ptr; *at; at++)
        if (isalnum((unsigned char)*at))
            str_add_char(out, capitals ? *at : (char)tolower((unsigned char)*at));
    str_free(&plain);
    str_free(&ascii);
    free(part);
}

static void add_authors(struct str *out, const struct record *record, size_t most, bool capitals)
{
    struct arena *arena = arena_new();
    size_t i;

    for (i = 0; i < record->authors.len && i < most; i++) {
        struct bib_name name;
        struct str plain = STR_INIT;

        text_from_latex(&plain, record->authors.items[i]);
        bib_name_guess(&name, arena, plain.ptr);
        add_letters(out, name.last, strlen(name.last), capitals);
        str_free(&plain);
    }
    arena_free(arena);
}

static bool small_word(const char *word)
{
    static const char words[] = " a an the on of for in to at by and or with from is are as its do "
                                "does how what why when towards toward via using into "
                                "la le les un une der die das ein eine el los ";
    char padded[24];

    if (strlen(word) > 12)
        return false;
    strcpy(padded, " ");
    strcat(padded, word);
    strcat(padded, " ");
    return strstr(words, padded) != NULL;
}

static void add_words(struct str *out, const struct record *record, int most, bool capitals)
{
    const char *at = record->title ? record->title : "";

    while (*at && most > 0) {
        size_t len = strcspn(at, " -:,/\t");
        struct str word = STR_INIT;

        add_letters(&word, at, len, false);
        if (word.len > 0 && !small_word(word.ptr)) {
            add_letters(out, at, len, capitals);
            most--;
        }
        at += len;
        at += strspn(at, " -:,/\t");
        str_free(&word);
    }
}

static const char *const parts[] = { "author", "authors", "year", "word", "title", "id" };

/* The part that begins behind a bracket; *end behind its closing one. */
static int part_of(const char *at, const char **end)
{
    size_t len = strcspn(at, "]"), i;

    *end = at[len] ? at + len + 1 : at + len;
    for (i = 0; i < ARRAY_LEN(parts) && at[len]; i++)
        if (strlen(parts[i]) == len && strncasecmp(parts[i], at, len) == 0)
            return (int)i;
    return -1;
}

static void add_part(struct str *out, int part, const struct record *record, bool capitals)
{
    if (part <= 1)
        add_authors(out, record, part == 0 ? 1 : 3, capitals);
    else if (part == 2)
        str_printf(out, "%.4s", record->published ? record->published : "");
    else if (part == 5)
        str_add(out, record->id ? record->id : "");
    else
        add_words(out, record, part == 3 ? 1 : 3, capitals);
}

bool cite_template_check(const char *text, const char **why)
{
    const char *end;

    for (; *text; text = *text == '[' ? end : text + 1) {
        if (*text != '[')
            continue;
        *why = text;
        if (part_of(text + 1, &end) < 0)
            return false;
    }
    return true;
}

static void key_clean(struct str *key)
{
    citation_key_clean(key->ptr);
    str_cut(key, strlen(key->ptr));
}

static void add_template(struct str *out, const char *form, const struct record *record)
{
    const char *end;

    for (; *form; form = end) {
        int part = *form == '[' ? part_of(form + 1, &end) : -1;

        if (part >= 0) {
            add_part(out, part, record, isupper((unsigned char)form[1]) != 0);
        } else {
            end = form + 1;
            str_add_char(out, *form);
        }
    }
}

void cite_key(struct str *out, const char *form, const struct record *record)
{
    struct arena *arena = arena_new();
    struct citation entry;
    struct str key = STR_INIT;

    if (citation_from(&entry, arena, &record->cited))
        str_add(&key, entry.key);
    key_clean(&key);
    if (key.len == 0) {
        add_template(&key, form, record);
        key_clean(&key);
    }
    str_add(out, key.len ? key.ptr : "work");
    str_free(&key);
    arena_free(arena);
}

void cite_key_nth(struct str *out, const char *key, int64_t nth)
{
    char letters[16];
    size_t len = 0;

    str_add(out, key);
    for (; nth > 0 && len < sizeof letters; nth = (nth - 1) / 26)
        letters[len++] = (char)('a' + (nth - 1) % 26);
    while (len > 0)
        str_add_char(out, letters[--len]);
}
