/*
 * The command line: global options, one command, exit code; and the summary when there is no
 * terminal.
 */
#ifndef CARREL_CLI_H
#define CARREL_CLI_H

#include "carrel/app.h"

struct cli_faces {
    int (*desk)(struct app *app, struct error *err);
    int (*dump)(struct app *app, int argc, char **argv, struct str *out, struct error *err);
};

/* Runs the program; returns its exit code. */
int cli_main(int argc, char **argv, const struct cli_faces *faces);

#endif
