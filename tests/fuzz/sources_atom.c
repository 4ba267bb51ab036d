/* Any bytes as an Atom feed. */
#include "sources_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_parse(PARSE_ARXIV_ATOM, bytes, size);
    return 0;
}
