/* Places and answers of the data-set server. */
#include "sources_round.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const streams[] = { "pwc-archive/methods", "pwc-archive/evaluation-tables",
                                           NULL };

    fuzz_round(source_find("pwc"), streams, bytes, size);
    return 0;
}
