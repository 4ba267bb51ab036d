/*
 * The service: the library over HTTP (DESIGN section 11). A face like the command line and the
 * desk: what a route does, it does through the same commands.
 *
 * One row of a table is one route; the OpenAPI document and the page of documentation are made from
 * the same rows, and so is the checking of what comes in.
 */
#ifndef CARREL_HTTP_H
#define CARREL_HTTP_H

#include "carrel/app.h"

/* The command `serve`: runs until SIGTERM or an interrupt, which end it cleanly (ERR_OK). */
int http_serve(struct command_call *call, struct error *err);
/* The command `token`: makes, lists and revokes access tokens. */
int http_token(struct command_call *call, struct error *err);

const char *http_scope_name(size_t i); /* of tokens; NULL behind the last */

/* "libmicrohttpd 0.9.75, libjwt 1.10.2" */
const char *http_versions(void);
void http_man(struct str *out); /* the page carrel-api(7) */

#endif
