/*
 * Repositories: those that are known, in an order that can be changed; those that papers link to
 * and that were never asked for; or those of one paper. Enter opens one.
 *
 * The argument: nothing, or a paper's id.
 */
#include "repositories.h"

#include "carrel/works.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 5000

struct repositories_question {
    struct question question;
    char *paper;
    bool unasked;
    enum repositories_order sort;
    struct repositories_read read;
};

/* ---- asking ---- */

static int read_known(struct repositories_question *q, struct store *store, struct error *err)
{
    struct repositories_read *read = &q->read;
    struct arena *arena = q->question.arena;
    struct work_ids ids = { 0 };
    size_t i;
    int result = repositories_list(store, arena, q->sort, ROWS_MAX, &ids, err);

    if (result != ERR_OK)
        return result;
    read->rows = arena_alloc(arena, (ids.len + 1) * sizeof *read->rows);
    result = repositories_rows(store, arena, ids.items, ids.len, read->rows, err);
    for (i = 0; i < ids.len && result == ERR_OK; i++) /* but for those that have just vanished */
        if (read->rows[i].id)
            read->rows[read->count++] = read->rows[i];
    return result;
}

static int repositories_read_question(struct question *question, struct store *store,
                                      struct error *err)
{
    struct repositories_question *q = (struct repositories_question *)question;
    struct repositories_read *read = &q->read;
    int64_t work;
    int result = repositories_totals(store, &read->totals, err);

    if (result != ERR_OK)
        return result;
    if (!q->paper)
        return q->unasked ? repositories_unasked(store, question->arena, ROWS_MAX, &read->rows,
                                                 &read->count, err)
                          : read_known(q, store, err);
    result = works_find(store, &work, q->paper, err);
    return result == ERR_OK
               ? repositories_of_work(store, question->arena, work, &read->rows, &read->count, err)
               : result;
}

static void repositories_ask(struct view *view)
{
    struct repositories_view *v = view->state;
    struct repositories_question *q =
        question_new(sizeof *q, "repositories", repositories_read_question);

    q->paper = arena_strdup(q->question.arena, v->paper);
    q->unasked = v->unasked;
    q->sort = v->sort;
    asker_ask(&v->asker, view, q);
}

static const struct repository_row *repositories_row(const struct repositories_view *v)
{
    return v->list.cursor < v->list.count ? &v->read.rows[v->list.cursor] : NULL;
}

/* The cursor stays on its repository. */
static void repositories_take(struct repositories_view *v, const struct repositories_question *q)
{
    const struct repository_row *row = repositories_row(v);
    size_t i;

    for (i = 0; row && v->list.cursor > 0 && i < q->read.count; i++)
        if (strcmp(q->read.rows[i].key, row->key) == 0) {
            v->list.cursor = (int)i;
            break;
        }
    v->read = q->read;
    v->shown_unasked = q->unasked;
    v->list.count = (int)v->read.count;
    listview_clamp(&v->list);
}

static void repositories_result(struct view *view, struct task *task)
{
    struct repositories_view *v = view->state;

    if (!asker_answered(&v->asker, view, task))
        return;
    if (v->asker.error.code) {
        v->list.count = 0;
        return;
    }
    repositories_take(v, (struct repositories_question *)task);
    asker_keep(&v->asker, task);
}

static void repositories_changed(struct view *view)
{
    struct repositories_view *v = view->state;

    asker_changed(&v->asker, view, repositories_ask);
}

/* ---- commands ---- */

static void do_open(struct view *view, const char *words)
{
    const struct repository_row *row = repositories_row(view->state);
    char *id;

    (void)words;
    if (!row)
        return;
    id = mem_printf("repo:%s", row->key);
    desk_open(view->desk, &view_repository, id);
    free(id);
}

/* The next order, or the one that is named. */
static void do_sort(struct view *view, const char *name)
{
    struct repositories_view *v = view->state;

    if (v->paper || v->unasked) {
        desk_say(view->desk, STYLE_DIM,
                 v->paper ? "the surest link is first"
                          : "those that most papers link to are first");
        return;
    }
    if (name && !repositories_order_find(&v->sort, name)) {
        desk_say(view->desk, STYLE_WARN, "an order is stars, pushed, name or added, not '%s'",
                 name);
        return;
    }
    if (!name)
        v->sort = (v->sort + 1) % REPOSITORIES_ORDERS;
    v->list.cursor = v->list.top = 0;
    repositories_ask(view);
}

/* Those that are known, or those that were never asked for. */
static void do_filter(struct view *view, const char *words)
{
    struct repositories_view *v = view->state;

    (void)words;
    if (v->paper) {
        desk_refuse(view->desk, "these are all of %s", v->paper);
        return;
    }
    v->unasked = !v->unasked;
    v->list.cursor = v->list.top = 0;
    repositories_ask(view);
}

static void do_refresh(struct view *view, const char *words)
{
    (void)words;
    repositories_ask(view);
}

static void do_fetch(struct view *view, const char *words)
{
    const struct repository_row *row = repositories_row(view->state);
    char *line;

    (void)words;
    if (!row)
        return;
    line = mem_printf("add https://%s", row->key);
    desk_run_line(view->desk, line);
    free(line);
}

