/*
 * Views at the desk: which there are, and the stack of those that are open, the newest on top.
 */
#include "desk.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct view_ops *const all_views[] = {
    &view_review,
    &view_today,
    &view_queue,
    &view_library,
    &view_search,
    &view_paper,
    &view_jobs,
    &view_job,
    &view_harvest,
    &view_source,
    &view_tables,
    &view_log,
    &view_help,
    &view_duplicates,
    &view_trending,
    &view_topics,
    &view_analytics,
    &view_page,
    &view_repositories,
    &view_repository,
    &view_reader,
    &view_code,
    &view_cite,
    &view_highlights,
    &view_tags,
    &view_bin,
    &view_changes,
    &view_welcome,
};
/* clang-format on */

const struct view_ops *desk_view_at(size_t i)
{
    return i < ARRAY_LEN(all_views) ? all_views[i] : NULL;
}

const struct view_ops *desk_view_ops(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(all_views); i++)
        if (strcmp(all_views[i]->name, name) == 0)
            return all_views[i];
    return NULL;
}

void desk_list_views(struct str *out)
{
    size_t i, last = ARRAY_LEN(all_views) - 1;

    for (i = 0; i <= last; i++)
        str_printf(out, "%s%s", i == 0 ? "" : i < last ? ", " : " or ", all_views[i]->name);
}

/* ---- the stack ---- */

struct view *desk_view(struct desk *desk)
{
    return desk->depth > 0 ? desk->stack[desk->depth - 1] : NULL;
}

void view_close(struct view *view)
{
    if (!view)
        return;
    if (view->ops->close && view->state)
        view->ops->close(view);
    free(view->argument);
    free(view->name);
    str_free(&view->ahead);
    free(view);
}

/* NULL, and said, when it cannot be opened. */
struct view *view_new(struct desk *desk, const struct view_ops *ops, const char *argument)
{
    struct view *view = mem_zalloc(sizeof *view);
    struct error err = { 0 };

    view->ops = ops;
    view->desk = desk;
    view->id = ++desk->next_id;
    view->argument = mem_strdup(argument);
    str_init(&view->ahead);
    if (ops->open(view, argument, &err) == ERR_OK)
        return view;
    remote_outcome(desk, err.code);
    desk_say(desk, STYLE_ERROR, "%s", err.message);
    view_close(view);
    return NULL;
}

void desk_open(struct desk *desk, const struct view_ops *ops, const char *argument)
{
    struct view *view = view_new(desk, ops, argument);

    if (!view)
        return;
    if (desk->depth == VIEW_STACK) { /* the oldest but the first goes */
        view_close(desk->stack[1]);
        memmove(&desk->stack[1], &desk->stack[2], (VIEW_STACK - 2) * sizeof *desk->stack);
        desk->depth--;
    }
    desk->stack[desk->depth++] = view;
    desk->in_sidebar = false; /* keys are for what was opened */
}

void desk_pop(struct desk *desk)
{
    if (desk->depth > 1)
        view_close(desk->stack[--desk->depth]);
}

struct view *desk_below(struct view *view)
{
    struct desk *desk = view->desk;
    int at = desk->depth, i; /* one that is being opened will lie on top */

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i] == view)
            at = i;
    return at > 0 ? desk->stack[at - 1] : NULL;
}

void desk_follow(struct view *list, const char *key)
{
    struct desk *desk = list->desk;
    struct view *top = desk_view(desk);

    if (desk->depth < 2 || desk->stack[desk->depth - 2] != list || top->ops != &view_paper
        || str_eq(top->argument, key))
        return;
    desk_pop(desk);
    desk_open(desk, &view_paper, key);
}

/* A room that is open already is come back to, what lies over it is closed; any other one is opened
 * over what is there, so that Esc leads back. */
void desk_room(struct desk *desk, const struct view_ops *ops, const char *argument)
{
    int i;

    for (i = desk->depth - 1; i >= 0; i--)
        if (desk->stack[i]->ops == ops && str_eq(desk->stack[i]->argument, argument))
            break;
    if (i < 0) {
        desk_open(desk, ops, argument);
        return;
    }
    while (desk->depth > i + 1)
        view_close(desk->stack[--desk->depth]);
    desk->in_sidebar = false;
}

void desk_changed(struct desk *desk)
{
    int i;

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i]->ops->changed)
            desk->stack[i]->ops->changed(desk->stack[i]);
    if (desk->beside && desk->beside->ops->changed)
        desk->beside->ops->changed(desk->beside);
    desk_reload_feeds(desk);
}

void desk_leave_missing(struct desk *desk)
{
    struct view *view = desk_view(desk);
    const struct error *why = NULL;

    if (!view || !view->named || view->asked > 0)
        return;
    view->named = false;
    if (view->ops->failure && desk->depth > 1)
        why = view->ops->failure(view);
    if (!why || why->code != ERR_NOTFOUND)
        return;
    desk_remote_settle(desk); /* who asked for it is told why by the view */
    desk_say(desk, STYLE_ERROR, "%s", why->message);
    desk_pop(desk);
}
