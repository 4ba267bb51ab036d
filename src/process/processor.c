/*
 * The parent's side: starts the child, hands it one file at a time, and waits with a deadline. The
 * child is believed in nothing: frames are bounded and checked, a silent or talkative child is
 * killed, and whatever became of it is told as the document's state.
 *
 * The child is this program again (carrel/child.h) with an empty environment and one end of a socket
 * pair.
 */
#include "carrel/process.h"

#include "carrel/child.h"
#include "carrel/clock.h"
#include "carrel/document.h"
#include "carrel/utf8.h"
#include "frame.h"
#include "pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILD_WORD "--process-child"
#define START_MS 10000
#define POLL_MS 100
#define TIME_DEFAULT 30000
#define MEMORY_DEFAULT (1LL << 30)
#define MEMORY_SPARE (256LL << 20) /* for the program itself */
#define READ_STEP (1u << 20)

struct processor {
    struct processor_options options;
    pid_t pid; /* 0: no child */
    int fd;
    unsigned served;
    bool confined;
};

/* What came of waiting for the child. */
enum outcome { OUTCOME_FRAME, OUTCOME_GONE, OUTCOME_LATE, OUTCOME_NONSENSE, OUTCOME_CANCELLED };

struct processor *processor_new(const struct processor_options *options)
{
    struct processor *processor = mem_zalloc(sizeof *processor);

    processor->options = *options;
    if (processor->options.time_limit_ms <= 0)
        processor->options.time_limit_ms = TIME_DEFAULT;
    if (processor->options.memory_limit <= 0)
        processor->options.memory_limit = MEMORY_DEFAULT;
    processor->confined = true;
    processor->fd = -1;
    return processor;
}

bool processor_confined(const struct processor *processor)
{
    return processor->confined;
}

/* Ends the child, if there is one; returns how it ended as waitpid tells it. */
static int stop_child(struct processor *processor, bool at_once)
{
    int status;

    if (processor->pid == 0)
        return 0;
    if (at_once)
        kill(processor->pid, SIGKILL);
    if (processor->fd >= 0)
        close(processor->fd);
    processor->fd = -1;
    status = child_wait(processor->pid);
    processor->pid = 0;
    processor->served = 0;
    return status;
}

void processor_free(struct processor *processor)
{
    if (!processor)
        return;
    /* Between files it waits for us and ends by itself; killing is as good and never waits. */
    stop_child(processor, true);
    free(processor);
}

/* ---- starting ---- */

static int spawn_child(struct processor *processor, int fd, struct error *err)
{
    char limit[24];
    char *argv[] = { (char[]){ "carrel" }, (char[]){ CHILD_WORD }, limit, NULL };
    char *envp[] = { NULL };

    snprintf(limit, sizeof limit, "%lld", (long long)processor->options.memory_limit);
    return child_spawn(&processor->pid, fd, argv, envp) == ERR_OK
               ? ERR_OK
               : error_errno(err, "cannot start the document reader");
}

static enum outcome read_frame(struct processor *processor, int64_t deadline, struct frame *frame,
                               struct str *payload);

static int start_child(struct processor *processor, struct error *err)
{
    struct str payload = STR_INIT;
    struct frame frame;
    int pair[2], result;
    enum outcome outcome;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return error_errno(err, "cannot make a socket for the document reader");
    result = spawn_child(processor, pair[1], err);
    close(pair[1]);
    processor->fd = pair[0];
    if (result != ERR_OK) {
        close(pair[0]);
        processor->fd = -1;
        return result;
    }
    outcome = read_frame(processor, clock_ticks_ms() + START_MS, &frame, &payload);
    if (outcome == OUTCOME_FRAME && frame.type == FRAME_READY && frame.len == 4)
        processor->confined = payload.ptr[0] != 0;
    else if (outcome == OUTCOME_CANCELLED)
        result = error_set(err, ERR_CANCELLED, "stopped");
    else
        result = error_set(err, ERR_IO,
                           "the document reader does not start: process.memory-limit may be too "
                           "small");
    if (result != ERR_OK)
        stop_child(processor, true);
    str_free(&payload);
    return result;
}

/* ---- talking ---- */

