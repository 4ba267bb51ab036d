/*
 * Values of settings: texts as durations, sizes and truths, and what is wrong with one.
 */
#include "internal.h"

#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

bool config_bool_parse(const char *text, bool *value)
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

const char *config_value_complaint(const struct config_option *option, const char *value)
{
    int64_t number;
    bool truth;

    switch (option->type) {
    case CONFIG_BOOL:
        return config_bool_parse(value, &truth) ? NULL : "must be true or false";
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
