/*
 * What changed in a paper since the version that was read: its versions, and the word differences
 * with what went and came marked by text and colour. n and N go from change to change.
 */
#include "../asker.h"
#include "../desk.h"

#include "carrel/paper_changes.h"

#include <stdlib.h>
#include <string.h>

#define LINES_ABOVE 2 /* a change that is gone to */

/* What canvas_text knows to colour. */
static const struct worddiff_marks marks = { "\x04", "\x05", "\x03" };

struct place {
    size_t paragraph, at; /* bytes */
};
struct changes_view {
    struct asker asker;
    char *key;
    struct paper_changes changes;
    struct textview text;
    struct place *places; /* of the changes, in order */
    size_t count, cap;
    size_t current; /* the one that was gone to, from 1; 0 none */
};

struct changes_question {
    struct question question;
    char *key;
    struct paper_changes changes;
};

static int changes_read(struct question *question, struct store *store, struct error *err)
{
    struct changes_question *q = (struct changes_question *)question;
    int64_t work;
    int result = works_find(store, &work, q->key, err);

    return result == ERR_OK
               ? paper_changes_read(&q->changes, store, question->arena, work, NULL, true, err)
               : result;
}

static void changes_ask(struct view *view)
{
    struct changes_view *v = view->state;
    struct changes_question *q = question_new(sizeof *q, "changes", changes_read);

    q->key = arena_strdup(q->question.arena, v->key);
    asker_ask(&v->asker, view, q);
}

static void changes_changed(struct view *view)
{
    struct changes_view *v = view->state;

    asker_changed(&v->asker, view, changes_ask);
}

static int changes_open(struct view *view, const char *argument, struct error *err)
{
    struct changes_view *v;

    if (!argument || !*argument)
        return error_set(err, ERR_USAGE, "which paper? Give its id");
    v = mem_zalloc(sizeof *v);
    v->key = mem_strdup(argument);
    view->state = v;
    textview_add(&v->text, STYLE_DIM, 0, "Looking…");
    changes_ask(view);
    return ERR_OK;
}

static void changes_close(struct view *view)
{
    struct changes_view *v = view->state;

    asker_close(&v->asker, view);
    textview_clear(&v->text);
    str_free(&v->text.find);
    free(v->places);
    free(v->key);
    free(v);
}

/* ---- its text ---- */

/* One paragraph a line of the text; a mark that is open at its end goes on in the next. */
static void add_marked(struct changes_view *v, const char *text)
{
    struct str line = STR_INIT;
    char open = '\0', before = '\0';

    for (;; text++) {
        if (*text == '\n' || !*text) {
            textview_add(&v->text, STYLE_NORMAL, 2, "  %s%s", line.ptr, open ? "\x03" : "");
            str_clear(&line);
            if (!*text)
                break;
            if (open)
                str_add_char(&line, open);
            continue;
        }
        /* What came in place of what went is the same change. */
        if (*text == '\x04' || (*text == '\x05' && before != '\x03'))
            VEC_PUSH(v->places, v->count, v->cap,
                     ((struct place){ v->text.len, line.len + strlen("  ") }));
        if (*text == '\x03' || *text == '\x04' || *text == '\x05')
            open = *text == '\x03' ? '\0' : *text;
        str_add_char(&line, *text);
        before = *text;
    }
    str_free(&line);
}

static void add_heading(struct textview *text, const char *heading)
{
    textview_blank(text);
    textview_add(text, STYLE_HEADING, 0, "%s", heading);
}

static void add_part(struct changes_view *v, const struct changed_part *part)
{
    struct str text = STR_INIT;
    const char *section = "";
    size_t from = 0, to = 0;

    str_printf(&text, "%s: ", part->name);
    changed_part_counts(&text, part);
    add_heading(&v->text, text.ptr);
    str_clear(&text);
    if (part->around == 0) {
        worddiff_print(&text, &part->diff, &marks);
        add_marked(v, text.ptr);
    }
    while (part->around > 0 && worddiff_passage(&part->diff, part->around, &from, &to)) {
        if (part->headings && strcmp(part->headings[from], section) != 0) {
            section = part->headings[from];
            textview_add(&v->text, STYLE_ACCENT, 2, "%s", section);
        }
        str_clear(&text);
        worddiff_print_passage(&text, &part->diff, from, to, part->around, &marks);
        add_marked(v, text.ptr);
    }
    str_free(&text);
}

static void add_versions(struct textview *text, const struct paper_changes *changes)
{
    struct str line = STR_INIT;
    size_t i;

    if (changes->edition_count > 1)
        add_heading(text, "Versions");
    for (i = 0; i < changes->edition_count && changes->edition_count > 1; i++) {
        const struct edition *edition = &changes->editions[i];

        str_clear(&line);
        edition_line(&line, edition);
        textview_add(
            text, edition == changes->from || edition == changes->to ? STYLE_NORMAL : STYLE_DIM, 8,
            "  %s%s", line.ptr, edition == changes->from && changes->read_from ? "  (read)" : "");
    }
    str_free(&line);
}

