/*
 * A review in words, for screen readers: its papers are the lines, told one at a time, each with
 * its abstract. The summary is told as it is drawn.
 */
#include "papers.h"
#include "review.h"

#include "carrel/text.h"

void review_lines(struct view *view, struct view_lines *lines)
{
    const struct reviewing *r = view->state;

    lines->count = r->summary ? 0 : r->count;
    lines->cursor = r->place;
    lines->alone = true;
    lines->opened = true;
}

bool review_line(struct view *view, int at, struct str *out)
{
    const struct reviewing *r = view->state;

    if (r->rows[at].row.id)
        paper_words(&r->rows[at].row, false, out);
    else
        str_add(out, "this one has left the library");
    return true;
}

void review_detail(struct view *view, struct str *out)
{
    const struct reviewing *r = view->state;

    if (r->count > 0 && !r->summary && r->rows[r->place].row.id)
        review_abstract(&r->rows[r->place], out);
}
