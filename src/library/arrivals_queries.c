/*
 * Saved queries of one name that were made in two places, neither of which knew of the other: the
 * later stands, and the other one is told, that a person can save it under another name.
 */
#include "internal.h"

#include "carrel/arrivals.h"
#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int arrivals_query_ours(struct op *ours, struct store *store, struct arena *arena,
                        const struct op *op, int64_t known, struct error *err)
{
    char machine[MACHINE_HEX];
    int result;

    *ours = (struct op){ .value = NULL };
    if (strcmp(op->kind, "query") != 0 || *op->field || !op->value)
        return ERR_OK;
    result = ops_register(ours, store, arena, op->kind, op->item, op->field, err);
    if (result == ERR_OK)
        result = ops_machine(store, machine, err);
    if (result == ERR_OK
        && (ours->seq <= known || !ours->value || strcmp(ours->value, op->value) == 0
            || strcmp(ours->machine, machine) != 0 || strcmp(op->machine, machine) == 0))
        ours->value = NULL;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

void arrivals_query_lost(struct arrivals_report *report, const struct op *ours, const struct op *op,
                         bool taken)
{
    size_t used = strlen(report->queries_lost), size = sizeof report->queries_lost;
    const char *lost = taken ? ours->value : op->value;
    char *line = taken ? mem_printf("%s: that of the machine %.8s stands, ours is lost: %s",
                                    op->item, op->machine, lost)
                       : mem_printf("%s: ours stands, that of the machine %.8s is lost: %s",
                                    op->item, op->machine, lost);

    /* A line whole, or of the first as much as there is room for. */
    if (report->queries++ == 0 || used + strlen(line) + 2 < size)
        snprintf(report->queries_lost + used, size - used, "%s%.*s", used ? "\n" : "",
                 (int)utf8_fit(line, size - used - 2), line);
    free(line);
}
