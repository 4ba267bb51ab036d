/*
 * What a command that lists answers: a line for each row, or with --json an object.
 */
#ifndef CARREL_APP_LIST_ROWS_H
#define CARREL_APP_LIST_ROWS_H

#include "carrel/app.h"
#include "carrel/jsonw.h"

struct list_rows {
    const void *rows;
    size_t count, size; /* size: bytes of one */
    void (*text)(struct str *out, const void *row);
    void (*json)(struct jsonw *w, const void *row);
    const char *none; /* what is said when there are no rows; not with --json */
};
void list_rows(struct command_call *call, const struct list_rows *list);

#endif
