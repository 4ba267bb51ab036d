/* Places and answers of Hugging Face. */
#include "sources_round.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const streams[] = { "daily",  "weekly",     "monthly", "trending",
                                           "linked", "search/a b", NULL };

    fuzz_round(source_find("huggingface"), streams, bytes, size);
    return 0;
}
