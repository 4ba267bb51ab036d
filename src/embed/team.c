/*
 * A team of threads that does one piece of work after another: the caller is one of them, the
 * others sleep in between. Items are taken from a common counter, so a slow core takes fewer.
 */
#include "train.h"

#include <pthread.h>
#include <stdlib.h>

struct team {
    int size;
    pthread_t *threads;
    struct team_member {
        struct team *team;
        int number;
    } * members;
    pthread_mutex_t lock;
    pthread_cond_t start, finish;
    uint64_t round; /* of work; a change wakes the others */
    int busy;
    bool ending;
    void (*work)(void *ctx, size_t item, int member);
    void *ctx;
    size_t items;
    atomic_size_t next;
};

static void team_take(struct team *team, int member)
{
    size_t item;

    while ((item = atomic_fetch_add(&team->next, 1)) < team->items)
        team->work(team->ctx, item, member);
}

static void *team_main(void *ctx)
{
    struct team_member *member = ctx;
    struct team *team = member->team;
    uint64_t seen = 0;

    pthread_mutex_lock(&team->lock);
    for (;;) {
        while (team->round == seen && !team->ending)
            pthread_cond_wait(&team->start, &team->lock);
        if (team->ending)
            break;
        seen = team->round;
        pthread_mutex_unlock(&team->lock);
        team_take(team, member->number);
        pthread_mutex_lock(&team->lock);
        if (--team->busy == 0)
            pthread_cond_signal(&team->finish);
    }
    pthread_mutex_unlock(&team->lock);
    return NULL;
}

struct team *team_new(int threads)
{
    struct team *team = mem_zalloc(sizeof *team);
    int i;

    team->size = threads < 1 ? 1 : threads > 64 ? 64 : threads;
    team->threads = mem_zalloc((size_t)team->size * sizeof *team->threads);
    team->members = mem_zalloc((size_t)team->size * sizeof *team->members);
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->start, NULL);
    pthread_cond_init(&team->finish, NULL);
    for (i = 1; i < team->size; i++) {
        team->members[i] = (struct team_member){ team, i };
        if (pthread_create(&team->threads[i], NULL, team_main, &team->members[i]) != 0)
            die("cannot start a thread");
    }
    return team;
}

void team_free(struct team *team)
{
    int i;

    if (!team)
        return;
    pthread_mutex_lock(&team->lock);
    team->ending = true;
    pthread_cond_broadcast(&team->start);
    pthread_mutex_unlock(&team->lock);
    for (i = 1; i < team->size; i++)
        pthread_join(team->threads[i], NULL);
    pthread_mutex_destroy(&team->lock);
    pthread_cond_destroy(&team->start);
    pthread_cond_destroy(&team->finish);
    free(team->threads);
    free(team->members);
    free(team);
}

int team_size(const struct team *team)
{
    return team->size;
}

void team_run(struct team *team, size_t items, void (*work)(void *ctx, size_t item, int member),
              void *ctx)
{
    pthread_mutex_lock(&team->lock);
    team->work = work;
    team->ctx = ctx;
    team->items = items;
    atomic_store(&team->next, 0);
    team->busy = team->size - 1;
    team->round++;
    pthread_cond_broadcast(&team->start);
    pthread_mutex_unlock(&team->lock);
    team_take(team, 0);
    pthread_mutex_lock(&team->lock);
    while (team->busy > 0)
        pthread_cond_wait(&team->finish, &team->lock);
    pthread_mutex_unlock(&team->lock);
}
