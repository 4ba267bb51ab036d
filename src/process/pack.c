/*
 * A document as bytes and back. One walk serves both directions, so that they cannot differ; what
 * was read is then checked as a whole, since it comes from a process that may have been taken over.
 */
#include "carrel/document.h"

#include "carrel/utf8.h"

#include <string.h>

struct codec {
    struct str *out; /* writing, when not NULL */
    const unsigned char *at, *end;
    struct arena *arena;
    bool bad;
};

static void codec_u32(struct codec *c, uint32_t *value)
{
    unsigned char bytes[4] = { (unsigned char)*value, (unsigned char)(*value >> 8),
                               (unsigned char)(*value >> 16), (unsigned char)(*value >> 24) };

    if (c->out) {
        str_add_mem(c->out, (const char *)bytes, 4);
    } else if (c->end - c->at < 4) {
        c->bad = true;
        *value = 0;
    } else {
        *value = c->at[0] | (uint32_t)c->at[1] << 8 | (uint32_t)c->at[2] << 16
                 | (uint32_t)c->at[3] << 24;
        c->at += 4;
    }
}

static void codec_float(struct codec *c, float *value)
{
    uint32_t bits;

    memcpy(&bits, value, sizeof bits);
    codec_u32(c, &bits);
    memcpy(value, &bits, sizeof bits);
    /* Neither infinite nor not a number, nor beyond any page. */
    if (!c->out && !(*value > -1e7F && *value < 1e7F))
        *value = 0;
}

/* NULL has the length of all ones. What is read is clean UTF-8 or refused. */
static void codec_text(struct codec *c, char **text)
{
    uint32_t len = *text ? (uint32_t)strlen(*text) : UINT32_MAX, i;

    codec_u32(c, &len);
    if (c->out) {
        if (*text)
            str_add_mem(c->out, *text, len);
        return;
    }
    *text = NULL;
    if (len == UINT32_MAX || c->bad)
        return;
    if (len > (size_t)(c->end - c->at) || !utf8_valid((const char *)c->at, len)) {
        c->bad = true;
        return;
    }
    for (i = 0; i < len; i++)
        if ((c->at[i] < ' ' && c->at[i] != '\n' && c->at[i] != '\t') || c->at[i] == 0x7F)
            c->bad = true;
    *text = arena_strndup(c->arena, (const char *)c->at, len);
    c->at += len;
}

/* How many elements follow; each takes at least `least` bytes, so a wild count is refused before
 * memory is asked for. */
static void codec_count(struct codec *c, size_t *count, size_t least)
{
    uint32_t value = (uint32_t)*count;

    codec_u32(c, &value);
    if (c->out)
        return;
    if (c->bad || value > (size_t)(c->end - c->at) / least) {
        c->bad = true;
        value = 0;
    }
    *count = value;
}

static void codec_box(struct codec *c, struct document_box *box)
{
    codec_float(c, &box->x0);
    codec_float(c, &box->y0);
    codec_float(c, &box->x1);
    codec_float(c, &box->y1);
}

static void codec_enum(struct codec *c, unsigned *value, unsigned most)
{
    uint32_t number = *value;

    codec_u32(c, &number);
    if (number > most)
        c->bad = true;
    *value = number > most ? 0 : number;
}

static void codec_page(struct codec *c, struct document_page *page)
{
    unsigned scanned = page->scanned;

    codec_float(c, &page->width);
    codec_float(c, &page->height);
    codec_u32(c, &page->start);
    codec_u32(c, &page->chars);
    codec_enum(c, &scanned, 1);
    page->scanned = scanned != 0;
}

static void codec_block(struct codec *c, struct document_block *block)
{
    unsigned kind = block->kind;

    codec_enum(c, &kind, BLOCK_STAMP);
    block->kind = kind;
    codec_u32(c, &block->level);
    codec_u32(c, &block->page);
    codec_u32(c, &block->start);
    codec_u32(c, &block->end);
    codec_box(c, &block->box);
}

