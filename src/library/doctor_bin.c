/*
 * The doctor on the bin: a record is in it exactly when it is gone (carrel/bin.h), and each paper
 * in it has records and names.
 */
#include "doctor.h"

#include "bin.h"

#include <inttypes.h>
#include <string.h>

struct bin_census {
    struct doctor *doctor;
    struct arena *arena;
    int64_t *works, *papers; /* that have records on the wrong side */
    size_t work_count, work_cap, paper_count, paper_cap;
};

/* Is what the row's record (its third column) says on the other side than it lies? */
static int row_wrong(bool *wrong, struct bin_census *census, struct arena *arena, struct stmt *stmt,
                     bool in_bin, struct error *err)
{
    struct text_list names = { 0 };
    struct record record;
    int64_t at;
    size_t len;
    bool gone = false;
    const void *bytes = stmt_blob(stmt, 1, &len);
    int result;

    arena_reset(arena);
    result = payload_unpack(&record, arena, bytes, len, err);
    if (result != ERR_OK)
        return result;
    record_all_names(&names, arena, &record);
    result = bin_judge(&gone, &at, census->doctor->store, &names, err);
    *wrong = gone != in_bin;
    return result;
}

static int census_take(int64_t **out, size_t *count, size_t *cap, struct bin_census *census,
                       const char *sql, bool in_bin, struct error *err)
{
    struct arena *arena = arena_new();
    struct stmt *stmt;
    int step = 0, result = stmt_prepare(&stmt, census->doctor->store, sql, err);
    bool wrong;

    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        int64_t number = stmt_int(stmt, 0);

        result = row_wrong(&wrong, census, arena, stmt, in_bin, err);
        if (result == ERR_OK && wrong && (*count == 0 || (*out)[*count - 1] != number))
            ARENA_PUSH(census->arena, *out, *count, *cap, number);
    }
    if (result == ERR_OK && step < 0)
        result = step;
    stmt_reset(stmt);
    arena_free(arena);
    return result;
}

/* Only what has a name that is gone can be; all that lies in the bin has to be. */
static int census_read(struct bin_census *census, struct error *err)
{
    int result = census_take(
        &census->works, &census->work_count, &census->work_cap, census,
        "SELECT r.work_id, r.payload FROM record r WHERE r.source != '" HAND "' AND r.work_id IN "
        "(SELECT a.work_id FROM op o JOIN alias a ON a.scheme = substr(o.item, 1, instr(o.item, "
        "':') - 1) AND a.value = substr(o.item, instr(o.item, ':') + 1) WHERE o.kind = 'gone' AND "
        "o.value = '1' UNION SELECT x.work_id FROM op o JOIN claim c ON c.name = o.item JOIN "
        "record x ON x.id = c.record_id WHERE o.kind = 'gone' AND o.value = '1') ORDER BY 1",
        false, err);

    return result == ERR_OK
               ? census_take(&census->papers, &census->paper_count, &census->paper_cap, census,
                             "SELECT work, payload FROM bin ORDER BY work", true, err)
               : result;
}

static int mend_all(struct bin_census *census, struct writer *writer, struct preparer *preparer,
                    struct error *err)
{
    int64_t back = 0;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < census->work_count && result == ERR_OK; i++)
        result = bin_settle_work(writer, preparer, census->works[i], err);
    for (i = 0; i < census->paper_count && result == ERR_OK; i++)
        result = bin_give_back(writer, preparer, census->papers[i], &back, err);
    return result;
}

static int census_mend(struct bin_census *census, struct error *err)
{
    struct writer *writer = writer_new(census->doctor->store);
    struct preparer *preparer = NULL;
    struct embedders embedders;
    int result = embedders_open(&embedders, census->doctor->store, err);

    if (result == ERR_OK) {
        preparer = preparer_new(&embedders);
        result = writer_start(writer, err);
    }
    if (result == ERR_OK)
        result = mend_all(census, writer, preparer, err);
    if (result == ERR_OK)
        result = writer_finish(writer, err);
    else
        writer_abort(writer);
    preparer_free(preparer);
    writer_free(writer);
    return result;
}

/* Rows of the bin that cannot be found, or that nothing stands behind. */
static int bin_rows(struct doctor *doctor, struct error *err)
{
    static const struct {
        const char *count, *mend, *what;
    } checks[] = {
        { "SELECT count(*) FROM bin b WHERE NOT EXISTS (SELECT 1 FROM bin_work w WHERE w.id = "
          "b.work)",
          "INSERT INTO bin_work(id, key, title, added, at) SELECT work, min(source_key), '', "
          "min(fetched), max(fetched) FROM bin WHERE work NOT IN (SELECT id FROM bin_work) GROUP "
          "BY work",
          "records in the bin are of no paper in it" },
        { "SELECT count(*) FROM bin_work w WHERE NOT EXISTS (SELECT 1 FROM bin b WHERE b.work = "
          "w.id)",
          "DELETE FROM bin_work WHERE id NOT IN (SELECT work FROM bin); DELETE FROM bin_name WHERE "
          "work NOT IN (SELECT work FROM bin)",
          "papers in the bin have no record" },
    };
    int64_t count;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(checks) && result == ERR_OK; i++) {
        count = 0;
        result = store_query_int(doctor->store, checks[i].count, &count, err);
        if (result == ERR_OK && count > 0 && doctor->fix)
            result = store_exec(doctor->store, checks[i].mend, err);
        if (result == ERR_OK && count > 0)
            doctor_say(doctor, doctor->fix, "%" PRId64 " %s%s", count, checks[i].what,
                       doctor->fix ? ": mended" : "");
    }
    return result;
}

/* What is still wrong, though all has been put where it belongs: it was refused, by name. */
static int census_again(struct bin_census *census, size_t *wrong, struct error *err)
{
    size_t before = census->work_count + census->paper_count;
    int result;

    census->work_count = census->paper_count = 0;
    result = census_read(census, err);
    if (result == ERR_OK && census->paper_count > 0)
        doctor_say(
            census->doctor, false,
            "%zu papers in the bin are too much to be kept beside what is here; 'carrel bin' "
            "lists them, 'carrel bin empty' drops all that is in it",
            census->paper_count);
    *wrong = before - census->work_count - census->paper_count;
    return result;
}

int doctor_bin(struct doctor *doctor, struct error *err)
{
    struct bin_census census = { .doctor = doctor, .arena = arena_new() };
    int64_t papers = 0;
    size_t wrong;
    int result = bin_rows(doctor, err);

    if (result == ERR_OK)
        result = census_read(&census, err);
    wrong = census.work_count + census.paper_count;
    if (result == ERR_OK && wrong > 0 && doctor->fix)
        result = census_mend(&census, err);
    if (result == ERR_OK && wrong > 0 && doctor->fix)
        result = census_again(&census, &wrong, err);
    if (result == ERR_OK)
        result = bin_count(doctor->store, &papers, err);
    if (result == ERR_OK && wrong > 0)
        doctor_say(doctor, doctor->fix,
                   doctor->fix ? "%zu papers that were on the wrong side of the bin: mended"
                               : "%zu papers are in the bin and not removed, or the other way "
                                 "round; 'carrel doctor --fix' puts them where they belong",
                   wrong);
    else if (result == ERR_OK)
        doctor_say(doctor, true, "the bin (%" PRId64 ")", papers);
    arena_free(census.arena);
    return result;
}
