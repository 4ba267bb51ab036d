/*
 * The files that the service stands on, looked at while it runs.
 *
 * The library's file must stay the one that was opened: where another has its place, or none, what
 * is written goes nowhere, so nothing is taken any more.
 *
 * The configuration's may change. Its webhooks are read whenever
 * something happens (hooks.h), so all that is to be done here is to let the library know them at
 * once, and to say what holds from the next start only.
 */
#include "internal.h"

#include "carrel/file.h"
#include "carrel/log.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define LOOK_MS 1000
#define FOLLOWED "webhook."

struct follower {
    struct http_server *server;
    struct stat seen; /* all nought: there was no file */
    int64_t looked;   /* ticks */
    struct str rest;  /* what is not followed, as it was said last */
};

/* A line for each setting that is not followed. */
static void note_rest(void *ctx, const char *key, const char *value, const char *from)
{
    (void)from;
    if (strncasecmp(key, FOLLOWED, strlen(FOLLOWED)) != 0)
        str_printf(ctx, "%s=%s\n", key, value);
}

static void look(struct stat *out, const struct app *app)
{
    memset(out, 0, sizeof *out);
    if (stat(app->config_file, out) != 0)
        memset(out, 0, sizeof *out);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size
           && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

struct follower *follower_new(struct http_server *server)
{
    struct follower *follower = mem_zalloc(sizeof *follower);

    follower->server = server;
    str_init(&follower->rest);
    config_each(server->app->config, note_rest, &follower->rest);
    look(&follower->seen, server->app);
    return follower;
}

void follower_free(struct follower *follower)
{
    if (!follower)
        return;
    str_free(&follower->rest);
    free(follower);
}

/* /health has it, too, until it is put right. */
static void set_problem(struct http_server *server, const char *problem)
{
    pthread_mutex_lock(&server->lock);
    snprintf(server->problem, sizeof server->problem, "%.299s", problem);
    pthread_mutex_unlock(&server->lock);
}

/* What is not followed: told when it is another than the last time. */
static void tell_rest(struct follower *follower)
{
    struct config *config = NULL;
    struct str rest = STR_INIT;

    if (config_again(&config, follower->server->app->config, NULL) != ERR_OK)
        return; /* hooks_register has said so */
    config_each(config, note_rest, &rest);
    if (strcmp(rest.ptr, follower->rest.ptr) != 0)
        log_write(LOG_WARN,
                  "the configuration has changed: its webhooks are followed, all else holds from "
                  "the next start");
    str_free(&follower->rest);
    follower->rest = rest;
    config_free(config);
}

static void follow(struct follower *follower)
{
    struct http_server *server = follower->server;
    struct store *store = NULL;
    struct error err = { 0 };
    int result = http_store_take(server, &store, &err);

    if (result == ERR_OK)
        result = hooks_register(store, server->app, &err);
    http_store_give(server, store);
    if (result == ERR_OK)
        log_talk("the configuration was read again: webhooks are told by it\n");
    else
        log_write(LOG_WARN, "webhooks: %s", err.message);
    set_problem(server, err.message);
    tell_rest(follower);
}

/* ---- the library's file ---- */

static bool library_stat(struct stat *out, const struct app *app)
{
    char *path = path_join(app->library, "library.db");
    bool there = stat(path, out) == 0;

    free(path);
    return there;
}

void library_remember(struct http_server *server)
{
    struct stat now;

    if (!library_stat(&now, server->app))
        return;
    server->library_device = now.st_dev;
    server->library_inode = now.st_ino;
}

int library_look(struct http_server *server, struct error *err)
{
    struct error why;
    struct stat now;
    bool there = library_stat(&now, server->app);

    if (there && now.st_dev == server->library_device && now.st_ino == server->library_inode)
        return ERR_OK;
    error_set(&why, ERR_BUSY,
              "%s/library.db was %s while the service had it open: stop the service and start it "
              "again",
              server->app->library, there ? "replaced" : "removed");
    if (!atomic_exchange(&server->library_lost, true))
        log_write(LOG_ERROR, "%s", why.message);
    if (err)
        *err = why;
    return ERR_BUSY;
}

/* ---- all of them ---- */

void follower_look(struct follower *follower, int64_t now_ticks_ms, bool told)
{
    struct stat now;

    if (!told && now_ticks_ms - follower->looked < LOOK_MS)
        return;
    follower->looked = now_ticks_ms;
    library_look(follower->server, NULL);
    look(&now, follower->server->app);
    if (!told && is_same(&now, &follower->seen))
        return;
    follower->seen = now;
    follow(follower);
}
