/*
 * Values of arguments that are known without a library: of each, the table says them that reads
 * them.
 */
#ifndef CARREL_APP_COMPLETE_VALUES_H
#define CARREL_APP_COMPLETE_VALUES_H

#include <stddef.h>

/* The value at `i` of what stands as `placeholder` in the command's usage ("STATE"); NULL behind
 * the last, and where nothing is known. Static. */
const char *complete_value(const char *command, const char *placeholder, size_t i);

#endif
