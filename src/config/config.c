/*
 * Configuration as it stands: what is set for a key, by the file or over it, and else the table's
 * fallback. Reading it changes nothing, so any thread may, once it is open (config_read.c).
 */
#include "internal.h"

#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

const struct config_option *config_option_of(const struct config *config, const char *key)
{
    size_t i;

    for (i = 0; i < config->table_len; i++)
        if (key_matches(config->table[i].key, key))
            return &config->table[i];
    return NULL;
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

void config_make_lists(struct config *config)
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
    const struct config_option *option = config_option_of(config, key);
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

    return text && config_bool_parse(text, &value) && value;
}

int64_t config_int(const struct config *config, const char *key)
{
    const struct config_option *option = config_option_of(config, key);
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
