/*
 * Views without a terminal: the same desk, fed with keys, drawn as text, JSON, ANSI or SVG. After
 * each key it waits until all tasks are done, so that the same library and keys give the same
 * screen.
 */
#include "desk.h"

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

static int dump_option(struct dump *dump, int argc, char **argv, int *i, struct error *err)
{
    const char *word = argv[*i], *value = strchr(word, '=');
    bool keys = strncmp(word, "--keys", 6) == 0, size = strncmp(word, "--size", 6) == 0;

    if (keys || size) {
        value = value ? value + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        if (!value)
            return error_set(err, ERR_USAGE, "%s needs a value", word);
        if (keys)
            dump->keys = value;
        else if (sscanf(value, "%dx%d", &dump->width, &dump->height) != 2 || dump->width < 20
                 || dump->width > 500 || dump->height < 5 || dump->height > 200)
            return error_set(err, ERR_USAGE,
                             "--size is WIDTHxHEIGHT from 20x5 to 500x200, not '%s'", value);
        return ERR_OK;
    }
    if (strcmp(word, "--json") == 0 || strcmp(word, "--ansi") == 0 || strcmp(word, "--svg") == 0) {
        dump->format = word + 2;
        return ERR_OK;
    }
    return error_set(err, ERR_USAGE, "dump has no option %s; see: carrel help dump", word);
}

static int dump_parse(struct dump *dump, int argc, char **argv, struct error *err)
{
    bool rest = false;
    int i, result = ERR_OK;

    for (i = 1; i < argc && result == ERR_OK; i++) {
        if (!rest && strcmp(argv[i], "--") == 0)
            rest = true;
        else if (!rest && argv[i][0] == '-' && argv[i][1] == '-')
            result = dump_option(dump, argc, argv, &i, err);
        else if (!dump->view)
            dump->view = argv[i];
        else
            str_printf(&dump->argument, "%s%s", dump->argument.len ? " " : "", argv[i]);
    }
    if (result == ERR_OK && !dump->view)
        result = error_set(
            err, ERR_USAGE,
            "which view? today, library, search, paper, jobs, job, harvest, source, log or help");
    if (result == ERR_OK && !desk_view_ops(dump->view))
        result = error_set(
            err, ERR_NOTFOUND,
            "no view '%s': today, library, search, paper, jobs, job, harvest, source, log, help",
            dump->view);
    return result;
}

static int dump_keys(struct desk *desk, const char *keys, struct error *err)
{
    char key[32];
    size_t took;
    int result = ERR_OK;

    while (result == ERR_OK && (took = key_next(keys, key)) > 0) {
        desk_draw(desk); /* as on a screen: scrolling knows its height from drawing */
        desk_key(desk, key);
        keys += took;
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

static void dump_draw(struct desk *desk, const struct dump *dump, struct str *out)
{
    desk_draw(desk);
    if (!dump->format)
        canvas_to_text(out, &desk->canvas);
    else if (strcmp(dump->format, "json") == 0)
        dump_json(desk, out);
    else if (strcmp(dump->format, "ansi") == 0)
        canvas_to_ansi(out, &desk->canvas, desk->app->color != COLOR_NEVER);
    else
        canvas_to_svg(out, &desk->canvas);
}

int ui_dump(struct app *app, int argc, char **argv, struct str *out, struct error *err)
{
    struct dump dump = { .keys = "", .width = 80, .height = 24 };
    struct desk *desk = NULL;
    struct store *store = NULL;
    int result;

    str_init(&dump.argument);
    result = dump_parse(&dump, argc, argv, err);
    if (result
        == ERR_OK) /* a missing library or paper is an error here, not a message on a screen */
        result = app_open_store(&store, app, false, err);
    store_close(store);
    if (result != ERR_OK)
        goto out;
    desk = desk_new(app, dump.width, dump.height, true, err);
    if (!desk) {
        result = ERR_USAGE;
        goto out;
    }
    desk_open(desk, desk_view_ops(dump.view), dump.argument.len ? dump.argument.ptr : NULL);
    if (!desk_view(desk)) {
        result = error_set(err, ERR_USAGE, "%s", desk->message.ptr);
        goto out;
    }
    desk_watch(desk); /* the status line tells what runs */
    result = dump_settle(desk, err);
    if (result == ERR_OK)
        result = dump_keys(desk, dump.keys, err);
    if (result == ERR_OK)
        dump_draw(desk, &dump, out);
out:
    desk_free(desk);
    str_free(&dump.argument);
    return result;
}
