/*
 * Sources that are asked for one thing after the other: what for is what the library wants to know,
 * the most urgent first, as many as one run may ask. A round is some twenty of them, so that its
 * place is small; a run that was stopped goes on inside its round.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/enquiries.h"
#include "carrel/log.h"
#include "carrel/repositories.h"

#include <string.h>

static int list_repositories(struct worker *worker, size_t most, struct text_list *out,
                             struct error *err)
{
    struct repository_due *due;
    size_t count, i;
    int result = repositories_due(worker->store, worker->arena, "github.com", clock_today(), most,
                                  &due, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        char *item = !due[i].known ? due[i].name
                                   : arena_printf(worker->arena, "%s@%s", due[i].name,
                                                  *due[i].pushed ? due[i].pushed : "-");

        text_list_add(out, worker->arena, item, strlen(item));
    }
    return result;
}

static int count_repositories(struct store *store, const struct harvest_source *source,
                              struct harvest_wants *wants, struct error *err)
{
    (void)source;
    return repositories_due_count(store, "github.com", clock_today(), &wants->due, &wants->unasked,
                                  err);
}

static int list_dois(struct worker *worker, size_t most, struct text_list *out, struct error *err)
{
    return enquiries_due(worker->store, worker->arena, worker->task->source->ops->kind,
                         clock_now_ms(), most, out, err);
}

static int count_dois(struct store *store, const struct harvest_source *source,
                      struct harvest_wants *wants, struct error *err)
{
    return enquiries_due_count(store, source->ops->kind, clock_now_ms(), &wants->due,
                               &wants->unasked, err);
}

static const struct {
    const char *what;
    int (*list)(struct worker *worker, size_t most, struct text_list *out, struct error *err);
    int (*count)(struct store *store, const struct harvest_source *source,
                 struct harvest_wants *wants, struct error *err);
} kinds[] = {
    [SOURCE_DOIS] = { "DOIs", list_dois, count_dois },
    [SOURCE_REPOSITORIES] = { "repositories", list_repositories, count_repositories },
};

int harvest_wants(struct store *store, const struct harvest_source *source,
                  struct harvest_wants *wants, struct error *err)
{
    *wants = (struct harvest_wants){ .what = kinds[source->ops->subjects].what };
    return wants->what ? kinds[source->ops->subjects].count(store, source, wants, err) : ERR_OK;
}

static int put_off_repository(struct store *store, const char *name, struct error *err)
{
    struct str url = STR_INIT, key = STR_INIT;
    int result = ERR_OK;

    str_printf(&url, "https://github.com/%s", name);
    if (repository_key(&key, url.ptr))
        result = repositories_put_off(store, key.ptr, clock_today() + 1, err);
    str_free(&url);
    str_free(&key);
    return result;
}

int subject_put_off(struct worker *worker, struct store *store, const char *cursor,
                    struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    struct str name = STR_INIT;
    int result;

    if (!source->ops->subject)
        return ERR_OK;
    result = source->ops->subject(&source->settings, cursor, &name, err);
    if (result == ERR_OK)
        result = put_off_repository(store, name.ptr, err);
    str_free(&name);
    return result;
}

static int round_begin(struct worker *worker, struct place *place, const struct text_list *subjects,
                       struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    struct stream *stream = place->stream;
    const struct source_span span = { .cursor = subjects ? NULL : stream->cursor,
                                      .since = DAY_NONE,
                                      .today = clock_today(),
                                      .subjects = subjects };
    int result;

    str_clear(&place->cursor);
    result = source->ops->begin(&source->settings, stream->name, &span, &place->cursor, err);
    if (result != ERR_OK || !subjects)
        return result;
    stream->finished = false;
    stream->taken = stream->got = 0;
    stream->total = (int64_t)subjects->len;
    stream->began = clock_now_ms();
    return ERR_OK;
}

static int round_read(struct worker *worker, struct place *place, struct error *err)
{
    worker->got = place->stream->got;
    worker->total = place->stream->total;
    return place_read(worker, place, err);
}

/* The round that an earlier run did not end. */
static int round_rest(struct worker *worker, struct place *place, struct error *err)
{
    int result;

    if (place->stream->finished || !*place->stream->cursor)
        return ERR_OK;
    result = round_begin(worker, place, NULL, err);
    if (result == ERR_CORRUPT) {
        log_write(LOG_WARN, "%s: %s; it is left", worker->task->source->name, err->message);
        return ERR_OK;
    }
    return result == ERR_OK ? round_read(worker, place, err) : result;
}

/* Nothing is wanted: that is a whole round, too. */
static int round_empty(struct worker *worker, struct stream *stream, struct error *err)
{
    int result;

    stream->finished = true;
    stream->rounds++;
    stream->completed = stream->changed = clock_now_ms();
    result = stream_save(worker, stream, err);
    worker->lost = result == ERR_BUSY;
    worker->ours = result != ERR_OK && !worker->lost;
    return result;
}

int subjects_harvest(struct worker *worker, struct place *place, struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    struct text_list all = { 0 };
    size_t i;
    int result = round_rest(worker, place, err);

    if (result != ERR_OK || worker->task->more)
        return result;
    result =
        kinds[source->ops->subjects].list(worker, source->ops->run(&source->settings), &all, err);
    if (result == ERR_OK && all.len == 0)
        return round_empty(worker, place->stream, err);
    if (result != ERR_OK)
        worker->ours = true;
    for (i = 0; i < all.len && result == ERR_OK && !worker->task->more; i += SOURCE_SUBJECTS) {
        size_t left = all.len - i;
        struct text_list some = { .items = all.items + i,
                                  .len = left < SOURCE_SUBJECTS ? left : SOURCE_SUBJECTS };

        result = round_begin(worker, place, &some, err);
        if (result == ERR_OK)
            result = round_read(worker, place, err);
    }
    return result;
}
