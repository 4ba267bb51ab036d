/*
 * The doctor on webhooks: dead letters are mentioned, though they are no damage.
 */
#include "doctor.h"

#include "carrel/webhooks.h"

#include <inttypes.h>

int doctor_webhooks(struct doctor *doctor, struct error *err)
{
    int64_t dead = 0;
    int result = webhook_dead(doctor->store, &dead, err);

    if (result == ERR_OK && dead > 0)
        doctor_say(doctor, true,
                   "%" PRId64 " deliver%s of webhooks could not be made: carrel webhook list "
                   "--state dead",
                   dead, dead == 1 ? "y" : "ies");
    return result;
}
