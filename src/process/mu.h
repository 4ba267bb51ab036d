/* What the files that speak MuPDF share: pdf.c (documents), pieces.c (pages), render.c (pixels). */
#ifndef CARREL_PROCESS_MU_H
#define CARREL_PROCESS_MU_H

#include "carrel/utf8.h"
#include "pdf.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#pragma GCC diagnostic pop

struct mu_memory {
    size_t used, limit;
    bool refused; /* a request went beyond the limit */
};

struct pdf_reader {
    fz_context *ctx;
    struct mu_memory memory;
    char complaint[256]; /* MuPDF's first warning or error about the present document */
};

struct pdf_read_state {
    struct pdf_reader *reader;
    const struct pdf_request *request;
    struct document *doc;
    fz_document *pdf;
    size_t bad_pages;
    uint64_t lost; /* letters of which their fonts do not say what they are */
    enum document_state failed; /* of the last page that failed */
    char why[256];
};

void mu_begin(struct pdf_reader *reader);
void mu_end(struct pdf_reader *reader, fz_document *pdf);
/* DOCUMENT_DONE and the document, or why not; *pdf may be set either way and goes to mu_end. */
enum document_state mu_open(struct pdf_reader *reader, const struct pdf_request *request,
                            fz_document **pdf, uint32_t *pages, char *why, size_t cap);
/* In an fz_catch: what the failure means for the document. */
enum document_state mu_failed(struct pdf_reader *reader, char *why, size_t cap);
bool mu_repaired(fz_context *ctx, fz_document *pdf);

struct document_box mu_box(fz_rect rect, fz_rect page);
/* What a page shows; throws. */
void mu_page_pieces(fz_context *ctx, fz_page *page, fz_rect bounds, struct raw_page *out);

#endif
