/* Any bytes as an OAI-PMH answer. */
#include "sources_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_parse(PARSE_OAI, bytes, size);
    return 0;
}