/* Reads up to `len` bytes more, waiting until the deadline at most. */
static enum outcome read_some(struct processor *processor, int64_t deadline, struct str *out,
                              size_t len)
{
    size_t target = out->len + len;

    while (out->len < target) {
        struct pollfd wait = { .fd = processor->fd, .events = POLLIN };
        int64_t left = deadline - clock_ticks_ms();
        size_t step = target - out->len < READ_STEP ? target - out->len : READ_STEP;
        ssize_t got;

        if (processor->options.cancel && atomic_load(processor->options.cancel))
            return OUTCOME_CANCELLED;
        if (left <= 0)
            return OUTCOME_LATE;
        if (poll(&wait, 1, left < POLL_MS ? (int)left : POLL_MS) <= 0)
            continue;
        /* Memory is taken as bytes arrive, not as they are announced. */
        str_reserve(out, step);
        got = recv(processor->fd, out->ptr + out->len, step, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return OUTCOME_GONE;
        out->len += (size_t)got;
        out->ptr[out->len] = '\0';
    }
    return OUTCOME_FRAME;
}

static enum outcome read_frame(struct processor *processor, int64_t deadline, struct frame *frame,
                               struct str *payload)
{
    enum outcome outcome;

    str_clear(payload);
    outcome = read_some(processor, deadline, payload, FRAME_HEADER);
    if (outcome != OUTCOME_FRAME)
        return outcome;
    if (frame_parse_header(frame, (const unsigned char *)payload->ptr, NULL) != ERR_OK)
        return OUTCOME_NONSENSE;
    str_clear(payload);
    return read_some(processor, deadline, payload, frame->len);
}

/* Header and payload in one message, with the open file beside them; small enough to fit the
 * socket's buffer, which is empty between requests. */
static bool send_request(struct processor *processor, enum frame_type type,
                         const struct request *request, int file)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { .bytes = { 0 } };
    struct str payload = STR_INIT;
    unsigned char header[FRAME_HEADER];
    struct iovec parts[2];
    struct msghdr message = { .msg_iov = parts,
                              .msg_iovlen = 2,
                              .msg_control = control.bytes,
                              .msg_controllen = sizeof control.bytes };
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    ssize_t sent;

    request_put(&payload, request);
    frame_put_header(header, type, (uint32_t)payload.len);
    parts[0] = (struct iovec){ header, sizeof header };
    parts[1] = (struct iovec){ payload.ptr, payload.len };
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof file);
    memcpy(CMSG_DATA(head), &file, sizeof file);
    do
        sent = sendmsg(processor->fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    explicit_bzero(payload.ptr, payload.len);
    sent -= (ssize_t)(sizeof header + payload.len);
    str_free(&payload);
    return sent == 0;
}

/* Processor time and address space for the file that comes next. The sanitizers' own memory cannot
 * be told from the reader's. */
static void limit_child(const struct processor *processor, int64_t size)
{
    struct rlimit limit = { .rlim_max = RLIM_INFINITY };
    struct timespec used = { 0 };
    clockid_t clock;

    if (clock_getcpuclockid(processor->pid, &clock) == 0)
        clock_gettime(clock, &used);
    limit.rlim_cur = (rlim_t)(used.tv_sec + 2 + (processor->options.time_limit_ms + 999) / 1000);
    prlimit(processor->pid, RLIMIT_CPU, &limit, NULL);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(CARREL_SANITIZED)
    limit.rlim_cur = (rlim_t)(processor->options.memory_limit + MEMORY_SPARE + size);
    prlimit(processor->pid, RLIMIT_AS, &limit, NULL);
#else
    (void)size;
#endif
}

/* ---- one file ---- */

struct verdict {
    enum document_state state;
    char message[256];
};

static void judge_end(const struct processor *processor, enum outcome outcome, bool memory,
                      int status, struct verdict *verdict)
{
    double seconds = (double)processor->options.time_limit_ms / 1000;

    verdict->state = DOCUMENT_LIMIT;
    if (outcome == OUTCOME_LATE || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) {
        snprintf(verdict->message, sizeof verdict->message,
                 "it took more than %g s (process.time-limit)", seconds);
    } else if (memory
               || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && outcome == OUTCOME_GONE)) {
        snprintf(verdict->message, sizeof verdict->message,
                 "it needs more memory than process.memory-limit allows");
    } else {
        verdict->state = DOCUMENT_REFUSED;
        if (WIFSIGNALED(status) && outcome == OUTCOME_GONE)
            snprintf(verdict->message, sizeof verdict->message,
                     "it crashes the reader (signal %d, %s)", WTERMSIG(status),
                     strsignal(WTERMSIG(status)));
        else
            snprintf(verdict->message, sizeof verdict->message, "it breaks the reader");
    }
}

