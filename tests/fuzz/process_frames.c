/* Any bytes as a frame's header, a request and a document: refused, or consistent. */
#include "process/frame.h"
#include "carrel/document.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct request request;
    struct document *doc;
    struct frame frame;
    struct str again = STR_INIT;

    if (size >= FRAME_HEADER && frame_parse_header(&frame, bytes, NULL) == ERR_OK
        && frame.len > FRAME_ANSWER_MAX)
        abort();
    if (request_parse(&request, bytes, size, NULL) == ERR_OK
        && strlen(request.password) >= sizeof request.password)
        abort();
    if (document_unpack(&doc, bytes, size, NULL) == ERR_OK) {
        document_pack(&again, doc);
        document_free(doc);
        if (document_unpack(&doc, again.ptr, again.len, NULL) != ERR_OK)
            abort();
        document_free(doc);
    }
    str_free(&again);
    return 0;
}
