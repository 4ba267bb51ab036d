/* Repositories as commands and views show them. */
#ifndef CARREL_APP_REPOSITORIES_H
#define CARREL_APP_REPOSITORIES_H

#include "commands.h"

#include "carrel/repository_view.h"

/* What show says of one: by its key, an older name or an address; also of one that papers link to
 * and that was never asked for. ERR_NOTFOUND: neither. */
int repository_show(struct command_call *call, const char *any_id, struct error *err);

#endif
