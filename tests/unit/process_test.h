/* What the files of this test program share. */
#ifndef PROCESS_TEST_H
#define PROCESS_TEST_H

#include "carrel/document.h"
#include "process/extract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "process_pdf.h"

/* Extracts in this process; the document always comes back. */
struct document *extract_bytes(enum document_format format, const char *bytes, size_t len,
                               const char *password);
struct document *extract_pdf_of(struct test_pdf *pdf);
/* A paper of three pages in two columns, with everything a paper has. */
void write_paper(struct test_pdf *pdf);
/* Offset of a text that must be there. */
uint32_t find(const struct document *doc, const char *text);
const struct document_block *block_with(const struct document *doc, const char *text);

extern const struct CMUnitTest layout_tests[], formats_tests[], wire_tests[], child_tests[], chunks_tests[];
extern const size_t layout_tests_len, formats_tests_len, wire_tests_len, child_tests_len, chunks_tests_len;

#endif
