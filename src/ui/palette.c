/*
 * The palette: one line in which everything is found by some of its letters, and Enter does it.
 * What was used lately comes first while nothing is typed, and a little sooner afterwards.
 */
#include "palette.h"

#include "carrel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 12
#define KIND_COLUMNS 9
#define FIRST 100000    /* while nothing is typed */
#define RECENT_WORTH 24 /* of what was used last; one less for each before it */
#define BY_HELP 30      /* a command whose help has just these letters, or what is called so, too */
#define UNMATCHED 20    /* a paper that was found by other words than its title's */

/* ---- ranking ---- */

static int item_score(const struct palette_item *item, const char *pattern)
{
    int score = fuzzy_score(pattern, item->text, NULL), recent;

    if (!*pattern) /* papers are not offered before they are asked for */
        return item->recent                  ? FIRST - item->recent
               : item->kind == PALETTE_PAPER ? 0
                                             : FIRST - USED_MAX - item->order;
    if (score == 0 && strlen(pattern) > 2
        && ((item->kind == PALETTE_COMMAND && strcasestr(item->more, pattern))
            || (item->also && strcasestr(item->also, pattern))))
        score = BY_HELP;
    if (score == 0 && item->place >= 0)
        score = UNMATCHED - item->place;
    recent = item->recent ? RECENT_WORTH - item->recent : 0;
    return score > 0 ? score + (recent > 0 ? recent : 0) : 0;
}

static int by_score(const void *a, const void *b)
{
    const struct palette_ranked *one = a, *two = b;
    int away = two->score - one->score;

    if (away == 0)
        away = (int)one->item->kind - (int)two->item->kind;
    if (away == 0)
        away = (int)(strlen(one->item->text) - strlen(two->item->text));
    return away ? away : strcmp(one->item->line, two->item->line);
}

/* A paper of an answer may be among the latest ones, too. */
static bool is_ranked(const struct palette *palette, const struct palette_list *list,
                      const struct palette_item *item)
{
    size_t i;

    if (list != &palette->papers)
        return false;
    for (i = 0; i < palette->shown_len; i++)
        if (strcmp(palette->shown[i].item->line, item->line) == 0)
            return true;
    return false;
}

static void rank_list(struct palette *palette, const struct palette_list *list, const char *pattern)
{
    size_t i;

    for (i = 0; i < list->len; i++) {
        struct palette_ranked ranked;
        int score = item_score(&list->items[i], pattern);

        if (score <= 0 || is_ranked(palette, list, &list->items[i]))
            continue;
        ranked = (struct palette_ranked){ &list->items[i], score };
        VEC_PUSH(palette->shown, palette->shown_len, palette->shown_cap, ranked);
    }
}

void palette_rank(struct desk *desk)
{
    struct palette *palette = desk->palette;
    const char *pattern = desk->edits[PROMPT_PALETTE].text.ptr;

    palette->shown_len = 0;
    rank_list(palette, &palette->items, pattern);
    rank_list(palette, &palette->papers, pattern);
    if (palette->shown_len > 1)
        qsort(palette->shown, palette->shown_len, sizeof *palette->shown, by_score);
    if (palette->cursor >= (int)palette->shown_len)
        palette->cursor = palette->shown_len ? (int)palette->shown_len - 1 : 0;
}

/* ---- opening, typing, choosing ---- */

void desk_palette(struct desk *desk, const char *text)
{
    if (desk->told) { /* it would run a line that nobody has chosen */
        desk_refuse(desk, "the palette is a list on a screen: help tells the commands, / searches");
        return;
    }
    if (!desk->palette)
        desk->palette = mem_zalloc(sizeof *desk->palette);
    palette_fill(desk, desk->palette);
    palette_ask_names(desk, desk->palette);
    desk_prompt(desk, PROMPT_PALETTE, text);
    desk_palette_typed(desk);
}

void desk_palette_typed(struct desk *desk)
{
    desk->palette->cursor = desk->palette->top = 0;
    palette_ask_papers(desk, desk->palette, desk->edits[PROMPT_PALETTE].text.ptr);
    palette_rank(desk);
}

bool desk_palette_key(struct desk *desk, const char *key)
{
    static const struct {
        const char *key;
        int rows, pages;
    } moves[] = { { "<Down>", 1, 0 },     { "<Up>", -1, 0 },    { "<C-n>", 1, 0 },
                  { "<C-p>", -1, 0 },     { "<C-j>", 1, 0 },    { "<C-k>", -1, 0 },
                  { "<PageDown>", 0, 1 }, { "<PageUp>", 0, -1 } };
    struct palette *palette = desk->palette;
    int last = (int)palette->shown_len - 1;
    size_t i;

    if (strcmp(key, "<Tab>") == 0 && last >= 0) { /* to be changed before it is run */
        const char *line = palette->shown[palette->cursor].item->line;

        desk_prompt(desk, PROMPT_COMMAND, str_starts(line, "prompt ") ? line + 7 : line);
        return true;
    }
    for (i = 0; i < ARRAY_LEN(moves) && strcmp(moves[i].key, key) != 0; i++)
        ;
    if (i == ARRAY_LEN(moves))
        return false;
    palette->cursor += moves[i].rows + moves[i].pages * palette->rows;
    palette->cursor = palette->cursor > last ? last : palette->cursor;
    palette->cursor = palette->cursor < 0 ? 0 : palette->cursor;
    return true;
}

