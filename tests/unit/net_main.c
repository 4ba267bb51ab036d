/*
 * Tests of net: the server and the ledger they use.
 */
#include "net_test.h"

#include "carrel/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Beside this program, whatever the variant it was built as. */
static char *replay_program(void)
{
    char here[4096];
    ssize_t len = readlink("/proc/self/exe", here, sizeof here - 1);

    assert_true(len > 0);
    here[len] = '\0';
    *strrchr(here, '/') = '\0';
    return mem_printf("%s/replay", here);
}

void server_start(struct server *server, const char *script)
{
    char *program = replay_program(), line[32];
    int out[2], fd;
    FILE *in;

    strcpy(server->script, "/tmp/carrel-net-XXXXXX");
    strcpy(server->log, "/tmp/carrel-log-XXXXXX");
    fd = mkstemp(server->log);
    assert_true(fd >= 0);
    close(fd);
    fd = mkstemp(server->script);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, script, strlen(script)), strlen(script));
    close(fd);
    assert_int_equal(pipe(out), 0);
    server->pid = fork();
    assert_true(server->pid >= 0);
    if (server->pid == 0) {
        dup2(out[1], 1);
        execl(program, program, "-l", server->log, server->script, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    in = fdopen(out[0], "r");
    assert_non_null(fgets(line, sizeof line, in));
    fclose(in);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", atoi(line));
    free(program);
}

void server_stop(struct server *server)
{
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
    unlink(server->script);
    unlink(server->log);
}

void memory_ledger_init(struct memory_ledger *ledger)
{
    memset(ledger, 0, sizeof *ledger);
    pthread_mutex_init(&ledger->lock, NULL);
}

static int memory_reserve(void *ctx, const struct net_origin *origin, const struct net_note *note,
                          int64_t *ticket, int64_t *wait_ms, struct error *err)
{
    struct memory_ledger *l = ctx;
    int64_t now = clock_real_ms(), pause;

    (void)err;
    assert_non_null(note->url);
    pthread_mutex_lock(&l->lock);
    pause = l->last_end ? l->last_end + origin->interval_ms - now : 0;
    if (l->not_before - now > pause)
        pause = l->not_before - now;
    if (l->in_flight > 0 || pause > 0) {
        *wait_ms = pause > 0 ? pause : 5;
    } else {
        *ticket = ++l->reserved;
        l->begun[l->reserved] = clock_ticks_ms();
        l->in_flight++;
        snprintf(l->notes + strlen(l->notes), sizeof l->notes - strlen(l->notes), "%d ", note->try);
        snprintf(l->urls + strlen(l->urls), sizeof l->urls - strlen(l->urls), "%s ", note->url);
    }
    if (l->in_flight > l->most_in_flight)
        l->most_in_flight = l->in_flight;
    pthread_mutex_unlock(&l->lock);
    return ERR_OK;
}

static int memory_settle(void *ctx, const struct net_origin *origin, int64_t ticket,
                         const struct net_outcome *outcome, struct error *err)
{
    struct memory_ledger *l = ctx;

    (void)origin;
    (void)err;
    pthread_mutex_lock(&l->lock);
    assert_int_equal(ticket, l->reserved);
    l->settled++;
    l->in_flight--;
    l->refused += outcome->refused;
    l->last_end = clock_real_ms();
    l->ended[ticket] = clock_ticks_ms();
    l->not_before = outcome->not_before;
    snprintf(l->notes + strlen(l->notes), sizeof l->notes - strlen(l->notes), "%d %s;",
             outcome->status, outcome->error ? outcome->error : "fine");
    if (outcome->etag)
        snprintf(l->etag, sizeof l->etag, "%s", outcome->etag);
    if (outcome->last_modified)
        snprintf(l->last_modified, sizeof l->last_modified, "%s", outcome->last_modified);
    pthread_mutex_unlock(&l->lock);
    return ERR_OK;
}

static int memory_validators(void *ctx, const char *url, struct str *etag,
                             struct str *last_modified, struct error *err)
{
    struct memory_ledger *l = ctx;

    (void)url;
    (void)err;
    str_add(etag, l->etag);
    str_add(last_modified, l->last_modified);
    return ERR_OK;
}

const struct net_ledger memory_ledger_table = { .reserve = memory_reserve,
                                                .settle = memory_settle,
                                                .validators = memory_validators };

void fetch(struct fetched *out, struct memory_ledger *ledger, const struct server *server,
           const char *path, const struct net_request *like)
{
    static const struct net_options options = {
        .version = "9.9", .contact = "mailto:me@example.org", .backoff_ms = 5, .backoff_max_ms = 20
    };
    static const struct net_origin origin = { .name = "place" };
    struct net_request request = like ? *like : (struct net_request){ 0 };
    struct net *net = net_new(&options);
    struct net_client *client = net_client_new(net, &memory_ledger_table, ledger);
    char *url = strstr(path, "://") ? mem_strdup(path) : mem_printf("%s%s", server->url, path);

    memset(out, 0, sizeof *out);
    request.url = url;
    if (!request.origin)
        request.origin = &origin;
    request.note.source = "test";
    out->result = net_send(client, &request, &out->answer, &out->err);
    assert_int_equal(ledger->reserved, ledger->settled);
    assert_true(ledger->most_in_flight <= 1);
    net_client_free(client);
    net_free(net);
    free(url);
}

int main(void)
{
    return net_text_tests() + net_send_tests() != 0;
}
