/*
 * The PDF driver: opens a document with MuPDF under an allocator limit, and turns what its pages
 * show into plain pieces (raw.h), outline and links. A page that fails costs that page; a document
 * that fails leaves a state and a reason.
 *
 * Every call that may throw sits in an fz_try, and nothing leaves such a block by return or goto.
 */
#include "pdf.h"

#include "mu.h"

#include "carrel/process.h"

#include <stdlib.h>
#include <string.h>

#define STORE_MAX (48u << 20) /* MuPDF's cache of fonts, images, display lists */
#define LINKS_MAX 100000
#define OUTLINE_MAX 20000
#define OUTLINE_DEPTH 32
#define REASON_MAX 200

/* ---- allocator with a limit: a header before each block remembers its size ---- */

union mu_header {
    size_t size;
    max_align_t align;
};

static void *mu_malloc(void *user, size_t size)
{
    struct mu_memory *memory = user;
    union mu_header *header;

    if (size > memory->limit || memory->used > memory->limit - size) {
        memory->refused = true;
        return NULL;
    }
    header = malloc(sizeof *header + size);
    if (!header) {
        memory->refused = true;
        return NULL;
    }
    header->size = size;
    memory->used += size;
    return header + 1;
}

static void mu_free(void *user, void *ptr)
{
    struct mu_memory *memory = user;
    union mu_header *header = ptr;

    if (!ptr)
        return;
    header--;
    memory->used -= header->size;
    free(header);
}

static void *mu_realloc(void *user, void *ptr, size_t size)
{
    struct mu_memory *memory = user;
    union mu_header *header = ptr, *grown;
    size_t before;

    if (!ptr)
        return mu_malloc(user, size);
    header--;
    before = header->size;
    if (size > before && (size - before > memory->limit - memory->used)) {
        memory->refused = true;
        return NULL;
    }
    grown = realloc(header, sizeof *grown + size);
    if (!grown) {
        memory->refused = true;
        return NULL;
    }
    memory->used += size;
    memory->used -= before;
    grown->size = size;
    return grown + 1;
}

/* The first complaint about a document is the one worth telling. */
static void mu_complain(void *user, const char *message)
{
    struct pdf_reader *reader = user;

    if (reader->complaint[0] == '\0')
        snprintf(reader->complaint, sizeof reader->complaint, "%.*s", REASON_MAX, message);
}

struct pdf_reader *pdf_reader_new(size_t memory_limit, struct error *err)
{
    struct pdf_reader *reader = mem_zalloc(sizeof *reader);
    fz_alloc_context alloc = { &reader->memory, mu_malloc, mu_realloc, mu_free };
    bool ready = true;

    reader->memory.limit = memory_limit;
    reader->ctx =
        fz_new_context(&alloc, NULL, STORE_MAX < memory_limit / 4 ? STORE_MAX : memory_limit / 4);
    if (reader->ctx) {
        fz_set_warning_callback(reader->ctx, mu_complain, reader);
        fz_set_error_callback(reader->ctx, mu_complain, reader);
        fz_try(reader->ctx) fz_register_document_handlers(reader->ctx);
        fz_catch(reader->ctx) ready = false;
    }
    if (!reader->ctx || !ready) {
        pdf_reader_free(reader);
        error_set(err, ERR_LIMIT, "the PDF reader does not start within %zu bytes of memory",
                  memory_limit);
        return NULL;
    }
    return reader;
}

void pdf_reader_free(struct pdf_reader *reader)
{
    if (!reader)
        return;
    fz_drop_context(reader->ctx);
    free(reader);
}

const char *process_versions(void)
{
    return "MuPDF " FZ_VERSION;
}

/* ---- opening ---- */

/* A reason from MuPDF as a line of ours: no line feeds, no control characters. */
static void mu_reason(struct pdf_reader *reader, char *out, size_t cap)
{
    size_t i;

    snprintf(out, cap, "%s", fz_caught_message(reader->ctx));
    if (out[0] == '\0')
        snprintf(out, cap, "%s", reader->complaint);
    for (i = 0; out[i]; i++)
        if ((unsigned char)out[i] < ' ')
            out[i] = ' ';
}

