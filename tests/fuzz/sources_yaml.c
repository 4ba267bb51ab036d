/* Any text as YAML: what comes of it is JSON that can be written and read again. */
#include "../../src/sources/yaml.h"

#include "carrel/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = mem_strndup((const char *)bytes, size), *written;
    struct error err = { 0 };
    json_t *value, *back;

    if (yaml_read(&value, text, &err) != ERR_OK) {
        if (value || !*err.message)
            abort();
        free(text);
        return 0;
    }
    written = json_dumps(value, JSON_ENCODE_ANY);
    back = written ? json_loads(written, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    if (!back || !json_equal(value, back))
        abort();
    json_decref(back);
    json_decref(value);
    free(written);
    free(text);
    return 0;
}
