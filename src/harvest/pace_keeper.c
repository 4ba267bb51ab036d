/*
 * A lease while its request lasts: a thread renews it, and sees when it has ended. By our own clock
 * it ends no later than by the peer's, since it runs from before it was asked for.
 */
#include "pace_internal.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/log.h"
#include "carrel/mem.h"

#include <stdio.h>
#include <time.h>

#define AGAIN_MS 500 /* after a renewal that did not reach the peer */

void pace_keeper_init(struct pace_keeper *keeper, struct pace *pace, const char *holder)
{
    pthread_condattr_t monotonic;

    *keeper = (struct pace_keeper){ .talk = { .pace = pace } };
    snprintf(keeper->talk.holder, sizeof keeper->talk.holder, "%s", holder);
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

/* Until then, or until the lease is given back. */
static void keeper_sleep(struct pace_keeper *keeper, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&keeper->lock);
    while (!atomic_load(&keeper->over)
           && pthread_cond_timedwait(&keeper->wake, &keeper->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&keeper->lock);
}

/* Until when to sleep before the next try. */
static int64_t keeper_renew(struct pace_keeper *keeper)
{
    int64_t asked = clock_ticks_ms(), left = keeper->ends - asked;
    struct str message = STR_INIT;
    struct pace_answer answer;
    struct error err = { 0 };
    struct jsonw w;
    int result;

    pace_message(&w, &message, &keeper->talk, "renew", keeper->origin);
    jsonw_key_int(&w, "lease", keeper->lease);
    jsonw_key_int(&w, "hold_ms", PACE_HOLD_MS);
    jsonw_end(&w);
    result = pace_send(&keeper->talk, &message, left < PACE_RETURN_MS ? left : PACE_RETURN_MS,
                       &keeper->over, &answer, &err);
    str_free(&message);
    if (result != ERR_OK) {
        log_write(LOG_DEBUG, "the lease of %s is not renewed: %s", keeper->origin, err.message);
        return AGAIN_MS;
    }
    if (!answer.granted)
        atomic_store(&keeper->lost, true);
    keeper->ends = asked + PACE_HOLD_MS;
    return PACE_RENEW_MS;
}

static void *keeper_thread(void *ctx)
{
    struct pace_keeper *keeper = ctx;
    int64_t pause = PACE_RENEW_MS;

    while (!atomic_load(&keeper->over) && !atomic_load(&keeper->lost)) {
        int64_t left = keeper->ends - clock_ticks_ms();

        if (left <= 0) {
            atomic_store(&keeper->lost, true);
            break;
        }
        keeper_sleep(keeper, pause < left ? pause : left);
        if (!atomic_load(&keeper->over) && keeper->ends > clock_ticks_ms())
            pause = keeper_renew(keeper);
    }
    return NULL;
}

void pace_keeper_begin(struct pace_keeper *keeper, const char *origin, int64_t lease, int64_t asked)
{
    keeper->origin = origin;
    keeper->lease = lease;
    keeper->ends = asked + PACE_HOLD_MS;
    atomic_store(&keeper->lost, false);
    atomic_store(&keeper->over, false);
    if (pthread_create(&keeper->thread, NULL, keeper_thread, keeper) != 0)
        die("cannot start a thread");
}

void pace_keeper_end(struct pace_keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    atomic_store(&keeper->over, true);
    pthread_cond_signal(&keeper->wake);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    keeper->lease = 0;
}

void pace_keeper_free(struct pace_keeper *keeper)
{
    pace_talk_close(&keeper->talk);
    pthread_cond_destroy(&keeper->wake);
    pthread_mutex_destroy(&keeper->lock);
}
