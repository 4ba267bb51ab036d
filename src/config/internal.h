/*
 * Inside the configuration: what is set, as those who read it (config_read.c) leave it to those who
 * ask (config.c).
 */
#ifndef CARREL_CONFIG_INTERNAL_H
#define CARREL_CONFIG_INTERNAL_H

#include "carrel/config.h"

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

/* The row for a key, NULL none. */
const struct config_option *config_option_of(const struct config *config, const char *key);
/* Once, before any other thread can ask: reading a configuration changes nothing. */
void config_make_lists(struct config *config);

bool config_bool_parse(const char *text, bool *value);
/* NULL: the value is one of its type. The option's own `choices` when it is none of them, else what
 * it must be, in words. */
const char *config_value_complaint(const struct config_option *option, const char *value);

#endif
