/*
 * Alert rules at work: what has happened since a rule last looked goes into the journal.
 */
#ifndef APP_ALERTS_H
#define APP_ALERTS_H

#include "carrel/app.h"
#include "carrel/store.h"

/* All rules on `store`'s thread; *fired counts new rows of the journal. A rule whose query no
 * longer works keeps its events; the others go on, and the first such error comes back at the end.
 */
int alerts_evaluate(struct store *store, int64_t *fired, struct error *err);
/* After an import or a harvest of a command, which has succeeded whatever becomes of the alerts:
 * says what fired, or why it could not be told. */
void alerts_after(struct command_call *call);
/* The same after a job: what cannot be told goes into the log, and the events wait. */
void alerts_after_job(struct store *store);

#endif
