/* What the routes of scrapes, documents and the queue share about jobs. */
#ifndef CARREL_HTTP_JOBS_H
#define CARREL_HTTP_JOBS_H

#include "internal.h"

#include "carrel/jobs.h"

/* {"job":{...}}, DESIGN section 11's members. */
void job_answer(struct exchange *x, const struct job *job);
/* The job whose number this is, of one of the kinds (ends with NULL; NULL: of any). ERR_NOTFOUND.
 */
int job_read(struct exchange *x, const char *text, const char *const *kinds, struct job *job,
             struct error *err);
/* A page of a list, by the route's `limit` and `cursor`; with counts of all states. */
int jobs_answer(struct exchange *x, const struct job_filter *wanted, bool counts,
                struct error *err);

#endif
