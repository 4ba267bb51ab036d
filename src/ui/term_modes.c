/*
 * Modes of a terminal: 1002 and 1006 for the mouse with dragging, 2004 for paste, 1004 for focus,
 * and the stack of titles (22;2t and 23;2t).
 */
#include "term_modes.h"

#include <stdio.h>
#include <string.h>

#define MOUSE_ON "\033[?1000h\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l\033[?1000l"
#define LOOK_OFF "\033[0m\033[?25h"
#define RICH_OFF "\033[?2004l\033[?1004l\033]8;;\033\\"
#define TITLE_OFF "\033[23;2t"
/* Behind a crash nobody else does it: keys, margins (which move the cursor), the other screen. */
#define CRASH "\033[?1l\033>\033[r\033[999;1H\033[?1049l"

/* Chosen once, before any signal can come. */
static const char *leave = LOOK_OFF, *crash = LOOK_OFF CRASH;

bool term_is_rich(const char *term)
{
    static const char *const poor[] = { "linux", "vt", "cons", "dumb", "ansi", "sun", "wy" };
    size_t i;

    for (i = 0; i < sizeof poor / sizeof *poor; i++)
        if (!term || !*term || (str_starts(term, poor[i]) && !str_starts(term, "vte")))
            return false;
    return true;
}

void term_modes_mouse(const struct term_modes *modes, struct str *out)
{
    str_add(out, modes->mouse ? MOUSE_ON : MOUSE_OFF);
}

void term_modes_enter(const struct term_modes *modes, struct str *out)
{
    static const struct {
        const char *leave, *crash;
    } poor = { MOUSE_OFF LOOK_OFF, MOUSE_OFF LOOK_OFF CRASH },
      rich = { MOUSE_OFF RICH_OFF LOOK_OFF, MOUSE_OFF RICH_OFF LOOK_OFF CRASH },
      titled = { MOUSE_OFF RICH_OFF TITLE_OFF LOOK_OFF,
                 MOUSE_OFF RICH_OFF TITLE_OFF LOOK_OFF CRASH };

    leave = !modes->rich ? poor.leave : modes->title ? titled.leave : rich.leave;
    crash = !modes->rich ? poor.crash : modes->title ? titled.crash : rich.crash;
    if (modes->mouse)
        term_modes_mouse(modes, out);
    if (!modes->rich)
        return;
    str_add(out, "\033[?2004h\033[?1004h");
    if (modes->title)
        str_add(out, "\033[22;2t");
}

const char *term_modes_leave(void)
{
    return leave;
}

const char *term_modes_crash(void)
{
    return crash;
}

void term_modes_title(struct str *out, const char *title)
{
    str_add(out, "\033]2;");
    for (; *title; title++)
        if ((unsigned char)*title >= 0x20 && *title != 0x7F)
            str_add_char(out, *title);
    str_add_char(out, '\a');
}
