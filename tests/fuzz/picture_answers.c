/* What a terminal says: any bytes at all. Measures stay in bounds, and keys are not taken for
 * answers. */
#include "carrel/terminal_pictures.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture_facts facts = { .term = "xterm-256color", .columns = 80, .rows = 24 };
    struct picture_display display;
    size_t i;

    for (i = 0; i < size; i++) {
        bool begun = facts.answers.len > 0;

        if (picture_answer(&facts.answers, (char)data[i]) != (begun || data[i] == 27))
            abort();
        if (facts.answers.len >= sizeof facts.answers.sequence)
            abort();
    }
    picture_choose(&display, &facts);
    if (display.cell_width < 2 || display.cell_width > 200 || display.cell_height < 2
        || display.cell_height > 200 || !memchr(display.why, '\0', sizeof display.why))
        abort();
    return 0;
}
