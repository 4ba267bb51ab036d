/*
 * Alert rules at work: what has happened since a rule last looked goes into the journal, and from
 * there to the command that the configuration names.
 */
#ifndef APP_ALERTS_H
#define APP_ALERTS_H

#include "carrel/alerts.h"
#include "carrel/app.h"
#include "carrel/store.h"

/* All rules on `store`'s thread, then the commands that wait; *fired counts new rows of the
 * journal. A rule whose query no longer works keeps its events, a row whose command fails waits for
 * the next time; the others go on, and the first such error comes back at the end. */
int alerts_evaluate(struct store *store, const struct app *app, const atomic_bool *cancel,
                    int64_t *fired, struct error *err);
/* After an import or a harvest of a command, which has succeeded whatever becomes of the alerts:
 * says what fired, or why it could not be told. */
void alerts_after(struct command_call *call);
/* The same after a job: what cannot be told goes into the log, and the events wait. */
void alerts_after_job(struct store *store, const struct app *app, const atomic_bool *cancel);

/* What the rule would tell if all that is here came now, at most `limit` rows without numbers;
 * *known of them it never tells again (trends). Writes nothing. */
int alerts_preview(struct store *store, struct arena *arena, const struct alert_rule *rule,
                   size_t limit, struct alert_row **out, size_t *count, size_t *known,
                   struct error *err);

/* ---- commands (alert_hook.c) ---- */

/* The command of a rule, by its name or for all; NULL: none. Borrowed. */
const char *alert_command(const struct app *app, const char *rule);
/* Runs it with these rows, now. */
int alert_run(const struct app *app, const char *rule, const struct alert_row *rows, size_t count,
              const atomic_bool *cancel, struct error *err);
/* All that wait. */
int alerts_tell(struct store *store, const struct app *app, const atomic_bool *cancel,
                struct error *err);

#endif
