/*
 * Jobs in linear mode: waiting for them, and what has become of those that were asked for since the
 * session began.
 */
#include "linear.h"

#include "carrel/jobs.h"
#include "carrel/kinds.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ENDED_MAX 50 /* of each state that are told of at once */

struct jobs_look {
    struct task task;
    int64_t from;   /* jobs with greater ids are this session's */
    int64_t newest; /* of all */
    int64_t open;
    struct str said; /* a line for each that has ended */
    bool failed;     /* one of them has */
    struct linear *l;
};

static void add_ended(struct jobs_look *t, const struct job *job)
{
    bool import = false, failed;
    struct str subject = STR_INIT, came = STR_INIT, why = STR_INIT;

    job_subject(&subject, job);
    if (job->state == JOB_DONE)
        import = job_import_words(&came, job);
    if (job->state == JOB_DONE && !import)
        job_words(&came, job->result);
    /* An import keeps what it could read; a document that was refused is what was asked for. */
    failed = job->state == JOB_FAILED || (*job->error && job->state == JOB_DONE && !import);
    if (*job->error)
        job_standing(&why, job);
    str_printf(&t->said, "%s%s%s%s: %s", failed ? "error: " : "", job->kind,
               subject.len ? " of " : "", subject.ptr, job_state_name(job->state));
    if (came.len > 0)
        str_printf(&t->said, ", %s", came.ptr);
    if (why.len > 0)
        str_printf(&t->said, "%s%s", job->state == JOB_FAILED ? ": " : "; but: ", why.ptr);
    str_add_char(&t->said, '\n');
    t->failed |= failed;
    str_free(&subject);
    str_free(&came);
    str_free(&why);
}

static int look_run(struct task *task, void *worker, struct error *err)
{
    struct jobs_look *t = (struct jobs_look *)task;
    struct job_filter ended = { .states = 1u << JOB_DONE | 1u << JOB_FAILED | 1u << JOB_CANCELLED,
                                .limit = ENDED_MAX };
    struct job_filter all = { .limit = 1 };
    int64_t counts[JOB_STATES] = { 0 };
    struct arena *arena = arena_new();
    struct job *jobs;
    size_t count = 0, i;
    int result = worker ? jobs_counts(worker, counts, err) : ERR_OK;

    t->open = counts[JOB_QUEUED] + counts[JOB_RUNNING];
    if (worker && result == ERR_OK)
        result = jobs_page(worker, arena, &all, 0, &jobs, &count, err);
    if (result == ERR_OK && count > 0)
        t->newest = jobs[0].id;
    count = 0;
    if (worker && result == ERR_OK && t->newest > t->from)
        result = jobs_page(worker, arena, &ended, 0, &jobs, &count, err);
    for (i = count; i-- > 0 && result == ERR_OK;) /* the first one first */
        if (jobs[i].id > t->from)
            add_ended(t, &jobs[i]);
    arena_free(arena);
    return result;
}

static void look_done(void *ctx, struct task *task)
{
    struct jobs_look *t = (struct jobs_look *)task;
    struct desk *desk = ctx;

    if (task->status != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", task->err.message);
    desk->jobs_open = task->status == ERR_OK ? t->open : 0;
    if (task->status != ERR_OK)
        return;
    t->l->jobs.newest = t->newest;
    t->l->jobs.failed = t->failed;
    str_clear(&t->l->jobs.said);
    str_add(&t->l->jobs.said, t->said.ptr);
}

static void look_free(struct task *task)
{
    str_free(&((struct jobs_look *)task)->said);
    free(task);
}

/* How many run or wait; asked on the writer's thread, behind what was put in before. */
static int64_t look(struct linear *l)
{
    struct jobs_look *t = mem_zalloc(sizeof *t);

    t->task.name = "count";
    t->task.run = look_run;
    t->task.done = look_done;
    t->task.free = look_free;
    t->from = l->jobs.told;
    t->l = l;
    str_init(&t->said);
    l->desk->jobs_open = 0;
    pool_post(l->desk->writer, &t->task);
    linear_settle(l);
    return l->desk->jobs_open;
}

void linear_jobs_start(struct linear *l)
{
    look(l);
    l->jobs.told = l->jobs.newest;
    str_clear(&l->jobs.said);
}

bool linear_jobs_tell(struct linear *l)
{
    char *line, *rest = NULL;
    bool open = look(l) > 0, told = l->jobs.said.len > 0;

    if (open) /* all of them are told together, and once */
        return false;
    for (line = strtok_r(l->jobs.said.ptr, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        linear_say("%s", line);
    l->jobs.told = l->jobs.newest;
    l->failed += l->jobs.failed;
    l->jobs.failed = false;
    str_clear(&l->jobs.said);
    return told;
}

void linear_wait(struct linear *l)
{
    bool stopped = false;

    while (!stopped && look(l) > 0) {
        linear_doze(l, DESK_WATCH_MS);
        desk_watch(l->desk);
        stopped = linear_was_interrupted();
    }
    linear_was_interrupted();
    desk_changed(l->desk); /* what they brought is there for the next command */
    linear_settle(l);
    linear_message(l);
    linear_jobs_tell(l);
    linear_say(stopped ? "Jobs still run; jobs shows them." : "No job runs or waits.");
}
