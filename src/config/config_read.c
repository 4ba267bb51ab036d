/*
 * Reading configuration: libgit2 reads the file, the option table says what may stand in it, `-c`
 * overlays it.
 *
 * Everything is read and checked once at start. libgit2 gives no line numbers for values, so an
 * error's line is found by looking for the key in the text of the file.
 */
#include "internal.h"

#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/nearest.h"

#include <ctype.h>
#include <git2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONFIG_FILE_MAX (1u << 20)

/* ---- what is wrong, and where ---- */

/* The line where the variable is set with this value, 0 unknown. */
static long line_of(const char *file, const char *key, const char *value)
{
    const char *name = strrchr(key, '.') ? strrchr(key, '.') + 1 : key;
    struct str text = STR_INIT;
    char *line, *rest;
    long number = 0, found = 0;

    if (file_read(&text, file, CONFIG_FILE_MAX, NULL) == ERR_OK) {
        for (line = text.ptr; line && !found; line = rest) {
            rest = strchr(line, '\n');
            if (rest)
                *rest++ = '\0';
            number++;
            while (isspace((unsigned char)*line))
                line++;
            if (strncasecmp(line, name, strlen(name)) == 0
                && !isalnum((unsigned char)line[strlen(name)]) && line[strlen(name)] != '-'
                && (!*value || strstr(line, value)))
                found = number;
        }
    }
    str_free(&text);
    return found;
}

char *config_place(const struct config *config, const char *key, const char *value,
                   const char *from)
{
    long line = strcmp(from, "-c") == 0 ? 0 : line_of(config->file, key, value);

    return line ? mem_printf("%s:%ld", from, line) : mem_strdup(from);
}

static int config_complain(const struct config *config, const char *key, const char *value,
                           bool overlay, const char *why, struct error *err)
{
    long line;

    if (overlay)
        return error_set(err, ERR_USAGE, "-c %s=%s: %s", key, value, why);
    line = line_of(config->file, key, value);
    if (line)
        return error_set(err, ERR_USAGE, "%s:%ld: %s = %s: %s", config->file, line, key, value,
                         why);
    return error_set(err, ERR_USAGE, "%s: %s = %s: %s", config->file, key, value, why);
}

/* The subsection is the user's own, so a row's "*" stands for what was typed. */
static char *row_for(const char *row, const char *key)
{
    const char *star = strstr(row, ".*."), *dot = strchr(key, '.'), *last = strrchr(key, '.');

    if (!star)
        return mem_strdup(row);
    return dot && last > dot
               ? mem_printf("%.*s%.*s%s", (int)(star - row), row, (int)(last - dot), dot, star + 2)
               : NULL;
}

/* No such setting: one may be meant. */
static int config_unknown(const struct config *config, const char *key, const char *value,
                          bool overlay, struct error *err)
{
    struct nearest nearest = { .typed = key };
    char **rows = mem_alloc((config->table_len + 1) * sizeof *rows), *why;
    size_t i;
    int result;

    for (i = 0; i < config->table_len; i++)
        if ((rows[i] = row_for(config->table[i].key, key)))
            nearest_offer(&nearest, rows[i]);
    why = nearest.best ? mem_printf("no such setting; did you mean %s?", nearest.best)
                       : mem_strdup("no such setting (see 'carrel help config')");
    result = config_complain(config, key, value, overlay, why, err);
    for (i = 0; i < config->table_len; i++)
        free(rows[i]);
    free(rows);
    free(why);
    return result;
}

/* ---- the file ---- */

static int config_add(struct config *config, const char *key, const char *value, bool overlay,
                      struct error *err)
{
    const struct config_option *option = config_option_of(config, key);
    struct config_value entry = { .overlay = overlay };
    const char *why;

    if (!option)
        return config_unknown(config, key, value, overlay, err);
    why = config_value_complaint(option, value);
    if (why && why == option->choices) {
        char *choices = mem_printf(
            option->type == CONFIG_INT ? "must be a whole number, %s" : "must be one of %s", why);
        int result = config_complain(config, key, value, overlay, choices, err);

        free(choices);
        return result;
    }
    if (why)
        return config_complain(config, key, value, overlay, why, err);
    entry.key = mem_strdup(key);
    entry.value = mem_strdup(value);
    VEC_PUSH(config->values, config->len, config->cap, entry);
    return ERR_OK;
}

struct config_walk {
    struct config *config;
    struct error *err; /* the first */
    int result;
    long faults;
    void (*each)(void *ctx, const char *fault); /* may be NULL */
    void *ctx;
};

