/*
 * A desk's first time: whether the guided start is due, that it was, and what changes under a desk
 * that is open when it ends: a library where there was none, other settings.
 */
#include "desk.h"

#include "carrel/config.h"
#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/welcome.h"

#include <stdlib.h>

bool desk_has_library(const struct desk *desk)
{
    char *path = path_join(desk->app->library, "library.db");
    bool there = file_exists(path);

    free(path);
    return there;
}

bool desk_welcome_due(const struct desk *desk)
{
    return !desk->remembered.welcomed && !desk->headless && !desk->scripted
           && welcome_is_due(desk->app);
}

/* What is remembered lies beside the library, for which there may be no folder yet. */
void desk_welcomed(struct desk *desk)
{
    struct error err = { 0 };

    desk->remembered.welcomed = true;
    if (!desk->headless && folder_make(desk->app->library, &err) != ERR_OK)
        log_write(LOG_WARN, "the guided start will come again: %s", err.message);
    desk_remember(desk);
}

/* Threads may hold texts of the old settings: they stay until the desk is gone. A worker of jobs
 * goes on with what it has until the next start. */
void desk_settings_changed(struct desk *desk)
{
    struct config *config;
    struct error err = { 0 };

    if (desk->worker || desk->old_config)
        desk_say(desk, STYLE_NORMAL, "the settings count from the next start on");
    else if (config_again(&config, desk->app->config, &err) != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", err.message);
    else {
        desk->old_config = desk->app->config;
        desk->app->config = config;
    }
}
