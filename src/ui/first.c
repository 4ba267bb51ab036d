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

/* Kept beside the library; it is this machine's and does not travel with peers. */
static char *welcomed_path(const struct desk *desk)
{
    return path_join(desk->app->library, "welcomed");
}

bool desk_welcome_due(const struct desk *desk)
{
    char *path = welcomed_path(desk);
    bool seen = file_exists(path);

    free(path);
    return !seen && !desk->headless && !desk->scripted && welcome_is_due(desk->app);
}

void desk_welcomed(struct desk *desk)
{
    char *path = welcomed_path(desk);
    struct error err = { 0 };

    if (!desk->headless
        && (folder_make(desk->app->library, &err) != ERR_OK
            || file_write(path, "", 0, &err) != ERR_OK))
        log_write(LOG_WARN, "the guided start will come again: %s", err.message);
    free(path);
}

/* Threads may hold texts of the old settings: they stay until the desk is gone. No worker runs yet
 * where this is asked for first; one that does goes on with what it has until the next start. */
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
