/* Places and answers of a feed. */
#include "sources_round.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const streams[] = { "feed", NULL };

    fuzz_round(source_find("feed"), streams, bytes, size);
    return 0;
}
