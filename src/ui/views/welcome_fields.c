/*
 * The guided start: fields of arXiv, chosen by typing a code or words of a name.
 */
#include "welcome.h"

#include "carrel/text.h"

#include <stdio.h>
#include <string.h>

#define CODE_COLUMNS 19 /* of the longest, and a blank */

void fields_filter(struct welcome *w, const char *typed)
{
    str_clear(&w->typed);
    str_add(&w->typed, typed + (*typed == '/')); /* the prompt is open, and was opened again */
    w->list.count = (int)subjects_find(w->found, w->typed.ptr);
    w->list.cursor = w->list.top = 0;
}

bool fields_is_chosen(const struct welcome *w, const char *category)
{
    size_t i;

    for (i = 0; i < w->chosen_len; i++)
        if (strcmp(w->chosen[i], category) == 0)
            return true;
    return false;
}

static void fields_drop(struct welcome *w, const char *category)
{
    size_t i;

    for (i = 0; i < w->chosen_len && strcmp(w->chosen[i], category) != 0; i++)
        ;
    memmove(w->chosen + i, w->chosen + i + 1, (w->chosen_len - i - 1) * sizeof *w->chosen);
    w->chosen_len--;
}

static void add_chosen(const struct welcome *w, struct str *out)
{
    size_t i;

    for (i = 0; i < w->chosen_len; i++)
        str_printf(out, "%s%s", i ? ", " : "", w->chosen[i]);
}

bool fields_is_meant(const struct welcome *w)
{
    return w->list.cursor < w->list.count
           && subject_is_meant(w->found[w->list.cursor], w->typed.ptr);
}

void fields_toggle(struct view *view)
{
    struct welcome *w = view->state;
    const char *category;
    struct str chosen = STR_INIT;

    if (w->list.cursor >= w->list.count) {
        desk_say(view->desk, STYLE_WARN, "no field is called '%s'", w->typed.ptr);
        return;
    }
    category = w->found[w->list.cursor]->category;
    if (fields_is_chosen(w, category))
        fields_drop(w, category);
    else
        w->chosen[w->chosen_len++] = category;
    add_chosen(w, &chosen);
    desk_say(view->desk, STYLE_NORMAL, "%zu chosen%s%s", w->chosen_len, w->chosen_len ? ": " : "",
             chosen.ptr);
    str_free(&chosen);
}

void fields_intro(struct view *view)
{
    struct welcome *w = view->state;

    step_title(view, "which fields do you read?");
    if (view->desk->told)
        textview_add(&w->text, STYLE_NORMAL, 0,
                     "Type / and a code or words of a name: /learning, /cs.CL, /statist theory. "
                     "Space chooses the field at the cursor, j goes to the next, enter goes on.");
    else
        textview_add(&w->text, STYLE_NORMAL, 0,
                     "Type a code or words of its name: learning, cs.CL, statist theory. Enter "
                     "chooses the first one (or leaves it again); Enter on nothing goes on. Esc "
                     "ends typing: then j k move and Space chooses.");
    textview_add(&w->text, STYLE_DIM, 0,
                 "Each becomes a feed beside the list, with its unread papers counted, and is what "
                 "arXiv is asked for. None: the usual five of machine learning.");
}

/* "26 to begin with", "26" or nothing: the field's name needs the room first. */
static void starter_words(char words[40], size_t count, int room)
{
    snprintf(words, 40, "%zu to begin with", count);
    if (text_width(words) + 2 > room)
        words[strcspn(words, " ")] = '\0';
    if (count == 0 || text_width(words) + 2 > room)
        *words = '\0';
}

/* Without its archive, which the code says, where there is no room for it. */
static const char *name_for(const struct subject *subject, int room)
{
    const char *own = strstr(subject->name, " - ");

    return own && text_width(subject->name) > room ? own + 3 : subject->name;
}

static void draw_field(const struct welcome *w, struct canvas *canvas, int at, int x, int y,
                       int width)
{
    const struct subject *subject = w->found[at];
    int left = x + 3 + CODE_COLUMNS, end = x + width - 1;
    const char *name = name_for(subject, end - left);
    char starter[40];

    if (text_width(name) > end - left) /* such a row is ragged */
        left = x + 4 + text_width(subject->category);
    starter_words(starter, welcome_starter_count(subject->category), end - left - text_width(name));
    if (fields_is_chosen(w, subject->category))
        canvas_text(canvas, x + 1, y, 1, STYLE_ACCENT, canvas->ascii ? "x" : "✓");
    canvas_text(canvas, x + 3, y, CODE_COLUMNS - 1, STYLE_ACCENT, subject->category);
    canvas_text(canvas, left, y, end - left, STYLE_NORMAL, name);
    canvas_right(canvas, end, y, STYLE_DIM, starter);
}

void fields_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct welcome *w = view->state;
    struct str chosen = STR_INIT;
    int i;

    listview_place(&w->list, height - 2);
    for (i = 0; i < w->list.height && w->list.top + i < w->list.count; i++) {
        draw_field(w, canvas, w->list.top + i, x, y + i, width);
        if (w->list.top + i == w->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (w->list.count == 0)
        canvas_text(canvas, x + 3, y, width - 3, STYLE_WARN, "no field is called so");
    str_printf(&chosen, "%zu chosen%s", w->chosen_len, w->chosen_len ? ": " : "");
    add_chosen(w, &chosen);
    canvas_text(canvas, x + 1, y + height - 1, width - 2, STYLE_HEADING, chosen.ptr);
    str_free(&chosen);
}

bool fields_line(const struct welcome *w, int at, struct str *out)
{
    const struct subject *subject = w->found[at];
    size_t count = welcome_starter_count(subject->category);

    str_printf(out, "%s, %s%s", subject->category, subject->name,
               fields_is_chosen(w, subject->category) ? ", chosen" : "");
    if (count > 0)
        str_printf(out, ", %zu paper%s to begin with", count, count == 1 ? "" : "s");
    return true;
}
