/*
 * News of jobs, told on the status line of whatever room one is in: a harvest that has failed, with
 * the reason, and what has become of a job that the line speaks of ("job 10 (harvest): in the
 * queue").
 *
 * The watch looks (news_look, on the writer's thread), the loop tells (news_tell) as soon as
 * nothing that was just said would be lost by it. What the schedule asked for fails again and again
 * while there is no network: of a source, a reason is told once; what a person asked for is told
 * each time.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/jobs.h"
#include "carrel/kinds.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define READ_MS 4000 /* so long a message may be read in peace */

static int64_t news_asked(const struct desk *desk)
{
    return str_starts(desk->message.ptr, "job ") ? strtoll(desk->message.ptr + 4, NULL, 10) : 0;
}

/* ---- looking ---- */

static void look_asked(struct news *news, struct store *store, struct arena *arena)
{
    struct str standing = STR_INIT;
    struct job job;

    if (news->asked <= 0 || jobs_get(store, arena, news->asked, &job, NULL) != ERR_OK)
        return; /* forgotten: nothing has become of it */
    job_standing(&standing, &job);
    if (job.state != JOB_QUEUED || standing.len > 0)
        str_printf(&news->standing, "job %" PRId64 " (%s): %s%s%s", job.id, job.kind,
                   job_state_name(job.state), standing.len ? ", " : "", standing.ptr);
    news->failed = *job.error && job.state != JOB_CANCELLED;
    str_free(&standing);
}

/* By hand: not by the schedule, whose jobs have one attempt. */
static bool by_hand(const struct job *job)
{
    return job->attempts_max != 1 && (job->attempts == 1 || job->state == JOB_FAILED);
}

/* Was this told of the source before? From now on it was. */
static bool was_told(struct news *news, const struct job *job)
{
    uint64_t hash = hash64(job->payload, strlen(job->payload), 0);
    size_t i;

    hash = hash64(job->error, strlen(job->error), hash);
    for (i = 0; i < NEWS_TOLD && news->told[i] != hash; i++)
        ;
    if (i < NEWS_TOLD)
        return true;
    news->told[news->told_next++ % NEWS_TOLD] = hash;
    return false;
}

static void look_failed(struct news *news, struct store *store, struct arena *arena)
{
    bool first = news->event < 0; /* what was there before is no news */
    struct job *jobs;
    size_t count, i;

    if (jobs_failed_since(store, arena, "harvest", &news->event, &jobs, &count, NULL) != ERR_OK
        || first)
        return; /* the next look sees it */
    for (i = 0; i < count; i++) {
        if (jobs[i].id == news->asked || (was_told(news, &jobs[i]) && !by_hand(&jobs[i])))
            continue;
        news->wanted |= by_hand(&jobs[i]);
        if (news->failures++ > 0)
            continue;
        job_subject(&news->subject, &jobs[i]);
        str_add(&news->reason, jobs[i].error);
    }
}

void news_look(struct news *news, struct store *store)
{
    struct arena *arena = arena_new();

    look_asked(news, store, arena);
    look_failed(news, store, arena);
    arena_free(arena);
}

/* ---- telling ---- */

void news_start(struct news *news, const struct desk *desk)
{
    *news = desk->news;
    news->asked = news_asked(desk);
    news->failures = 0;
    news->wanted = false;
    str_init(&news->standing);
    str_init(&news->subject);
    str_init(&news->reason);
}

void news_free(struct news *news)
{
    str_free(&news->standing);
    str_free(&news->subject);
    str_free(&news->reason);
}

/* What a look has found is kept until it can be told. */
void news_take(struct desk *desk, struct news *found)
{
    struct news *news = &desk->news;
    size_t before = news->failures;

    if (news->failed && news->standing.len > 0 && found->standing.len == 0) {
        str_add(&found->standing, news->standing.ptr);
        found->asked = news->asked;
        found->failed = true;
    }
    found->wanted |= before > 0 && news->wanted;
    if (before > 0) { /* the one that is to be told first stays the first */
        str_clear(&found->subject);
        str_add(&found->subject, news->subject.ptr);
        str_clear(&found->reason);
        str_add(&found->reason, news->reason.ptr);
    }
    news_free(news);
    *news = *found;
    news->failures += before;
    str_init(&found->standing);
    str_init(&found->subject);
    str_init(&found->reason);
}

/* The key of the room where more of it stands. */
static const char *room_key(const struct desk *desk, const char *command)
{
    const char *key = keymap_keys_of(&desk->keymap, "today", command);

    return key ? key : command;
}

/* Does the line still speak of it? */
static bool is_spoken_of(const struct desk *desk)
{
    return desk->news.asked == news_asked(desk);
}

/* The room of what the line says is in the bin. */
static void add_room(const struct desk *desk, struct str *standing)
{
    if (str_ends(standing->ptr, " in the bin"))
        str_printf(standing, " (%s)", room_key(desk, "view bin"));
}

/* That it failed was looked for on behalf of the line, and is told although a key has taken the
 * line away since. */
static void tell_asked(struct desk *desk)
{
    struct news *news = &desk->news;

    add_room(desk, &news->standing);
    if ((news->failed || is_spoken_of(desk)) && !str_starts(desk->message.ptr, news->standing.ptr))
        desk_say(desk, news->failed ? STYLE_WARN : STYLE_NORMAL, "%s%s%s%s", news->standing.ptr,
                 news->failed ? "; " : "", news->failed ? room_key(desk, "view jobs") : "",
                 news->failed ? " tells more" : "");
    str_clear(&news->standing);
}

static void tell_failed(struct desk *desk)
{
    struct news *news = &desk->news;
    struct str more = STR_INIT;

    if (news->failures > 1)
        str_printf(&more, " and %zu more", news->failures - 1);
    desk_say(desk, STYLE_WARN, "the harvest of %s%s failed: %s; %s tells more",
             news->subject.len ? news->subject.ptr : "all sources", more.ptr, news->reason.ptr,
             room_key(desk, "view harvest"));
    desk->refused = news->wanted; /* the schedule's is no command that failed */
    str_free(&more);
    news->failures = 0;
    news->wanted = false;
    str_clear(&news->subject);
    str_clear(&news->reason);
}

void news_tell(struct desk *desk)
{
    bool rests = desk->message.len == 0
                 || (clock_ticks_ms() - desk->key_at > READ_MS && news_asked(desk) == 0);

    if (desk->prompt != PROMPT_NONE)
        return;
    if (desk->news.standing.len > 0 && (rests || !desk->news.failed || is_spoken_of(desk)))
        tell_asked(desk);
    else if (desk->news.failures > 0 && rests)
        tell_failed(desk);
    else
        return;
    desk->repaint = true;
}
