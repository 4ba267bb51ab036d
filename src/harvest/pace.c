/*
 * What all senders share of the peer that hands out leases: which it is, whether it answers.
 */
#include "pace_internal.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/log.h"
#include "carrel/mem.h"
#include "carrel/source.h"
#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "peer."

struct pace_choice {
    struct pace *pace;
    const struct config *config;
};

static const char *peer_setting(const struct config *config, const char *name, const char *what)
{
    char key[256];

    snprintf(key, sizeof key, PREFIX "%s.%s", name, what);
    return config_text(config, key);
}

/* An address of a service: carrel's own is asked by http on this machine alone. */
static bool is_service(const char *url)
{
    return str_istarts(url, "https://") || (str_istarts(url, "http://") && source_is_loopback(url));
}

static void pace_choose(struct pace *pace, const struct config *config, const char *name)
{
    const char *url = peer_setting(config, name, "url"), *lease;
    size_t len = url ? strlen(url) : 0;
    struct error err = { 0 };

    lease = peer_setting(config, name, "lease");
    if (!url || !is_service(url) || (lease && strcmp(lease, "no") == 0))
        return;
    while (len > 0 && url[len - 1] == '/')
        len--;
    pace->peer = mem_strdup(name);
    pace->url = mem_printf("%.*s/sync/lease", (int)len, url);
    pace->required = lease && strcmp(lease, "required") == 0;
    if (net_bearer(&pace->bearer, peer_setting(config, name, "token-file"), &err) != ERR_OK)
        pace->broken = err;
}

/* The first one that fits. */
static void pace_look_at(void *ctx, const char *key, const char *value, const char *from)
{
    struct pace_choice *choice = ctx;
    const char *begin = key + strlen(PREFIX), *end = strrchr(key, '.');
    char *name;

    (void)value;
    (void)from;
    if (choice->pace->url || !str_istarts(key, PREFIX) || end <= begin)
        return;
    name = mem_printf("%.*s", (int)(end - begin), begin);
    pace_choose(choice->pace, choice->config, name);
    free(name);
}

static void pace_name_machine(struct pace *pace)
{
    char host[256] = "";
    struct str name = STR_INIT;

    if (gethostname(host, sizeof host - 1) == 0)
        utf8_squeeze(&name, host, strnlen(host, PACE_MACHINE_MAX));
    snprintf(pace->machine, sizeof pace->machine, "%s", name.len ? name.ptr : "carrel");
    str_free(&name);
}

struct pace *pace_new(const struct config *config, const char *version, const atomic_bool *cancel)
{
    struct net_options options = { .version = version,
                                   .contact = config_text(config, "harvest.contact"),
                                   .ca_file = config_text(config, "net.ca-file") };
    struct pace *pace = mem_zalloc(sizeof *pace);
    struct pace_choice choice = { pace, config };

    pace->cancel = cancel;
    pthread_mutex_init(&pace->lock, NULL);
    pace_name_machine(pace);
    config_each(config, pace_look_at, &choice);
    pace->net = pace->url ? net_new(&options) : NULL;
    return pace;
}

void pace_free(struct pace *pace)
{
    if (!pace)
        return;
    net_free(pace->net);
    free(pace->peer);
    free(pace->url);
    free(pace->bearer);
    pthread_mutex_destroy(&pace->lock);
    free(pace);
}

bool pace_asks(struct pace *pace)
{
    bool asks;

    pthread_mutex_lock(&pace->lock);
    asks = pace->url && !pace->ourselves && clock_ticks_ms() >= pace->rests_until;
    pthread_mutex_unlock(&pace->lock);
    return asks;
}

void pace_rests(struct pace *pace, const struct error *why)
{
    bool told;

    pthread_mutex_lock(&pace->lock);
    pace->rests_until = clock_ticks_ms() + PACE_REST_MS;
    told = pace->told;
    pace->told = true;
    if (!told)
        error_set(&pace->problem, why->code, "%.300s; %s", why->message,
                  pace->required ? "without its leave nothing is asked"
                                 : "without its leave this machine keeps a pace of its own");
    pthread_mutex_unlock(&pace->lock);
    if (!told)
        log_write(LOG_WARN, "%s", pace->problem.message);
}

const char *pace_problem(const struct pace *pace)
{
    return pace->told ? pace->problem.message : NULL;
}

void pace_lift(struct pace *pace, const char *origin)
{
    struct pace_talk talk = { .pace = pace, .holder = "lift" };
    struct str message = STR_INIT;
    struct pace_answer answer;
    struct error err = { 0 };
    struct jsonw w;

    if (!pace_asks(pace))
        return;
    pace_message(&w, &message, &talk, "lift", origin);
    jsonw_end(&w);
    if (pace_send(&talk, &message, PACE_ASK_MS, pace->cancel, &answer, &err) != ERR_OK)
        pace_rests(pace, &err);
    pace_talk_close(&talk);
    str_free(&message);
}
