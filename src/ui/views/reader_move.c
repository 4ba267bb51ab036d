/*
 * Moving in a document: the cursor's line and the screen around it, pages, sections, and the way
 * back from jumps.
 */
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JUMPS_MAX 100

size_t reader_cursor(const struct reader *r)
{
    return reader_line_of(&r->lines, r->at);
}

/* A blank line is passed over: the cursor stands on text. */
static void go_line(struct reader *r, int64_t line, int step)
{
    int64_t last = (int64_t)r->lines.len - 1;

    if (last < 0)
        return;
    line = line < 0 ? 0 : line > last ? last : line;
    while (line > 0 && line < last && r->lines.items[line].start == r->lines.items[line].end)
        line += step < 0 ? -1 : 1;
    r->at = r->lines.items[line].start;
}

void reader_go(struct reader *r, uint32_t offset)
{
    uint32_t last = r->text && r->text->doc->reading_len ? r->text->doc->reading_len - 1 : 0;

    r->at = offset < last ? offset : last;
    if (r->lines.len > 0)
        go_line(r, (int64_t)reader_cursor(r), 1);
}

void reader_jump(struct reader *r, uint32_t offset)
{
    uint32_t from = r->at;

    reader_go(r, offset);
    if (r->at == from)
        return;
    r->jump_len = r->jump_at; /* what one had gone back from is another way */
    if (r->jump_len == JUMPS_MAX) {
        memmove(r->jumps, r->jumps + 1, (JUMPS_MAX - 1) * sizeof *r->jumps);
        r->jump_len--;
    }
    VEC_PUSH(r->jumps, r->jump_len, r->jump_cap, from);
    r->jump_at = r->jump_len;
}

/* Back along the jumps, or forward; where one leaves from takes the place of where one goes. */
static void jump_walk(struct view *view, int step)
{
    struct reader *r = view->state;
    size_t to = step < 0 ? r->jump_at - 1 : r->jump_at;
    uint32_t from = r->at, target;

    if ((step < 0 && r->jump_at == 0) || (step > 0 && r->jump_at == r->jump_len)) {
        desk_refuse(view->desk, step < 0 ? "no jump before this" : "no jump behind this");
        return;
    }
    target = r->jumps[to];
    r->jumps[to] = from;
    r->jump_at = step < 0 ? to : to + 1;
    reader_go(r, target);
}

/* Out of sight, the cursor comes to a third of the screen. */
void reader_place(struct reader *r, int height)
{
    int cursor = (int)reader_cursor(r), last = (int)r->lines.len - height;

    r->height = height;
    if (cursor < r->top || cursor >= r->top + height)
        r->top = cursor - height / 3;
    if (r->top > last)
        r->top = last;
    if (r->top < 0)
        r->top = 0;
}

uint32_t reader_page(const struct reader *r)
{
    return document_page_of(r->text->doc, r->at, NULL);
}

/* Of the text that is above the screen's end, so that the last screen is the end. */
int reader_percent(const struct reader *r)
{
    int64_t len = (int64_t)r->lines.len, last = len - r->height;

    if (last <= 0 || r->top >= last)
        return 100;
    return (int)((int64_t)r->top * 100 / last);
}

/* ---- commands ---- */

/* A screen or half of one: text and cursor move by the same lines. */
static void scroll(struct reader *r, int64_t lines)
{
    int64_t cursor = (int64_t)reader_cursor(r), last = (int64_t)r->lines.len - r->height;

    go_line(r, cursor + lines, lines > 0 ? 1 : -1);
    r->top += (int)lines;
    if (r->top > last)
        r->top = (int)last;
    if (r->top < 0)
        r->top = 0;
}

/* Going line by line keeps a quarter of the screen before and behind the cursor. */
void reader_keep_margin(struct reader *r)
{
    int cursor = (int)reader_cursor(r), margin = r->height / 4;

    if (r->top > cursor - margin)
        r->top = cursor - margin;
    if (r->top < cursor - r->height + margin + 1)
        r->top = cursor - r->height + margin + 1;
    if (r->top < 0)
        r->top = 0;
}

static bool move_lines(struct reader *r, const char *name, int times)
{
    static const struct {
        const char *name;
        int lines, halves, pages;
    } moves[] = { { "half-down", 0, 1, 0 }, { "half-up", 0, -1, 0 },    { "page-down", 0, 0, 1 },
                  { "page-up", 0, 0, -1 },  { "scroll-down", 3, 0, 0 }, { "scroll-up", -3, 0, 0 } };
    int count = times > 0 ? times : 1;
    size_t i;

    if (strcmp(name, "down") == 0 || strcmp(name, "up") == 0) {
        int step = *name == 'd' ? 1 : -1;

        go_line(r, (int64_t)reader_cursor(r) + (int64_t)step * count, step);
        reader_keep_margin(r);
        return true;
    }
    for (i = 0; i < ARRAY_LEN(moves); i++) {
        if (strcmp(moves[i].name, name) == 0) {
            int rows = r->height > 2 ? r->height - 2 : 1; /* two lines stay in sight */

            scroll(r, (int64_t)(moves[i].lines + moves[i].halves * (r->height / 2)
                                + moves[i].pages * rows)
                          * count);
            return true;
        }
    }
    return false;
}

