/*
 * How a list of papers looks: rows in columns, plain sentences for screen readers, what stands
 * below a search, and what is said when there is nothing to show.
 */
#include "papers.h"

#include "carrel/repositories.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "Vaswani +7", a body's name whole; one that is too long is cut, not the number behind it. */
static void draw_authors(struct str *out, const struct work_row *row, int columns)
{
    const char *lines = row->authors, *at = lines, *space, *last;
    size_t len = strcspn(lines, "\n"), more = 0;
    char *raw = mem_strndup(lines, len), *first, count[24] = "";
    struct str readable = STR_INIT;
    int room;

    text_from_latex(&readable, raw);
    free(raw);
    first = str_take(&readable);
    for (at = lines + len; *at; at++)
        more += *at == '\n';
    space = row->flags & WORK_OF_BODY ? NULL : strrchr(first, ' ');
    last = space ? space + 1 : first;
    if (more)
        snprintf(count, sizeof count, " +%zu", more);
    room = columns - (int)strlen(count);
    if (room > 1 && text_width(last) > room)
        str_printf(out, "%.*s…%s", (int)text_fit(last, room - 1, NULL), last, count);
    else
        str_printf(out, "%s%s", last, count);
    free(first);
}

/* What stands beside the title, in columns of their own so that the eye can run down them. */
struct row_columns {
    int authors, category, date, sign; /* 0: left out */
};

static struct row_columns draw_columns(int width)
{
    if (width >= 100)
        return (struct row_columns){ .authors = 20, .category = 12, .date = 7, .sign = 1 };
    if (width >= 70)
        return (struct row_columns){ .authors = 16, .category = 8, .date = 7, .sign = 1 };
    if (width >= 50)
        return (struct row_columns){ .authors = 14, .date = 4, .sign = 1 };
    return (struct row_columns){ .date = width >= 20 ? 4 : 0 };
}

/* "Attention Is All You Need        p. 4  3.2 Attention" */
static void draw_passage(struct canvas *canvas, const struct search_hit *hit, int x, int y,
                         int width)
{
    struct str title = STR_INIT, place = STR_INIT;
    int left = width > 60 ? width * 45 / 100 : width / 2;

    text_from_latex(&title, hit->row.title);
    if (hit->passage->pages > 1) /* what has no pages is not on page one */
        str_printf(&place, "p.%-3u ", hit->passage->page + 1);
    str_add(&place, *hit->passage->heading ? hit->passage->heading : hit->passage->body);
    canvas_text(canvas, x, y, left - 2, hit->row.state == READ_UNREAD ? STYLE_UNREAD : STYLE_NORMAL,
                title.ptr);
    canvas_text(canvas, x + left, y, width - left, STYLE_NORMAL, place.ptr);
    str_free(&title);
    str_free(&place);
}

/* What is put off shows its priority, where it has one. */
static const char *state_sign(const struct work_row *row)
{
    static const char *const states[] = { "●", " ", "▸", "-" };
    static const char *const up[] = { "▸", "1", "2", "3", "4", "5", "6", "7", "8", "9" };

    if (row->changed)
        return "±";
    if (row->state != READ_LATER || row->priority == 0)
        return states[row->state];
    return row->priority < 0 ? "▹"
                             : up[row->priority <= PRIORITY_MAX ? row->priority : PRIORITY_MAX];
}

bool papers_tells_progress(const struct view *view)
{
    const struct papers *p = view->state;

    return view->ops == &view_queue || strstr(p->query.ptr, "is:reading");
}