static void compose(struct changes_view *v)
{
    const struct paper_changes *changes = &v->changes;
    struct str line = STR_INIT;
    size_t i;

    textview_clear(&v->text);
    v->count = 0;
    textview_add(&v->text, STYLE_TITLE, 0, "%s", changes->title);
    paper_changes_span(&line, changes);
    str_printf(&line, "%s", line.len ? "; " : "");
    paper_changes_summary(&line, changes);
    textview_add(&v->text, STYLE_DIM, 2, "%s", line.ptr);
    add_versions(&v->text, changes);
    for (i = 0; i < changes->part_count; i++)
        add_part(v, &changes->parts[i]);
    if (changes->note) {
        textview_blank(&v->text);
        textview_add(&v->text, STYLE_DIM, 0, "%s", changes->note);
    }
    if (v->current > v->count)
        v->current = 0;
    str_free(&line);
}

static void changes_result(struct view *view, struct task *task)
{
    struct changes_view *v = view->state;

    if (!asker_answered(&v->asker, view, task))
        return;
    if (v->asker.error.code) {
        textview_clear(&v->text);
        v->count = v->current = 0;
        textview_add(&v->text, STYLE_ERROR, 0, "%s", v->asker.error.message);
        return;
    }
    v->changes = ((struct changes_question *)task)->changes;
    asker_keep(&v->asker, task);
    compose(v);
}

/* ---- from change to change ---- */

static int line_of(const struct textview *text, const struct place *place)
{
    int line = 0;
    size_t i;

    for (i = 0; i < text->line_count; i++)
        if (text->lines[i].paragraph == place->paragraph && text->lines[i].start <= place->at)
            line = (int)i;
    return line;
}

static void go_to(struct view *view, size_t number)
{
    struct changes_view *v = view->state;
    int line;

    if (v->count == 0) {
        desk_refuse(view->desk, "there is no change to go to");
        return;
    }
    v->current = number < 1 ? v->count : number > v->count ? 1 : number;
    line = line_of(&v->text, &v->places[v->current - 1]);
    if (view->desk->told)
        v->text.top = line; /* it is the line that is told */
    else if (line < v->text.top || line >= v->text.top + v->text.height - 1)
        v->text.top = line > LINES_ABOVE ? line - LINES_ABOVE : 0;
}

static bool changes_command(struct view *view, int argc, char **argv)
{
    struct changes_view *v = view->state;
    bool finds = v->text.find.cap && v->text.find.len > 0;

    if (strcmp(argv[0], "next-change") == 0 || (strcmp(argv[0], "next-match") == 0 && !finds))
        go_to(view, v->current + 1);
    else if (strcmp(argv[0], "prev-change") == 0 || (strcmp(argv[0], "prev-match") == 0 && !finds))
        go_to(view, v->current > 0 ? v->current - 1 : 0);
    else if (strcmp(argv[0], "text") == 0)
        desk_open(view->desk, &view_reader, v->key);
    else
        return textview_command(&v->text, argc, argv);
    return true;
}

static void changes_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                         int height)
{
    struct changes_view *v = view->state;
    int measure = width > 100 ? 100 : width, line; /* longer lines are hard to read */

    textview_draw(&v->text, canvas, x, y, measure, height);
    if (v->current == 0)
        return;
    line = line_of(&v->text, &v->places[v->current - 1]) - v->text.top;
    if (line < 0 || line >= height)
        return;
    canvas_cursor_row(canvas, x, y + line, measure);
    if (desk_app(view->desk)->linear) { /* what a screen reader speaks is where it is */
        canvas->cursor_x = x;
        canvas->cursor_y = y + line;
    }
}

static void changes_status(struct view *view, struct str *out)
{
    struct changes_view *v = view->state;

    if (v->current > 0)
        str_printf(out, "change %zu of %zu", v->current, v->count);
    else if (v->count > 0)
        str_printf(out, "%zu change%s", v->count, v->count == 1 ? "" : "s");
}

static size_t changes_selection(struct view *view, struct arena *arena, char ***keys)
{
    struct changes_view *v = view->state;

    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, v->key);
    return 1;
}

static struct textview *changes_text(const struct view *view)
{
    return &((struct changes_view *)view->state)->text;
}

static const struct error *changes_failure(const struct view *view)
{
    const struct changes_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void changes_data(struct view *view, struct jsonw *w)
{
    struct changes_view *v = view->state;

    if (v->asker.loaded && v->changes.title)
        paper_changes_json(w, &v->changes, true);
}

const struct view_ops view_changes = { .name = "changes",
                                       .title = "Changes",
                                       .hint = "n N change  r seen  T text  / find  Esc back",
                                       .open = changes_open,
                                       .draw = changes_draw,
                                       .command = changes_command,
                                       .changed = changes_changed,
                                       .result = changes_result,
                                       .selection = changes_selection,
                                       .status = changes_status,
                                       .failure = changes_failure,
                                       .data = changes_data,
                                       .text = changes_text,
                                       .close = changes_close };
