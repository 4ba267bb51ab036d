/*
 * `config --check`: what of the settings only the desk can judge, its keys and themes, beside what
 * all others would find (app/settings_check.c).
 */
#include "desk.h"

#include "carrel/ui.h"

struct settings_check {
    struct str *out;
    size_t wrong;
};

static void check_line(void *ctx, const char *line)
{
    struct settings_check *check = ctx;

    str_printf(check->out, "%s\n", line);
    check->wrong++;
}

/* Also those that are not worn now. */
static void check_theme(void *ctx, const char *name)
{
    struct theme theme;
    struct error err;

    if (theme_load(&theme, name, &err) != ERR_OK)
        check_line(ctx, err.message);
}

int ui_check(struct command_call *call, struct error *err)
{
    struct settings_check check = { .out = &call->out };
    const struct config *config = call->app->config;
    const char *worn = config_text(config, "ui.theme");
    struct keymap keymap = { 0 };
    struct theme theme;
    int result = keymap_load(&keymap, config, err);

    if (result == ERR_OK) {
        keymap_check(&keymap, check_line, &check);
        app_settings_check(call->app, check_line, &check);
        theme_each(check_theme, &check);
        if (!str_eq(worn, "auto") && theme_load(&theme, worn, err) == ERR_NOTFOUND)
            check_line(&check, err->message);
    }
    keymap_free(&keymap);
    if (result == ERR_OK && check.wrong > 0)
        result = error_set(err, ERR_FAILED, "%zu thing%s to put right in the settings", check.wrong,
                           check.wrong == 1 ? "" : "s");
    else if (result == ERR_OK)
        str_add(&call->say, "the settings, keys and themes are fine\n");
    return result;
}
