/*
 * The doctor's order: the library, its clones, documents that may be read now.
 */
#include "doctor.h"

#include "carrel/kinds.h"
#include "carrel/library.h"

#include <inttypes.h>
#include <stdlib.h>

/* Documents that failed for a reason that has passed: jobs for them. */
static int requeue(const struct app *app, struct store *store, const struct doctor_options *options,
                   struct error *err)
{
    int64_t added = 0;
    int result = process_requeue(app, store, &added, err);
    char *what;

    if (result != ERR_OK || added == 0)
        return result;
    what = mem_printf("%" PRId64 " document%s in the queue to be read again; 'carrel worker "
                      "--once' does it",
                      added, added == 1 ? "" : "s");
    options->line(options->ctx, true, what);
    free(what);
    return ERR_OK;
}

int app_doctor(const struct app *app, struct store *store, const struct doctor_options *options,
               long *problems, struct error *err)
{
    int result = library_doctor(store, options->fix, options->line, options->ctx, problems, err);

    if (result == ERR_OK)
        result = doctor_clones(app, store, options, problems, err);
    if (result == ERR_OK && options->fix)
        result = requeue(app, store, options, err);
    return result;
}
