/*
 * What the tests of published sites share: a private folder, and a site in it.
 */
#ifndef EXCHANGE_TEST_H
#define EXCHANGE_TEST_H

#include "carrel/exchange.h"

/* Setup and teardown; the state is the folder's path. */
int exchange_folder(void **state);
int exchange_folder_gone(void **state);

struct site *exchange_site(const char *dir);
void exchange_put(struct site *site, const char *path, const char *text, uint64_t fingerprint);
struct site_report exchange_finish(struct site *site); /* frees the site */

int exchange_index_tests(void); /* exchange_index.c */
int exchange_state_tests(void); /* exchange_state.c */
int exchange_lint_tests(void);  /* exchange_lint.c */

#endif
