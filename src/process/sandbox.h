/* What the child may do. */
#ifndef CARREL_PROCESS_SANDBOX_H
#define CARREL_PROCESS_SANDBOX_H

#include "carrel/error.h"

#include <stdbool.h>

/* Limits and the filter of system calls; cannot be undone. *confined is false when the kernel has
 * no such filter; the limits hold then all the same. */
int sandbox_enter(bool *confined, struct error *err);

#endif
