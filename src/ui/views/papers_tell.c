/*
 * A list of papers in words, for screen readers: the title first, then how it stands with the
 * person (unread, starred, marked, tags, note), then who, what and when. docs/LINEAR.md promises
 * that order.
 */
#include "papers.h"

#include "carrel/repositories.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define AUTHORS_TOLD 4 /* the paper itself names all */

/* "Ada Lindgren, Bo Ek and 12 more" */
static void add_authors(struct str *out, const char *lines)
{
    size_t count = 0, len;

    for (; *lines; lines += len + (lines[len] == '\n'), count++) {
        len = strcspn(lines, "\n");
        if (count < AUTHORS_TOLD) {
            char *name = mem_strndup(lines, len);

            str_add(out, count ? ", " : "");
            text_from_latex(out, name);
            free(name);
        }
    }
    if (count > AUTHORS_TOLD)
        str_printf(out, " and %zu more", count - AUTHORS_TOLD);
}

static void passage_words(const struct search_hit *hit, struct str *out)
{
    text_from_latex(out, hit->row.title);
    if (hit->passage->pages > 1)
        str_printf(out, ", page %u", hit->passage->page + 1);
    if (*hit->passage->heading)
        str_printf(out, ", %s", hit->passage->heading);
    str_printf(out, ": %s", hit->passage->body);
}

static void repository_words(const struct search_hit *hit, struct str *out)
{
    str_printf(out, "%s, repository", hit->row.title);
    if (hit->repository->stars >= 0)
        str_printf(out, ", %" PRId64 " stars", hit->repository->stars);
    str_printf(out, ". %s", hit->repository->description);
}

static void state_words(const struct work_row *row, bool marked, struct str *out)
{
    str_printf(out, ", %s", read_state_name(row->state));
    if (row->starred)
        str_add(out, ", starred");
    if (marked)
        str_add(out, ", marked");
    if (*row->tags)
        str_printf(out, ", tagged %s", row->tags);
    if (row->changed)
        str_add(out, ", changed since");
    if (row->noted)
        str_add(out, ", with a note");
    if (row->state == READ_LATER && row->priority)
        str_printf(out, ", priority %d", row->priority);
    str_add_char(out, '.');
}

void paper_words(const struct work_row *row, bool marked, struct str *out)
{
    text_from_latex(out, row->title);
    if (str_ends(out->ptr, ".")) /* its state is part of that sentence */
        str_cut(out, out->len - 1);
    state_words(row, marked, out);
    if (*row->authors) {
        str_add_char(out, ' ');
        add_authors(out, row->authors);
        str_add_char(out, '.');
    }
    if (*row->primary_category)
        str_printf(out, " %s.", row->primary_category);
    if (*row->published)
        str_printf(out, " %s.", row->published);
}

void papers_words(const struct papers *p, int row, struct str *out)
{
    const struct search_hit *hit = papers_row(p, row);

    if (hit->passage)
        passage_words(hit, out);
    else if (hit->repository)
        repository_words(hit, out);
    else
        paper_words(&hit->row, papers_is_marked(p, row, hit->row.key), out);
}

void papers_why(const struct search_hit *hit, struct str *out)
{
    int i;

    if (hit->arms) {
        search_arms_print(out, hit->arms);
        str_add(out, hit->why_len ? "; " : "");
    }
    for (i = 0; i < (int)hit->why_len; i++) {
        const struct search_why *why = &hit->why[i];

        str_printf(out, "%s%s %.2f ", i ? "; " : "", why->term, why->score);
        if (hit->passage)
            str_printf(out, "(%d times)", why->in_abstract);
        else
            str_printf(out, "(title %d, abstract %d, authors %d)", why->in_title, why->in_abstract,
                       why->in_authors);
    }
}

/* ---- the contract of linear mode ---- */

/* Today changes its list when nothing new is left; others are sorted by who reads, who is told. */
static const char *today_order(const struct papers *p)
{
    if (!p->fresh)
        return p->recommended ? "nothing new; recommended" : "nothing new; the newest";
    return p->recommended ? "recommended" : "the newest first";
}

static const char *sort_name(enum search_sort sort)
{
    static const char *const names[] = {
        [SORT_RELEVANCE] = "relevance", [SORT_DATE] = "date",   [SORT_ADDED] = "arrival",
        [SORT_READ] = "reading",        [SORT_QUEUE] = "queue", [SORT_GIVEN] = "given"
    };

    return names[sort];
}

void papers_lines(struct view *view, struct view_lines *lines)
{
    struct papers *p = view->state;

    p->pane.hidden = false; /* there is room for all */
    lines->above = view->ops == &view_today ? (int)p->pane.len : 0;
    lines->them = "alert";
    lines->turns = view->ops == &view_today && p->rows > 0;
    lines->order = lines->turns ? today_order(p) : sort_name(p->sort);
    lines->opened = p->explain;
    lines->count = lines->above + p->rows;
    lines->cursor = pane_row(&p->pane) ? p->pane.cursor : lines->above + p->cursor;
}

bool papers_line(struct view *view, int at, struct str *out)
{
    struct papers *p = view->state;
    int above = view->ops == &view_today ? (int)p->pane.len : 0;
    const struct search_hit *hit = at < above ? NULL : papers_row(p, at - above);

    if (at < above)
        pane_words(&p->pane.rows[at], out);
    else if (hit)
        papers_words(p, at - above, out);
    else
        papers_ask_more(view, at - above);
    return at < above || hit;
}

/* Where the words were found, or why it ranks where it does; of Today what one was reading. */
void papers_detail(struct view *view, struct str *out)
{
    struct papers *p = view->state;
    struct search_hit *hit = pane_row(&p->pane) ? NULL : papers_row(p, p->cursor);

    if (hit && p->explain)
        papers_why(hit, out);
    else if (hit && hit->snippet && !hit->passage)
        text_from_latex(out, hit->snippet);
    if (p->last)
        str_printf(out, "%sgi goes on reading: %s", out->len ? ". " : "", p->last);
}
