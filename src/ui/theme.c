/*
 * Themes: reading their files, finding them, and bringing their colours down to those that a
 * terminal has.
 */
#include "carrel/theme.h"

#include "carrel/app.h"
#include "carrel/file.h"
#include "carrel/picture.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THEME_BYTES (64u << 10)

static const char *const styles[] = { [STYLE_NORMAL] = "normal",
                                      [STYLE_BAR] = "bar",
                                      [STYLE_TITLE] = "title",
                                      [STYLE_UNREAD] = "unread",
                                      [STYLE_DIM] = "dim",
                                      [STYLE_ACCENT] = "accent",
                                      [STYLE_HEADING] = "heading",
                                      [STYLE_MATCH] = "match",
                                      [STYLE_ERROR] = "error",
                                      [STYLE_WARN] = "warn",
                                      [STYLE_HIGHLIGHT] = "highlight",
                                      [STYLE_SELECTED] = "selected",
                                      [STYLE_GONE] = "gone",
                                      [STYLE_CAME] = "came",
                                      [THEME_CURSOR] = "cursor" };

static const char *const colors[] = { "black", "red",     "green", "yellow",
                                      "blue",  "magenta", "cyan",  "white" };

const char *style_name(size_t i)
{
    return i < ARRAY_LEN(styles) ? styles[i] : NULL;
}

/* ---- colours ---- */

/* The xterm palette: 16 named, 6x6x6 cube, 24 greys. */
static void palette_rgb(uint8_t rgb[3], int color)
{
    static const uint8_t named[16][3] = { { 0, 0, 0 },      { 205, 49, 49 },   { 13, 188, 121 },
                                          { 229, 229, 16 }, { 36, 114, 200 },  { 188, 63, 188 },
                                          { 17, 168, 205 }, { 229, 229, 229 }, { 102, 102, 102 },
                                          { 241, 76, 76 },  { 35, 209, 139 },  { 245, 245, 67 },
                                          { 59, 142, 234 }, { 214, 112, 214 }, { 41, 184, 219 },
                                          { 255, 255, 255 } };
    static const uint8_t steps[6] = { 0, 95, 135, 175, 215, 255 };

    if (color < 16) {
        memcpy(rgb, named[color], 3);
    } else if (color < 232) {
        rgb[0] = steps[(color - 16) / 36];
        rgb[1] = steps[(color - 16) / 6 % 6];
        rgb[2] = steps[(color - 16) % 6];
    } else {
        rgb[0] = rgb[1] = rgb[2] = (uint8_t)(8 + (color - 232) * 10);
    }
}

void theme_rgb(uint8_t rgb[3], const struct theme *theme, int32_t color, bool ground)
{
    if (color == COLOR_OWN)
        color = ground ? theme->ground : theme->text;
    if (color < COLOR_RGB) {
        palette_rgb(rgb, color);
        return;
    }
    rgb[0] = (uint8_t)(color >> 16 & 255);
    rgb[1] = (uint8_t)(color >> 8 & 255);
    rgb[2] = (uint8_t)(color & 255);
}

