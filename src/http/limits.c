/*
 * Requests of each client: a bucket that fills by the minute's allowance and holds a quarter of it,
 * so that a page's burst passes and a flood does not. Clients are few; those that have been quiet
 * are forgotten when the table is full.
 */
#include "internal.h"

#include "carrel/hash.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS 8192

struct bucket {
    double tokens;
    int64_t at; /* ms */
};

struct limiter {
    double per_ms, most;
    pthread_mutex_t lock;
    struct hashmap *places;
    struct bucket *buckets;
    size_t len;
};

struct limiter *limiter_new(int per_minute)
{
    struct limiter *limiter;

    if (per_minute <= 0)
        return NULL;
    limiter = mem_zalloc(sizeof *limiter);
    limiter->per_ms = per_minute / 60000.0;
    limiter->most = per_minute / 4.0 < 1 ? 1 : per_minute / 4.0;
    limiter->places = hashmap_new();
    limiter->buckets = mem_alloc(CLIENTS * sizeof *limiter->buckets);
    pthread_mutex_init(&limiter->lock, NULL);
    return limiter;
}

void limiter_free(struct limiter *limiter)
{
    if (!limiter)
        return;
    hashmap_free(limiter->places);
    free(limiter->buckets);
    pthread_mutex_destroy(&limiter->lock);
    free(limiter);
}

static struct bucket *bucket_of(struct limiter *limiter, const char *client, int64_t now)
{
    bool added;
    uint64_t *at;

    if (limiter->len == CLIENTS && !hashmap_get(limiter->places, client, strlen(client))) {
        hashmap_clear(limiter->places); /* all begin with a full bucket again */
        limiter->len = 0;
    }
    at = hashmap_put(limiter->places, client, strlen(client), &added);
    if (added) {
        struct bucket *bucket = &limiter->buckets[limiter->len];

        *at = limiter->len++;
        bucket->tokens = limiter->most;
        bucket->at = now;
    }
    return &limiter->buckets[*at];
}

/* Whoever has one address of IPv6 has a network of them: it is the network that counts. */
static void name_of(char out[HTTP_CLIENT], const char *client)
{
    struct in6_addr address;

    snprintf(out, HTTP_CLIENT, "%s", client);
    if (inet_pton(AF_INET6, client, &address) != 1 || IN6_IS_ADDR_V4MAPPED(&address))
        return;
    memset(address.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &address, out, HTTP_CLIENT);
}

bool limiter_allows(struct limiter *limiter, const char *client, int64_t now_ms, int *wait_s)
{
    char name[HTTP_CLIENT];
    struct bucket *bucket;
    bool allowed;

    if (!limiter)
        return true;
    name_of(name, client);
    pthread_mutex_lock(&limiter->lock);
    bucket = bucket_of(limiter, name, now_ms);
    bucket->tokens += (double)(now_ms - bucket->at) * limiter->per_ms;
    bucket->tokens = bucket->tokens > limiter->most ? limiter->most : bucket->tokens;
    bucket->at = now_ms;
    allowed = bucket->tokens >= 1;
    if (allowed)
        bucket->tokens -= 1;
    else
        *wait_s = (int)ceil((1 - bucket->tokens) / limiter->per_ms / 1000);
    pthread_mutex_unlock(&limiter->lock);
    return allowed;
}
