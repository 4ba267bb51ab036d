/*
 * What a review shows: one paper with its abstract, how far it is, how much time is left; and at
 * the end what has become of the papers.
 */
#include "../charts.h"
#include "review.h"

#include "carrel/clock.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <string.h>

bool review_undecided(const struct reviewing *r, int at)
{
    return r->rows[at].row.id && (r->rows[at].row.state == READ_UNREAD || !r->rows[at].judged);
}

int review_left(const struct reviewing *r)
{
    int i, left = 0;

    for (i = 0; i < r->count; i++)
        left += review_undecided(r, i);
    return left;
}

int64_t review_used(const struct reviewing *r)
{
    return r->used + (r->since ? clock_ticks_ms() - r->since : 0);
}

/* "9:59", "1:30:00" */
static void minutes(struct str *out, int64_t ms)
{
    int64_t seconds = (ms < 0 ? -ms : ms) / 1000;

    if (seconds >= 3600)
        str_printf(out, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60),
                   (int)(seconds % 60));
    else
        str_printf(out, "%" PRId64 ":%02d", seconds / 60, (int)(seconds % 60));
}

void review_clock(const struct reviewing *r, struct str *out)
{
    int64_t used = review_used(r);

    if (r->count == 0)
        return;
    str_printf(out, "%d of %d done", r->count - review_left(r), r->count);
    if (!r->allowed)
        return;
    str_add(out, ", ");
    minutes(out, r->allowed - used);
    str_add(out, used > r->allowed ? " over" : " left");
    if (!r->since && !r->summary)
        str_add(out, ", paused");
}

/* ---- the paper ---- */

static void add_people(struct textview *text, const char *lines)
{
    struct str people = STR_INIT;
    const char *at;

    text_from_latex(&people, lines);
    while ((at = strchr(people.ptr, '\n'))) {
        size_t place = (size_t)(at - people.ptr);

        str_remove(&people, place, 1);
        str_insert(&people, place, ", ", 2);
    }
    if (people.len)
        textview_add(text, STYLE_NORMAL, 2, "%s", people.ptr);
    str_free(&people);
}

void review_abstract(const struct review_row *row, struct str *out)
{
    text_from_latex(out, *row->abstract ? row->abstract : "No source has its abstract.");
}

static void fill_paper(struct reviewing *r)
{
    const struct review_row *row = &r->rows[r->place];
    const struct work_row *work = &row->row;
    struct str readable = STR_INIT;

    if (!work->id) {
        textview_add(&r->text, STYLE_DIM, 0, "This one has left the library. J goes on.");
        return;
    }
    text_from_latex(&readable, work->title);
    textview_add(&r->text, STYLE_TITLE, 0, "%s", readable.ptr);
    add_people(&r->text, work->authors);
    textview_add(&r->text, STYLE_DIM, 2, "%s%s%s%s%s  %s%s%s%s%s", work->key,
                 *work->published ? "  " : "", work->published, *work->primary_category ? "  " : "",
                 work->primary_category, read_state_name(work->state),
                 work->starred ? ", starred" : "", *work->tags ? ", " : "", work->tags,
                 work->noted ? ", with a note" : "");
    textview_blank(&r->text);
    str_clear(&readable);
    review_abstract(row, &readable);
    textview_add(&r->text, STYLE_NORMAL, 0, "%s", readable.ptr);
    str_free(&readable);
}

/* ---- the end ---- */

static int count_state(const struct reviewing *r, enum read_state state)
{
    int i, count = 0;

    for (i = 0; i < r->count; i++)
        count += r->rows[i].row.id && !review_undecided(r, i) && r->rows[i].row.state == state;
    return count;
}

static int count_starred(const struct reviewing *r)
{
    int i, count = 0;

    for (i = 0; i < r->count; i++)
        count += r->rows[i].row.starred && r->rows[i].starred;
    return count;
}

