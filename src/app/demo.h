/* The library of `carrel demo`: the starter papers and made-up new ones, with something in every
 * room of the desk. */
#ifndef CARREL_APP_DEMO_H
#define CARREL_APP_DEMO_H

#include "carrel/app.h"

/* Fills app->library, a folder that is there and has no library yet. No network. */
int demo_make(struct app *app, const atomic_bool *cancel, struct error *err);

#endif
