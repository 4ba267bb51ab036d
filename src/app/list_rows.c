/*
 * Rows as lines or as items of JSON: see list_rows.h.
 */
#include "list_rows.h"

void list_rows(struct command_call *call, const struct list_rows *list)
{
    bool json = call_has(call, "--json");
    struct jsonw w;
    size_t i;

    if (json)
        jsonw_items(&w, &call->out);
    for (i = 0; i < list->count; i++) {
        const void *row = (const char *)list->rows + i * list->size;

        if (json)
            list->json(&w, row);
        else
            list->text(&call->out, row);
    }
    if (json)
        jsonw_items_end(&w);
    else if (list->count == 0)
        str_add(&call->say, list->none);
}
