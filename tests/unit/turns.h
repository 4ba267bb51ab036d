/* How often a test of many random turns goes round: a fifth where each turn costs many times as
 * much. */
#ifndef CARREL_TEST_TURNS_H
#define CARREL_TEST_TURNS_H

#include <stdlib.h>

static inline int turns(int usual)
{
    return getenv("CARREL_SANITIZED") ? usual / 5 : usual;
}

#endif