static void codec_line(struct codec *c, struct document_line *line)
{
    codec_u32(c, &line->start);
    codec_u32(c, &line->end);
    codec_u32(c, &line->page);
    codec_box(c, &line->box);
}

static void codec_section(struct codec *c, struct document_section *section)
{
    codec_text(c, &section->title);
    codec_u32(c, &section->level);
    codec_u32(c, &section->parent);
    codec_u32(c, &section->page);
    codec_u32(c, &section->start);
    codec_u32(c, &section->end);
}

static void codec_outline(struct codec *c, struct document_outline *outline)
{
    codec_text(c, &outline->title);
    codec_u32(c, &outline->level);
    codec_u32(c, &outline->page);
    codec_float(c, &outline->y);
}

static void codec_link(struct codec *c, struct document_link *link)
{
    codec_u32(c, &link->page);
    codec_box(c, &link->box);
    codec_text(c, &link->uri);
    codec_u32(c, &link->target);
}

static void codec_figure(struct codec *c, struct document_figure *figure)
{
    unsigned kind = figure->kind;

    codec_enum(c, &kind, FIGURE_ALGORITHM);
    figure->kind = kind;
    codec_text(c, &figure->label);
    codec_u32(c, &figure->page);
    codec_box(c, &figure->box);
    codec_u32(c, &figure->caption);
}

static void codec_reference(struct codec *c, struct document_reference *ref)
{
    codec_u32(c, &ref->start);
    codec_u32(c, &ref->end);
    codec_text(c, &ref->marker);
    codec_text(c, &ref->arxiv);
    codec_text(c, &ref->doi);
    codec_text(c, &ref->url);
    codec_text(c, &ref->first_author);
    codec_text(c, &ref->title);
    codec_u32(c, &ref->year);
}

static void codec_citation(struct codec *c, struct document_citation *citation)
{
    codec_u32(c, &citation->start);
    codec_u32(c, &citation->end);
    codec_u32(c, &citation->reference);
}

static void codec_metadata(struct codec *c, struct document_metadata *meta)
{
    size_t count = meta->authors.len, i;

    codec_text(c, &meta->title);
    codec_count(c, &count, 4);
    for (i = 0; i < count && !c->bad; i++) {
        char *name = c->out ? meta->authors.items[i] : NULL;

        codec_text(c, &name);
        if (!c->out && name)
            text_list_add(&meta->authors, c->arena, name, strlen(name));
    }
    codec_text(c, &meta->abstract);
    codec_text(c, &meta->doi);
    codec_text(c, &meta->arxiv);
    codec_u32(c, &meta->arxiv_version);
    codec_u32(c, &meta->year);
}

/* An array: its count, then each element by `one`; `least` is what an element takes at least. */
#define CODEC_ARRAY(c, items, count, least, one)                                                   \
    do {                                                                                           \
        size_t at_;                                                                                \
        codec_count(c, &(count), least);                                                           \
        if (!(c)->out)                                                                             \
            (items) = arena_alloc((c)->arena, ((count) + 1) * sizeof *(items));                    \
        for (at_ = 0; at_ < (count) && !(c)->bad; at_++)                                           \
            one(c, &(items)[at_]);                                                                 \
    } while (0)

static void codec_document(struct codec *c, struct document *doc)
{
    unsigned state = doc->state, format = doc->format;

    codec_enum(c, &state, DOCUMENT_LIMIT);
    codec_enum(c, &format, FORMAT_TEX);
    doc->state = state;
    doc->format = format;
    codec_text(c, &doc->message);
    codec_text(c, &doc->text);
    codec_u32(c, &doc->len);
    codec_u32(c, &doc->reading_len);
    codec_metadata(c, &doc->meta);
    CODEC_ARRAY(c, doc->pages, doc->page_count, 20, codec_page);
    CODEC_ARRAY(c, doc->blocks, doc->block_count, 36, codec_block);
    CODEC_ARRAY(c, doc->lines, doc->line_count, 28, codec_line);
    CODEC_ARRAY(c, doc->sections, doc->section_count, 24, codec_section);
    CODEC_ARRAY(c, doc->outline, doc->outline_count, 16, codec_outline);
    CODEC_ARRAY(c, doc->links, doc->link_count, 28, codec_link);
    CODEC_ARRAY(c, doc->figures, doc->figure_count, 32, codec_figure);
    CODEC_ARRAY(c, doc->references, doc->reference_count, 36, codec_reference);
    CODEC_ARRAY(c, doc->citations, doc->citation_count, 12, codec_citation);
}

