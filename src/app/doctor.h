/*
 * The doctor, all of it: the library's own checks (library/doctor.c) and those of what app alone
 * knows, for the command and the job.
 */
#ifndef CARREL_APP_DOCTOR_H
#define CARREL_APP_DOCTOR_H

#include "carrel/app.h"

struct doctor_options {
    bool fix;
    const atomic_bool *cancel; /* may be NULL */
    void (*line)(void *ctx, bool ok, const char *what);
    void *ctx;
};
/* *problems counts what was found and not mended. Outside of any transaction. */
int app_doctor(const struct app *app, struct store *store, const struct doctor_options *options,
               long *problems, struct error *err);

/* doctor_clones.c: rows, folders and indexes of clones; adds to *problems. */
int doctor_clones(const struct app *app, struct store *store, const struct doctor_options *options,
                  long *problems, struct error *err);

#endif
