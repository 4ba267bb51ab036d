/*
 * The log: a line of tab-separated fields for each request, written and flushed when its answer
 * has ended (or its client has gone). Times are ms since 1970: when the first byte of the request
 * arrived, and when the last bytes of the answer were about to be handed to the kernel: a client
 * cannot have seen the end before that, however late this thread is waked afterwards. Of an
 * Authorization it tells that there was one, never what it said. Before that, a line "# held" tells
 * of a request whose answer is held back for a while (delay): it is on its way from then on.
 */
#include "replay.h"

#include "carrel/clock.h"

#include <stdio.h>

static FILE *log_file;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int log_count;

bool log_open(const char *path)
{
    log_file = fopen(path, "we");
    if (!log_file) {
        perror(path);
        return false;
    }
    fprintf(log_file, "# seq\tarrived\tended\tconnection\tmethod\ttarget\tstatus\tbytes\tnote\t"
                      "user-agent\tauthorization\n");
    fflush(log_file);
    return true;
}

void log_request(int connection, const struct request *request, int64_t ended, int status,
                 int64_t bytes, const char *note)
{
    const char *agent = request_header(request, "user-agent");

    if (!log_file)
        return;
    pthread_mutex_lock(&log_lock);
    fprintf(log_file, "%d\t%lld\t%lld\t%d\t%s\t%s\t%d\t%lld\t%s\t%s\t%s\n", ++log_count,
            (long long)request->arrived, (long long)(ended ? ended : clock_real_ms()), connection,
            request->method, request->target, status, (long long)bytes, note, agent ? agent : "-",
            request_header(request, "authorization") ? "authorized" : "-");
    fflush(log_file);
    pthread_mutex_unlock(&log_lock);
}

void log_held(const struct request *request)
{
    if (!log_file)
        return;
    pthread_mutex_lock(&log_lock);
    fprintf(log_file, "# held\t%s\n", request->target);
    fflush(log_file);
    pthread_mutex_unlock(&log_lock);
}
