/*
 * Hooks: programs that the configuration names, run when something happens. An event becomes a job
 * of the kind "hook", in the transaction of what has happened where there is one, so that whoever
 * harvests or reads does not wait for the program, and a crash loses no event.
 */
#ifndef APP_SCRIPTS_H
#define APP_SCRIPTS_H

#include "carrel/app.h"
#include "carrel/kinds.h"
#include "carrel/mem.h"

enum script_event { SCRIPT_MATCH = 1, SCRIPT_PROCESSED = 2, SCRIPT_SYNCED = 4 }; /* bits */
#define SCRIPT_EVENTS "new-match|processed|synced"
const char *script_event_name(enum script_event event);
bool script_event_from(enum script_event *event, const char *name);

struct script {
    const char *name, *run, *query; /* query NULL: every saved one */
    unsigned events;
};
struct scripts {
    struct arena *arena;
    struct script *items;
    size_t count;
};
/* The sections [hook "NAME"] as they are now; none for a demo. ERR_USAGE: one has no `run`, or no
 * `on`. Free in any case. */
int scripts_read(struct scripts *out, const struct app *app, struct error *err);
const struct script *scripts_find(const struct scripts *scripts, const char *name);
void scripts_free(struct scripts *scripts);

/* Before papers come: whoever wants to know of new ones sees those that come from now on. What is
 * wrong goes into the log. */
void scripts_expect(struct store *store, const struct app *app);
/* A document was read; inside its transaction. */
int scripts_processed(struct store *store, const struct scripts *scripts, const char *sha256,
                      struct error *err);
/* Behind an import or a harvest: what is new and found by a query. What is wrong goes into the
 * log; the papers are told of the next time. */
void scripts_match(struct store *store, const struct app *app);
/* A sync has ended; `report` is a JSON value. The same. */
void scripts_synced(struct store *store, const struct app *app, const char *report);
/* At the end of a command, `report` NULL where it was no sync: both of these, then the programs
 * that wait, and what came of them is said. */
void scripts_after(struct command_call *call, const char *report);

#endif