/* In an fz_catch: what the failure means for the document. */
enum document_state mu_failed(struct pdf_reader *reader, char *why, size_t cap)
{
    if (fz_caught(reader->ctx) == FZ_ERROR_MEMORY || reader->memory.refused) {
        snprintf(why, cap, "it needs more memory than process.memory-limit allows");
        return DOCUMENT_LIMIT;
    }
    mu_reason(reader, why, cap);
    return DOCUMENT_REFUSED;
}

void mu_begin(struct pdf_reader *reader)
{
    reader->complaint[0] = '\0';
    reader->memory.refused = false;
}

/* What one document left in the caches is of no use to the next. */
void mu_end(struct pdf_reader *reader, fz_document *pdf)
{
    fz_drop_document(reader->ctx, pdf);
    fz_empty_store(reader->ctx);
}

enum document_state mu_open(struct pdf_reader *reader, const struct pdf_request *request,
                            fz_document **pdf, uint32_t *pages, char *why, size_t cap)
{
    fz_context *ctx = reader->ctx;
    fz_stream *stream = NULL;
    int count = 0;

    fz_var(stream);
    fz_var(count);
    *pdf = NULL;
    *pages = 0;
    fz_try(ctx)
    {
        stream = fz_open_memory(ctx, request->bytes, request->len);
        *pdf = fz_open_document_with_stream(ctx, "application/pdf", stream);
        if (fz_needs_password(ctx, *pdf)
            && !fz_authenticate_password(ctx, *pdf, request->password ? request->password : ""))
            count = -1;
        else
            count = fz_count_pages(ctx, *pdf);
    }
    fz_always(ctx) fz_drop_stream(ctx, stream);
    fz_catch(ctx) return mu_failed(reader, why, cap);
    if (count < 0) {
        snprintf(why, cap,
                 request->password ? "the password does not open it"
                                   : "it is encrypted and needs a password");
        return DOCUMENT_ENCRYPTED;
    }
    if (count == 0) {
        snprintf(why, cap, "it has no pages%s%s", reader->complaint[0] ? ": " : "",
                 reader->complaint);
        return DOCUMENT_REFUSED;
    }
    *pages = (uint32_t)count;
    return DOCUMENT_DONE;
}

/* ---- outline and links ---- */

static uint32_t page_number(fz_context *ctx, fz_document *pdf, fz_location at)
{
    int number = at.page < 0 ? -1 : fz_page_number_from_location(ctx, pdf, at);

    return number < 0 ? DOCUMENT_NONE : (uint32_t)number;
}

static char *clean_text(struct arena *arena, const char *text)
{
    struct str clean = STR_INIT;
    char *copy;

    utf8_squeeze(&clean, text, strnlen(text, 2000));
    copy = arena_strdup(arena, clean.ptr);
    str_free(&clean);
    return copy;
}

struct outline_walk {
    fz_context *ctx;
    fz_document *pdf;
    struct document *doc;
    size_t cap;
};

static void outline_add(struct outline_walk *walk, const fz_outline *item, uint32_t level)
{
    struct document *doc = walk->doc;
    struct document_outline entry = { .level = level };

    for (; item && doc->outline_count < OUTLINE_MAX; item = item->next) {
        entry.title = clean_text(doc->arena, item->title ? item->title : "");
        entry.page = page_number(walk->ctx, walk->pdf, item->page);
        entry.y = item->y;
        if (entry.title[0])
            VEC_PUSH(doc->outline, doc->outline_count, walk->cap, entry);
        if (item->down && level < OUTLINE_DEPTH)
            outline_add(walk, item->down, level + 1);
    }
}

