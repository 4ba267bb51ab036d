/*
 * Themes: how styles look, as data files say it (data/themes, and the user's own), brought down to
 * the colours that a terminal has. A theme does not change once it was read; any thread may read
 * it.
 */
#ifndef CARREL_THEME_H
#define CARREL_THEME_H

#include "carrel/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum style {
    STYLE_NORMAL,
    STYLE_BAR,   /* title and status lines */
    STYLE_TITLE, /* a paper's title */
    STYLE_UNREAD,
    STYLE_DIM,    /* dates, counts, hints */
    STYLE_ACCENT, /* ids, links, keys */
    STYLE_HEADING,
    STYLE_MATCH,
    STYLE_ERROR,
    STYLE_WARN,
    STYLE_HIGHLIGHT, /* what a reader has marked */
    STYLE_SELECTED,
    STYLE_GONE, /* of a difference: what the newer text has no more, and what it has got */
    STYLE_CAME,
    STYLE_COUNT
};

/* A colour: COLOR_OWN, the terminal's own; 0..255 of the xterm palette; or COLOR_RGB with red,
 * green and blue in its lower bytes. */
#define COLOR_OWN (-1)
#define COLOR_RGB 0x1000000

struct look {
    int32_t fg, bg;
    bool bold, dim, italic, underline, reverse;
};

/* How many colours a terminal has (picture_display.colors), as far as it matters. */
enum depth { DEPTH_NONE = 0, DEPTH_8 = 8, DEPTH_16 = 16, DEPTH_256 = 256, DEPTH_TRUE = 1 << 24 };

struct theme {
    char name[40], about[120];
    int32_t ground, text;               /* COLOR_RGB: what COLOR_OWN is taken to be */
    struct look looks[STYLE_COUNT + 1]; /* the last: the row that the cursor is on */
    struct look few[STYLE_COUNT + 1];   /* with 8 or 16 colours */
};
#define THEME_CURSOR STYLE_COUNT

/* Reads a theme; `from` names it in errors ("themes/mine:7: no style 'tilte': ..."). */
int theme_parse(struct theme *theme, const char *name, const char *text, const char *from,
                struct error *err);
/* By its name: the user's own file, else one of the built in ones. ERR_NOTFOUND names those there
 * are. */
int theme_load(struct theme *theme, const char *name, struct error *err);
const struct theme *theme_plain(void); /* nothing but the terminal's own colours */
/* Calls `each` with the name of every theme that there is, the user's own last; files that are no
 * themes are among them. */
void theme_each(void (*each)(void *ctx, const char *name), void *ctx);

/* A look with this many colours: in `few` or `looks`, each colour the nearest that there is; on the
 * cursor's row what that says. */
struct look theme_look(const struct theme *theme, enum style style, bool cursor, enum depth depth);
/* Red, green, blue; what the terminal's own are taken to be. */
void theme_rgb(uint8_t rgb[3], const struct theme *theme, int32_t color, bool ground);
/* WCAG 2's contrast of two colours, 1..21. */
double theme_contrast(const uint8_t a[3], const uint8_t b[3]);
const char *style_name(size_t i); /* THEME_CURSOR: "cursor"; NULL behind it */

#endif
