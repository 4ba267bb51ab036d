/*
 * What is remembered of the desk: panes, theme, hints, what was chosen in the palette, which keys
 * were told and that the guided start was seen. It is this machine's: it does not travel with the
 * library's other machines, and a library without the file, or with a spoilt one, is at its
 * beginning again. A desk without a terminal neither reads nor writes it.
 */
#include "desk.h"

#include "carrel/file.h"
#include "carrel/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REMEMBERED_BYTES (64u << 10)
#define SPLIT 55 /* percent */

static char *remembered_path(const struct desk *desk)
{
    return path_join(desk->app->library, "desk");
}

static void list_take(char **list, size_t *len, size_t most, const char *text)
{
    if (*len < most && *text)
        list[(*len)++] = mem_strdup(text);
}

static int within(const char *text, int least, int most, int otherwise)
{
    long value;

    return str_to_long(text, least, most, &value) ? (int)value : otherwise;
}

static void take_line(struct remembered *kept, const char *key, const char *value)
{
    int i;

    for (i = LAYOUT_ONE; i <= LAYOUT_THREE && strcmp(key, "layout") == 0; i++)
        if (strcmp(layout_name((enum pane_count)i), value) == 0)
            kept->layout = (enum pane_count)i;
    if (strcmp(key, "side") == 0)
        kept->side = within(value, SIDE_LEAST, SIDE_MOST, kept->side);
    else if (strcmp(key, "split") == 0)
        kept->split = within(value, SPLIT_LEAST, 100 - SPLIT_LEAST, kept->split);
    else if (strcmp(key, "theme") == 0)
        snprintf(kept->theme, sizeof kept->theme, "%.30s", value);
    else if (strcmp(key, "hints") == 0)
        kept->hints = strcmp(value, "off") != 0;
    else if (strcmp(key, "welcomed") == 0)
        kept->welcomed = strcmp(value, "yes") == 0;
    else if (strcmp(key, "used") == 0)
        list_take(kept->used, &kept->used_len, USED_MAX, value);
    else if (strcmp(key, "told") == 0)
        list_take(kept->told, &kept->told_len, TOLD_MAX, value);
}

void desk_remember_load(struct desk *desk)
{
    struct remembered *kept = &desk->remembered;
    const struct config *config = desk->app->config;
    const char *layout = config_text(config, "ui.layout");
    char *path = remembered_path(desk), *old = path_join(desk->app->library, "welcomed");
    char *line, *rest = NULL;
    struct str text = STR_INIT;
    struct error err;

    *kept = (struct remembered){ .layout = LAYOUT_TWO, .side = SIDEBAR_WIDTH, .split = SPLIT };
    take_line(kept, "layout", layout);
    kept->hints = config_bool(config, "ui.hints");
    if (!desk->headless && file_exists(path)
        && file_read(&text, path, REMEMBERED_BYTES, &err) != ERR_OK)
        log_write(LOG_WARN, "%s", err.message);
    for (line = text.len ? strtok_r(text.ptr, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest)) {
        char *value = line + strcspn(line, " ");

        if (*value)
            *value++ = '\0';
        take_line(kept, line, value);
    }
    kept->welcomed |= file_exists(old); /* a file of its own, before this one had it */
    str_free(&text);
    free(path);
    free(old);
}

void remembered_free(struct remembered *kept)
{
    while (kept->used_len > 0)
        free(kept->used[--kept->used_len]);
    while (kept->told_len > 0)
        free(kept->told[--kept->told_len]);
}

/* ---- writing ---- */

struct remember_task {
    struct task task;
    char *path;
    struct str text;
};

static int remember_run(struct task *task, void *worker, struct error *err)
{
    struct remember_task *t = (struct remember_task *)task;

    (void)worker;
    return file_write(t->path, t->text.ptr, t->text.len, err);
}

static void remember_done(void *ctx, struct task *task)
{
    (void)ctx;
    if (task->status != ERR_OK)
        log_write(LOG_WARN, "the desk's panes and theme are not kept: %s", task->err.message);
}

static void remember_free(struct task *task)
{
    struct remember_task *t = (struct remember_task *)task;

    free(t->path);
    str_free(&t->text);
    free(t);
}

static void remembered_write(const struct remembered *kept, struct str *out)
{
    size_t i;

    str_printf(out, "layout %s\nside %d\nsplit %d\nhints %s\n", layout_name(kept->layout),
               kept->side, kept->split, kept->hints ? "on" : "off");
    if (kept->welcomed)
        str_add(out, "welcomed yes\n");
    if (kept->theme[0])
        str_printf(out, "theme %s\n", kept->theme);
    for (i = 0; i < kept->used_len; i++)
        str_printf(out, "used %s\n", kept->used[i]);
    for (i = 0; i < kept->told_len; i++)
        str_printf(out, "told %s\n", kept->told[i]);
}

void desk_remember(struct desk *desk)
{
    struct remember_task *t;

    if (desk->headless || !folder_exists(desk->app->library))
        return;
    t = mem_zalloc(sizeof *t);
    t->task.name = "remember";
    t->task.run = remember_run;
    t->task.done = remember_done;
    t->task.free = remember_free;
    t->path = remembered_path(desk);
    str_init(&t->text);
    remembered_write(&desk->remembered, &t->text);
    pool_post(desk->writer, &t->task);
}

void desk_remember_used(struct desk *desk, const char *line)
{
    struct remembered *kept = &desk->remembered;
    char *used = mem_strdup(line);
    size_t i;

    for (i = 0; i < kept->used_len && strcmp(kept->used[i], line) != 0; i++)
        ;
    if (i == USED_MAX)
        i--;
    if (i < kept->used_len)
        free(kept->used[i]);
    else
        kept->used_len++;
    memmove(kept->used + 1, kept->used, i * sizeof *kept->used);
    kept->used[0] = used;
    desk_remember(desk);
}

bool desk_remember_told(struct desk *desk, const char *name)
{
    struct remembered *kept = &desk->remembered;
    size_t i;

    for (i = 0; i < kept->told_len; i++)
        if (strcmp(kept->told[i], name) == 0)
            return false;
    list_take(kept->told, &kept->told_len, TOLD_MAX, name);
    desk_remember(desk);
    return true;
}