/* The outline grows on the heap and then moves to the arena. A broken one is left out. */
static void read_outline(fz_context *ctx, fz_document *pdf, struct document *doc)
{
    struct outline_walk walk = { .ctx = ctx, .pdf = pdf, .doc = doc };
    struct document_outline *heap;
    fz_outline *outline = NULL;

    fz_var(outline);
    fz_try(ctx)
    {
        outline = fz_load_outline(ctx, pdf);
        outline_add(&walk, outline, 1);
    }
    fz_always(ctx) fz_drop_outline(ctx, outline);
    fz_catch(ctx) fz_warn(ctx, "%s", fz_caught_message(ctx));
    heap = doc->outline;
    doc->outline = NULL;
    if (heap) {
        doc->outline = arena_alloc(doc->arena, doc->outline_count * sizeof *heap);
        memcpy(doc->outline, heap, doc->outline_count * sizeof *heap);
        free(heap);
    }
}

struct link_list {
    struct document_link *items;
    size_t len, cap;
};

static void read_links(struct pdf_read_state *read, fz_page *page, uint32_t number, fz_rect bounds,
                       struct link_list *list)
{
    fz_context *ctx = read->reader->ctx;
    fz_link *links = NULL, *link;

    fz_var(links);
    fz_try(ctx)
    {
        links = fz_load_links(ctx, page);
        for (link = links; link && list->len < LINKS_MAX; link = link->next) {
            struct document_link item = { .page = number, .target = DOCUMENT_NONE };

            item.box = mu_box(link->rect, bounds);
            if (link->uri && fz_is_external_link(ctx, link->uri))
                item.uri = clean_text(read->doc->arena, link->uri);
            else if (link->uri)
                item.target = page_number(ctx, read->pdf,
                                          fz_resolve_link(ctx, read->pdf, link->uri, NULL, NULL));
            VEC_PUSH(list->items, list->len, list->cap, item);
        }
    }
    fz_always(ctx) fz_drop_link(ctx, links);
    fz_catch(ctx) fz_warn(ctx, "%s", fz_caught_message(ctx));
}

/* ---- pages ---- */

static bool read_page(struct pdf_read_state *read, uint32_t number, struct raw_page *out,
                      struct link_list *links)
{
    fz_context *ctx = read->reader->ctx;
    fz_page *page = NULL;
    fz_rect bounds = fz_empty_rect;
    bool good = true;

    fz_var(page);
    fz_var(good);
    fz_try(ctx)
    {
        page = fz_load_page(ctx, read->pdf, (int)number);
        bounds = fz_bound_page(ctx, page);
        mu_page_pieces(ctx, page, bounds, out);
        read_links(read, page, number, bounds, links);
    }
    fz_always(ctx) fz_drop_page(ctx, page);
    fz_catch(ctx)
    {
        good = false;
        read->failed = mu_failed(read->reader, read->why, sizeof read->why);
    }
    return good;
}

static void page_facts(struct document_page *page, const struct raw_page *raw)
{
    double area = (double)raw->width * (double)raw->height, covered = 0;
    size_t i;

    page->width = raw->width;
    page->height = raw->height;
    for (i = 0; i < raw->piece_count; i++)
        page->chars += raw->pieces[i].chars;
    for (i = 0; i < raw->drawing_count; i++) {
        const struct document_box *box = &raw->drawings[i].box;

        if (raw->drawings[i].picture)
            covered += (double)(box->x1 - box->x0) * (double)(box->y1 - box->y0);
    }
    page->scanned = page->chars < 40 && area > 0 && covered > area / 2;
}

#define LOST_LEAST 500
#define CHARS_LEAST 200 /* less text than that is none */

/* More of its letters are unknown than known. */
static bool is_garbled(uint64_t lost, uint64_t chars)
{
    return lost >= LOST_LEAST && lost > chars;
}

static int read_pages(struct pdf_read_state *read, uint32_t count, struct raw_page *pages,
                      struct link_list *links, struct error *err)
{
    struct document *doc = read->doc;
    uint64_t chars = 0;
    uint32_t i;

    for (i = 0; i < count; i++) {
        if (read->request->progress && read->request->progress(read->request->ctx, i, count))
            return error_set(err, ERR_CANCELLED, "stopped");
        if (!read_page(read, i, &pages[i], links))
            read->bad_pages++;
        page_facts(&doc->pages[i], &pages[i]);
        chars += doc->pages[i].chars;
        read->lost += pages[i].lost;
        if (chars > PDF_CHARS_MAX || (read->failed == DOCUMENT_LIMIT && read->bad_pages > 0))
            break;
    }
    if (chars > PDF_CHARS_MAX) {
        read->failed = DOCUMENT_LIMIT;
        snprintf(read->why, sizeof read->why, "it has more than %d characters", PDF_CHARS_MAX);
    }
    return ERR_OK;
}

