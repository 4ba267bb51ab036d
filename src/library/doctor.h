/* Inside the doctor: one check after the other, in one transaction. */
#ifndef CARREL_LIBRARY_DOCTOR_H
#define CARREL_LIBRARY_DOCTOR_H

#include "internal.h"

struct doctor {
    struct store *store;
    bool fix;
    void (*line)(void *ctx, bool ok, const char *what);
    void *ctx;
    long problems;
    bool embed;    /* works or documents without vectors were found */
    bool segments; /* to be made anew */
};

/* One finding; what is not ok is a problem that stays. */
void doctor_say(struct doctor *doctor, bool ok, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

int doctor_documents(struct doctor *doctor, struct error *err);    /* doctor_documents.c */
int doctor_reading(struct doctor *doctor, struct error *err);      /* doctor_reading.c */
int doctor_bin(struct doctor *doctor, struct error *err);          /* doctor_bin.c */
int doctor_keys(struct doctor *doctor, struct error *err);         /* doctor_kept.c */
int doctor_versions(struct doctor *doctor, struct error *err);     /* doctor_kept.c */
int doctor_webhooks(struct doctor *doctor, struct error *err);     /* doctor_webhooks.c */
int doctor_repositories(struct doctor *doctor, struct error *err); /* doctor_repositories.c */

#endif
