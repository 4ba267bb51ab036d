/*
 * Configuration: git-config syntax read by libgit2, with `-c KEY=VALUE` as an overlay that is
 * consulted first (the first -c of a key replaces the file's values, repeating it adds).
 */
#ifndef CARREL_CONFIG_H
#define CARREL_CONFIG_H

#include "carrel/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_type {
    CONFIG_TEXT,
    CONFIG_BOOL,
    CONFIG_INT,
    CONFIG_DURATION /* ms */,
    CONFIG_SIZE /* bytes */,
    CONFIG_PATH,
    CONFIG_CHOICE
};
/* One row of the option table. `key` as git writes it: "ui.first-run", "keys.*.bind" (any
 * subsection). */
struct config_option {
    const char *key;
    enum config_type type;
    bool repeatable;
    const char *fallback; /* default as text, NULL none */
    const char *choices;  /* CONFIG_CHOICE: "auto|always|never"; CONFIG_INT: "min..max" or NULL */
    const char *help;
};
struct config;
/* A missing file is an empty configuration unless `must_exist`. An unknown key or a bad value is
 * ERR_USAGE and names the file and, where it can be found, the line. */
int config_open(struct config **out, const char *file, bool must_exist, const char *const *overlay,
                size_t overlay_count, const struct config_option *table, size_t table_len,
                struct error *err);
/* All that is wrong with a file, each in one line; how many. */
size_t config_faults(const char *file, const struct config_option *table, size_t table_len,
                     void (*each)(void *ctx, const char *fault), void *ctx);
/* The same file, as it is now, under the same overlay: for those who run long. Any thread. Errors
 * as above; a file that was there must still be. */
int config_again(struct config **out, const struct config *config, struct error *err);
void config_free(struct config *config);
const char *config_text(const struct config *config,
                        const char *key); /* last value or default; may be NULL; borrowed */
bool config_bool(const struct config *config, const char *key);
int64_t config_int(const struct config *config,
                   const char *key); /* int, duration in ms, size in bytes */
size_t config_values(const struct config *config, const char *key,
                     const char *const **values); /* repeatable */
/* Every value that is set, in order, with where it came from ("file" or "-c"). */
void config_each(const struct config *config,
                 void (*each)(void *ctx, const char *key, const char *value, const char *from),
                 void *ctx);
/* Where a value that config_each tells is set: "FILE:LINE", FILE where the line is not found, or
 * "-c". The caller frees. */
char *config_place(const struct config *config, const char *key, const char *value,
                   const char *from);
/* Value parsers, strict: "3s" "250ms" "12h" "7d"; "64MiB" "1GiB" "500k". */
bool duration_parse(const char *text, int64_t *ms);
bool size_parse(const char *text, int64_t *bytes);

const char *config_versions(void); /* "libgit2 1.5.1" */

#endif
