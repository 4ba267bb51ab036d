/*
 * Configuration: libgit2 reads the file, the option table says what may stand in it, `-c` overlays
 * it.
 *
 * Everything is read and checked once at start. libgit2 gives no line numbers for values, so an
 * error's line is found by looking for the key in the text of the file.
 */
#include "carrel/config.h"

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

struct config_value {
    char *key, *value;
    bool overlay;
};

struct config_list {
    char *key;
    const char **values;
    size_t len;
};

struct config {
    const struct config_option *table;
    size_t table_len;
    char *file;
    bool found; /* the file, when it was read */
    struct config_value *values;
    size_t len, cap;
    struct config_list *lists; /* handed out by config_values */
    size_t lists_len, lists_cap;
};

static bool unit_parse(const char *text, const char *const *names, const int64_t *factors,
                       size_t count, int64_t *value)
{
    size_t digits = strspn(text, "0123456789"), i;
    int64_t number;

    if (digits == 0 || digits > 12)
        return false;
    number = atoll(text);
    for (i = 0; i < count; i++) {
        if (strcasecmp(text + digits, names[i]) == 0) {
            if (number > INT64_MAX / factors[i])
                return false;
            *value = number * factors[i];
            return true;
        }
    }
    return false;
}

bool duration_parse(const char *text, int64_t *ms)
{
    static const char *const names[] = { "ms", "s", "m", "min", "h", "d", "w" };
    static const int64_t factors[] = { 1, 1000, 60000, 60000, 3600000, 86400000, 604800000 };

    return unit_parse(text, names, factors, ARRAY_LEN(names), ms);
}

bool size_parse(const char *text, int64_t *bytes)
{
    static const char *const names[] = { "",   "b",   "k", "kb", "kib", "m",
                                         "mb", "mib", "g", "gb", "gib" };
    static const int64_t factors[] = { 1,       1,       1024,    1000,       1024,   1048576,
                                       1000000, 1048576, 1 << 30, 1000000000, 1 << 30 };

    return unit_parse(text, names, factors, ARRAY_LEN(names), bytes);
}

