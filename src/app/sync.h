/* What the files of sync share. */
#ifndef CARREL_APP_SYNC_H
#define CARREL_APP_SYNC_H

#include "carrel/app.h"
#include "carrel/harvest.h"
#include "carrel/jsonw.h"
#include "carrel/peers.h"

void sync_json_gaps(struct jsonw *w, const struct harvest_result *source);
/* A source's numbers as an object: of a job's answer, of what hooks are told (kind_harvest.c). */
void harvest_json_counts(struct jsonw *w, const struct harvest_result *result);
int sync_status(struct command_call *call, const struct harvest_options *options,
                struct error *err);

void peer_status_json(struct jsonw *w, const struct peer_status *status); /* an object */
void peer_status_text(struct str *out, const struct peer_status *status);

/* sync_report.c */
struct sync_peers {
    struct peer_result *items;
    size_t count;
};
void sync_json_peers(struct jsonw *w, const struct sync_peers *peers); /* the member "peers" */
void sync_report_json(struct command_call *call, const struct harvest_report *report,
                      const struct sync_peers *peers);
void sync_report_text(struct command_call *call, const struct harvest_report *report,
                      const struct sync_peers *peers);

#endif
