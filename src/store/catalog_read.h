/*
 * Inside the store: what the readers of the catalogue share.
 */
#ifndef CARREL_STORE_CATALOG_READ_H
#define CARREL_STORE_CATALOG_READ_H

#include "internal.h"

#include "carrel/tables.h"

#include <string.h>

#define NEAR_MAX 5 /* names in "there is" */


#endif