static void draw_row(struct view *view, struct canvas *canvas, int row, int x, int y, int width)
{
    struct papers *p = view->state;
    const struct search_hit *hit = papers_row(p, row);
    const struct row_columns columns = draw_columns(width);
    struct str title = STR_INIT, authors = STR_INIT;
    const struct repository_row *repository = hit->repository;
    bool unread = hit->row.state == READ_UNREAD && !repository;
    enum style style = unread ? STYLE_UNREAD : STYLE_NORMAL;
    int at = x + width, left = x + 3;
    char date[24];

    if (hit->passage) {
        draw_passage(canvas, hit, x, y, width);
        return;
    }

    text_from_latex(&title, hit->title_marked && p->query.len ? hit->title_marked : hit->row.title);
    if (repository && repository->stars >= 0)
        str_printf(&authors, "%" PRId64 " stars", repository->stars);
    else if (!repository)
        draw_authors(&authors, &hit->row, columns.authors);
    if (!papers_tells_progress(view))
        snprintf(date, sizeof date, "%.*s", columns.date, hit->row.published);
    else if (hit->percent >= 0 && columns.date)
        snprintf(date, sizeof date, "%*d%%", columns.date - 1, hit->percent);
    else
        *date = '\0';
    at -= columns.date;
    canvas_text(canvas, at, y, columns.date, STYLE_DIM, date);
    if (columns.category) {
        at -= columns.category + 1;
        canvas_text(canvas, at, y, columns.category, STYLE_DIM,
                    repository ? repository->language : hit->row.primary_category);
    }
    if (columns.authors) {
        at -= columns.authors + 1;
        canvas_text(canvas, at, y, columns.authors, STYLE_DIM, authors.ptr);
    }
    canvas_text(canvas, x, y, 1, STYLE_ACCENT,
                papers_is_marked(p, row, hit->row.key) ? "+"
                : repository                           ? " "
                                                       : state_sign(&hit->row));
    canvas_text(canvas, x + 1, y, 1, STYLE_WARN, hit->row.starred ? "★" : " ");
    if (columns.sign)
        canvas_text(canvas, x + 2, y, 1, STYLE_ACCENT,
                    hit->row.noted   ? "✎"
                    : *hit->row.tags ? "#"
                                     : " ");
    left += columns.sign;
    canvas_text(canvas, left, y, at - 1 - left, style, title.ptr);
    str_free(&title);
    str_free(&authors);
}

/* ---- plain lines, for screen readers: nothing in columns, nothing cut ---- */

static int linear_lines(struct papers *p, int row, int width)
{
    const struct search_hit *hit = papers_row(p, row);
    struct str text = STR_INIT;
    int lines = 1;

    if (hit) {
        papers_words(p, row, &text);
        lines = canvas_wrapped(NULL, 0, 0, width, 100, STYLE_NORMAL, text.ptr);
    }
    str_free(&text);
    return lines;
}

static void draw_linear(struct papers *p, struct canvas *canvas, int x, int y, int width,
                        int height)
{
    int row, used = 0, lines = 0;

    for (row = p->top; row <= p->cursor; row++)
        lines += linear_lines(p, row, width);
    while (lines > height && p->top < p->cursor)
        lines -= linear_lines(p, p->top++, width);
    for (row = p->top; row < p->rows && used < height; row++) {
        const struct search_hit *hit = papers_row(p, row);
        struct str text = STR_INIT;
        int took, i;

        if (hit)
            papers_words(p, row, &text);
        else
            str_add(&text, "loading");
        took = canvas_wrapped(canvas, x, y + used, width, height - used, STYLE_NORMAL, text.ptr);
        for (i = 0; i < took && row == p->cursor && !pane_row(&p->pane); i++)
            canvas_cursor_row(canvas, x, y + used + i, width);
        if (row == p->cursor
            && !pane_row(&p->pane)) { /* what the reader speaks is where the cursor is */
            canvas->cursor_x = x;
            canvas->cursor_y = y + used;
        }
        used += took;
        str_free(&text);
    }
}

/* ---- below and instead of rows ---- */

/* For Search: where the words were found in the paper under the cursor, and why it ranks there. */
static int preview_rows(const struct view *view, int height)
{
    const struct papers *p = view->state;

    if (view->ops == &view_today && p->recommended && height >= 12)
        return 3;
    if (p->passages && height >= 12) /* the passage itself is what was asked for */
        return height / 2;
    return view->ops == &view_search && height >= 12 ? 4 : 0;
}

