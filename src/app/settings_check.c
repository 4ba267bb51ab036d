/*
 * `config --check`: settings that are well written and yet cannot work, as whoever uses them would
 * find: webhooks without a secret, peers without a token, a website's token that may do more than
 * everybody who reads it should.
 */
#include "hooks.h"

#include "carrel/export.h"
#include "carrel/peers.h"

struct checking {
    const struct app *app;
    struct arena *arena;
    void (*tell)(void *ctx, const char *line);
    void *ctx;
};

static void check_hooks(const struct checking *check)
{
    struct webhook *hooks;
    struct hook_peers *senders = NULL;
    struct error err;
    size_t count, i;

    hooks_configured(check->arena, check->app->config, &hooks, &count);
    for (i = 0; i < count; i++)
        if (hook_check(check->app->config, &hooks[i], &err) != ERR_OK)
            check->tell(check->ctx, err.message);
    if (hook_peers_open(&senders, check->app, &err) != ERR_OK)
        check->tell(check->ctx, err.message);
    hook_peers_free(senders);
}

static void check_peers(const struct checking *check)
{
    struct peer *peers;
    struct error err;
    size_t count, i;

    if (peers_configured(check->arena, check->app->config, &peers, &count, &err) != ERR_OK) {
        check->tell(check->ctx, err.message);
        return;
    }
    for (i = 0; i < count; i++)
        if (peer_check(&peers[i], check->app->library, &err) != ERR_OK) {
            error_context(&err, "peer.%s", peers[i].name);
            check->tell(check->ctx, err.message);
        }
}

static void check_site(const struct checking *check)
{
    struct str token = STR_INIT;
    struct error err;

    if (site_token(&token, check->app->config, &err) != ERR_OK)
        check->tell(check->ctx, err.message);
    str_forget(&token);
}

void app_settings_check(const struct app *app, void (*tell)(void *ctx, const char *line), void *ctx)
{
    struct checking check = { .app = app, .arena = arena_new(), .tell = tell, .ctx = ctx };

    check_hooks(&check);
    check_peers(&check);
    check_site(&check);
    arena_free(check.arena);
}
