/*
 * Inside the command `tables`: what its two files share. All write to call->out.
 */
#ifndef CARREL_APP_CMD_TABLES_H
#define CARREL_APP_CMD_TABLES_H

#include "commands.h"

#include "carrel/jsonw.h"
#include "carrel/tables.h"

/* A cell of so many columns, cut or filled, and two blanks. */
void tables_cell(struct command_call *call, const char *text, int columns, bool right);
/* "data from ...", a line; nothing for a name that is NULL or none. */
void tables_credit(struct command_call *call, const char *name);
/* An answer's object, with version and, at its end, the attribution. */
void tables_begin(struct command_call *call, struct jsonw *w);
void tables_end(struct command_call *call, struct jsonw *w, const char *credit);
/* Members of it; a text that is empty is left out. */
void tables_text(struct jsonw *w, const char *key, const char *text);
void tables_list(struct jsonw *w, const char *key, const struct text_list *list);

/* Members of an open object: a table, sorted already, and its first so many rows. */
void tables_json_rows(struct jsonw *w, const struct table_full *table, size_t metric, bool less,
                      size_t rows);

int tables_show_rows(struct command_call *call, const char *task, const char *dataset,
                     struct error *err);

#endif
