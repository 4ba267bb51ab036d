/*
 * Changing the settings (settings.h): the file is written anew beside itself, read and checked, and
 * takes its place only when it would be accepted.
 */
#include "settings.h"

#include "carrel/file.h"
#include "carrel/harvest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define SETTINGS_MAX (1u << 20)

/* Would this file be accepted? */
static int settings_check(const char *file, struct error *err)
{
    struct config *config = NULL;
    struct harvest_plan plan;
    int result = config_open(&config, file, true, NULL, 0, app_options, app_options_len, err);

    if (result == ERR_OK)
        result = harvest_plan_new(&plan, config, NULL, 0, err);
    if (result == ERR_OK)
        harvest_plan_free(&plan);
    config_free(config);
    return result;
}

static int settings_replace(const char *file, const struct str *text, struct error *err)
{
    char *fresh = mem_printf("%s.new-%ld", file, (long)getpid());
    struct stat old;
    int result = file_write(fresh, text->ptr, text->len, err);

    if (result == ERR_OK && stat(file, &old) == 0 && chmod(fresh, old.st_mode & 07777) != 0)
        result = error_errno(err, "%s", fresh);
    if (result == ERR_OK)
        result = settings_check(fresh, err);
    if (result == ERR_OK)
        result = file_move(fresh, file, err);
    else
        unlink(fresh);
    free(fresh);
    return result;
}

/* A link (to a folder of such files under version control, say) stays one. Caller frees. */
static char *settings_file(const struct app *app)
{
    char *whole = realpath(app->config_file, NULL);

    return whole ? whole : mem_strdup(app->config_file);
}

/* Nothing, and a folder for it, where there is no file yet. */
static int settings_read(struct str *out, const char *file, struct error *err)
{
    const char *slash = strrchr(file, '/');
    char *folder;
    int result;

    if (file_exists(file))
        return file_read(out, file, SETTINGS_MAX, err);
    folder = slash ? mem_strndup(file, (size_t)(slash - file)) : mem_strdup(".");
    result = folder_make(folder, err);
    free(folder);
    return result;
}

int settings_add(const struct app *app, const char *text, struct error *err)
{
    char *file = settings_file(app);
    struct str settings = STR_INIT;
    int result = settings_read(&settings, file, err);

    if (result == ERR_OK) {
        if (settings.len > 0 && settings.ptr[settings.len - 1] != '\n')
            str_add_char(&settings, '\n');
        str_add(&settings, text);
        result = settings_replace(file, &settings, err);
    }
    str_free(&settings);
    free(file);
    return result;
}

/* Does the line open a section, and is it this one? Names of sections have no backslashes in them
 * that mean something. */
static bool opens(const char *line, const char *kind, const char *name, bool *this)
{
    size_t len = strlen(kind), named = strlen(name);

    line += strspn(line, " \t");
    if (*line != '[')
        return false;
    line += 1 + strspn(line + 1, " \t");
    *this = strncasecmp(line, kind, len) == 0;
    line += *this ? len : 0;
    line += strspn(line, " \t");
    *this = *this && *line == '"' && strncmp(line + 1, name, named) == 0 && line[1 + named] == '"';
    return true;
}

/* Comments right before the next section belong to that one. */
static void without_section(struct str *out, const char *text, const char *kind, const char *name,
                            bool *found)
{
    struct str held = STR_INIT;
    bool dropping = false;

    while (*text) {
        size_t len = strcspn(text, "\n");
        size_t whole = len + (text[len] == '\n');
        bool this = false;

        if (opens(text, kind, name, &this)) {
            dropping = this;
            *found |= this;
            str_add_mem(out, held.ptr, held.len);
            str_clear(&held);
        }
        if (!dropping)
            str_add_mem(out, text, whole);
        else if (text[strspn(text, " \t")] == '#' || text[strspn(text, " \t")] == ';')
            str_add_mem(&held, text, whole);
        else
            str_clear(&held);
        text += whole;
    }
    str_add_mem(out, held.ptr, held.len);
    str_free(&held);
}

int settings_drop(const struct app *app, const char *kind, const char *name, struct error *err)
{
    char *file = settings_file(app);
    struct str settings = STR_INIT, rest = STR_INIT;
    bool found = false;
    int result = settings_read(&settings, file, err);

    if (result == ERR_OK)
        without_section(&rest, settings.ptr, kind, name, &found);
    if (result == ERR_OK && !found)
        result = error_set(err, ERR_NOTFOUND, "there is no [%s \"%.60s\"] in %s", kind, name, file);
    if (result == ERR_OK)
        result = settings_replace(file, &rest, err);
    str_free(&settings);
    str_free(&rest);
    free(file);
    return result;
}
