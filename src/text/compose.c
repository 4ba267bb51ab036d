/*
 * Canonical composition (Unicode Annex 15, NFC), for text that comes with its accents apart, as old
 * TeX fonts and some PDF writers leave it.
 */
#include "carrel/text.h"

#include <stdlib.h>
#include <utf8proc.h>

void text_compose(struct str *out, const char *text, size_t len)
{
    utf8proc_uint8_t *composed = NULL;
    size_t i;

    for (i = 0; i < len && (unsigned char)text[i] < 0x80; i++)
        ;
    if (i < len
        && utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &composed,
                        UTF8PROC_COMPOSE | UTF8PROC_STABLE)
               >= 0)
        str_add(out, (const char *)composed);
    else
        str_add_mem(out, text, len);
    free(composed);
}