static double channel(uint8_t value)
{
    double part = value / 255.0;

    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

static double luminance(const uint8_t rgb[3])
{
    return 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
}

double theme_contrast(const uint8_t a[3], const uint8_t b[3])
{
    double one = luminance(a), two = luminance(b);

    return one > two ? (one + 0.05) / (two + 0.05) : (two + 0.05) / (one + 0.05);
}

static int nearest_of(const uint8_t rgb[3], int count)
{
    int best = 0, least = 1 << 30, i;

    for (i = 0; i < count; i++) {
        uint8_t other[3];
        int r, g, b, away;

        palette_rgb(other, i);
        r = rgb[0] - other[0];
        g = rgb[1] - other[1];
        b = rgb[2] - other[2];
        away = r * r + g * g + b * b;
        if (away < least) {
            least = away;
            best = i;
        }
    }
    return best;
}

static int32_t color_for(const struct theme *theme, int32_t color, enum depth palette)
{
    uint8_t rgb[3];

    if (color == COLOR_OWN || palette >= DEPTH_TRUE || (palette >= DEPTH_256 && color < 256)
        || color < (int32_t)palette)
        return color;
    theme_rgb(rgb, theme, color, false);
    return palette >= DEPTH_256 ? picture_palette_nearest(rgb) : nearest_of(rgb, (int)palette);
}

/* Without colours: what stands out must do so otherwise. */
static struct look look_plain(const struct look *look, enum style style, bool cursor)
{
    struct look plain = *look;

    plain.fg = plain.bg = COLOR_OWN;
    plain.reverse |= cursor || style == STYLE_BAR;
    plain.dim |= style == STYLE_DIM;
    return plain;
}

struct look theme_look(const struct theme *theme, enum style style, bool cursor, enum depth palette)
{
    bool few = palette > DEPTH_NONE && palette < DEPTH_256;
    const struct look *table = few ? theme->few : theme->looks;
    struct look look = table[style], row = table[THEME_CURSOR];

    if (palette == DEPTH_NONE)
        return look_plain(&look, style, cursor);
    if (look.bg == COLOR_OWN)
        look.bg = table[STYLE_NORMAL].bg;
    if (look.fg == COLOR_OWN)
        look.fg = table[STYLE_NORMAL].fg;
    if (cursor) { /* what is bold or underlined stays so */
        look.reverse ^= row.reverse;
        look.bold |= row.bold;
        look.fg = row.fg == COLOR_OWN ? look.fg : row.fg;
        look.bg = row.bg == COLOR_OWN ? look.bg : row.bg;
    }
    look.bold |= few && palette == DEPTH_8 && look.fg >= 8 && look.fg < 16;
    look.fg = palette == DEPTH_8 && look.fg >= 8 && look.fg < 16 ? look.fg - 8 : look.fg;
    look.bg = palette == DEPTH_8 && look.bg >= 8 && look.bg < 16 ? look.bg - 8 : look.bg;
    look.fg = color_for(theme, look.fg, palette);
    look.bg = color_for(theme, look.bg, palette);
    return look;
}

/* ---- reading ---- */

struct theme_reader {
    struct theme *theme;
    const char *from;
    struct error *err;
    struct look *section; /* that is being read; NULL: what stands before them */
    bool seen_few[STYLE_COUNT + 1];
    int line;
};

static int complain(struct theme_reader *reader, const char *what, const char *word,
                    const char *instead)
{
    return error_set(reader->err, ERR_USAGE, "%s:%d: %s '%.40s': %s", reader->from, reader->line,
                     what, word, instead);
}

static bool color_parse(int32_t *color, const char *word)
{
    const char *name = str_starts(word, "bright-") ? word + 7 : word;
    char *end;
    long value;
    size_t i;

    for (i = 0; i < ARRAY_LEN(colors); i++)
        if (strcmp(colors[i], name) == 0) {
            *color = (int32_t)i + (name > word ? 8 : 0);
            return true;
        }
    if (strcmp(word, "default") == 0) {
        *color = COLOR_OWN;
        return true;
    }
    if (word[0] == '#' && strlen(word) == 7) {
        *color = (int32_t)strtol(word + 1, &end, 16) | COLOR_RGB;
        return !*end && isxdigit((unsigned char)word[1]);
    }
    if (!str_to_long(word, 0, 255, &value))
        return false;
    *color = (int32_t)value;
    return true;
}

static int take_color(struct theme_reader *reader, int32_t *color, const char *word)
{
    if (word && color_parse(color, word))
        return ERR_OK;
    return complain(reader, "no colour", word ? word : "",
                    "write default, 0 to 255, #rrggbb, or a name as red or bright-red");
}

static int take_look(struct theme_reader *reader, struct look *look, char *words)
{
    static const char *const names[] = { "bold", "dim", "italic", "underline", "reverse" };
    bool *const flags[] = { &look->bold, &look->dim, &look->italic, &look->underline,
                            &look->reverse };
    char *rest = NULL, *word = strtok_r(words, " \t", &rest);
    int result;
    size_t i;

    *look = (struct look){ .fg = COLOR_OWN, .bg = COLOR_OWN };
    result = take_color(reader, &look->fg, word);
    while (result == ERR_OK && (word = strtok_r(NULL, " \t", &rest))) {
        for (i = 0; i < ARRAY_LEN(names) && strcmp(names[i], word) != 0; i++)
            ;
        if (i < ARRAY_LEN(names))
            *flags[i] = true;
        else if (strcmp(word, "on") == 0)
            result = take_color(reader, &look->bg, strtok_r(NULL, " \t", &rest));
        else
            result = complain(reader, "no attribute", word,
                              "there are on COLOUR, bold, dim, italic, underline, reverse");
    }
    return result;
}

static int take_style(struct theme_reader *reader, const char *key, char *value)
{
    struct str names = STR_INIT;
    size_t i;
    int result;

    for (i = 0; i < ARRAY_LEN(styles) && strcmp(styles[i], key) != 0; i++)
        str_printf(&names, "%s%s", i ? ", " : "there are ", styles[i]);
    if (i == ARRAY_LEN(styles))
        result = complain(reader, "no style", key, names.ptr);
    else
        result = take_look(reader, &reader->section[i], value);
    if (result == ERR_OK && reader->section == reader->theme->few)
        reader->seen_few[i] = true;
    str_free(&names);
    return result;
}

static int take_fact(struct theme_reader *reader, const char *key, char *value)
{
    struct theme *theme = reader->theme;
    int32_t *color = strcmp(key, "ground") == 0 ? &theme->ground
                     : strcmp(key, "text") == 0 ? &theme->text
                                                : NULL;
    int result = ERR_OK;

    if (color)
        result = take_color(reader, color, value);
    else if (strcmp(key, "about") == 0)
        snprintf(theme->about, sizeof theme->about, "%.110s", value);
    else
        result = complain(reader, "no setting", key,
                          "there are about, ground, text, then [styles] and [few]");
    if (result == ERR_OK && color && *color == COLOR_OWN)
        result = complain(reader, "no colour", value, "which one is the terminal's is asked here");
    return result;
}

static int take_line(struct theme_reader *reader, char *line)
{
    char *value = line + strcspn(line, " \t");

    if (!*line || *line == '#')
        return ERR_OK;
    if (strcmp(line, "[styles]") == 0 || strcmp(line, "[few]") == 0) {
        reader->section = line[1] == 's' ? reader->theme->looks : reader->theme->few;
        return ERR_OK;
    }
    if (*line == '[')
        return complain(reader, "no section", line, "there are [styles] and [few]");
    if (*value)
        *value++ = '\0';
    value += strspn(value, " \t");
    return reader->section ? take_style(reader, line, value) : take_fact(reader, line, value);
}

int theme_parse(struct theme *theme, const char *name, const char *text, const char *from,
                struct error *err)
{
    struct theme_reader reader = { .theme = theme, .from = from, .err = err };
    char *copy = mem_strdup(text), *line, *next;
    struct str trimmed = STR_INIT;
    int result = ERR_OK;
    size_t i;

    *theme = *theme_plain();
    snprintf(theme->name, sizeof theme->name, "%.30s", name);
    for (line = copy; line && result == ERR_OK; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        reader.line++;
        str_clear(&trimmed);
        str_add(&trimmed, line);
        if (strstr(trimmed.ptr, " # ")) /* a comment behind it; "#rrggbb" is none */
            str_cut(&trimmed, (size_t)(strstr(trimmed.ptr, " # ") - trimmed.ptr));
        str_trim(&trimmed);
        result = trimmed.len ? take_line(&reader, trimmed.ptr) : ERR_OK;
    }
    for (i = 0; i <= STYLE_COUNT; i++)
        if (!reader.seen_few[i])
            theme->few[i] = theme->looks[i];
    str_free(&trimmed);
    free(copy);
    return result;
}

const struct theme *theme_plain(void)
{
/* By range, so that a style more is not the cursor's row. */
#define PLAIN_LOOKS                                                                                \
    {                                                                                              \
        [0 ... STYLE_COUNT                                                                         \
            - 1] = { .fg = COLOR_OWN, .bg = COLOR_OWN },                                           \
              [THEME_CURSOR] = { .fg = COLOR_OWN, .bg = COLOR_OWN, .reverse = true },              \
    }
    static const struct theme plain = { .name = "plain",
                                        .ground = COLOR_RGB,
                                        .text = COLOR_RGB | 0xd4d4d4,
                                        .looks = PLAIN_LOOKS,
                                        .few = PLAIN_LOOKS };

    return &plain;
}

/* ---- finding ---- */

static char *theme_folder(void)
{
    char *home = path_config_home(), *folder = path_join(home, "carrel/themes");

    free(home);
    return folder;
}

struct theme_names {
    struct str list;
};

static void name_add(void *ctx, const char *name)
{
    struct theme_names *names = ctx;

    str_printf(&names->list, "%s%s", names->list.len ? ", " : "", name);
}

static int no_theme(const char *name, struct error *err)
{
    struct theme_names names = { STR_INIT };
    char *folder = theme_folder();
    int result;

    theme_each(name_add, &names);
    result = error_set(err, ERR_NOTFOUND, "no theme '%.40s': there are auto, %s; your own lie in %s",
                       name, names.list.ptr, folder);
    str_free(&names.list);
    free(folder);
    return result;
}

int theme_load(struct theme *theme, const char *name, struct error *err)
{
    char *folder = theme_folder(), *path = path_join(folder, name);
    struct str text = STR_INIT;
    const char *builtin = NULL, *known;
    int result = ERR_OK;
    size_t i;

    for (i = 0; (known = asset_theme_name(i)) && !builtin; i++)
        builtin = strcmp(known, name) == 0 ? asset_theme(i) : NULL;
    if (!*name || strchr(name, '/') || name[0] == '.')
        result = no_theme(name, err);
    else if (file_exists(path)) {
        result = file_read(&text, path, THEME_BYTES, err);
        if (result == ERR_OK)
            result = theme_parse(theme, name, text.ptr, path, err);
    } else if (builtin)
        result = theme_parse(theme, name, builtin, name, err);
    else
        result = no_theme(name, err);
    str_free(&text);
    free(path);
    free(folder);
    return result;
}

void theme_each(void (*each)(void *ctx, const char *name), void *ctx)
{
    char *folder = theme_folder();
    DIR *dir = opendir(folder);
    struct dirent *entry;
    const char *name;
    size_t i;

    for (i = 0; (name = asset_theme_name(i)); i++)
        each(ctx, name);
    while (dir && (entry = readdir(dir))) {
        for (i = 0; (name = asset_theme_name(i)) && strcmp(name, entry->d_name) != 0; i++)
            ;
        if (!name && entry->d_name[0] != '.')
            each(ctx, entry->d_name);
    }
    if (dir)
        closedir(dir);
    free(folder);
}
