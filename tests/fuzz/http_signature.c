/* A signature's header: what is understood is within its bounds, and is written back the same. */
#include "carrel/mem.h"
#include "carrel/signature.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = mem_strndup((const char *)bytes, size);
    const struct str secret = { .ptr = (char *)(uintptr_t) "0123456789abcdef0123456789abcdef",
                                .len = 32 };
    struct signature signature, again;
    struct str written = STR_INIT;

    if (signature_parse(&signature, text)) {
        if (signature.at <= 0 || signature.count == 0 || signature.count > SIGNATURE_MACS)
            abort();
        signature_write(&written, &secret, signature.at, bytes, size);
        if (!signature_parse(&again, written.ptr) || again.at != signature.at
            || !signature_fits(&again, &secret, bytes, size)
            || signature_fits(&signature, &secret, "another", 7))
            abort();
    }
    str_free(&written);
    free(text);
    return 0;
}
