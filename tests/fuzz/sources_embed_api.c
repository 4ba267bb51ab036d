/* Any bytes as an embedding server's answer. The first byte says how many vectors were asked for.
 */
#include "carrel/embed_api.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct embed_api_answer answer;
    size_t count = size > 0 ? bytes[0] % 4u + 1 : 1, i;

    if (size == 0
        || embed_api_parse(&answer, (const char *)bytes + 1, size - 1, count, 0, NULL) != 0)
        return 0;
    for (i = 0; i < count * answer.dim; i++)
        if (!isfinite(answer.vectors[i]))
            abort();
    free(answer.vectors);
    return 0;
}
