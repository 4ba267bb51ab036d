/*
 * Tags: the tree of them with the number of papers, branches that fold. Enter lists the papers of a
 * branch; renaming and removing one are commands like any other, so `u` takes them back.
 */
#include "../asker.h"
#include "../desk.h"

#include "carrel/hash.h"
#include "carrel/tags.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tags_question {
    struct question question;
    struct tag_row *rows;
    size_t count;
};

struct tags_view {
    struct tag_row *rows; /* in the answer's arena */
    int count;
    int *shown;             /* rows that no folded branch hides */
    struct hashmap *folded; /* name -> 1 */
    struct listview list;   /* of `shown` */
    struct asker asker;
};

/* ---- asking ---- */

static int tags_read(struct question *question, struct store *store, struct error *err)
{
    struct tags_question *q = (struct tags_question *)question;

    return tags_list(&q->rows, &q->count, store, question->arena, err);
}

static void tags_ask(struct view *view)
{
    struct tags_view *v = view->state;

    asker_ask(&v->asker, view, question_new(sizeof(struct tags_question), "tags", tags_read));
}

static bool is_folded(const struct tags_view *v, const char *name)
{
    const uint64_t *value = hashmap_get(v->folded, name, strlen(name));

    return value && *value;
}

static void tags_show(struct tags_view *v)
{
    int i;

    v->list.count = 0;
    for (i = 0; i < v->count; i++) {
        v->shown[v->list.count++] = i;
        if (is_folded(v, v->rows[i].name))
            i += v->rows[i].below;
    }
    listview_clamp(&v->list);
}

static void tags_result(struct view *view, struct task *task)
{
    struct tags_view *v = view->state;
    const struct tags_question *q = (const struct tags_question *)task;

    if (!asker_answered(&v->asker, view, task) || v->asker.error.code)
        return;
    asker_keep(&v->asker, task);
    v->rows = q->rows;
    v->count = (int)q->count;
    v->shown = mem_realloc(v->shown, (q->count + 1) * sizeof *v->shown);
    tags_show(v);
}

static void tags_changed(struct view *view)
{
    struct tags_view *v = view->state;

    asker_changed(&v->asker, view, tags_ask);
}

/* ---- drawing ---- */

static void draw_tag(const struct tags_view *v, struct canvas *canvas, int x, int y, int width,
                     const struct tag_row *row)
{
    const char *slash = strrchr(row->name + 1, '/'), *name = slash ? slash + 1 : row->name;
    int left = x + 1 + 2 * row->depth;
    char count[48];

    snprintf(count, sizeof count, "%" PRId64 " unread of %" PRId64, row->unread, row->count);
    canvas_text(canvas, left, y, 2, STYLE_DIM,
                row->below == 0           ? " "
                : is_folded(v, row->name) ? "+"
                                          : "-");
    canvas_text(canvas, left + 2, y, width - (left - x) - 2 - (int)strlen(count) - 2,
                row->unread > 0 ? STYLE_UNREAD : STYLE_NORMAL, name);
    canvas_right(canvas, x + width - 1, y, STYLE_DIM, count);
}

static void tags_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct tags_view *v = view->state;
    int i;

    if (v->asker.error.code) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_ERROR, v->asker.error.message);
        return;
    }
    if (v->list.count == 0) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_DIM,
                    v->asker.loaded ? "No tags yet; t on a paper puts one on." : "Looking…");
        return;
    }
    listview_place(&v->list, height);
    for (i = 0; i < height && v->list.top + i < v->list.count; i++) {
        draw_tag(v, canvas, x, y + i, width, &v->rows[v->shown[v->list.top + i]]);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
}

/* ---- in words ---- */

static void tags_lines(struct view *view, struct view_lines *lines)
{
    struct tags_view *v = view->state;

    listview_lines(&v->list, lines);
}

/* The whole name: nothing stands above it that would say the rest. */
static bool tags_line(struct view *view, int at, struct str *out)
{
    const struct tags_view *v = view->state;
    const struct tag_row *row = &v->rows[v->shown[at]];

    str_printf(out, "%s, %" PRId64 " unread of %" PRId64, row->name, row->unread, row->count);
    if (is_folded(v, row->name))
        str_printf(out, ", folded, %d below", row->below);
    return true;
}

/* ---- commands ---- */

static const struct tag_row *tag_here(const struct tags_view *v)
{
    return v->list.cursor < v->list.count ? &v->rows[v->shown[v->list.cursor]] : NULL;
}

/* A command with the tag's name in it: "prompt tags rename %s" */
static void with_tag(struct view *view, const char *before)
{
    const struct tag_row *row = tag_here(view->state);
    char *line = mem_printf("%s %s", before, row->name);

    desk_run_line(view->desk, line);
    free(line);
}

static void tag_open(struct view *view)
{
    char *query = mem_printf("tag:%s", tag_here(view->state)->name);

    desk_open(view->desk, &view_search, query);
    free(query);
}

static void tag_fold(struct view *view)
{
    struct tags_view *v = view->state;
    const struct tag_row *row = tag_here(v);
    uint64_t *value = hashmap_put(v->folded, row->name, strlen(row->name), NULL);

    *value = !*value && row->below > 0;
    tags_show(v);
}

static bool tags_command(struct view *view, int argc, char **argv)
{
    struct tags_view *v = view->state;

    if (listview_command(&v->list, argc, argv))
        return true;
    if (!tag_here(v))
        return false;
    if (strcmp(argv[0], "open") == 0)
        tag_open(view);
    else if (strcmp(argv[0], "fold") == 0)
        tag_fold(view);
    else if (strcmp(argv[0], "rename-tag") == 0)
        with_tag(view, "prompt tags rename");
    else if (strcmp(argv[0], "remove-tag") == 0)
        with_tag(view, "tags rm");
    else
        return false;
    return true;
}

/* ---- the contract ---- */

static int tags_open(struct view *view, const char *argument, struct error *err)
{
    struct tags_view *v = mem_zalloc(sizeof *v);

    (void)argument;
    (void)err;
    v->folded = hashmap_new();
    view->state = v;
    tags_ask(view);
    return ERR_OK;
}

static void tags_status(struct view *view, struct str *out)
{
    const struct tags_view *v = view->state;

    if (v->asker.loaded)
        str_printf(out, "%d tag%s", v->count, v->count == 1 ? "" : "s");
}

static const struct error *tags_failure(const struct view *view)
{
    const struct tags_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void tags_data(struct view *view, struct jsonw *w)
{
    const struct tags_view *v = view->state;
    int i;

    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < v->list.count; i++)
        tag_row_json(w, &v->rows[v->shown[i]]);
    jsonw_end(w);
}

static void tags_close(struct view *view)
{
    struct tags_view *v = view->state;

    asker_close(&v->asker, view);
    hashmap_free(v->folded);
    free(v->shown);
    free(v);
}

const struct view_ops view_tags = { .name = "tags",
                                    .title = "Tags",
                                    .hint = "Enter its papers  Space fold  m rename  x take off  u "
                                            "undo",
                                    .open = tags_open,
                                    .draw = tags_draw,
                                    .command = tags_command,
                                    .changed = tags_changed,
                                    .result = tags_result,
                                    .status = tags_status,
                                    .failure = tags_failure,
                                    .data = tags_data,
                                    .lines = tags_lines,
                                    .line = tags_line,
                                    .close = tags_close };