static bool row_has(const void *ctx, int at)
{
    const struct repositories_view *v = ctx;
    const struct repository_row *row = &v->read.rows[at];

    return strcasestr(row->name, v->find.ptr) || strcasestr(row->description, v->find.ptr)
           || strcasestr(row->language, v->find.ptr);
}

static void repositories_match(struct view *view, int direction, bool here)
{
    struct repositories_view *v = view->state;

    if (v->find.len > 0 && v->list.count > 0
        && !listview_match(&v->list, direction, here, row_has, v))
        desk_say(view->desk, STYLE_WARN, "no row has '%s'", v->find.ptr);
}

static void do_find(struct view *view, const char *words)
{
    struct repositories_view *v = view->state;

    str_clear(&v->find);
    str_add(&v->find, words ? words : "");
    repositories_match(view, 1, true);
}

static void do_next_match(struct view *view, const char *words)
{
    (void)words;
    repositories_match(view, 1, false);
}

static void do_prev_match(struct view *view, const char *words)
{
    (void)words;
    repositories_match(view, -1, false);
}

/* Rows are counted from the top of the view, where the head may be. */
static void do_click(struct view *view, const char *row)
{
    struct repositories_view *v = view->state;
    int at = row ? atoi(row) - v->head : -1;

    if (at >= 0 && at < v->list.height)
        v->list.cursor = v->list.top + at;
    listview_clamp(&v->list);
}

static const struct {
    const char *name;
    void (*run)(struct view *view, const char *words);
} commands[] = { { "open", do_open },
                 { "sort", do_sort },
                 { "filter", do_filter },
                 { "refresh", do_refresh },
                 { "fetch", do_fetch },
                 { "find", do_find },
                 { "next-match", do_next_match },
                 { "prev-match", do_prev_match },
                 { "click-row", do_click } };

static bool repositories_command(struct view *view, int argc, char **argv)
{
    struct repositories_view *v = view->state;
    size_t i;

    for (i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, argv[0]) == 0) {
            commands[i].run(view, argc > 1 ? argv[1] : NULL);
            return true;
        }
    }
    return listview_command(&v->list, argc, argv);
}

/* ---- the contract ---- */

static int repositories_open(struct view *view, const char *argument, struct error *err)
{
    struct repositories_view *v = mem_zalloc(sizeof *v);

    (void)err;
    view->state = v;
    str_init(&v->find);
    v->paper = argument && *argument ? mem_strdup(argument) : NULL;
    repositories_ask(view);
    return ERR_OK;
}

static void repositories_status(struct view *view, struct str *out)
{
    const struct repositories_view *v = view->state;

    if (!v->asker.loaded)
        return;
    if (v->paper)
        str_printf(out, "%d", v->list.count);
    else if (v->shown_unasked)
        str_printf(out, "%d never asked for", v->list.count);
    else
        str_printf(out, "%d by %s", v->list.count, repositories_order_name(v->sort));
}

static size_t repositories_selection(struct view *view, struct arena *arena, char ***keys)
{
    const struct repository_row *row = repositories_row(view->state);

    if (!row)
        return 0;
    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_printf(arena, "repo:%s", row->key);
    return 1;
}

static const char *repositories_under(struct view *view, struct arena *arena)
{
    char **keys;

    return repositories_selection(view, arena, &keys) > 0 ? keys[0] : NULL;
}

static const struct error *repositories_failure(const struct view *view)
{
    const struct repositories_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void repositories_data(struct view *view, struct jsonw *w)
{
    const struct repositories_view *v = view->state;
    const struct repositories_totals *totals = &v->read.totals;
    size_t i;

    jsonw_key_string(w, "paper", v->paper);
    jsonw_key_string(w, "shown", v->paper ? "paper" : v->shown_unasked ? "linked" : "known");
    jsonw_key_string(w, "sort", repositories_order_name(v->sort));
    jsonw_key_int(w, "known", totals->known);
    jsonw_key_int(w, "gone", totals->gone);
    jsonw_key_int(w, "linked", totals->linked);
    jsonw_key_int(w, "unasked", totals->unasked);
    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < (size_t)v->list.count; i++)
        repository_json_row(w, &v->read.rows[i]);
    jsonw_end(w);
}

static void repositories_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct repositories_view *)view->state)->list, lines);
}

static void repositories_close(struct view *view)
{
    struct repositories_view *v = view->state;

    asker_close(&v->asker, view);
    str_free(&v->find);
    free(v->paper);
    free(v);
}

const struct view_ops view_repositories = {
    .name = "repositories",
    .title = "Repositories",
    .hint = "Enter open  / find  O sort  f not asked for  F ask GitHub  o browser  ? help",
    .open = repositories_open,
    .draw = repositories_draw,
    .command = repositories_command,
    .changed = repositories_changed,
    .result = repositories_result,
    .selection = repositories_selection,
    .under = repositories_under,
    .status = repositories_status,
    .failure = repositories_failure,
    .data = repositories_data,
    .lines = repositories_lines,
    .line = repositories_line,
    .close = repositories_close
};
