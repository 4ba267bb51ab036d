/*
 * The outline of a document: its headings (or the file's own table of contents), in a panel of
 * which Enter jumps.
 */
#include "reader.h"

#include <stdlib.h>
#include <string.h>

size_t outline_count(const struct document *doc)
{
    return doc->section_count ? doc->section_count : doc->outline_count;
}

struct outline_entry outline_at(const struct document *doc, size_t i)
{
    if (doc->section_count)
        return (struct outline_entry){ .title = doc->sections[i].title,
                                       .level = doc->sections[i].level,
                                       .page = doc->sections[i].page,
                                       .offset = doc->sections[i].start };
    return (struct outline_entry){ .title = doc->outline[i].title,
                                   .level = doc->outline[i].level,
                                   .page = doc->outline[i].page,
                                   .offset = doc->outline[i].page < doc->page_count
                                                 ? doc->pages[doc->outline[i].page].start
                                                 : DOCUMENT_NONE };
}

size_t outline_here(const struct reader *r)
{
    const struct document *doc = r->text->doc;
    size_t here = SIZE_MAX, i;

    for (i = 0; i < outline_count(doc); i++)
        if (outline_at(doc, i).offset <= r->at)
            here = i;
    return here;
}

/* The next heading with the words, from `at` on; round the corner, too. */
static bool outline_find(struct reader *r, int at, int step)
{
    int count = r->list.count, i;

    for (i = 0; i < count && r->heading.len > 0; i++) {
        int row = ((at + i * step) % count + count) % count;

        if (strcasestr(outline_at(r->text->doc, (size_t)row).title, r->heading.ptr)) {
            r->list.cursor = row;
            return true;
        }
    }
    return false;
}

/* What is typed moves the cursor, from where it was on coming. */
void outline_typed(struct view *view, const char *text, bool done)
{
    struct reader *r = view->state;

    if (r->find_from == DOCUMENT_NONE)
        r->find_from = (uint32_t)r->list.cursor;
    r->list.cursor = (int)r->find_from;
    str_clear(&r->heading);
    str_add(&r->heading, text ? text : "");
    if (!outline_find(r, r->list.cursor, 1) && done && text && *text)
        desk_say(view->desk, STYLE_WARN, "no heading has '%s'", text);
    if (done)
        r->find_from = DOCUMENT_NONE;
}

static bool outline_step(struct view *view, int step)
{
    struct reader *r = view->state;

    if (!outline_find(r, r->list.cursor + step, step))
        desk_refuse(view->desk, "%s",
                    r->heading.len ? "no other heading has it" : "/ searches the headings");
    return true;
}

/* The panel opens where one is. */
static void outline_open(struct view *view)
{
    struct reader *r = view->state;
    const struct document *doc = r->text->doc;
    size_t count = outline_count(doc), here = outline_here(r);

    if (count == 0) {
        desk_refuse(view->desk, "no headings were found in it");
        return;
    }
    r->panel = PANEL_OUTLINE;
    r->list = (struct listview){ .count = (int)count };
    r->list.cursor = here < count ? (int)here : 0;
}

static void outline_choose(struct view *view)
{
    struct reader *r = view->state;
    struct outline_entry entry = outline_at(r->text->doc, (size_t)r->list.cursor);

    if (entry.offset == DOCUMENT_NONE) {
        desk_say(view->desk, STYLE_WARN, "this entry leads to no page");
        return;
    }
    r->panel = PANEL_NONE;
    reader_jump(r, entry.offset);
    r->top = (int)reader_cursor(r);
}

bool reader_panel_command(struct view *view, int argc, char **argv)
{
    struct reader *r = view->state;

    if (strcmp(argv[0], "outline") == 0) {
        if (r->panel == PANEL_OUTLINE)
            r->panel = PANEL_NONE;
        else
            outline_open(view);
        return true;
    }
    if (r->panel != PANEL_OUTLINE)
        return false;
    if (strcmp(argv[0], "open") == 0)
        outline_choose(view);
    else if (strcmp(argv[0], "next-match") == 0 || strcmp(argv[0], "prev-match") == 0)
        return outline_step(view, argv[0][0] == 'n' ? 1 : -1);
    else
        return listview_command(&r->list, argc, argv);
    return true;
}
