/* What there is to say of keys behind an import: those by which nothing is written, and those that
 * are another paper's, too. */
#ifndef CARREL_APP_IMPORT_KEYS_H
#define CARREL_APP_IMPORT_KEYS_H

#include "carrel/store.h"
#include "carrel/str.h"

struct import_keys {
    int64_t second; /* of papers that have one already */
    int64_t shared; /* of two papers */
};
/* Of entries behind that record (cited_last). A line for each in *say, at most a few of a kind;
 * NULL: they are only counted. */
int import_keys(struct import_keys *counts, struct str *say, struct store *store, int64_t behind,
                struct error *err);

#endif
