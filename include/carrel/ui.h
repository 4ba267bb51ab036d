/*
 * The desk: run in a terminal, or drawn without one.
 */
#ifndef CARREL_UI_H
#define CARREL_UI_H

#include "carrel/app.h"

int ui_run(struct app *app, struct error *err);
/* `dump VIEW [ID|QUERY] [--keys K] [--size WxH] [--json|--ansi|--svg]`; argv[0] is "dump". */
int ui_dump(struct app *app, int argc, char **argv, struct str *out, struct error *err);

#endif
