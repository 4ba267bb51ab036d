/*
 * Is the terminal's ground light or dark? Asked by OSC 11 when a theme is by that (`auto`) and
 * never waited for: the first screen is there, the answer comes among the keys, and changes the
 * theme if $COLORFGBG had told otherwise, or nothing. A terminal that does not know the question
 * says nothing, and all that it sends are keys.
 */
#include "desk.h"

#include "carrel/clock.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ASK "\033]11;?\a"
#define LISTEN_MS 60000 /* a line may be bad */
#define SOON_MS 2000    /* when the terminal is given back, answers are waited for so long after */

static const char head[] = "\033]11;";

/* $COLORFGBG is "FOREGROUND;BACKGROUND", of the sixteen colours. */
static bool environment_is_light(void)
{
    const char *colors = getenv("COLORFGBG");
    const char *ground = colors ? strrchr(colors, ';') : NULL;

    return ground && (strcmp(ground, ";7") == 0 || strcmp(ground, ";15") == 0);
}

bool ground_is_light(const struct desk *desk)
{
    return desk->ground.known ? desk->ground.light : environment_is_light();
}

void ground_ask(struct desk *desk)
{
    struct ground *ground = &desk->ground;

    if (!ground->can || ground->asked || !desk->write_raw)
        return;
    ground->asked = clock_ticks_ms();
    desk->write_raw(desk->face, ASK, strlen(ASK));
}

static bool within(const struct ground *ground, int64_t ms)
{
    return ground->asked && !ground->known && clock_ticks_ms() - ground->asked < ms;
}

bool ground_listens(const struct desk *desk)
{
    return within(&desk->ground, LISTEN_MS);
}

bool ground_is_due(const struct desk *desk)
{
    return within(&desk->ground, SOON_MS);
}

bool ground_hearing(const struct desk *desk)
{
    return desk->ground.len > 0;
}

/* "rgb:ffff/ff/f", also "rgba:" with one more: each part is so much of the most that its digits
 * can say. */
static bool color_read(uint8_t rgb[3], const char *text)
{
    const char *at = str_starts(text, "rgb:") ? text + 4 : text + 5;
    int i;

    if (!str_starts(text, "rgb:") && !str_starts(text, "rgba:"))
        return false;
    for (i = 0; i < 3; i++) {
        char *end;
        size_t digits = strspn(at, "0123456789abcdefABCDEF");
        long value = strtol(at, &end, 16);

        if (digits < 1 || digits > 4 || (i < 2 && *end != '/'))
            return false;
        rgb[i] = (uint8_t)(value * 255 / ((1L << (4 * digits)) - 1));
        at = end + 1;
    }
    return true;
}

/* Light is where black letters stand out more than white ones. */
static void understand(struct desk *desk)
{
    static const uint8_t black[3], white[3] = { 255, 255, 255 };
    struct ground *ground = &desk->ground;
    uint8_t rgb[3];

    if (color_read(rgb, ground->text + strlen(head))) {
        ground->known = true;
        ground->light = theme_contrast(rgb, black) > theme_contrast(rgb, white);
        desk_theme_ground(desk);
    }
}

bool ground_hears(struct desk *desk, char byte)
{
    struct ground *ground = &desk->ground;
    bool begun = ground->len >= strlen(head), whole, fits;

    if (!begun && byte != head[ground->len]) {
        ground->len = 0;
        return false;
    }
    whole = begun && (byte == '\a' || (byte == '\\' && ground->text[ground->len - 1] == '\033'));
    fits = !begun || whole || byte == '\033' || isxdigit((unsigned char)byte)
           || (byte && strchr("rgb:/", byte));
    if (whole)
        understand(desk);
    else if (fits)
        ground->text[ground->len++] = byte;
    if (whole || !fits || ground->len == sizeof ground->text - 1) {
        memset(ground->text, 0, sizeof ground->text);
        ground->len = 0;
    }
    return fits;
}
