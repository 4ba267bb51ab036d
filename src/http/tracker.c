/* The script that websites send their events with: data/web/carrel.js, built in. */
#include "internal.h"

__asm__(".section .rodata\n"
        ".global http_tracker_js\nhttp_tracker_js:\n"
        ".incbin \"data/web/carrel.js\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char http_tracker_js[];

int handle_tracker(struct exchange *x, struct error *err)
{
    (void)err;
    str_add(&x->out, http_tracker_js);
    x->cache = "public, max-age=86400";
    return ERR_OK;
}
