/*
 * The command line: global options, one command, exit code; and the summary when there is no
 * terminal.
 */
#ifndef CARREL_CLI_H
#define CARREL_CLI_H

#include "carrel/app.h"

/* Runs the program; returns its exit code. */
int cli_main(int argc, char **argv, const struct app_faces *faces);

#endif
