/* Bytes in, document out: what the child process does with one file. */
#ifndef CARREL_PROCESS_EXTRACT_H
#define CARREL_PROCESS_EXTRACT_H

#include "pdf.h"

#define TEXT_BYTES_MAX (64u << 20) /* of a text, Markdown, HTML or TeX file */

/* `format` is what the name says; the bytes have the last word. A document always comes back; its
 * state says how it went. ERR_CANCELLED only. */
int extract(struct document **out, struct pdf_reader *reader, enum document_format format,
            const struct pdf_request *request, struct error *err);

/* The formats without pages fill the document's blocks, text and sections. */
struct plain; /* plain.h */
void extract_text(struct document *doc, const char *text, size_t len);
void extract_markdown(struct document *doc, const char *text, size_t len);
void extract_html(struct document *doc, const char *text, size_t len);
void extract_tex(struct document *doc, const char *text, size_t len);

/* Text out of a PDF that MuPDF cannot open: strings of the content streams that can be found.
 * Returns how many code points were found. */
size_t rescue_text(struct str *out, const void *bytes, size_t len);

#endif
