/* Any bytes as an RSS feed, or as whatever they look like. */
#include "sources_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_parse(size > 0 && (bytes[0] & 1) ? PARSE_AUTO : PARSE_RSS, bytes, size);
    return 0;
}
