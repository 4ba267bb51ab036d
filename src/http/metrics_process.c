/*
 * Figures of the process (metrics.h), under the names that Prometheus' own libraries give them.
 */
#include "metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static int write_start(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_sample(x, metric, NULL, (double)x->server->started / 1000.0);
    return ERR_OK;
}

static int write_memory(struct exchange *x, const struct metric *metric, struct error *err)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    (void)err;
    if (file && fscanf(file, "%*s %ld", &pages) == 1)
        metric_sample(x, metric, NULL, (double)pages * (double)sysconf(_SC_PAGESIZE));
    if (file)
        fclose(file);
    return ERR_OK;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static int write_cpu(struct exchange *x, const struct metric *metric, struct error *err)
{
    struct rusage usage;

    (void)err;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        metric_sample(x, metric, NULL, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    return ERR_OK;
}

static int write_files(struct exchange *x, const struct metric *metric, struct error *err)
{
    const struct dirent *entry;
    DIR *dir = opendir("/proc/self/fd");
    int count = -1; /* the folder itself is open */

    (void)err;
    while (dir && (entry = readdir(dir)))
        count += entry->d_name[0] != '.';
    if (dir) {
        metric_sample(x, metric, NULL, count);
        closedir(dir);
    }
    return ERR_OK;
}

static int write_files_most(struct exchange *x, const struct metric *metric, struct error *err)
{
    struct rlimit limit;

    (void)err;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        metric_sample(x, metric, NULL, (double)limit.rlim_cur);
    return ERR_OK;
}

const struct metric http_metrics_process[] = {
    { "process_start_time_seconds", "gauge", "When the service began, since 1970.", write_start },
    { "process_cpu_seconds_total", "counter", "Time on processors.", write_cpu },
    { "process_resident_memory_bytes", "gauge", "Memory in use.", write_memory },
    { "process_open_fds", "gauge", "Open files and connections.", write_files },
    { "process_max_fds", "gauge", "As many may be open.", write_files_most },
    { 0 },
};
