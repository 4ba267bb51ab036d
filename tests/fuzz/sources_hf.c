/* Any bytes as papers of Hugging Face. */
#include "sources_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_parse(PARSE_HF, bytes, size);
    return 0;
}
