/* Any bytes as a dump of Papers with Code. */
#include "sources_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_parse(PARSE_PWC, bytes, size);
    return 0;
}
