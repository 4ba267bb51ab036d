/*
 * Changing the settings: the user's own file, whose other lines stay as they are.
 */
#ifndef CARREL_APP_SETTINGS_H
#define CARREL_APP_SETTINGS_H

#include "carrel/app.h"

/* Adds text to the settings: all of it or nothing, what is there stays, and what would come out is
 * read and checked before. */
int settings_add(const struct app *app, const char *text, struct error *err);
/* Takes the section [KIND "NAME"] out, with all lines up to the next one. ERR_NOTFOUND: it does not
 * stand in that file. */
int settings_drop(const struct app *app, const char *kind, const char *name, struct error *err);

#endif