static void tell_progress(const struct processor *processor, const struct str *payload)
{
    uint32_t numbers[2];

    if (payload->len != sizeof numbers || !processor->options.progress)
        return;
    memcpy(numbers, payload->ptr, sizeof numbers);
    processor->options.progress(processor->options.ctx, numbers[0], numbers[1]);
}

struct exchange {
    enum frame_type type, want;
    const struct request *request;
    int fd;
    struct str *payload;
};

/* One attempt: what came, in *frame and the payload when it was a frame. */
static enum outcome exchange_once(struct processor *processor, const struct exchange *exchange,
                                  struct frame *frame)
{
    enum outcome outcome = OUTCOME_GONE;
    int64_t deadline = clock_ticks_ms() + processor->options.time_limit_ms;

    limit_child(processor, (int64_t)exchange->request->size);
    processor->served++;
    if (!send_request(processor, exchange->type, exchange->request, exchange->fd))
        return outcome;
    do {
        outcome = read_frame(processor, deadline, frame, exchange->payload);
        if (outcome == OUTCOME_FRAME && frame->type == FRAME_PROGRESS)
            tell_progress(processor, exchange->payload);
    } while (outcome == OUTCOME_FRAME && frame->type == FRAME_PROGRESS);
    return outcome;
}

/* ERR_OK with verdict->state DOCUMENT_DONE leaves the answer in the payload. A child that dies in
 * the middle of a batch may have been worn out by the files before: only a fresh one's death is
 * held against the file. */
static int ask(struct processor *processor, const struct exchange *exchange,
               struct verdict *verdict, struct error *err)
{
    enum outcome outcome;
    struct frame frame;
    int status, result;
    bool fresh, memory;

    *verdict = (struct verdict){ .state = DOCUMENT_DONE };
    if (processor->served >= PROCESS_RECYCLE)
        stop_child(processor, true);
    do {
        fresh = processor->pid == 0;
        result = fresh ? start_child(processor, err) : ERR_OK;
        if (result != ERR_OK)
            return result;
        frame = (struct frame){ 0 };
        outcome = exchange_once(processor, exchange, &frame);
        if (outcome == OUTCOME_FRAME && frame.type == exchange->want)
            return ERR_OK;
        memory = outcome == OUTCOME_FRAME && frame.type == FRAME_MEMORY;
        status = stop_child(processor, outcome != OUTCOME_GONE);
    } while (!fresh && (outcome == OUTCOME_GONE || memory));
    if (outcome == OUTCOME_CANCELLED)
        return error_set(err, ERR_CANCELLED, "stopped");
    judge_end(processor, outcome, memory, status, verdict);
    return ERR_OK;
}

static int make_request(struct request *request, int64_t size, enum document_format format,
                        const char *password, struct error *err)
{
    *request = (struct request){ .format = format, .size = (uint64_t)size };
    if (size < 0 || size > PROCESS_FILE_MAX)
        return error_set(err, ERR_LIMIT, "it is larger than %lld GiB", PROCESS_FILE_MAX >> 30);
    if (!password)
        return ERR_OK;
    if (strlen(password) >= sizeof request->password)
        return error_set(err, ERR_LIMIT, "its password is longer than %zu bytes",
                         sizeof request->password - 1);
    snprintf(request->password, sizeof request->password, "%s", password);
    request->has_password = true;
    return ERR_OK;
}

static struct document *failed_document(enum document_state state, const char *message)
{
    struct document *doc = document_new();

    document_fail(doc, state, "%s", message);
    return doc;
}

int process_fd(struct processor *processor, int fd, int64_t size, enum document_format format,
               const char *password, struct document **out, struct error *err)
{
    struct error own = { 0 };
    struct request request;
    struct verdict verdict;
    struct str payload = STR_INIT;
    int result;

    *out = NULL;
    if (make_request(&request, size, format, password, &own) != ERR_OK) {
        *out = failed_document(DOCUMENT_LIMIT, own.message);
        return ERR_OK;
    }
    result =
        ask(processor, &(struct exchange){ FRAME_EXTRACT, FRAME_DOCUMENT, &request, fd, &payload },
            &verdict, &own);
    if (result == ERR_OK && verdict.state == DOCUMENT_DONE
        && document_unpack(out, payload.ptr, payload.len, &own) != ERR_OK) {
        stop_child(processor, true);
        verdict.state = DOCUMENT_REFUSED;
        snprintf(verdict.message, sizeof verdict.message, "%s", "it breaks the reader");
    }
    if (result == ERR_OK && verdict.state != DOCUMENT_DONE)
        *out = failed_document(verdict.state, verdict.message);
    explicit_bzero(&request, sizeof request);
    str_free(&payload);
    if (result != ERR_OK)
        error_set(err, result, "%s", own.message);
    return result;
}

