/* The library of `carrel demo`: the starter papers and made-up new ones, with something in every
 * room of the desk. */
#ifndef CARREL_APP_DEMO_H
#define CARREL_APP_DEMO_H

#include "carrel/app.h"

/* Fills app->library, a folder that is there and has no library yet. No network. */
int demo_make(struct app *app, const atomic_bool *cancel, struct error *err);

/* Was the library made so, also if it was kept? Its papers are made up: nobody outside is told of
 * them (hooks, webhooks, commands of alerts, peers by the clock), whatever the configuration says
 * of the reader's own. */
bool demo_is(const struct app *app);

#endif
