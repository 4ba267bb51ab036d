/*
 * A digest as JSON: one object with members for all of its parts.
 */
#include "digest.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/jsonw.h"
#include "carrel/works.h"

static void digest_json_papers(struct jsonw *w, const struct digest_feed *feed)
{
    size_t i;

    jsonw_key(w, "papers");
    jsonw_array(w);
    for (i = 0; feed->found && i < feed->found->len; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "id", feed->found->hits[i].row.key);
        jsonw_key_string(w, "title", feed->found->hits[i].row.title);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void digest_json_alerts(struct jsonw *w, const struct digest *digest)
{
    size_t i;

    jsonw_key(w, "alerts");
    jsonw_array(w);
    for (i = 0; i < digest->alert_count; i++)
        alert_row_json(w, &digest->alerts[i]);
    jsonw_end(w);
    jsonw_key_bool(w, "alerts_cut", digest->alerts_cut);
}

static void digest_json_changes(struct jsonw *w, const struct digest *digest)
{
    size_t i;

    jsonw_key_int(w, "changed", digest->change_total);
    jsonw_key_int(w, "changed_since_read", digest->news);
    jsonw_key(w, "changes");
    jsonw_array(w);
    for (i = 0; i < digest->change_count; i++) {
        const struct change *change = &digest->changes[i];
        char at[32];

        time_format(at, change->at);
        jsonw_object(w);
        jsonw_key_string(w, "id", digest->changed[i].key);
        jsonw_key_string(w, "title", digest->changed[i].title);
        jsonw_key_string(w, "what", change->withdrawn ? "withdrawn" : "replaced");
        if (!change->withdrawn && change->version > 0) {
            jsonw_key_int(w, "from", change->from);
            jsonw_key_int(w, "version", change->version);
        }
        jsonw_key_string(w, "at", at);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void digest_json_rising(struct jsonw *w, const struct digest *digest)
{
    const struct trends *rising = &digest->rising;
    size_t i;

    jsonw_key(w, "rising");
    jsonw_object(w);
    jsonw_key_string(w, "metric", *rising->metric ? rising->metric : NULL);
    jsonw_key_int(w, "window_days", rising->window);
    jsonw_key(w, "papers");
    jsonw_array(w);
    for (i = 0; i < digest->rising_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "id", rising->items[i].key);
        jsonw_key_string(w, "title", rising->items[i].title);
        jsonw_key_double(w, "value", rising->items[i].measure.value);
        jsonw_key_double(w, "velocity", rising->items[i].measure.velocity);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

void digest_json(struct str *out, const struct digest *digest)
{
    struct text_list names = { 0 };
    char since[16], today[16];
    struct jsonw w;
    size_t i;

    date_format(since, digest->since);
    date_format(today, digest->today);
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "since", since);
    jsonw_key_string(&w, "until", today);
    jsonw_key(&w, "feeds");
    jsonw_array(&w);
    for (i = 0; i < digest->feed_count; i++) {
        jsonw_object(&w);
        jsonw_key_string(&w, "name", digest->feeds[i].name);
        jsonw_key_string(&w, "query", digest->feeds[i].query);
        jsonw_key_int(&w, "new", digest->feeds[i].total);
        jsonw_key_string(&w, "error", digest->feeds[i].error);
        digest_json_papers(&w, &digest->feeds[i]);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    digest_json_alerts(&w, digest);
    digest_json_changes(&w, digest);
    digest_json_rising(&w, digest);
    jsonw_key_int(&w, "later", digest->later);
    jsonw_key_int(&w, "starred", digest->starred);
    jsonw_key_int(&w, "unread", digest->unread);
    credits_from_bits(&names, digest->arena, digest->credits);
    credits_to_json(&w, &names);
    jsonw_end(&w);
    str_add_char(out, '\n');
}
