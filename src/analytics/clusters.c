/*
 * Clusters of recent papers (carrel/clusters.h).
 */
#include "carrel/clusters.h"

#include "kmeans.h"
#include "phrases.h"

#include "carrel/samples.h"
#include "carrel/vectors.h"
#include "carrel/works.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 1024        /* vectors that are read at a time */
#define NAMES_COMPARED 60 /* phrases of a cluster */
#define CORE 0.2          /* of a cluster's papers lie too far out to count */

/* What each step makes of the whole. */
enum {
    TEXTS_PERCENT = 40,
    CHOOSE_PERCENT = 45,
    PHRASES_PERCENT = 50,
    VECTORS_PERCENT = 52,
    KMEANS_PERCENT = 80,
    ALL_PERCENT = 98
};

/* A paper of the periods. */
struct paper {
    int64_t work;
    unsigned period;
};

struct finder {
    const struct topics_options *options;
    struct topics *out;
    struct phrasebook book; /* of the recent papers */
    size_t dim;
    struct paper *papers; /* of all periods, newest first */
    size_t paper_len, paper_cap;
    /* Recent ones that have vectors. */
    int8_t *vectors;
    float *lengths;
    size_t *documents; /* which of the book */
    int64_t *works;
    size_t count;
    struct kmeans kmeans;
    float *core; /* of each cluster: the cosine from which a paper counts */
};

static void step(struct finder *f, int to)
{
    f->book.from = f->book.to;
    f->book.to = to;
    phrasebook_tell(&f->book, 0, 1);
}

static int cancelled(const struct finder *f, struct error *err)
{
    return store_is_cancelled(f->book.store) ? error_set(err, ERR_CANCELLED, "cancelled") : ERR_OK;
}

/* ---- recent papers ---- */

static int read_recent_phrases(struct finder *f, struct error *err)
{
    int32_t first = f->options->today - TOPICS_RECENT * f->options->period_days + 1;
    int result;

    step(f, TEXTS_PERCENT);
    result = phrasebook_read(&f->book, first, f->options->category, err);
    step(f, CHOOSE_PERCENT);
    if (result == ERR_OK)
        result = phrasebook_choose(&f->book, TOPICS_RECENT, err);
    step(f, PHRASES_PERCENT);
    if (result == ERR_OK)
        result = phrasebook_count(&f->book, err);
    f->out->cut = f->book.cut;
    return result;
}

