/*
 * The command `digest`: what a day or a week has brought.
 */
#include "alerts.h"
#include "commands.h"
#include "digest.h"
#include "own_file.h"

#include "carrel/clock.h"

#include <string.h>

static const char *const periods[] = { "day", "week" };

const char *digest_period_at(size_t i)
{
    return i < ARRAY_LEN(periods) ? periods[i] : NULL;
}

static int digest_since(struct command_call *call, int32_t *since, struct error *err)
{
    const char *period = call_option(call, "--period"), *date = call_option(call, "--since");

    if (period && strcmp(period, periods[0]) != 0 && strcmp(period, periods[1]) != 0)
        return error_set(err, ERR_USAGE, "--period %.40s: it is day or week", period);
    *since = clock_today() - (period && period[0] == 'd' ? 0 : 6);
    if (date && !date_parse(date, since, NULL))
        return error_set(err, ERR_USAGE,
                         "--since %.40s is no date: write 2026, 2026-03 or 2026-03-01", date);
    if (*since > clock_today())
        return error_set(err, ERR_USAGE, "--since %.40s is still to come", date);
    return ERR_OK;
}

int cmd_digest(struct command_call *call, struct error *err)
{
    const char *format = call_option(call, "--format"), *query = call_option(call, "--query");
    const struct own_file own = call_own_file(call, "-o", "digest");
    struct digest digest;
    struct error why = { 0 };
    int64_t fired, count;
    int32_t since;
    int result = digest_since(call, &since, err);

    format = format ? format : "text";
    if (result == ERR_OK && query)
        result = search_count(&count, call->store, query, err); /* it must work */
    if (result == ERR_PARSE && err)
        err->code = result = ERR_USAGE;
    if (result != ERR_OK)
        return result;
    if (!store_read_only(call->store)
        && alerts_evaluate(call->store, call->app, call->cancel, &fired, &why) != ERR_OK)
        str_printf(&call->say, "%s\n", why.message);
    result = digest_gather(&digest, call->store, since, query, err);
    if (result == ERR_OK && !digest_write(&call->out, &digest, format))
        result = error_set(err, ERR_USAGE, "--format %.40s: it is text, md, html or json", format);
    digest_free(&digest);
    if (result != ERR_OK || !own.path)
        return result;
    result = own_file_write(&own, call->out.ptr, call->out.len, err);
    str_clear(&call->out);
    if (result == ERR_OK && call->desk)
        str_printf(&call->say, "the digest is in %s", own.path);
    return result;
}