static void go_page(struct view *view, long page)
{
    struct reader *r = view->state;
    const struct document *doc = r->text->doc;

    if (page < 1 || (size_t)page > doc->page_count) {
        desk_say(view->desk, STYLE_WARN, "there is no page %ld: it has %zu", page, doc->page_count);
        return;
    }
    reader_jump(r, doc->pages[page - 1].start);
    r->top = (int)reader_cursor(r);
    if (view->desk->told)
        desk_say(view->desk, STYLE_NORMAL, "page %ld", page);
}

/* The next heading of the outline behind the cursor, or the one before it. */
static void go_section(struct view *view, int step, int times)
{
    struct reader *r = view->state;
    const struct document *doc = r->text->doc;
    size_t count = outline_count(doc), i;
    uint32_t here = r->at, to = DOCUMENT_NONE;

    while (times-- > 0) {
        to = DOCUMENT_NONE;
        for (i = 0; i < count; i++) {
            uint32_t offset = outline_at(doc, i).offset;

            if (step > 0 && offset > here && offset < to)
                to = offset;
            if (step < 0 && offset < here && (to == DOCUMENT_NONE || offset > to))
                to = offset;
        }
        if (to == DOCUMENT_NONE)
            break;
        here = to;
    }
    if (here == r->at) {
        desk_refuse(view->desk, count == 0 ? "no headings were found in it"
                                : step > 0 ? "no heading behind this"
                                           : "no heading before this");
        return;
    }
    reader_jump(r, here);
    r->top = (int)reader_cursor(r);
}

static bool is_mark(const char *name)
{
    return name[0] >= 'a' && name[0] <= 'z' && !name[1];
}

static void set_mark(struct view *view, const char *name)
{
    struct reader *r = view->state;

    if (!is_mark(name)) {
        desk_say(view->desk, STYLE_WARN, "a mark is a letter from a to z");
        return;
    }
    r->marks[*name - 'a'] = r->at;
    reader_save_place(view, *name);
    desk_say(view->desk, STYLE_NORMAL, "mark %s is here; '%s comes back to it", name, name);
}

/* ''' is where one was before the last jump. */
static void go_mark(struct view *view, const char *name)
{
    struct reader *r = view->state;

    if (strcmp(name, "'") == 0 || strcmp(name, "`") == 0)
        jump_walk(view, -1);
    else if (!is_mark(name))
        desk_say(view->desk, STYLE_WARN, "a mark is a letter from a to z");
    else if (r->marks[*name - 'a'] == DOCUMENT_NONE)
        desk_say(view->desk, STYLE_WARN, "no mark %s in this document; m%s sets it", name, name);
    else {
        reader_jump(r, r->marks[*name - 'a']);
        r->top = (int)reader_cursor(r) - r->height / 3;
    }
}

static void go_percent(struct view *view, const char *number)
{
    struct reader *r = view->state;
    size_t screens = r->lines.len > (size_t)r->height ? r->lines.len - (size_t)r->height : 0;
    long percent;

    if (!str_to_long(number, 0, 100, &percent)) {
        desk_say(view->desk, STYLE_WARN, "a percentage is 0 to 100, as in 50%%");
        return;
    }
    if (percent == 100)
        screens = r->lines.len - 1;
    reader_jump(r, r->lines.items[(screens * (size_t)percent + 99) / 100].start);
    r->top = (int)reader_cursor(r);
}

/* A click moves the cursor to that row. */
static void click(struct reader *r, int row)
{
    if (r->top + row < (int)r->lines.len)
        go_line(r, r->top + row, -1);
}

bool reader_move(struct view *view, int argc, char **argv)
{
    struct reader *r = view->state;
    const char *name = argv[0], *word = argc > 1 ? argv[1] : "";
    int times = atoi(word);

    if (move_lines(r, name, times))
        return true;
    if (strcmp(name, "goto-start") == 0 && times == 0)
        reader_jump(r, 0);
    else if (strcmp(name, "goto-end") == 0 && times == 0)
        reader_jump(r, r->text->doc->reading_len);
    else if (strcmp(name, "goto-start") == 0 || strcmp(name, "goto-end") == 0
             || strcmp(name, "goto-row") == 0 || strcmp(name, "page") == 0)
        go_page(view, times);
    else if (strcmp(name, "next-section") == 0 || strcmp(name, "prev-section") == 0)
        go_section(view, *name == 'n' ? 1 : -1, times > 0 ? times : 1);
    else if (strcmp(name, "percent") == 0)
        go_percent(view, word);
    else if (strcmp(name, "jump-back") == 0 || strcmp(name, "jump-forward") == 0)
        jump_walk(view, name[5] == 'b' ? -1 : 1);
    else if (strcmp(name, "set-mark") == 0)
        set_mark(view, word);
    else if (strcmp(name, "goto-mark") == 0)
        go_mark(view, word);
    else if (strcmp(name, "click-row") == 0)
        click(r, times);
    else
        return false;
    return true;
}