static int config_entry(const git_config_entry *entry, void *ctx)
{
    struct config_walk *walk = ctx;
    struct error why = { 0 };
    int result =
        config_add(walk->config, entry->name, entry->value ? entry->value : "true", false, &why);

    if (result == ERR_OK)
        return 0;
    if (walk->each)
        walk->each(walk->ctx, why.message);
    if (walk->faults++ == 0)
        walk->result = error_set(walk->err, result, "%s", why.message);
    return 0;
}

/* Once and for good: were it shut down while another thread holds an error of it, that would leak.
 */
static void library_start(void)
{
    git_libgit2_init();
}

static int config_walk_file(struct config_walk *walk)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct config *config = walk->config;
    git_config *git = NULL;
    int code;

    pthread_once(&once, library_start);
    code = git_config_open_ondisk(&git, config->file);
    if (code == 0)
        code = git_config_foreach(git, config_entry, walk);
    if (code != 0 && walk->result == ERR_OK) {
        const git_error *why = git_error_last();

        walk->result = error_set(walk->err, ERR_USAGE, "%s: %s", config->file,
                                 why ? why->message : "cannot be read");
    }
    git_config_free(git);
    return walk->result;
}

static int config_read_file(struct config *config, bool must_exist, struct error *err)
{
    struct config_walk walk = { .config = config, .err = err };

    if (!file_exists(config->file))
        return must_exist ? error_set(err, ERR_FAILED, "there is no config file %s", config->file)
                          : ERR_OK;
    config->found = true;
    config_walk_file(&walk);
    if (walk.faults > 1 && err) {
        struct error first = *err;

        error_set(err, first.code, "%s (and %ld more; carrel config --check tells all)",
                  first.message, walk.faults - 1);
    }
    return walk.result;
}

size_t config_faults(const char *file, const struct config_option *table, size_t table_len,
                     void (*each)(void *ctx, const char *fault), void *ctx)
{
    struct config *config = mem_zalloc(sizeof *config);
    struct config_walk walk = { .config = config, .each = each, .ctx = ctx };
    struct error err = { 0 };
    size_t faults;

    config->file = mem_strdup(file);
    config->table = table;
    config->table_len = table_len;
    walk.err = &err;
    if (file_exists(file) && config_walk_file(&walk) != ERR_OK && walk.faults == 0) {
        each(ctx, err.message); /* it cannot be read at all */
        walk.faults = 1;
    }
    faults = (size_t)walk.faults;
    config_free(config);
    return faults;
}

/* ---- opening ---- */

int config_open(struct config **out, const char *file, bool must_exist, const char *const *overlay,
                size_t overlay_count, const struct config_option *table, size_t table_len,
                struct error *err)
{
    struct config *config = mem_zalloc(sizeof *config);
    size_t i;
    int result;

    *out = NULL;
    config->file = mem_strdup(file);
    config->table = table;
    config->table_len = table_len;
    result = config_read_file(config, must_exist, err);
    for (i = 0; i < overlay_count && result == ERR_OK; i++) {
        const char *equals = strchr(overlay[i], '=');
        char *key = equals ? mem_strndup(overlay[i], (size_t)(equals - overlay[i]))
                           : mem_strdup(overlay[i]);

        if (!equals)
            result = error_set(err, ERR_USAGE, "-c %s: write -c KEY=VALUE", overlay[i]);
        else
            result = config_add(config, key, equals + 1, true, err);
        free(key);
    }
    if (result != ERR_OK) {
        config_free(config);
        return result;
    }
    config_make_lists(config);
    *out = config;
    return ERR_OK;
}

int config_again(struct config **out, const struct config *config, struct error *err)
{
    char **overlay = mem_alloc((config->len + 1) * sizeof *overlay);
    size_t count = 0, i;
    int result;

    for (i = 0; i < config->len; i++)
        if (config->values[i].overlay)
            overlay[count++] = mem_printf("%s=%s", config->values[i].key, config->values[i].value);
    result = config_open(out, config->file, config->found, (const char *const *)overlay, count,
                         config->table, config->table_len, err);
    for (i = 0; i < count; i++)
        free(overlay[i]);
    free(overlay);
    return result;
}

const char *config_versions(void)
{
    static char text[40];
    int major, minor, patch;

    git_libgit2_version(&major, &minor, &patch);
    snprintf(text, sizeof text, "libgit2 %d.%d.%d", major, minor, patch);
    return text;
}
