/*
 * The sockets of desks (remote.h), and the side that asks.
 *
 * Folders may have longer names than an address of a socket: they are named by a descriptor of
 * theirs (/proc/self/fd/N/desk.1).
 */
#include "carrel/remote.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PREFIX "desk."
#define BACKLOG 8
#define ACCEPT_MS 10000 /* a desk that has not taken the line by then is busy */
#define SEND_MS 2000

static char *run_folder(const struct app *app)
{
    return path_join(app->library, "run");
}

static void address_of(struct sockaddr_un *address, int folder, const char *name)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%.32s", folder, name);
}

/* Connected, or -1 with errno. */
static int reach(int folder, const char *name)
{
    struct timeval patience = { .tv_sec = SEND_MS / 1000 };
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), saved;

    address_of(&address, folder, name);
    if (fd >= 0) /* also bounds connect: a desk whose backlog is full has not answered for long */
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* Of a desk that is no more. */
static bool is_left_behind(int reached)
{
    return reached < 0 && errno == ECONNREFUSED;
}

static bool is_name(const char *name)
{
    return str_starts(name, PREFIX) && name[strlen(PREFIX)]
           && strspn(name + strlen(PREFIX), "0123456789") == strlen(name + strlen(PREFIX))
           && strlen(name) < 32;
}

/* Calls `each` with the names of sockets. */
static void each_name(int folder, void (*each)(void *ctx, int folder, const char *name), void *ctx)
{
    int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = own >= 0 ? fdopendir(own) : NULL;
    struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (is_name(entry->d_name))
            each(ctx, folder, entry->d_name);
    if (dir)
        closedir(dir);
    else if (own >= 0)
        close(own);
}

/* ---- the desk's side ---- */

static void sweep_one(void *ctx, int folder, const char *name)
{
    int fd = reach(folder, name);

    (void)ctx;
    if (is_left_behind(fd))
        unlinkat(folder, name, 0);
    if (fd >= 0)
        close(fd);
}

static int listen_at(int *fd, int folder, const char *name, struct error *err)
{
    struct sockaddr_un address;
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    address_of(&address, folder, name);
    unlinkat(folder, name, 0); /* of another process that had our number */
    if (made >= 0 && fchmod(made, 0600) == 0
        && bind(made, (struct sockaddr *)&address, sizeof address) == 0
        && fchmodat(folder, name, 0600, 0) == 0 && listen(made, BACKLOG) == 0) {
        *fd = made;
        return ERR_OK;
    }
    error_errno(err, "--remote will not find this desk: cannot make run/%s in the library", name);
    if (made >= 0)
        close(made);
    return ERR_IO;
}

int remote_listen(int *fd, char **path, const struct app *app, struct error *err)
{
    char *folder = run_folder(app), name[32];
    int at, result;

    snprintf(name, sizeof name, PREFIX "%ld", (long)getpid());
    *fd = -1;
    *path = NULL;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        result = error_errno(err, "--remote will not find this desk: cannot make %s", folder);
    } else {
        at = open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        result = at < 0 ? error_errno(err, "cannot open %s", folder) : ERR_OK;
        if (result == ERR_OK) {
            each_name(at, sweep_one, NULL);
            result = listen_at(fd, at, name, err);
            close(at);
        }
    }
    if (result == ERR_OK)
        *path = path_join(folder, name);
    free(folder);
    return result;
}

bool remote_is_ours(int fd)
{
    struct ucred peer = { 0 };
    socklen_t len = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == geteuid();
}

/* ---- the other side ---- */

struct found {
    char name[32];
    int64_t since;
    int count;
};

/* The newest that listens. */
static void look_at(void *ctx, int folder, const char *name)
{
    struct found *found = ctx;
    struct stat st;
    int fd = reach(folder, name);
    int64_t since;

    if (is_left_behind(fd))
        unlinkat(folder, name, 0);
    if (fd < 0)
        return;
    close(fd);
    found->count++;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    since = st.st_ctim.tv_sec * INT64_C(1000000000) + st.st_ctim.tv_nsec;
    if (!*found->name || since > found->since) {
        snprintf(found->name, sizeof found->name, "%s", name);
        found->since = since;
    }
}

