/*
 * The doctor on highlights: those without words are none; one whose place is wrong is found by its
 * words.
 */
#include "doctor.h"

#include "carrel/store.h"

#include <inttypes.h>

#define HIGHLIGHT_WRONG "quote = '' OR start < 0 OR stop <> start + length(CAST(quote AS BLOB))"

int doctor_reading(struct doctor *doctor, struct error *err)
{
    int64_t count = 0, away = 0, wrong = 0;
    int result = store_query_int(doctor->store, "SELECT count(*) FROM highlight", &count, err);

    if (result == ERR_OK)
        result = store_query_int(doctor->store,
                                 "SELECT count(*) FROM highlight "
                                 "WHERE document NOT IN (SELECT name FROM document)",
                                 &away, err);
    if (result == ERR_OK)
        result = store_query_int(
            doctor->store, "SELECT count(*) FROM highlight WHERE " HIGHLIGHT_WRONG, &wrong, err);
    if (result == ERR_OK && wrong > 0 && doctor->fix)
        result = store_exec(
            doctor->store,
            "DELETE FROM highlight WHERE quote = ''; UPDATE highlight SET start = max(start, 0); "
            "UPDATE highlight SET stop = start + length(CAST(quote AS BLOB)) "
            "WHERE " HIGHLIGHT_WRONG,
            err);
    if (result != ERR_OK)
        return result;
    if (wrong > 0)
        doctor_say(doctor, doctor->fix,
                   doctor->fix ? "%" PRId64 " highlights have a place again"
                               : "%" PRId64 " highlights without a place; --fix finds it",
                   wrong);
    else if (away > 0)
        doctor_say(doctor, true,
                   "highlights (%" PRId64 ", %" PRId64 " of documents that are not here)", count,
                   away);
    else if (count > 0)
        doctor_say(doctor, true, "highlights (%" PRId64 ")", count);
    return ERR_OK;
}