static int open_regular(const char *path, int64_t *size, struct error *err)
{
    /* O_NONBLOCK: a named pipe without a writer must not hold us. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat facts;

    if (fd < 0) {
        error_errno(err, "%s", path);
        return -1;
    }
    if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        error_set(err, ERR_IO, "%s: not a regular file", path);
        close(fd);
        return -1;
    }
    *size = facts.st_size;
    return fd;
}

int process_file(struct processor *processor, const char *path, enum document_format format,
                 const char *password, struct document **out, struct error *err)
{
    int64_t size;
    int fd, result;

    *out = NULL;
    fd = open_regular(path, &size, err);
    if (fd < 0)
        return ERR_IO;
    if (format == FORMAT_AUTO)
        format = document_format_from(path);
    result = process_fd(processor, fd, size, format, password, out, err);
    close(fd);
    return result;
}

/* ---- pixels ---- */

#define IMAGE_HEAD (3 * sizeof(uint32_t) + 256)

/* 256 bytes from the child as a line for people. */
static void clean_message(char out[256], const char *bytes)
{
    struct str clean = STR_INIT;

    utf8_squeeze(&clean, bytes, strnlen(bytes, 255));
    snprintf(out, 256, "%s", clean.ptr);
    str_free(&clean);
}

static bool unpack_image(struct page_image *out, const struct str *payload, uint32_t width)
{
    uint32_t numbers[3];
    size_t len;

    if (payload->len < IMAGE_HEAD)
        return false;
    memcpy(numbers, payload->ptr, sizeof numbers);
    clean_message(out->message, payload->ptr + sizeof numbers);
    len = payload->len - IMAGE_HEAD;
    if (numbers[0] > DOCUMENT_LIMIT || (size_t)numbers[1] * numbers[2] * 3 != len
        || (len > 0 && numbers[1] != width) || (numbers[0] == DOCUMENT_DONE) != (len > 0))
        return false;
    out->state = numbers[0];
    out->width = numbers[1];
    out->height = numbers[2];
    out->pixels = len > 0 ? mem_dup(payload->ptr + IMAGE_HEAD, len) : NULL;
    return true;
}

int process_render(struct processor *processor, const char *path, const char *password,
                   uint32_t page, uint32_t width, struct page_image *out, struct error *err)
{
    struct error own = { 0 };
    struct request request;
    struct verdict verdict;
    struct str payload = STR_INIT;
    int64_t size;
    int fd = open_regular(path, &size, err), result;

    *out = (struct page_image){ .state = DOCUMENT_REFUSED };
    if (fd < 0)
        return ERR_IO;
    result = make_request(&request, size, FORMAT_PDF, password, &own);
    request.page = page;
    request.width = width > PROCESS_WIDTH_MAX ? PROCESS_WIDTH_MAX : width;
    if (result == ERR_OK)
        result =
            ask(processor, &(struct exchange){ FRAME_RENDER, FRAME_IMAGE, &request, fd, &payload },
                &verdict, &own);
    if (result == ERR_OK && verdict.state == DOCUMENT_DONE
        && !unpack_image(out, &payload, request.width)) {
        stop_child(processor, true);
        verdict = (struct verdict){ DOCUMENT_REFUSED, "it breaks the reader" };
    }
    if (result == ERR_OK && verdict.state != DOCUMENT_DONE) {
        out->state = verdict.state;
        snprintf(out->message, sizeof out->message, "%s", verdict.message);
    }
    close(fd);
    explicit_bzero(&request, sizeof request);
    str_free(&payload);
    if (result != ERR_OK)
        error_set(err, result, "%s", own.message);
    return result;
}

void page_image_free(struct page_image *image)
{
    free(image->pixels);
    image->pixels = NULL;
}