static void draw_preview(struct papers *p, struct canvas *canvas, int x, int y, int width, int rows)
{
    struct search_hit *hit = papers_row(p, p->cursor);
    struct str text = STR_INIT;

    canvas_fill(canvas, x, y, width, STYLE_DIM, "─");
    if (hit && p->explain) {
        papers_why(hit, &text);
    } else if (hit && hit->passage) {
        str_printf(&text, "%s%s%s", hit->passage->heading, *hit->passage->heading ? "\n" : "",
                   hit->passage->body);
    } else if (hit && hit->snippet) {
        text_from_latex(&text, hit->snippet);
    }
    canvas_wrapped(canvas, x, y + 1, width, rows - 1, STYLE_NORMAL, text.ptr);
    str_free(&text);
}

/* How to begin, as far as this carrel can: from the command table. */
static void draw_beginning(struct canvas *canvas, int x, int y, int width, int height)
{
    static const char *const ways[] = { "sync", "import", "add" };
    struct str text = STR_INIT;
    size_t i;
    int at = 2;

    canvas_text(canvas, x, y, width, STYLE_TITLE, "There are no papers here yet. To begin:");
    for (i = 0; i < ARRAY_LEN(ways) && at < height; i++) {
        const struct command *command = command_find(ways[i]);

        if (!command)
            continue;
        str_clear(&text);
        str_printf(&text, ":%s%s%s  %s", command->name, *command->args ? " " : "", command->args,
                   command->summary);
        at += canvas_wrapped(canvas, x, y + at, width, height - at, STYLE_NORMAL, text.ptr);
    }
    if (at + 1 < height)
        canvas_wrapped(canvas, x, y + at + 1, width, height - at - 1, STYLE_DIM,
                       "The same as commands: carrel import FILE. ? lists everything.");
    str_free(&text);
}

/* Of filters alone no word is too many. */
static bool asks_for_words(const char *text)
{
    struct query *query;
    bool words;

    if (query_parse(&query, text, NULL, NULL) != ERR_OK)
        return false;
    words = query_has_words(query);
    query_free(query);
    return words;
}

static void draw_nothing(const struct papers *p, struct canvas *canvas, int x, int y, int width)
{
    struct str text = STR_INIT;

    str_add(&text, "Nothing found. ");
    if (p->passages)
        str_add(&text, "These are the texts of documents: :process FILE adds one, P: papers.");
    else if (p->hint[0])
        str_printf(&text, "Did you mean: %s (Enter%s takes it)", p->hint,
                   p->typing ? " twice" : "");
    else if (!query_hint(&text, p->query.ptr) && asks_for_words(p->query.ptr))
        str_add(&text, "Fewer words, or prefix*? P looks into the pages of documents.");
    canvas_wrapped(canvas, x, y, width, canvas->height - y, STYLE_DIM, text.ptr);
    str_free(&text);
}

static void draw_empty(struct view *view, struct canvas *canvas, int x, int y, int width,
                       int height)
{
    struct papers *p = view->state;
    struct str text = STR_INIT;

    if (p->error.code || p->slip.code)
        canvas_wrapped(canvas, x, y, width, height, STYLE_ERROR,
                       p->slip.code ? p->slip.message : p->error.message);
    else if (!p->loaded)
        canvas_text(canvas, x, y, width, STYLE_DIM, "Looking…");
    else if (view->ops == &view_queue && p->query.len == 0)
        canvas_wrapped(canvas, x, y, width, height, STYLE_DIM,
                       "Nothing is put off. L on a paper puts it here, + with a priority.");
    else if (view->name) {
        str_printf(&text, "Nothing is in \"%s\" now.", view->name);
        canvas_wrapped(canvas, x, y, width, height, STYLE_DIM, text.ptr);
    } else if (p->query.len > 0)
        draw_nothing(p, canvas, x, y, width);
    else
        draw_beginning(canvas, x, y, width, height);
    str_free(&text);
}

/* Something else may have been meant, though there are rows. */
static bool papers_hints(const struct view *view)
{
    const struct papers *p = view->state;

    return view->ops == &view_search && !p->passages && p->rows > 0 && p->hint[0] && !p->prefix;
}

/* Lines of Today: what one was reading, and what of that has changed; of Search, what may have been
 * meant. Returns how many. */
