/*
 * replay [-p PORT] [-l LOG] SCRIPT: serves the script on 127.0.0.1 until SIGTERM or SIGINT. The
 * port (0, the default: a free one) is printed on standard output once it can be reached.
 */
#include "replay.h"

#include "carrel/clock.h"
#include "carrel/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
    struct script *script;
    int fd, number;
};

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static void *connection_run(void *ctx)
{
    struct connection connection = *(struct connection *)ctx;

    free(ctx);
    serve_connection(connection.script, connection.fd, connection.number);
    return NULL;
}

static void connection_start(struct script *script, int fd, int number)
{
    struct connection *connection = mem_zalloc(sizeof *connection);
    pthread_attr_t detached;
    pthread_t thread;
    int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *connection = (struct connection){ .script = script, .fd = fd, .number = number };
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &detached, connection_run, connection) != 0) {
        close(fd);
        free(connection);
    }
    pthread_attr_destroy(&detached);
}

static int listen_on(int port, int *bound)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 128) != 0
        || getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        perror("replay: listen");
        return -1;
    }
    *bound = ntohs(address.sin_port);
    return fd;
}

/* The signals are let in only while it waits, so that none is lost between two looks. */
static void serve_until_signal(struct script *script, int fd)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigset_t both, before;
    int number = 0;

    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    pthread_sigmask(SIG_BLOCK, &both, &before);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    while (!stopping) {
        struct pollfd watch = { .fd = fd, .events = POLLIN };
        int client;

        if (ppoll(&watch, 1, NULL, &before) <= 0)
            continue;
        client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0)
            connection_start(script, client, ++number);
    }
}

int main(int argc, char **argv)
{
    static struct script script = { .lock = PTHREAD_MUTEX_INITIALIZER };
    const char *log = NULL;
    int port = 0, option, fd;

    while ((option = getopt(argc, argv, "p:l:")) != -1) {
        if (option == 'p')
            port = atoi(optarg);
        else if (option == 'l')
            log = optarg;
        else
            return 2;
    }
    if (optind != argc - 1) {
        fprintf(stderr, "usage: replay [-p PORT] [-l LOG] SCRIPT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (!script_read(&script, argv[optind]) || (log && !log_open(log)))
        return 1;
    fd = listen_on(port, &port);
    if (fd < 0)
        return 1;
    snprintf(script.url, sizeof script.url, "http://127.0.0.1:%d", port);
    script.started = clock_real_ms();
    printf("%d\n", port);
    fflush(stdout);
    serve_until_signal(&script, fd);
    _exit(0); /* connections may still be answering */
}
