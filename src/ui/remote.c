/*
 * The desk's ear (carrel/remote.h): lines that come over its socket are run as if they were typed,
 * and answered when what they began has ended. All on the loop thread, which waits for none of
 * them: one epoll descriptor stands for the socket and all connections.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/remote.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALLERS 8
#define LINE_MS 5000 /* for a line to come */

struct remote_call {
    int fd; /* -1: free */
    bool taken;
    int64_t since;   /* ticks */
    struct str line; /* as it comes */
    int tasks;       /* commands that have not ended */
    uint64_t view;   /* the one on top before it was run */
    int code;        /* enum error_code */
    struct str said, out;
};

struct remote {
    int fd, epoll;
    char *path;
    struct remote_call calls[CALLERS];
};

static void call_end(struct remote_call *call)
{
    close(call->fd);
    call->fd = -1;
    str_free(&call->line);
    str_free(&call->said);
    str_free(&call->out);
}

/* The other side's buffer takes all of it at once; one that has gone is not missed. */
static void call_write(const struct remote_call *call, const char *bytes, size_t len)
{
    if (send(call->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        log_write(LOG_DEBUG, "remote: nobody waits for the answer");
}

static void call_answer(struct remote_call *call)
{
    struct str answer = STR_INIT, said = STR_INIT;

    utf8_squeeze(&said, call->said.ptr, call->said.len);
    str_printf(&answer, "%d\n%s\n%s", error_exit_code(call->code), said.ptr, call->out.ptr);
    if (answer.len > REMOTE_ANSWER_MAX)
        str_cut(&answer, utf8_fit(answer.ptr, REMOTE_ANSWER_MAX));
    call_write(call, answer.ptr, answer.len);
    str_free(&answer);
    str_free(&said);
    call_end(call);
}

static void call_refuse(struct remote_call *call, const char *why)
{
    call->code = ERR_USAGE;
    call_write(call, "+\n", 2);
    str_add(&call->said, why);
    call_answer(call);
}

/* ---- what the desk's files tell of the line that is being run ---- */

void remote_outcome(struct desk *desk, int code)
{
    if (desk->hears && code != ERR_OK)
        desk->hears->code = code;
}

void remote_said(struct desk *desk, const char *text, bool failed)
{
    struct remote_call *call = desk->hears;

    if (!call)
        return;
    str_clear(&call->said);
    str_add(&call->said, text);
    if (failed && call->code == ERR_OK)
        call->code = ERR_FAILED;
}

void remote_output(struct desk *desk, const char *text)
{
    if (desk->hears)
        str_add(&desk->hears->out, text);
}

int remote_begin(struct desk *desk)
{
    if (!desk->hears)
        return 0;
    desk->hears->tasks++;
    return (int)(desk->hears - desk->remote->calls) + 1;
}

/* A command may end when the desk is left, and those who waited have been told. */
void remote_resume(struct desk *desk, int number)
{
    struct remote_call *call = number > 0 && desk->remote ? &desk->remote->calls[number - 1] : NULL;

    desk->hears = call && call->fd >= 0 && call->tasks > 0 ? call : NULL;
    if (desk->hears)
        desk->hears->tasks--;
}

/* ---- lines ---- */

static bool is_line(const struct str *line)
{
    size_t i;

    for (i = 0; i < line->len; i++)
        if (((unsigned char)line->ptr[i] < 0x20 && line->ptr[i] != '\t') || line->ptr[i] == 0x7F)
            return false;
    return utf8_valid(line->ptr, line->len);
}

static void call_run(struct desk *desk, struct remote_call *call)
{
    struct view *view = desk_view(desk);
    char *line = mem_strdup(call->line.ptr);

    if (!is_line(&call->line) || str_blank(line)) {
        call_refuse(call, "a command is one line of text, without control characters");
    } else {
        call->taken = true;
        call->view = view ? view->id : 0;
        call_write(call, "+\n", 2);
        desk->hears = call;
        desk_run_line(desk, line);
        desk->hears = NULL;
        desk->repaint = true;
    }
    free(line);
}

static void call_read(struct desk *desk, struct remote_call *call)
{
    char buffer[1024];
    ssize_t got;

    while ((got = recv(call->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0) {
        str_add_mem(&call->line, buffer, (size_t)got);
        if (call->line.len > REMOTE_LINE_MAX) {
            call_refuse(call, "a command for the desk has at most 8192 bytes");
            return;
        }
    }
    if (call->taken)
        return; /* who has gone gets no answer, but the place is kept until the command has ended */
    if (got == 0)
        call_run(desk, call);
    else if (got < 0 && errno != EAGAIN && errno != EINTR)
        call_end(call);
}

static void call_accept(struct remote *remote)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLET | EPOLLRDHUP };
    int fd = accept4(remote->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    size_t i;

    for (i = 0; i < CALLERS && remote->calls[i].fd >= 0; i++)
        ;
    if (fd < 0)
        return;
    if (i == CALLERS || !remote_is_ours(fd)) {
        close(fd); /* who has the right may try again */
        return;
    }
    remote->calls[i] = (struct remote_call){
        .fd = fd, .since = clock_ticks_ms(), .line = STR_INIT, .said = STR_INIT, .out = STR_INIT
    };
    event.data.u32 = (uint32_t)i + 1;
    if (epoll_ctl(remote->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        call_end(&remote->calls[i]);
}

/* ---- answers ---- */

/* A view that was opened and has looked may know that there is no such thing. */
static void call_view(struct desk *desk, struct remote_call *call)
{
    struct view *view = desk_view(desk);
    const struct error *why = NULL;

    if (view && view->id != call->view && view->ops->failure)
        why = view->ops->failure(view);
    if (why && call->code == ERR_OK) {
        call->code = why->code == ERR_PARSE ? ERR_USAGE : why->code;
        str_clear(&call->said);
        str_add(&call->said, why->message);
    }
}

void desk_remote_settle(struct desk *desk)
{
    struct view *view = desk_view(desk);
    int i;

    for (i = 0; desk->remote && i < CALLERS; i++) {
        struct remote_call *call = &desk->remote->calls[i];

        if (call->fd < 0)
            continue;
        if (!call->taken && clock_ticks_ms() - call->since > LINE_MS)
            call_refuse(call, "no whole line came");
        else if (call->taken && call->tasks == 0 && (!view || view->asked == 0)) {
            call_view(desk, call);
            call_answer(call);
        }
    }
}

int desk_remote_fd(const struct desk *desk)
{
    return desk->remote ? desk->remote->epoll : -1;
}

void desk_remote(struct desk *desk)
{
    struct epoll_event events[CALLERS + 1];
    int count, i;

    count = desk->remote ? epoll_wait(desk->remote->epoll, events, CALLERS + 1, 0) : 0;
    for (i = 0; i < count; i++) {
        uint32_t number = events[i].data.u32;

        if (number == 0)
            call_accept(desk->remote);
        else if (desk->remote->calls[number - 1].fd >= 0)
            call_read(desk, &desk->remote->calls[number - 1]);
    }
}

/* ---- beginning and end ---- */

static bool has_folder(const struct desk *desk)
{
    return access(desk->app->library, F_OK) == 0;
}

void desk_remote_start(struct desk *desk)
{
    struct epoll_event event = { .events = EPOLLIN };
    struct remote *remote;
    struct error err = { 0 };
    int i;

    if (desk->remote || desk->remote_failed || !has_folder(desk))
        return; /* there may be a library later */
    remote = mem_zalloc(sizeof *remote);
    for (i = 0; i < CALLERS; i++)
        remote->calls[i].fd = -1;
    remote->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (remote_listen(&remote->fd, &remote->path, desk->app, &err) == ERR_OK
        && epoll_ctl(remote->epoll, EPOLL_CTL_ADD, remote->fd, &event) == 0) {
        desk->remote = remote;
        return;
    }
    log_write(LOG_WARN, "%s", *err.message ? err.message : "--remote will not find this desk");
    desk->remote_failed = true;
    if (remote->fd >= 0)
        close(remote->fd);
    close(remote->epoll);
    free(remote->path);
    free(remote);
}

void desk_remote_stop(struct desk *desk)
{
    struct remote *remote = desk->remote;
    int i;

    if (!remote)
        return;
    unlink(remote->path);
    close(remote->fd);
    for (i = 0; i < CALLERS; i++) {
        if (remote->calls[i].fd >= 0 && remote->calls[i].tasks > 0) {
            remote->calls[i].code = ERR_FAILED;
            str_clear(&remote->calls[i].said);
            str_add(&remote->calls[i].said, "the desk was left before it was done");
        }
        if (remote->calls[i].fd >= 0)
            call_answer(&remote->calls[i]);
    }
    close(remote->epoll);
    free(remote->path);
    free(remote);
    desk->remote = NULL;
    desk->hears = NULL;
}