void desk_palette_done(struct desk *desk)
{
    struct palette *palette = desk->palette;
    const struct palette_item *item;
    char *line, *kept;

    if (palette->shown_len == 0) {
        desk_refuse(desk, "nothing is called like that");
        return;
    }
    item = palette->shown[palette->cursor].item;
    line = mem_strdup(item->line);
    kept = item->kind == PALETTE_PAPER ? mem_printf("%s\t%s", line, item->text) : mem_strdup(line);
    desk_remember_used(desk, kept);
    desk_run_line(desk, line);
    desk_teach(desk, line);
    free(line);
    free(kept);
}

void desk_palette_free(struct desk *desk)
{
    if (!desk->palette)
        return;
    palette_clear(&desk->palette->items);
    palette_clear(&desk->palette->papers);
    free(desk->palette->shown);
    free(desk->palette);
}

/* ---- drawing ---- */

static int palette_rows(const struct desk *desk)
{
    int room = desk->canvas.height - 4;

    return room < ROWS ? (room < 1 ? 1 : room) : ROWS;
}

static int first_row(const struct desk *desk)
{
    return desk->canvas.height - 1 - palette_rows(desk);
}

bool desk_palette_press(struct desk *desk, int x, int y)
{
    struct palette *palette = desk->palette;
    int at = palette->top + y - first_row(desk);

    (void)x;
    if (y < first_row(desk) || y >= desk->canvas.height - 1 || at >= (int)palette->shown_len)
        return false;
    palette->cursor = at;
    return true;
}

/* The letters that were meant, between \x02 and \x03. */
static void add_marked(struct str *out, const char *text, const char *pattern)
{
    bool marks[FUZZY_TEXT] = { false }, on = false;
    size_t i;

    if (!*pattern || fuzzy_score(pattern, text, marks) == 0)
        memset(marks, 0, sizeof marks);
    for (i = 0; text[i]; i++) {
        bool inside = ((unsigned char)text[i] & 0xC0) == 0x80; /* goes with what it belongs to */
        bool marked = i < FUZZY_TEXT && marks[i];

        if (!inside && marked != on) {
            str_add_char(out, marked ? '\x02' : '\x03');
            on = marked;
        }
        str_add_char(out, text[i]);
    }
    if (on)
        str_add_char(out, '\x03');
}

static void draw_item(struct desk *desk, const struct palette_item *item, int y)
{
    struct canvas *canvas = &desk->canvas;
    int keys = item->keys ? text_width(item->keys) + 1 : 0;
    int room = canvas->width - KIND_COLUMNS - 1 - keys;
    struct str text = STR_INIT;
    int used;

    add_marked(&text, item->text, desk->edits[PROMPT_PALETTE].text.ptr);
    canvas_text(canvas, 1, y, KIND_COLUMNS - 1, STYLE_DIM, palette_kind_name(item->kind));
    used = canvas_text(canvas, KIND_COLUMNS + 1, y, room, STYLE_NORMAL, text.ptr);
    if (room - used > 8 && item->more[0])
        canvas_text(canvas, KIND_COLUMNS + used + 3, y, room - used - 3, STYLE_DIM, item->more);
    if (keys)
        canvas_right(canvas, canvas->width - 1, y, STYLE_ACCENT, item->keys);
    str_free(&text);
}

void desk_palette_draw(struct desk *desk)
{
    struct palette *palette = desk->palette;
    struct canvas *canvas = &desk->canvas;
    int first = first_row(desk), i;
    char *counted = mem_printf(" %zu ", palette->shown_len);

    palette->rows = palette_rows(desk);
    if (palette->cursor < palette->top)
        palette->top = palette->cursor;
    if (palette->cursor >= palette->top + palette->rows)
        palette->top = palette->cursor - palette->rows + 1;
    canvas_fill(canvas, 0, first - 1, canvas->width, STYLE_DIM, canvas->ascii ? "-" : "─");
    canvas_text(canvas, 1, first - 1, canvas->width - 12, STYLE_HEADING,
                " commands, rooms, feeds, tags, papers ");
    canvas_right(canvas, canvas->width - 1, first - 1, STYLE_DIM, counted);
    for (i = 0; i < palette->rows; i++) {
        int at = palette->top + i;

        canvas_fill(canvas, 0, first + i, canvas->width, STYLE_NORMAL, " ");
        if (at < (int)palette->shown_len)
            draw_item(desk, palette->shown[at].item, first + i);
        if (at == palette->cursor && palette->shown_len > 0)
            canvas_cursor_row(canvas, 0, first + i, canvas->width);
    }
    if (palette->shown_len == 0)
        canvas_text(canvas, KIND_COLUMNS + 1, first, canvas->width - KIND_COLUMNS - 2, STYLE_DIM,
                    "nothing is called like that; / searches for words of papers");
    free(counted);
}
