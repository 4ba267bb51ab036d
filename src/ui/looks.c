/*
 * Themes at the desk: which one is worn, and how the next one would look while its name is typed.
 */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *theme_name_of(struct desk *desk, const char *name)
{
    if (strcmp(name, "auto") != 0)
        return name;
    ground_ask(desk);
    return ground_is_light(desk) ? "light" : "dark";
}

static int theme_wear(struct desk *desk, const char *name, struct error *err)
{
    struct theme theme;
    int result = theme_load(&theme, theme_name_of(desk, name), err);

    if (result == ERR_OK) {
        desk->theme = theme;
        snprintf(desk->theme_wish, sizeof desk->theme_wish, "%s", name);
        desk->redraw = desk->repaint = true;
    }
    return result;
}

/* The remembered one may have gone since; the one of the settings must be there. */
int desk_theme_start(struct desk *desk, struct error *err)
{
    const char *set = config_text(desk->app->config, "ui.theme");
    struct error gone;

    if (desk->remembered.theme[0]) {
        if (theme_wear(desk, desk->remembered.theme, &gone) == ERR_OK)
            return ERR_OK;
        desk_say(desk, STYLE_WARN, "%s", gone.message);
    }
    if (theme_wear(desk, set, &gone) == ERR_OK)
        return ERR_OK;
    desk_say(desk, STYLE_WARN, "ui.theme: %s", gone.message);
    return theme_wear(desk, "auto", err);
}

void desk_theme(struct desk *desk, const char *name)
{
    struct error err;

    if (!name) {
        desk_say(desk, STYLE_NORMAL, "%s: %s; :theme and Tab show the others", desk->theme.name,
                 desk->theme.about);
    } else if (theme_wear(desk, name, &err) != ERR_OK) {
        desk_say(desk, STYLE_ERROR, "%s", err.message);
    } else {
        snprintf(desk->remembered.theme, sizeof desk->remembered.theme, "%.30s", name);
        desk_say(desk, STYLE_NORMAL, "%s: %s", desk->theme.name, desk->theme.about);
        desk_remember(desk);
    }
}

bool desk_theme_try(struct desk *desk, const char *name)
{
    struct error err;
    bool worn = theme_wear(desk, name, &err) == ERR_OK;

    if (!worn)
        desk_say(desk, STYLE_ERROR, "%s", err.message);
    return worn;
}

void desk_theme_preview(struct desk *desk, const char *line)
{
    char name[40] = "";
    struct error err;

    if (sscanf(line, " theme %39s", name) != 1)
        return;
    if (!desk->theme_before)
        desk->theme_before = mem_strdup(desk->theme_wish);
    if (strcmp(name, desk->theme_wish) != 0)
        theme_wear(desk, name, &err); /* half of a name is none */
}

void desk_theme_back(struct desk *desk)
{
    struct error err;

    if (desk->theme_before && theme_wear(desk, desk->theme_before, &err) != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", err.message);
    free(desk->theme_before);
    desk->theme_before = NULL;
}

void desk_theme_ground(struct desk *desk)
{
    struct error err;

    if (strcmp(desk->theme_wish, "auto") == 0
        && strcmp(theme_name_of(desk, "auto"), desk->theme.name) != 0
        && theme_wear(desk, "auto", &err) != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", err.message);
}
