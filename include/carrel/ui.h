/*
 * The desk: run in a terminal, or drawn without one.
 */
#ifndef CARREL_UI_H
#define CARREL_UI_H

#include "carrel/app.h"

/* At a terminal that can show it; else, and with --linear, line by line. */
int ui_run(struct app *app, struct error *err);
int ui_linear(struct app *app, struct error *err);
/* The command `dump`: a view drawn without a terminal, into the call's output. */
int ui_dump(struct command_call *call, struct error *err);
void ui_man(struct str *out); /* sections of carrel(1): the desk's commands and keys */
/* The command `config --check`: keys and themes, a line for each that is wrong. ERR_FAILED when one
 * is. */
int ui_check(struct command_call *call, struct error *err);
const char *ui_view_name(size_t i);    /* NULL behind the last */
const char *ui_command_name(size_t i); /* of the desk's own; likewise */

#endif