/* What the pages add up to. */
static void judge(struct pdf_read_state *read, bool repaired)
{
    struct document *doc = read->doc;
    uint64_t chars = 0;
    size_t scanned = 0, i;

    for (i = 0; i < doc->page_count; i++) {
        chars += doc->pages[i].chars;
        scanned += doc->pages[i].scanned;
    }
    if (read->failed == DOCUMENT_LIMIT)
        document_fail(doc, DOCUMENT_LIMIT, "%s", read->why);
    else if (read->bad_pages == doc->page_count)
        document_fail(doc, DOCUMENT_REFUSED, "%s",
                      read->why[0] ? read->why : "none of its pages can be read");
    else if (scanned > 0 && chars < 200 * scanned && scanned * 2 >= doc->page_count)
        document_fail(doc, DOCUMENT_SCANNED, "its pages are pictures, without text");
    else if (is_garbled(read->lost, chars))
        document_fail(doc, chars < CHARS_LEAST ? DOCUMENT_SCANNED : DOCUMENT_REPAIRED,
                      DOCUMENT_GARBLED " (%llu of %llu)", (unsigned long long)read->lost,
                      (unsigned long long)(read->lost + chars));
    else if (read->bad_pages > 0)
        document_fail(doc, DOCUMENT_REPAIRED, "%zu of %zu pages cannot be read: %s",
                      read->bad_pages, doc->page_count, read->why);
    else if (chars == 0)
        document_fail(doc, DOCUMENT_REFUSED, "there is no text in it");
    else if (repaired)
        document_fail(doc, DOCUMENT_REPAIRED, "the file is broken and was repaired%s%s",
                      read->reader->complaint[0] ? ": " : "", read->reader->complaint);
}

static void read_info(fz_context *ctx, fz_document *pdf, struct arena *arena, char **title)
{
    char text[1000] = "";
    bool has = false;

    fz_var(has);
    fz_try(ctx) has = fz_lookup_metadata(ctx, pdf, FZ_META_INFO_TITLE, text, sizeof text) > 0;
    fz_catch(ctx) has = false;
    *title = has ? clean_text(arena, text) : NULL;
}

int pdf_read(struct pdf_reader *reader, const struct pdf_request *request, struct document *doc,
             struct raw_page **pages, char **info_title, struct error *err)
{
    struct pdf_read_state read = { .reader = reader, .request = request, .doc = doc };
    struct link_list links = { 0 };
    uint32_t count;
    int result = ERR_OK;

    *pages = NULL;
    *info_title = NULL;
    mu_begin(reader);
    read.failed = mu_open(reader, request, &read.pdf, &count, read.why, sizeof read.why);
    if (read.failed != DOCUMENT_DONE) {
        document_fail(doc, read.failed, "%s", read.why);
    } else if (count > PDF_PAGES_MAX) {
        document_fail(doc, DOCUMENT_LIMIT, "it has %u pages; the most is %d", count, PDF_PAGES_MAX);
    } else {
        doc->page_count = count;
        doc->pages = arena_alloc(doc->arena, count * sizeof *doc->pages);
        *pages = mem_zalloc(count * sizeof **pages);
        read_info(reader->ctx, read.pdf, doc->arena, info_title);
        read_outline(reader->ctx, read.pdf, doc);
        result = read_pages(&read, count, *pages, &links, err);
        judge(&read, mu_repaired(reader->ctx, read.pdf));
    }
    if (links.len > 0) {
        doc->links = arena_alloc(doc->arena, links.len * sizeof *links.items);
        memcpy(doc->links, links.items, links.len * sizeof *links.items);
        doc->link_count = links.len;
    }
    free(links.items);
    mu_end(reader, read.pdf);
    return result;
}