static int choose(int *fd, int folder, const struct app *app, struct error *err)
{
    const char *wanted = getenv(REMOTE_DESK);
    struct found found = { .name = "" };

    if (wanted && *wanted) {
        snprintf(found.name, sizeof found.name, PREFIX "%.20s", wanted);
        if (!is_name(found.name))
            return error_set(err, ERR_USAGE, REMOTE_DESK " is the number of a process, not '%.40s'",
                             wanted);
    } else if (folder >= 0) {
        each_name(folder, look_at, &found);
    }
    *fd = folder >= 0 && *found.name ? reach(folder, found.name) : -1;
    if (*fd >= 0)
        return ERR_OK;
    if (wanted && *wanted)
        return error_set(err, ERR_FAILED,
                         "no desk runs as process %.20s on %s (" REMOTE_DESK " names it)", wanted,
                         app->library);
    return error_set(err, ERR_FAILED, "no desk runs on %s; open one with: carrel", app->library);
}

/* All that comes until the other side closes, or until `ms` have passed without the first byte. */
static int hear(struct str *answer, int fd, const atomic_bool *cancel, struct error *err)
{
    int64_t until = clock_ticks_ms() + ACCEPT_MS;
    char buffer[4096];

    while (answer->len < REMOTE_ANSWER_MAX + 4096) {
        struct pollfd input = { .fd = fd, .events = POLLIN };
        ssize_t got;

        if (cancel && atomic_load(cancel))
            return error_set(err, ERR_CANCELLED,
                             "stopped waiting; the desk may still carry it out");
        if (answer->len == 0 && clock_ticks_ms() >= until)
            return error_set(err, ERR_FAILED,
                             "the desk does not answer: an editor or a command may have its "
                             "terminal, or it is stopped");
        if (poll(&input, 1, 100) <= 0)
            continue;
        got = read(fd, buffer, sizeof buffer);
        if (got <= 0)
            return ERR_OK;
        str_add_mem(answer, buffer, (size_t)got);
    }
    return ERR_OK;
}

static int take_apart(const struct str *answer, int *code, struct str *said, struct str *out,
                      struct error *err)
{
    const char *at = str_starts(answer->ptr, "+\n") ? answer->ptr + 2 : "", *line;
    char *end;

    *code = (int)strtol(at, &end, 10);
    if (end == at || *end != '\n' || *code < 0 || *code > 255)
        return error_set(err, ERR_FAILED, "the desk ended before it had answered");
    line = end + 1;
    at = line + strcspn(line, "\n");
    utf8_clean(said, line, (size_t)(at - line));
    if (*at)
        utf8_clean(out, at + 1, strlen(at + 1));
    return ERR_OK;
}

int remote_send(const struct app *app, const char *line, int *code, struct str *said,
                struct str *out, const atomic_bool *cancel, struct error *err)
{
    char *path = run_folder(app);
    int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1, result;
    struct str answer = STR_INIT;

    if (strlen(line) > REMOTE_LINE_MAX)
        result = error_set(err, ERR_USAGE, "a command for the desk has at most %d bytes, not %zu",
                           REMOTE_LINE_MAX, strlen(line));
    else
        result = choose(&fd, folder, app, err);
    if (result == ERR_OK)
        result = fd_write_all(fd, line, strlen(line), err);
    if (result == ERR_OK && shutdown(fd, SHUT_WR) != 0)
        result = error_errno(err, "cannot talk to the desk");
    if (result == ERR_OK)
        result = hear(&answer, fd, cancel, err);
    if (result == ERR_OK)
        result = take_apart(&answer, code, said, out, err);
    if (fd >= 0)
        close(fd);
    if (folder >= 0)
        close(folder);
    str_free(&answer);
    free(path);
    return result;
}

void remote_line(struct str *line, int count, char *const *words)
{
    bool text = false; /* taken as it stands */
    int i;

    for (i = 0; i < count; i++) {
        text |= i > 0 && (words_text_follows(i, words) || words_keep_quotes(words[0]));
        str_add(line, i > 0 ? " " : "");
        if (count > 1 && (!*words[i] || (!text && word_needs_quotes(words[i]))))
            word_quote(line, words[i], true);
        else
            str_add(line, words[i]);
    }
}
