/* Places and answers of arXiv. */
#include "sources_round.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const streams[] = { "oai/cs:cs:CL", "api/cat:cs.CL", "rss/cs.CL", NULL };

    fuzz_round(source_find("arxiv"), streams, bytes, size);
    return 0;
}
