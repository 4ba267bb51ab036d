/*
 * The command `review`: what reviews there were and what has become of their papers. They are held
 * at the desk (":review 25 10m").
 */
#include "commands.h"
#include "list_rows.h"

#include "carrel/clock.h"
#include "carrel/review.h"

#include <inttypes.h>

static void review_text(struct str *out, const void *row)
{
    const struct review *review = row;
    int64_t done = review->read + review->later + review->skip;
    char at[32];

    time_format(at, review->started);
    str_printf(out, "%.10s %.5s  %s: %" PRId64 " of %" PRId64 " in %" PRId64 ":%02d", at, at + 11,
               review->query, done, review->count, review->used / 60000,
               (int)(review->used / 1000 % 60));
    if (review->allowed)
        str_printf(out, " of %" PRId64 ":%02d", review->allowed / 60000,
                   (int)(review->allowed / 1000 % 60));
    str_printf(out,
               "  read %" PRId64 ", later %" PRId64 ", skip %" PRId64 ", starred %" PRId64 "%s\n",
               review->read, review->later, review->skip, review->starred,
               review->ended ? "" : "  (open)");
}

static void review_json(struct jsonw *w, const void *row)
{
    const struct review *review = row;

    jsonw_object(w);
    jsonw_key_int(w, "review", review->id);
    jsonw_key_string(w, "of", review->query);
    jsonw_key_time(w, "started", review->started);
    jsonw_key_int(w, "used_ms", review->used);
    jsonw_key_int(w, "allowed_ms", review->allowed);
    jsonw_key_bool(w, "open", review->ended == 0);
    jsonw_key_int(w, "papers", review->count);
    jsonw_key_int(w, "read", review->read);
    jsonw_key_int(w, "later", review->later);
    jsonw_key_int(w, "skip", review->skip);
    jsonw_key_int(w, "starred", review->starred);
    jsonw_end(w);
}

int cmd_review(struct command_call *call, struct error *err)
{
    struct list_rows list = { .size = sizeof(struct review),
                              .text = review_text,
                              .json = review_json,
                              .none = "no review yet; at the desk :review 25 10m holds one\n" };
    struct review *reviews = NULL;
    long limit = 20;
    int result = call_number(call, "--limit", 1, 100000, &limit, err);

    if (result == ERR_OK)
        result = reviews_list(&reviews, &list.count, call->store, call->arena, (size_t)limit, err);
    list.rows = reviews;
    if (result == ERR_OK)
        list_rows(call, &list);
    return result;
}
