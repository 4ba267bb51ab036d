/* Any bytes as a document: a state comes out, offsets lie inside the text, nothing is lost. */
#include "process/extract.h"

#include <stdlib.h>

/* MuPDF 1.21 itself loses a few bytes on damaged objects. It runs in a child of limited memory that
 * is replaced now and then; crashes are what this target looks for. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct pdf_reader *reader;
    struct pdf_request request = { .bytes = bytes + 1, .len = size - 1 };
    struct document *doc;
    size_t i;

    if (size < 1)
        return 0;
    if (!reader)
        reader = pdf_reader_new(256u << 20, NULL);
    if (extract(&doc, reader, bytes[0] % 6, &request, NULL) != ERR_OK)
        abort();
    if (doc->reading_len > doc->len || (doc->state != DOCUMENT_DONE && !doc->message))
        abort();
    for (i = 0; i < doc->block_count; i++)
        if (doc->blocks[i].end < doc->blocks[i].start || doc->blocks[i].end > doc->len)
            abort();
    for (i = 0; i < doc->line_count; i++)
        if (doc->lines[i].end > doc->len || doc->lines[i].page >= doc->page_count)
            abort();
    for (i = 0; i < doc->section_count; i++)
        if (doc->sections[i].end < doc->sections[i].start || doc->sections[i].end > doc->len)
            abort();
    for (i = 0; i < doc->citation_count; i++)
        if (doc->citations[i].reference >= doc->reference_count || doc->citations[i].end > doc->len)
            abort();
    document_free(doc);
    return 0;
}
