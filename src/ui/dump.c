/*
 * Views without a terminal: the same desk, fed with keys, drawn as text, JSON, ANSI or SVG. After
 * each key it waits until all tasks are done, so that the same library and keys give the same
 * screen.
 */
#include "desk.h"

#include "carrel/log.h"
#include "carrel/ui.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE_MS 60000

struct dump {
    const char *view, *keys, *format;
    struct str argument;
    int width, height;
};

static int dump_settle(struct desk *desk, struct error *err)
{
    int waited = 0;

    while (!desk_idle(desk)) {
        struct pollfd fds[2] = { { .fd = pool_fd(desk->readers), .events = POLLIN },
                                 { .fd = pool_fd(desk->writer), .events = POLLIN } };

        if (poll(fds, 2, 20) == 0 && (waited += 20) > SETTLE_MS)
            return error_set(err, ERR_FAILED, "the view was not ready after 60 s");
        desk_drain(desk);
    }
    return ERR_OK;
}

#define DRAWINGS 8 /* a view that asks for something else each time it is drawn is at fault */

/* Draws it, and again when it asked for what it lacks. */
static int dump_show(struct desk *desk, struct error *err)
{
    int i, result = ERR_OK;

    desk_draw(desk);
    for (i = 0; i < DRAWINGS && result == ERR_OK && !desk_idle(desk); i++) {
        result = dump_settle(desk, err);
        desk_draw(desk);
    }
    return result;
}

static int dump_size(struct dump *dump, const char *size, struct error *err)
{
    char behind;

    if (!size)
        return ERR_OK;
    if (sscanf(size, "%dx%d%c", &dump->width, &dump->height, &behind) != 2 || dump->width < 20
        || dump->width > 500 || dump->height < 5 || dump->height > 200)
        return error_set(err, ERR_USAGE, "--size is WIDTHxHEIGHT from 20x5 to 500x200, not '%s'",
                         size);
    return ERR_OK;
}

static int dump_take(struct dump *dump, const struct command_call *call, struct error *err)
{
    static const char *const formats[] = { "--json", "--ansi", "--svg" };
    struct str views = STR_INIT;
    int i, result = ERR_OK;

    if (call_option(call, "--keys"))
        dump->keys = call_option(call, "--keys");
    for (i = 0; i < (int)ARRAY_LEN(formats); i++)
        if (call_has(call, formats[i]))
            dump->format = formats[i] + 2;
    dump->view = call->argc > 0 ? call->argv[0] : NULL;
    for (i = 1; i < call->argc; i++)
        str_printf(&dump->argument, "%s%s", i > 1 ? " " : "", call->argv[i]);
    desk_list_views(&views);
    if (!dump->view)
        result = error_set(err, ERR_USAGE, "which view? %s", views.ptr);
    else if (!desk_view_ops(dump->view))
        result = error_set(err, ERR_NOTFOUND, "no view '%s': %s", dump->view, views.ptr);
    str_free(&views);
    return result == ERR_OK ? dump_size(dump, call_option(call, "--size"), err) : result;
}

/* What was asked for by name must be there; what keys lead to later may say what it likes. */
static int dump_failure(struct desk *desk, struct error *err)
{
    struct view *view = desk_view(desk);
    const struct error *why = view->ops->failure ? view->ops->failure(view) : NULL;

    if (!why)
        return ERR_OK;
    return error_set(err, why->code == ERR_PARSE ? ERR_USAGE : why->code, "%s", why->message);
}

static int dump_keys(struct desk *desk, const char *keys, struct error *err)
{
    char key[32];
    size_t took;
    int result = ERR_OK;

    while (result == ERR_OK && (took = key_next(keys, key)) > 0) {
        result = dump_show(desk, err); /* as on a screen: scrolling knows its height from drawing */
        desk_key(desk, key);
        keys += took;
        if (result == ERR_OK)
            result = dump_settle(desk, err);
    }
    desk_key_pause(desk); /* no more keys come */
    return result == ERR_OK ? dump_settle(desk, err) : result;
}

static void dump_json(struct desk *desk, struct str *out)
{
    struct view *view = desk_view(desk);
    struct jsonw w;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "view", view->ops->name);
    if (desk->message.len)
        jsonw_key_string(&w, "message", desk->message.ptr);
    view->ops->data(view, &w);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

static void dump_write(struct desk *desk, const struct dump *dump, struct str *out)
{
    if (!dump->format)
        canvas_to_text(out, &desk->canvas);
    else if (strcmp(dump->format, "json") == 0)
        dump_json(desk, out);
    else if (strcmp(dump->format, "ansi") == 0)
        canvas_to_ansi(out, &desk->canvas, desk->app->color != COLOR_NEVER);
    else
        canvas_to_svg(out, &desk->canvas);
}

/* The desk's own complaints are on the screen that is printed, or in the error that is returned. */
static int dump_run(struct app *app, const struct dump *dump, struct str *out, struct error *err)
{
    struct desk *desk = desk_new(app, dump->width, dump->height, true, err);
    int result;

    if (!desk)
        return ERR_USAGE;
    desk_open(desk, desk_view_ops(dump->view), dump->argument.len ? dump->argument.ptr : NULL);
    if (!desk_view(desk)) {
        result = error_set(err, ERR_USAGE, "%s", desk->message.ptr);
        goto out;
    }
    desk_watch(desk); /* the status line tells what runs */
    result = dump_settle(desk, err);
    if (result == ERR_OK)
        result = dump_failure(desk, err);
    if (result == ERR_OK)
        result = dump_keys(desk, dump->keys, err);
    if (result == ERR_OK)
        result = dump_show(desk, err);
    if (result == ERR_OK && !*dump->keys) /* what it asked for when it was drawn */
        result = dump_failure(desk, err);
    if (result == ERR_OK)
        dump_write(desk, dump, out);
out:
    desk_free(desk);
    return result;
}

int ui_dump(struct command_call *call, struct error *err)
{
    struct dump dump = { .keys = "", .width = 80, .height = 24 };
    struct store *store = NULL;
    int result;

    str_init(&dump.argument);
    result = dump_take(&dump, call, err);
    if (result == ERR_OK) /* a missing library is an error here, not a message on a screen */
        result = app_open_store(&store, call->app, false, err);
    store_close(store);
    if (result == ERR_OK) {
        log_quiet(true);
        result = dump_run(call->app, &dump, &call->out, err);
        log_quiet(false);
    }
    str_free(&dump.argument);
    return result;
}

const char *ui_view_name(size_t i)
{
    const struct view_ops *ops = desk_view_at(i);

    return ops ? ops->name : NULL;
}

const char *ui_command_name(size_t i)
{
    return desk_command_name(i);
}
