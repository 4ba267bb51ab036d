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

/* The panel opens where one is. */
static void outline_open(struct view *view)
{
    struct reader *r = view->state;
    const struct document *doc = r->text->doc;
    size_t count = outline_count(doc), i;

    if (count == 0) {
        desk_say(view->desk, STYLE_DIM, "no headings were found in it");
        return;
    }
    r->panel = PANEL_OUTLINE;
    r->list = (struct listview){ .count = (int)count };
    for (i = 0; i < count; i++)
        if (outline_at(doc, i).offset <= r->at)
            r->list.cursor = (int)i;
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
    else
        return listview_command(&r->list, argc, argv);
    return true;
}