static int draw_above(const struct view *view, struct canvas *canvas, int x, int y, int width,
                      int height)
{
    const struct papers *p = view->state;
    struct str text = STR_INIT;
    int used = 0;

    if (p->last && height >= 10) {
        str_printf(&text, "gi goes on reading: %s", p->last);
        canvas_text(canvas, x, y + used++, width, STYLE_DIM, text.ptr);
    }
    if (papers_hints(view) && height >= 10) {
        str_clear(&text);
        str_printf(&text, "Did you mean: %s  (%s)", p->hint, p->hint_why);
        canvas_text(canvas, x, y + used++, width, STYLE_DIM, text.ptr);
    }
    if (p->news > 0 && height >= 10) {
        str_clear(&text);
        str_printf(&text, "%" PRId64 " paper%s you have read %s changed: /is:changed", p->news,
                   p->news == 1 ? "" : "s", p->news == 1 ? "has" : "have");
        canvas_text(canvas, x, y + used++, width, STYLE_DIM, text.ptr);
    }
    str_free(&text);
    return used;
}

void papers_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct papers *p = view->state;
    int last = draw_above(view, canvas, x, y, width, height);
    int pane, preview, i;

    y += last;
    height -= last;
    pane = view->ops == &view_today ? pane_draw(view, canvas, x, y, width, height) : 0;
    y += pane;
    height -= pane;
    p->above = last;
    preview = preview_rows(view, height);
    height -= preview;
    p->height = height;
    if (p->top < 0)
        p->top = 0;
    if (p->cursor < p->top)
        p->top = p->cursor;
    if (p->cursor >= p->top + height)
        p->top = p->cursor - height + 1;
    if (p->top + height > p->rows) /* there has come room below its end */
        p->top = p->rows > height ? p->rows - height : 0;
    if (p->rows == 0)
        draw_empty(view, canvas, x, y, width, height);
    else if (desk_app(view->desk)->linear)
        draw_linear(p, canvas, x, y, width, height);
    for (i = 0; i < height && p->top + i < p->rows && !desk_app(view->desk)->linear; i++) {
        const struct search_hit *hit = papers_row(p, p->top + i);

        if (hit)
            draw_row(view, canvas, p->top + i, x, y + i, width);
        else
            canvas_text(canvas, x + 3, y + i, width - 3, STYLE_DIM, "…");
        if (p->top + i == p->cursor && !pane_row(&p->pane))
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (preview && p->rows > 0)
        draw_preview(p, canvas, x, y + height, width, preview);
}

/* What counts first; behind two blanks, what a narrow screen leaves out. */
/* "3/57", or where the cursor is among the alerts above. */
static void place_says(struct view *view, struct str *out)
{
    struct papers *p = view->state;
    const char *between = desk_app(view->desk)->linear ? " of " : "/";

    if (pane_row(&p->pane))
        str_printf(out, "alert %d%s%d", p->pane.cursor + 1, between, pane_len(&p->pane));
    else if (p->rows > 0)
        str_printf(out, "%d%s%" PRId64 "%s", p->cursor + 1, between, p->total, p->exact ? "" : "+");
}

void papers_status(struct view *view, struct str *out)
{
    struct papers *p = view->state;

    papers_marks_say(p, out);
    place_says(view, out);
    if (view->ops == &view_today && p->loaded && !p->fresh && p->rows > 0)
        str_add(out, p->recommended ? "  nothing new;" : "  nothing new; the newest");
    if (p->pane.open > 0)
        str_printf(out, "  %" PRId64 " alert%s: :alert log", p->pane.open,
                   p->pane.open == 1 ? "" : "s");
    if (p->passages)
        str_add(out, "  passages");
    if (p->recommended)
        str_add(out, "  recommended");
    if (p->relaxed && p->rows > 0)
        str_add(out, "  with most of the words");
    if (desk_app(view->desk)->linear && papers_hints(view))
        str_printf(out, ", did you mean: %s", p->hint);
    if (view->ops == &view_search && p->loaded && !desk_app(view->desk)->linear
        && !getenv("CARREL_CLOCK"))
        str_printf(out, "  %.1f ms", p->took_ms);
    if (p->task || (p->typing && !p->settled))
        str_add(out, "  …");
}