/* Vectors of papers, in batches of `count` ids; those that have none have length 0. */
static int read_batch(struct finder *f, const int64_t *works, size_t count, int8_t *vectors,
                      float *lengths, struct error *err)
{
    bool have[BATCH];
    size_t i;
    int result = vectors_rows(f->book.store, f->dim, works, count, vectors, have, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        lengths[i] = have[i] ? kmeans_length(vectors + i * f->dim, f->dim) : 0;
    return result == ERR_OK ? cancelled(f, err) : result;
}

static int read_recent_vectors(struct finder *f, struct error *err)
{
    size_t room = f->book.document_len + 1, at, i;
    int64_t works[BATCH];
    float lengths[BATCH];
    int result = ERR_OK;

    step(f, VECTORS_PERCENT);
    f->vectors = mem_alloc((room + BATCH) * f->dim);
    f->lengths = mem_alloc(room * sizeof *f->lengths);
    f->documents = mem_alloc(room * sizeof *f->documents);
    f->works = mem_alloc(room * sizeof *f->works);
    for (at = 0; at < f->book.document_len && result == ERR_OK; at += BATCH) {
        size_t count = f->book.document_len - at < BATCH ? f->book.document_len - at : BATCH;
        int8_t *vectors = f->vectors + f->count * f->dim; /* those without one are closed up */

        for (i = 0; i < count; i++)
            works[i] = f->book.documents[at + i].work;
        result = read_batch(f, works, count, vectors, lengths, err);
        for (i = 0; i < count && result == ERR_OK; i++) {
            if (lengths[i] <= 0)
                continue;
            memmove(f->vectors + f->count * f->dim, vectors + i * f->dim, f->dim);
            f->lengths[f->count] = lengths[i];
            f->works[f->count] = works[i];
            f->documents[f->count++] = at + i;
        }
    }
    return result;
}

/* ---- clustering ---- */

static bool stop_kmeans(void *ctx, int passes)
{
    const struct finder *f = ctx;

    phrasebook_tell(&f->book, (size_t)passes, KMEANS_PASSES);
    return store_is_cancelled(f->book.store);
}

static size_t cluster_count(size_t papers)
{
    size_t k = (size_t)(sqrt((double)papers / 2) + 0.5);

    return k < 2 ? 2 : k > CLUSTERS_MAX ? CLUSTERS_MAX : k;
}

static int by_float(const void *a, const void *b)
{
    const float *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static float cosine_of(const struct finder *f, size_t i, float *cosines)
{
    kmeans_cosines(cosines, &f->kmeans, f->vectors + i * f->dim, f->lengths[i]);
    return kmeans_without(&f->kmeans, f->kmeans.of[i], cosines[f->kmeans.of[i]]);
}

/* How near a paper must be to each cluster: all its papers' cosines, sorted, tell. */
static void find_cores(struct finder *f)
{
    float *sorted = mem_alloc((f->count + 1) * sizeof *sorted), cosines[CLUSTERS_MAX];
    size_t c, i, len;

    f->core = mem_alloc(f->kmeans.k * sizeof *f->core);
    for (c = 0; c < f->kmeans.k; c++) {
        for (i = 0, len = 0; i < f->count; i++)
            if (f->kmeans.of[i] == c)
                sorted[len++] = cosine_of(f, i, cosines);
        if (len > 1)
            qsort(sorted, len, sizeof *sorted, by_float);
        f->core[c] = len > 0 ? sorted[(size_t)(CORE * (double)len)] : 2;
    }
    free(sorted);
}

static int make_clusters(struct finder *f, struct error *err)
{
    struct kmeans_rows rows = {
        .vectors = f->vectors, .lengths = f->lengths, .count = f->count, .dim = f->dim
    };

    step(f, KMEANS_PERCENT);
    if (!kmeans_run(&f->kmeans, &rows, cluster_count(f->count), stop_kmeans, f))
        return error_set(err, ERR_CANCELLED, "cancelled");
    find_cores(f);
    return ERR_OK;
}

/* ---- counting ---- */

static int take_paper(void *ctx, int64_t work, int32_t day)
{
    struct finder *f = ctx;
    unsigned age = (unsigned)((f->options->today - day) / f->options->period_days);
    struct paper paper = { work, (unsigned)f->out->periods - 1 - age };

    if (f->paper_len < TOPICS_PAPERS_MAX)
        VEC_PUSH(f->papers, f->paper_len, f->paper_cap, paper);
    else
        f->out->cut = true;
    return ERR_OK;
}

/* The cluster that a paper counts for; false: none. */
static bool counts_for(const struct finder *f, const int8_t *vector, float length, size_t member,
                       size_t *cluster)
{
    float cosines[CLUSTERS_MAX], most = -1;
    size_t c;

    kmeans_cosines(cosines, &f->kmeans, vector, length);
    if (member < f->count)
        cosines[f->kmeans.of[member]] =
            kmeans_without(&f->kmeans, f->kmeans.of[member], cosines[f->kmeans.of[member]]);
    for (c = 0; c < f->kmeans.k; c++)
        if (cosines[c] > most) {
            most = cosines[c];
            *cluster = c;
        }
    return most > -1 && most >= f->core[*cluster];
}

/* Papers and members are both newest first: a member is met when its paper is. */
static int count_papers(struct finder *f, unsigned (*counts)[TOPICS_PERIODS_MAX], struct error *err)
{
    int32_t first = f->options->today - (int32_t)f->out->periods * f->options->period_days + 1;
    int8_t *vectors = mem_alloc(BATCH * f->dim);
    int64_t works[BATCH];
    float lengths[BATCH];
    size_t at, i, member = 0, cluster = 0;
    int result = samples_works(f->book.store, first, f->options->today, f->options->category,
                               take_paper, f, err);

    step(f, ALL_PERCENT);
    for (at = 0; at < f->paper_len && result == ERR_OK; at += BATCH) {
        size_t count = f->paper_len - at < BATCH ? f->paper_len - at : BATCH;

        phrasebook_tell(&f->book, at, f->paper_len);
        for (i = 0; i < count; i++)
            works[i] = f->papers[at + i].work;
        result = read_batch(f, works, count, vectors, lengths, err);
        for (i = 0; i < count && result == ERR_OK; i++) {
            bool fitted = member < f->count && f->works[member] == works[i];
            unsigned period = f->papers[at + i].period;

            f->out->missing += lengths[i] <= 0;
            if (lengths[i] > 0) {
                f->out->all[period]++;
                if (counts_for(f, vectors + i * f->dim, lengths[i], fitted ? member : f->count,
                               &cluster))
                    counts[cluster][period]++;
            }
            member += fitted;
        }
    }
    free(vectors);
    return result;
}

/* ---- names ---- */

/* How many papers of the cluster have each chosen phrase, by the phrase's place in the table. */
struct naming {
    const struct phrasebook *book;
    uint32_t *papers, *last;
    uint32_t document;
};

static void see_name(void *ctx, uint64_t key)
{
    struct naming *n = ctx;
    const struct phrase *phrase = phrasebook_find(n->book, key);
    size_t at;

    if (!phrase)
        return;
    at = (size_t)(phrase - n->book->phrases);
    n->papers[at] += n->last[at] != n->document;
    n->last[at] = n->document;
}

/* A phrase's part in how far the cluster's words differ from those of all. */
static double name_weight(const struct finder *f, const struct phrase *phrase, uint32_t papers,
                          uint32_t size)
{
    double all = 0;
    size_t i;

    for (i = 0; i < f->out->periods; i++)
        all += phrase->counts[i];
    return papers * log(papers / (double)size / (all / (double)f->book.document_len));
}

/* The phrases that tell the cluster best, `found` has room for all. */
static size_t find_names(struct finder *f, struct naming *n, size_t cluster, struct found *found)
{
    size_t i, len = 0;

    memset(n->papers, 0, f->book.phrase_slots * sizeof *n->papers);
    memset(n->last, 0, f->book.phrase_slots * sizeof *n->last);
    for (i = 0; i < f->count; i++) {
        if (f->kmeans.of[i] != cluster)
            continue;
        n->document = (uint32_t)i + 1;
        phrasebook_each(&f->book, f->documents[i], see_name, n);
    }
    for (i = 0; i < f->book.phrase_slots; i++) {
        struct found phrase = { .phrase = &f->book.phrases[i], .papers = n->papers[i] };

        if (n->papers[i] < 2)
            continue;
        phrase.weight = name_weight(f, phrase.phrase, n->papers[i], f->kmeans.sizes[cluster]);
        if (phrase.weight > 0)
            found[len++] = phrase;
    }
    if (len > 1)
        qsort(found, len, sizeof *found, found_order);
    len = len < NAMES_COMPARED ? len : NAMES_COMPARED;
    found_fold(found, len);
    return len;
}

static void name_cluster(struct finder *f, struct naming *n, size_t cluster, struct found *found,
                         struct topic *topic)
{
    size_t len = find_names(f, n, cluster, found), i;
    struct str name = STR_INIT;

    for (i = 0; i < len && topic->term_count < CLUSTER_TERMS; i++) {
        if (found[i].folded)
            continue;
        topic->terms[topic->term_count] = phrasebook_text(&f->book, found[i].phrase->key);
        str_printf(&name, "%s%s", name.len ? ", " : "", topic->terms[topic->term_count++]);
    }
    topic->term = arena_strdup(f->book.arena, name.ptr);
    str_free(&name);
}

/* ---- what is shown ---- */

static int typical_papers(struct finder *f, size_t cluster, struct topic *topic, struct error *err)
{
    float best[TOPICS_PAPERS], cosines[CLUSTERS_MAX];
    int64_t works[TOPICS_PAPERS];
    struct work_row rows[TOPICS_PAPERS];
    size_t len = 0, i, at;
    int result;

    for (i = 0; i < f->count; i++) {
        float now;

        if (f->kmeans.of[i] != cluster)
            continue;
        now = cosine_of(f, i, cosines);
        if (len == TOPICS_PAPERS && now <= best[len - 1])
            continue;
        for (at = len < TOPICS_PAPERS ? len++ : len - 1; at > 0 && best[at - 1] < now; at--) {
            best[at] = best[at - 1];
            works[at] = works[at - 1];
        }
        best[at] = now;
        works[at] = f->works[i];
    }
    result = works_rows(f->book.store, f->book.arena, works, len, rows, err);
    for (i = 0; i < len && result == ERR_OK; i++) {
        if (!rows[i].id)
            continue;
        topic->keys[topic->shown] = rows[i].key;
        topic->titles[topic->shown++] = rows[i].title;
    }
    return result;
}

double cluster_weight(double *growth, double recent, double recent_all, double before,
                      double before_all)
{
    double with = recent + before, all = recent_all + before_all, gain = 0;
    double expected = with * recent_all / all;
    const double seen[] = { recent, before, recent_all - recent, before_all - before };
    const double usual[] = { expected, with - expected, recent_all - expected,
                             before_all - (with - expected) };
    size_t i;

    *growth = NAN;
    if (recent_all <= 0 || before_all <= 0)
        return NAN;
    for (i = 0; i < ARRAY_LEN(seen); i++)
        if (seen[i] > 0)
            gain += seen[i] * log(seen[i] / usual[i]);
    *growth = (recent + 0.5) / (recent_all + 1) / ((before + 0.5) / (before_all + 1));
    return recent >= expected ? gain : -gain;
}

static void weigh(struct topic *topic, const struct topics *out)
{
    double all[2] = { 0 }, with[2] = { 0 };
    size_t i;

    topic->since = out->periods - TOPICS_RECENT;
    for (i = 0; i < out->periods; i++) {
        all[i >= topic->since] += out->all[i];
        with[i >= topic->since] += topic->counts[i];
    }
    topic->recent = (unsigned)with[1];
    topic->papers = (unsigned)(with[0] + with[1]);
    topic->weight = cluster_weight(&topic->growth, with[1], all[1], with[0], all[0]);
}

/* Those that have no weight come last. */
static int by_weight(const void *a, const void *b)
{
    const struct topic *x = a, *y = b;
    double p = isnan(x->weight) ? -INFINITY : x->weight,
           q = isnan(y->weight) ? -INFINITY : y->weight;

    if (p != q)
        return p < q ? 1 : -1;
    return x->recent != y->recent ? (x->recent < y->recent ? 1 : -1) : strcmp(x->term, y->term);
}

static int take_clusters(struct finder *f, unsigned (*counts)[TOPICS_PERIODS_MAX],
                         struct error *err)
{
    size_t slots = f->book.phrase_slots + 1, limit = f->options->limit ? f->options->limit : 20, c;
    struct naming naming = { .book = &f->book };
    struct found *found = mem_alloc(slots * sizeof *found);
    int result = ERR_OK;

    naming.papers = mem_alloc(slots * sizeof *naming.papers);
    naming.last = mem_alloc(slots * sizeof *naming.last);
    f->out->items = arena_alloc(f->book.arena, f->kmeans.k * sizeof *f->out->items);
    for (c = 0; c < f->kmeans.k && result == ERR_OK; c++) {
        struct topic *topic = &f->out->items[f->out->len];

        if (f->kmeans.sizes[c] < TOPICS_SUPPORT)
            continue;
        memset(topic, 0, sizeof *topic);
        memcpy(topic->counts, counts[c], sizeof topic->counts);
        weigh(topic, f->out);
        name_cluster(f, &naming, c, found, topic);
        result = typical_papers(f, c, topic, err);
        f->out->len += topic->term_count > 0;
    }
    if (f->out->len > 1)
        qsort(f->out->items, f->out->len, sizeof *f->out->items, by_weight);
    f->out->len = f->out->len < limit ? f->out->len : limit;
    free(found);
    free(naming.papers);
    free(naming.last);
    return result;
}

static int find_clusters(struct finder *f, struct error *err)
{
    unsigned(*counts)[TOPICS_PERIODS_MAX] = NULL;
    size_t i;
    int result = read_recent_phrases(f, err);

    if (result == ERR_OK)
        result = read_recent_vectors(f, err);
    f->out->clustered = f->count;
    if (result != ERR_OK || f->count < CLUSTERS_FEWEST)
        return result;
    result = make_clusters(f, err);
    counts = mem_zalloc(f->kmeans.k * sizeof *counts + 1);
    if (result == ERR_OK)
        result = count_papers(f, counts, err);
    for (i = 0; i < f->out->periods; i++)
        f->out->papers += f->out->all[i];
    if (result == ERR_OK)
        result = take_clusters(f, counts, err);
    free(counts);
    return result;
}

int clusters_read(struct topics *out, struct store *store, struct arena *arena,
                  const struct topics_options *options, struct error *err)
{
    struct vectors_model serving, next;
    struct vectors_stats stats;
    size_t periods = options->period_days == 7 ? TOPICS_PERIODS : TOPICS_MONTHS;
    struct finder f = { .options = options,
                        .out = out,
                        .book = { .store = store,
                                  .arena = arena,
                                  .today = options->today,
                                  .period_days = options->period_days,
                                  .periods = periods,
                                  .papers_max = CLUSTERS_PAPERS,
                                  .progress = options->progress,
                                  .ctx = options->ctx } };
    int result = vectors_models(store, &serving, &next, err);

    *out = (struct topics){ .periods = periods };
    if (result == ERR_OK)
        result = vectors_count(store, &stats, err);
    if (result == ERR_OK && options->category)
        result = samples_category_known(store, options->category, err);
    if (result != ERR_OK || serving.slot < 0 || stats.vectors == 0)
        return result;
    out->vectors = true;
    f.dim = (size_t)serving.dim;
    result = find_clusters(&f, err);
    phrasebook_free(&f.book);
    kmeans_free(&f.kmeans);
    free(f.papers);
    free(f.vectors);
    free(f.lengths);
    free(f.documents);
    free(f.works);
    free(f.core);
    return result;
}
