/* A tiny PDF writer for tests: pages with text in the standard fonts, and files broken on purpose.
 */
#ifndef PROCESS_PDF_H
#define PROCESS_PDF_H

#include "carrel/str.h"

#include <stddef.h>

struct test_pdf {
    struct str page[64]; /* content streams */
    size_t pages;
    const char *title;   /* of the information dictionary; may be NULL */
    const char *annots;  /* of every page: objects of an array; may be NULL */
    const char *outline; /* titles of top-level entries, one for each page; may be NULL */
};

void pdf_start(struct test_pdf *pdf);
void pdf_page(struct test_pdf *pdf);
/* One line at x, y (points from the upper left corner of an A4 page: 595 x 842). Fonts: F1 Times,
 * F2 Times bold, F3 Helvetica, F4 Courier, F5 Symbol. */
void pdf_line(struct test_pdf *pdf, const char *font, double size, double x, double y,
              const char *text);
/* Words set line by line into a column; returns the y behind the last. */
double pdf_column(struct test_pdf *pdf, double x, double y, double width, const char *text);
void pdf_rect(struct test_pdf *pdf, double x, double y, double width, double height);
void pdf_write(struct test_pdf *pdf, struct str *out); /* the file; frees the pages */

#endif