static bool bool_parse(const char *text, bool *value)
{
    static const char *const yes[] = { "true", "yes", "on", "1" }, *const no[] = { "false", "no",
                                                                                   "off", "0" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(yes); i++) {
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            *value = strcasecmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

/* "source.arxiv.interval" against "source.*.interval"; the subsection may hold dots. */
static bool key_matches(const char *pattern, const char *key)
{
    const char *star = strstr(pattern, ".*.");
    size_t head, tail, len = strlen(key);

    if (!star)
        return strcasecmp(pattern, key) == 0;
    head = (size_t)(star - pattern) + 1;
    tail = strlen(star + 2);
    return len > head + tail && strncasecmp(pattern, key, head) == 0
           && strcasecmp(star + 2, key + len - tail) == 0;
}

static const struct config_option *option_of(const struct config *config, const char *key)
{
    size_t i;

    for (i = 0; i < config->table_len; i++)
        if (key_matches(config->table[i].key, key))
            return &config->table[i];
    return NULL;
}

static bool choice_ok(const char *choices, const char *value)
{
    size_t len = strlen(value);
    const char *at;

    for (at = choices; *at; at += strcspn(at, "|") + (at[strcspn(at, "|")] == '|'))
        if (strcspn(at, "|") == len && strncasecmp(at, value, len) == 0)
            return true;
    return false;
}

/* "1..20"; NULL: any */
static bool in_range(const char *range, const char *value)
{
    long least = -2000000000L, most = 2000000000L, number;
    char *end;

    if (range) {
        least = strtol(range, &end, 10);
        most = strtol(end + 2, NULL, 10);
    }
    return str_to_long(value, least, most, &number);
}

static const char *value_complaint(const struct config_option *option, const char *value)
{
    int64_t number;
    bool truth;

    switch (option->type) {
    case CONFIG_BOOL:
        return bool_parse(value, &truth) ? NULL : "must be true or false";
    case CONFIG_INT:
        return in_range(option->choices, value) ? NULL
               : option->choices                ? option->choices
                                                : "must be a whole number";
    case CONFIG_DURATION:
        return duration_parse(value, &number) ? NULL
                                              : "must be a time with its unit, as 3s, 250ms, 12h";
    case CONFIG_SIZE:
        return size_parse(value, &number) ? NULL : "must be a size, as 64MiB or 1GiB";
    case CONFIG_CHOICE:
        return choice_ok(option->choices, value) ? NULL : option->choices;
    default:
        return NULL;
    }
}

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

static int config_add(struct config *config, const char *key, const char *value, bool overlay,
                      struct error *err)
{
    const struct config_option *option = option_of(config, key);
    struct config_value entry = { .overlay = overlay };
    const char *why;

    if (!option)
        return config_unknown(config, key, value, overlay, err);
    why = value_complaint(option, value);
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

/* Does the overlay set this key? Then the file's values do not count. */
static bool config_overlaid(const struct config *config, const char *key)
{
    size_t i;

    for (i = 0; i < config->len; i++)
        if (config->values[i].overlay && strcasecmp(config->values[i].key, key) == 0)
            return true;
    return false;
}

static const struct config_list *list_of(const struct config *config, const char *key)
{
    size_t i;

    for (i = 0; i < config->lists_len; i++)
        if (strcasecmp(config->lists[i].key, key) == 0)
            return &config->lists[i];
    return NULL;
}

/* Once, before any other thread can ask: reading a configuration changes nothing. */
static void make_lists(struct config *config)
{
    size_t at, i;

    for (at = 0; at < config->len; at++) {
        const char *key = config->values[at].key;
        bool overlaid = config_overlaid(config, key);
        struct config_list list = { 0 };
        size_t cap = 0;

        if (list_of(config, key))
            continue;
        for (i = 0; i < config->len; i++)
            if (config->values[i].overlay == overlaid
                && strcasecmp(config->values[i].key, key) == 0)
                VEC_PUSH(list.values, list.len, cap, config->values[i].value);
        list.key = mem_strdup(key);
        VEC_PUSH(config->lists, config->lists_len, config->lists_cap, list);
    }
}

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
    make_lists(config);
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

void config_free(struct config *config)
{
    size_t i;

    if (!config)
        return;
    for (i = 0; i < config->len; i++) {
        free(config->values[i].key);
        free(config->values[i].value);
    }
    for (i = 0; i < config->lists_len; i++) {
        free(config->lists[i].key);
        free(config->lists[i].values);
    }
    free(config->values);
    free(config->lists);
    free(config->file);
    free(config);
}

const char *config_text(const struct config *config, const char *key)
{
    const struct config_option *option = option_of(config, key);
    bool overlaid = config_overlaid(config, key);
    const char *value = option ? option->fallback : NULL;
    size_t i;

    for (i = 0; i < config->len; i++)
        if (config->values[i].overlay == overlaid && strcasecmp(config->values[i].key, key) == 0)
            value = config->values[i].value;
    return value;
}

bool config_bool(const struct config *config, const char *key)
{
    const char *text = config_text(config, key);
    bool value = false;

    return text && bool_parse(text, &value) && value;
}

int64_t config_int(const struct config *config, const char *key)
{
    const struct config_option *option = option_of(config, key);
    const char *text = config_text(config, key);
    int64_t value = 0;
    long number = 0;

    if (!text || !option)
        return 0;
    if (option->type == CONFIG_DURATION)
        duration_parse(text, &value);
    else if (option->type == CONFIG_SIZE)
        size_parse(text, &value);
    else if (str_to_long(text, -2000000000L, 2000000000L, &number))
        value = number;
    return value;
}

size_t config_values(const struct config *config, const char *key, const char *const **values)
{
    const struct config_list *list = list_of(config, key);

    *values = list ? list->values : NULL;
    return list ? list->len : 0;
}

void config_each(const struct config *config,
                 void (*each)(void *ctx, const char *key, const char *value, const char *from),
                 void *ctx)
{
    size_t i;

    for (i = 0; i < config->len; i++)
        if (config->values[i].overlay || !config_overlaid(config, config->values[i].key))
            each(ctx, config->values[i].key, config->values[i].value,
                 config->values[i].overlay ? "-c" : config->file);
}

const char *config_versions(void)
{
    static char text[40];
    int major, minor, patch;

    git_libgit2_version(&major, &minor, &patch);
    snprintf(text, sizeof text, "libgit2 %d.%d.%d", major, minor, patch);
    return text;
}
