/*
 * What a sync has done, source by source and peer by peer.
 */
#include "commands.h"
#include "sync.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <string.h>

static void sync_json_source(struct jsonw *w, const struct harvest_result *source)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", source->name);
    jsonw_key_string(w, "state",
                     source->skipped    ? "skipped"
                     : source->followed ? "followed"
                                        : run_state_name(source->run.state));
    run_counts_to_json(w, &source->run);
    jsonw_key_bool(w, "more", source->more);
    sync_json_gaps(w, source);
    jsonw_key_time(w, "next_allowed", source->next_allowed);
    jsonw_key_string(w, "error", *source->error ? source->error : NULL);
    jsonw_end(w);
}

void sync_json_peers(struct jsonw *w, const struct sync_peers *peers)
{
    size_t i;

    jsonw_key(w, "peers");
    jsonw_array(w);
    for (i = 0; i < peers->count; i++) {
        jsonw_object(w);
        peer_result_json(w, &peers->items[i]);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void sync_report_json(struct command_call *call, const struct harvest_report *report,
                      const struct sync_peers *peers)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_bool(&w, "partial", report->partial);
    jsonw_key(&w, "sources");
    jsonw_array(&w);
    for (i = 0; i < report->count; i++)
        sync_json_source(&w, &report->results[i]);
    jsonw_end(&w);
    jsonw_key_string(&w, "pace_problem", report->pace_problem);
    sync_json_peers(&w, peers);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

static void sync_text_source(struct str *out, const struct harvest_result *source)
{
    size_t i;

    if (source->skipped) {
        char due[32];

        time_format(due, source->due);
        str_printf(out, source->due ? "%s: not due before %s\n" : "%s: another carrel is at it\n",
                   source->name, due);
        return;
    }
    if (source->followed) {
        str_printf(out, "%s: another carrel has just done it\n", source->name);
        return;
    }
    str_printf(out,
               "%s: %" PRId64 " seen: %" PRId64 " added, %" PRId64 " updated, %" PRId64
               " unchanged, %" PRId64 " rejected; %" PRId64 " request%s, %" PRId64
               " tried again, %" PRId64 " KiB%s\n",
               source->name, source->run.seen, source->run.added, source->run.updated,
               source->run.unchanged, source->run.rejected, source->run.requests,
               source->run.requests == 1 ? "" : "s", source->run.retries,
               (source->run.bytes + 1023) / 1024,
               source->sliced ? "; it goes on with the next run"
               : source->more ? "; more is waiting"
                              : "");
    if (source->run.binned > 0) {
        str_add(out, "  ");
        say_binned(out, source->run.binned);
    }
    if (*source->error && source->status != ERR_CANCELLED)
        str_printf(out, "  %s\n", source->error);
    for (i = 0; i < source->gap_count; i++) {
        bool told = strcmp(source->gaps[i].why, source->error) == 0; /* in the line above */

        str_printf(out, told ? "  not fetched: %s\n" : "  not fetched: %s (%s)\n",
                   source->gaps[i].what, source->gaps[i].why);
    }
}

static void text_moved(struct str *out, const struct sync_totals *t)
{
    str_add_count(out, t->records_got, "record");
    str_add(out, " and ");
    str_add_count(out, t->ops_got, "operation");
    str_add(out, " came (");
    str_add_count(out, t->added, "paper");
    str_printf(out, " added, %" PRId64 " updated, ", t->updated);
    str_add_count(out, t->taken, "change");
    str_printf(out, "), %" PRId64 " and %" PRId64 " went; %" PRId64 " KiB\n", t->records_sent,
               t->ops_sent, (t->bytes_got + t->bytes_sent + 1023) / 1024);
}

static void text_queries(struct str *out, const struct sync_totals *t)
{
    const char *line = t->queries_lost;
    int64_t told = 0;

    while (*line) {
        size_t len = strcspn(line, "\n");

        str_printf(out, "  the query %.*s\n", (int)len, line);
        line += len + (line[len] == '\n');
        told++;
    }
    if (t->queries > told)
        str_printf(out, "  and of %" PRId64 " more queries one is lost of two\n",
                   t->queries - told);
}

/* Of one that failed what moved is told only where something did. */
static void sync_text_peer(struct str *out, const struct peer_result *peer)
{
    const struct sync_totals *t = peer->totals;

    str_printf(out, "peer %s: ", peer->peer.name);
    if (!peer->error || t->records_got + t->ops_got + t->records_sent + t->ops_sent > 0)
        text_moved(out, t);
    else
        str_add(out, "failed\n");
    if (t->binned > 0)
        str_printf(out,
                   "  %" PRId64
                   " paper%s went into the bin, removed on another machine; carrel bin "
                   "lists %s, carrel bin restore ID brings one back\n",
                   t->binned, t->binned == 1 ? "" : "s", t->binned == 1 ? "it" : "them");
    else if (t->binned < 0)
        str_printf(out, "  %" PRId64 " paper%s came back out of the bin\n", -t->binned,
                   t->binned == -1 ? "" : "s");
    if (t->both > 0)
        str_printf(out, "  %" PRId64 " note%s two texts now, of both sides: %s%s\n", t->both,
                   t->both == 1 ? " has" : "s have", t->both_of, t->both > 3 ? " ..." : "");
    text_queries(out, t);
    if (t->begun)
        str_printf(out, "  a new place is begun in %s, with all that this library has\n",
                   peer->peer.url);
    if (peer->told)
        str_printf(out, "  %s\n", peer->told);
    if (peer->error)
        str_printf(out, "  %s\n", peer->error);
}

void sync_report_text(struct command_call *call, const struct harvest_report *report,
                      const struct sync_peers *peers)
{
    size_t i;

    for (i = 0; i < report->count; i++)
        sync_text_source(&call->out, &report->results[i]);
    for (i = 0; i < peers->count; i++)
        sync_text_peer(&call->out, &peers->items[i]);
    if (report->count == 0 && peers->count == 0)
        str_add(&call->say, "no source is enabled\n");
    if (report->pace_problem)
        str_printf(&call->out, "%s\n", report->pace_problem);
}
