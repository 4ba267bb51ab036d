/* Any bytes as arXiv's mail, and as whatever they look like. */
#include "sources_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_parse(PARSE_ARXIV_MAIL, bytes, size);
    fuzz_parse(PARSE_AUTO, bytes, size);
    return 0;
}
