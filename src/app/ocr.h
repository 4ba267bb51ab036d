/*
 * Scanned pages read by Tesseract, where that is installed: a program of its own, run once a page
 * on pixels that the confined child has drawn.
 */
#ifndef CARREL_APP_OCR_H
#define CARREL_APP_OCR_H

#include "carrel/config.h"
#include "carrel/process.h"

struct ocr_options {
    const struct config *config;
    const atomic_bool *cancel;                                  /* may be NULL */
    void (*progress)(void *ctx, uint32_t page, uint32_t pages); /* may be NULL */
    void *ctx;
};
#define OCR_MISSING "the package tesseract-ocr would read them"

/* Would a document that was left scanned for want of Tesseract (its message ends in OCR_MISSING) be
 * read now? */
bool ocr_would_help(const struct config *config, const char *message);
/* When the document is scanned or garbled, [process] ocr is on and Tesseract is there: *doc becomes one with
 * text (state done), paragraphs and pages, but no lines' places. Otherwise, and when no page gives
 * any text, it stays as it is; its message says what would help. Errors: ERR_CANCELLED only. */
int ocr_document(struct document **doc, struct processor *processor, const char *path,
                 const char *password, const struct ocr_options *options, struct error *err);

#endif
