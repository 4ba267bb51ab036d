/*
 * The plain values of a document: names, making and freeing, finding places, printing for people.
 * Knows nothing of how a document was read.
 */
#include "carrel/document.h"

#include "carrel/utf8.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const state_names[] = { "done",      "repaired", "scanned",
                                           "encrypted", "refused",  "limit" };
static const char *const format_names[] = { "auto", "pdf", "text", "markdown", "html", "tex" };
static const char *const kind_names[] = {
    "paragraph", "title",  "authors", "heading",      "caption",     "footnote", "equation",
    "reference", "figure", "code",    "running-head", "page-number", "stamp",
};

const char *document_state_name(enum document_state state)
{
    assert((size_t)state < ARRAY_LEN(state_names));
    return state_names[state];
}

bool document_state_is_text(enum document_state state)
{
    return state == DOCUMENT_DONE || state == DOCUMENT_REPAIRED;
}

const char *document_format_name(enum document_format format)
{
    assert((size_t)format < ARRAY_LEN(format_names));
    return format_names[format];
}

const char *block_kind_name(enum block_kind kind)
{
    assert((size_t)kind < ARRAY_LEN(kind_names));
    return kind_names[kind];
}

enum document_format document_format_from(const char *path)
{
    static const struct {
        const char *end;
        enum document_format format;
    } ends[] = {
        { ".pdf", FORMAT_PDF },     { ".txt", FORMAT_TEXT },          { ".text", FORMAT_TEXT },
        { ".md", FORMAT_MARKDOWN }, { ".markdown", FORMAT_MARKDOWN }, { ".html", FORMAT_HTML },
        { ".htm", FORMAT_HTML },    { ".xhtml", FORMAT_HTML },        { ".tex", FORMAT_TEX },
        { ".ltx", FORMAT_TEX },
    };
    size_t i, len = strlen(path);

    for (i = 0; i < ARRAY_LEN(ends); i++) {
        size_t n = strlen(ends[i].end);

        if (len > n && strcasecmp(path + len - n, ends[i].end) == 0)
            return ends[i].format;
    }
    return FORMAT_AUTO;
}

struct document *document_new(void)
{
    struct arena *arena = arena_new();
    struct document *doc = arena_alloc(arena, sizeof *doc);

    doc->arena = arena;
    doc->text = arena_strdup(arena, "");
    return doc;
}

void document_free(struct document *doc)
{
    if (doc)
        arena_free(doc->arena);
}

void document_fail(struct document *doc, enum document_state state, const char *fmt, ...)
{
    struct str clean = STR_INIT;
    char message[400];
    va_list ap;

    /* Reasons quote the file's own bytes. */
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    utf8_squeeze(&clean, message, strlen(message));
    doc->state = state;
    doc->message = arena_strdup(doc->arena, clean.ptr);
    str_free(&clean);
}

/* ---- places ---- */

/* The last line that starts at or before the offset. */
static const struct document_line *line_before(const struct document *doc, uint32_t offset)
{
    size_t low = 0, high = doc->line_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (doc->lines[mid].start <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 ? &doc->lines[low - 1] : NULL;
}

uint32_t document_page_of(const struct document *doc, uint32_t offset, struct document_box *box)
{
    const struct document_line *line = line_before(doc, offset);

    if (box)
        *box = line ? line->box : (struct document_box){ 0 };
    return line ? line->page : 0;
}

uint32_t document_section_of(const struct document *doc, uint32_t offset)
{
    uint32_t found = DOCUMENT_NONE;
    size_t i;

    for (i = 0; i < doc->section_count && doc->sections[i].start <= offset; i++)
        if (offset < doc->sections[i].end)
            found = (uint32_t)i;
    return found;
}

/* ---- printing ---- */

void document_print_text(struct str *out, const struct document *doc)
{
    str_add_mem(out, doc->text, doc->reading_len);
    if (doc->reading_len > 0 && doc->text[doc->reading_len - 1] != '\n')
        str_add_char(out, '\n');
}

/* The lines of one page; a paragraph that goes on over the page is cut where the page ends. */
void document_print_page(struct str *out, const struct document *doc, uint32_t page)
{
    uint32_t last = DOCUMENT_NONE;
    size_t i;

    if (doc->page_count <= 1 && page == 0) {
        document_print_text(out, doc);
        return;
    }
    for (i = 0; i < doc->line_count; i++) {
        const struct document_line *line = &doc->lines[i];

        if (line->page != page || line->start >= doc->reading_len)
            continue;
        if (last != DOCUMENT_NONE && line->start > last)
            str_add_mem(out, doc->text + last, line->start - last > 2 ? 2 : line->start - last);
        if (last != DOCUMENT_NONE && line->start - last > 2)
            str_add_char(out, '\n');
        str_add_mem(out, doc->text + line->start, line->end - line->start);
        last = line->end;
    }
    if (last != DOCUMENT_NONE)
        str_add_char(out, '\n');
}

static void print_entry(struct str *out, uint32_t level, const char *title, uint32_t page,
                        bool paged)
{
    str_add_repeat(out, ' ', (level > 0 ? level - 1 : 0) * 2);
    str_add(out, title);
    if (paged && page != DOCUMENT_NONE)
        str_printf(out, "  %u", page + 1);
    str_add_char(out, '\n');
}

/* A title of level 1 that became the document's own leaves only deeper ones: they start at the
 * margin all the same. */
void document_print_outline(struct str *out, const struct document *doc)
{
    bool paged = doc->page_count > 1;
    uint32_t least = DOCUMENT_NONE;
    size_t i;

    for (i = 0; i < doc->section_count; i++)
        least = doc->sections[i].level < least ? doc->sections[i].level : least;
    for (i = 0; i < doc->section_count; i++)
        print_entry(out, doc->sections[i].level - least + 1, doc->sections[i].title,
                    doc->sections[i].page, paged);
    if (doc->section_count == 0)
        for (i = 0; i < doc->outline_count; i++)
            print_entry(out, doc->outline[i].level, doc->outline[i].title, doc->outline[i].page,
                        paged);
}