void document_pack(struct str *out, const struct document *doc)
{
    struct codec c = { .out = out };
    struct document copy = *doc; /* the walk takes it by pointer, and changes nothing of it */

    codec_document(&c, &copy);
}

/* ---- checks ---- */

static bool range_fits(const struct document *doc, uint32_t start, uint32_t end)
{
    return start <= end && end <= doc->len;
}

static bool page_fits(const struct document *doc, uint32_t page)
{
    return page < doc->page_count || (page == 0 && doc->page_count == 0);
}

static bool blocks_fit(const struct document *doc)
{
    size_t i;

    for (i = 0; i < doc->block_count; i++)
        if (!range_fits(doc, doc->blocks[i].start, doc->blocks[i].end)
            || !page_fits(doc, doc->blocks[i].page) || doc->blocks[i].level > 16
            || (i > 0 && doc->blocks[i].start < doc->blocks[i - 1].end))
            return false;
    for (i = 0; i < doc->line_count; i++)
        if (!range_fits(doc, doc->lines[i].start, doc->lines[i].end)
            || !page_fits(doc, doc->lines[i].page)
            || (i > 0 && doc->lines[i].start < doc->lines[i - 1].start))
            return false;
    for (i = 0; i < doc->page_count; i++)
        if (doc->pages[i].start > doc->len)
            return false;
    return true;
}

static bool sections_fit(const struct document *doc)
{
    size_t i;

    for (i = 0; i < doc->section_count; i++) {
        const struct document_section *section = &doc->sections[i];

        if (!section->title || !range_fits(doc, section->start, section->end)
            || !page_fits(doc, section->page) || section->level > 16
            || (section->parent != DOCUMENT_NONE && section->parent >= i))
            return false;
    }
    for (i = 0; i < doc->outline_count; i++)
        if (!doc->outline[i].title || doc->outline[i].level > 64
            || (doc->outline[i].page != DOCUMENT_NONE && !page_fits(doc, doc->outline[i].page)))
            return false;
    for (i = 0; i < doc->link_count; i++)
        if (!page_fits(doc, doc->links[i].page)
            || (doc->links[i].target != DOCUMENT_NONE && !page_fits(doc, doc->links[i].target)))
            return false;
    return true;
}

static bool references_fit(const struct document *doc)
{
    size_t i;

    for (i = 0; i < doc->figure_count; i++)
        if (!doc->figures[i].label || doc->figures[i].caption >= doc->block_count
            || !page_fits(doc, doc->figures[i].page))
            return false;
    for (i = 0; i < doc->reference_count; i++)
        if (!range_fits(doc, doc->references[i].start, doc->references[i].end))
            return false;
    for (i = 0; i < doc->citation_count; i++)
        if (!range_fits(doc, doc->citations[i].start, doc->citations[i].end)
            || doc->citations[i].reference >= doc->reference_count
            || (i > 0 && doc->citations[i].start < doc->citations[i - 1].start))
            return false;
    return true;
}

int document_unpack(struct document **out, const void *bytes, size_t len, struct error *err)
{
    struct document *doc = document_new();
    struct codec c = { .at = bytes,
                       .end = (const unsigned char *)bytes + len,
                       .arena = doc->arena };

    codec_document(&c, doc);
    if (c.bad || c.at != c.end || !doc->text || strlen(doc->text) != doc->len
        || doc->reading_len > doc->len || (doc->state != DOCUMENT_DONE && !doc->message)
        || !blocks_fit(doc) || !sections_fit(doc) || !references_fit(doc)) {
        document_free(doc);
        *out = NULL;
        return error_set(err, ERR_CORRUPT, "the reader's answer is no document");
    }
    *out = doc;
    return ERR_OK;
}