static void fill_pace(struct reviewing *r)
{
    int64_t used = review_used(r);
    int done = r->count - review_left(r);
    struct str line = STR_INIT;

    str_printf(&line, "%d of %d papers in ", done, r->count);
    minutes(&line, used);
    if (r->allowed) {
        str_add(&line, " of ");
        minutes(&line, r->allowed);
    }
    if (used >= 1000 && done > 0)
        str_printf(&line, ", %.1f a minute", (double)done * 60000 / (double)used);
    textview_add(&r->text, STYLE_NORMAL, 0, "%s", line.ptr);
    str_free(&line);
}

/* What was kept: put off or starred. */
static void fill_kept(struct reviewing *r)
{
    struct str title = STR_INIT;
    int i, kept = 0;

    for (i = 0; i < r->count; i++) {
        const struct work_row *row = &r->rows[i].row;

        if (!row->id || (row->state != READ_LATER && !row->starred))
            continue;
        if (kept++ == 0)
            textview_add(&r->text, STYLE_HEADING, 0, "Kept");
        str_clear(&title);
        text_from_latex(&title, row->title);
        textview_add(&r->text, STYLE_NORMAL, 4, "%s%s  %s", row->state == READ_LATER ? "▸" : " ",
                     row->starred ? "★" : " ", title.ptr);
    }
    str_free(&title);
}

static void fill_summary(struct reviewing *r)
{
    int left = review_left(r);

    textview_add(&r->text, STYLE_TITLE, 0, "%s",
                 left == 0 ? "The review is done"
                 : r->over ? "The time is up"
                           : "The review so far");
    fill_pace(r);
    textview_blank(&r->text);
    textview_add(&r->text, STYLE_NORMAL, 0, "%5d read", count_state(r, READ_READ));
    textview_add(&r->text, STYLE_NORMAL, 0, "%5d put off for later", count_state(r, READ_LATER));
    textview_add(&r->text, STYLE_NORMAL, 0, "%5d skipped", count_state(r, READ_SKIP));
    textview_add(&r->text, STYLE_NORMAL, 0, "%5d starred", count_starred(r));
    textview_add(&r->text, STYLE_NORMAL, 0, "%5d without a verdict", left);
    textview_blank(&r->text);
    fill_kept(r);
}

void review_fill(struct reviewing *r)
{
    textview_clear(&r->text);
    r->text.top = 0;
    if (r->count == 0)
        return;
    if (r->summary)
        fill_summary(r);
    else
        fill_paper(r);
}

/* ---- the screen ---- */

static void draw_gauge(const struct reviewing *r, struct canvas *canvas, int x, int y, int width)
{
    struct str text = STR_INIT;
    int done = r->count - review_left(r), used;

    str_printf(&text, "%d/%d  read %d  later %d  skip %d  starred %d", r->place + 1, r->count,
               count_state(r, READ_READ), count_state(r, READ_LATER), count_state(r, READ_SKIP),
               count_starred(r));
    canvas_fill(canvas, x, y, width, STYLE_DIM, "─");
    used = canvas_text(canvas, x + 1, y + 1, width - 1, STYLE_DIM, text.ptr);
    if (width - used > 14)
        chart_bar(canvas, x + used + 4, y + 1, width - used - 5, STYLE_ACCENT,
                  (double)done / (double)r->count);
    str_free(&text);
}

void review_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct reviewing *r = view->state;
    int gauge = height > 6 && r->count > 0 ? 2 : 0;

    if (r->asker.error.code) {
        canvas_wrapped(canvas, x + 1, y, width - 2, height, STYLE_ERROR, r->asker.error.message);
        return;
    }
    if (r->count == 0) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_DIM, "Looking…");
        return;
    }
    textview_draw(&r->text, canvas, x + 1, y, width - 2, height - gauge);
    if (gauge)
        draw_gauge(r, canvas, x, y + height - gauge, width);
}
