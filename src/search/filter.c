/*
 * The condition beside the words, asked about one work after the other, or, when it lets few
 * through, read as a whole into bits.
 */
#include "retrieve.h"

#include <stdlib.h>
#include <string.h>

#define FILTER_CHECKS 2000 /* one by one; after that it pays to list all that pass */

int filter_open(struct filter *filter, struct plan *plan, struct error *err)
{
    struct str sql = STR_INIT;
    int result;

    *filter = (struct filter){ .plan = plan };
    if (plan->where.len == 0)
        return ERR_OK;
    str_printf(&sql, "SELECT 1 FROM work w WHERE w.id = ?1 AND (%s)", plan->where.ptr);
    result = stmt_prepare_once(&filter->one, plan->store, sql.ptr, err);
    str_free(&sql);
    return result;
}

void filter_close(struct filter *filter)
{
    stmt_free(filter->one);
    free(filter->bits);
}

static int filter_fill(struct filter *filter, const struct plan *drive, struct error *err)
{
    struct str sql = STR_INIT;
    struct stmt *stmt;
    int step, result;

    str_printf(&sql, "SELECT w.id FROM work w WHERE (%s)", drive->where.ptr);
    result = stmt_prepare_once(&stmt, filter->plan->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    plan_bind(stmt, drive, 1);
    filter->bits = mem_zalloc(((size_t)filter->last / 64 + 1) * 8);
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t id = stmt_int(stmt, 0);

        if (id >= 0 && id <= filter->last)
            filter->bits[id / 64] |= 1ull << (id % 64);
    }
    stmt_free(stmt);
    return step;
}

/* The condition is compiled anew, in a form that SQLite can list its works by. */
static int filter_read(struct filter *filter, struct error *err)
{
    struct plan *plan = filter->plan, drive;
    int result =
        store_query_int(plan->store, "SELECT ifnull(max(id), 0) FROM work", &filter->last, err);

    if (result != ERR_OK)
        return result;
    plan_init(&drive, plan->store, plan->arena, plan->lengths);
    drive.driving = true;
    result = plan_compile(&drive, plan->tree, err);
    if (result == ERR_OK)
        result = filter_fill(filter, &drive, err);
    plan_free(&drive);
    return result;
}

int filter_passes(struct filter *filter, int64_t id, struct error *err)
{
    int result = ERR_OK;

    if (!filter->one)
        return 1;
    if (!filter->bits && (filter->plan->listed || filter->checks++ == FILTER_CHECKS))
        result = filter_read(filter, err);
    if (result != ERR_OK)
        return result;
    if (filter->bits)
        return id <= filter->last && (filter->bits[id / 64] >> (id % 64) & 1);
    stmt_bind_int(filter->one, 1, id);
    plan_bind(filter->one, filter->plan, 2); /* a reset takes them off */
    result = stmt_step(filter->one, err);
    stmt_reset(filter->one);
    return result;
}
