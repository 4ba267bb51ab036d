/*
 * Export: which works, in which order, into which writer; and the formats that are one file. The
 * list of works (newest first, then by key; those without a date last) is read once. Websites are
 * export_site.c's.
 */
#include "export_internal.h"

#include "cites.h"
#include "export_indexer.h"
#include "own_file.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/publish.h"
#include "carrel/search.h"
#include "carrel/sha256.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct {
    const char *name;
    enum export_format format;
} format_names[] = { { "site", EXPORT_SITE },     { "json", EXPORT_JSON },
                     { "jsonl", EXPORT_JSONL },   { "atom", EXPORT_ATOM },
                     { "bibtex", EXPORT_BIBTEX }, { "biblatex", EXPORT_BIBLATEX },
                     { "ris", EXPORT_RIS },       { "csl", EXPORT_CSL } };

const char *export_format_at(size_t i)
{
    return i < ARRAY_LEN(format_names) ? format_names[i].name : NULL;
}

bool export_format_from(const char *name, enum export_format *format)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(format_names); i++) {
        if (strcmp(format_names[i].name, name) == 0) {
            *format = format_names[i].format;
            return true;
        }
    }
    return false;
}

static int export_want(void *ctx, int64_t id)
{
    struct export_job *job = ctx;

    hashmap_put(job->wanted, (const char *)&id, sizeof id, NULL);
    return 0;
}

bool export_wants(const struct export_job *job, int64_t id)
{
    return !job->wanted || hashmap_get(job->wanted, (const char *)&id, sizeof id);
}

const struct export_item *export_item(struct export_job *job, int64_t id)
{
    const uint64_t *place;
    size_t i;

    if (!job->places) {
        job->places = hashmap_new();
        for (i = 0; i < job->len; i++)
            *hashmap_put(job->places, (const char *)&job->items[i].id, sizeof id, NULL) = i + 1;
    }
    place = hashmap_get(job->places, (const char *)&id, sizeof id);
    return place ? &job->items[*place - 1] : NULL;
}

int32_t export_today(const struct export_job *job)
{
    int64_t changed = 0;
    size_t i;

    for (i = 0; i < job->len; i++)
        changed = job->items[i].changed > changed ? job->items[i].changed : changed;
    for (i = 0; i < job->len && job->items[i].day; i++)
        if (job->items[i].day <= changed / 86400000)
            return job->items[i].day;
    return job->len > 0 ? job->items[0].day : 0;
}

static int export_take(void *ctx, const struct publish_key *key)
{
    struct export_job *job = ctx;
    struct export_item item = { .id = key->id, .day = key->day, .changed = key->changed };

    if (job->wanted && !export_wants(job, key->id))
        return 0;
    item.fingerprint = hash64(key->key, strlen(key->key), (uint64_t)key->changed ^ key->state_hash);
    VEC_PUSH(job->items, job->len, job->cap, item);
    job->credits |= key->credits;
    job->fingerprint = hash64(&item.fingerprint, sizeof item.fingerprint, job->fingerprint);
    return 0;
}

/* The list comes by day, where those without one (day 0) stand in the midst. */
static void export_undated_last(struct export_job *job)
{
    struct export_item *undated = mem_alloc((job->len + 1) * sizeof *undated);
    size_t i, without = 0, len = 0;

    for (i = 0; i < job->len; i++) {
        if (job->items[i].day == 0)
            undated[without++] = job->items[i];
        else
            job->items[len++] = job->items[i];
    }
    if (without > 0)
        memcpy(job->items + len, undated, without * sizeof *undated);
    free(undated);
}

/* Those that are named. */
static int export_named(struct export_job *job, struct error *err)
{
    const struct export_options *options = job->options;
    int64_t work = 0;
    size_t i;
    int result = ERR_OK;

    job->wanted = hashmap_new();
    for (i = 0; i < options->id_count && result == ERR_OK; i++) {
        result = works_find(job->store, &work, options->ids[i], err);
        if (result == ERR_OK)
            export_want(job, work);
    }
    return result;
}

static int export_list(struct export_job *job, struct error *err)
{
    int result = job->options->id_count > 0 ? export_named(job, err) : ERR_OK;

    if (!job->wanted && job->options->query && !str_blank(job->options->query)) {
        job->wanted = hashmap_new();
        result = query_certain(job->options->query, err);
        if (result == ERR_OK)
            result = search_each(job->store, job->options->query, export_want, job, err);
    }
    if (result == ERR_OK)
        result = publish_each(job->store, export_take, job, err);
    export_undated_last(job);
    return result;
}

int export_record(struct export_job *job, int64_t id, struct record *record, struct error *err)
{
    if (job->done++ % 256 == 0) {
        if (job->indexer)
            job->arena = indexer_begin(job->indexer);
        else
            arena_reset(job->arena);
        if (job->options->progress
            && job->options->progress(job->options->ctx, job->done, (int64_t)job->len))
            return error_set(err, ERR_CANCELLED,
                             "export stopped; nothing that stood there was changed for "
                             "the worse: run it again");
    }
    return (job->options->format == EXPORT_JSONL ? publish_shared : publish_record)(
        job->store, job->arena, id, record, err);
}

/* ---- one file ---- */

/* Where bytes go: to the caller as they come, or into a temporary file that is renamed at the end.
 */
struct export_sink {
    const struct export_options *options;
    int fd;
    char *path, *temporary;
    char sha[65]; /* of the file when it has been closed */
};

static const char own_line[] = OWN_BIB "written anew each time; for additions see carrel cite\n\n";

static bool export_to_file(const struct export_options *options)
{
    return options->output && strcmp(options->output, "-") != 0;
}

static bool export_in_bibtex(enum export_format format)
{
    return format == EXPORT_BIBTEX || format == EXPORT_BIBLATEX;
}

static struct own_file export_own(const struct export_job *job)
{
    return (struct own_file){ .library = store_dir(job->store),
                              .path = job->options->output,
                              .mark = OWN_BIB,
                              .command = "export",
                              .force = job->options->force };
}

/* Entries that somebody keeps by hand, or with `cite --to`, are in no library as they stand. */
static int export_spares(const struct export_job *job, struct error *err)
{
    const char *path = job->options->output, *dot = strrchr(path_base(path), '.');
    const struct own_file own = export_own(job);
    int result = own_file_check(&own, err);

    if (result == ERR_EXISTS
        && (export_in_bibtex(job->options->format) || (dot && !strcasecmp(dot, ".bib"))))
        error_set(err, ERR_EXISTS,
                  "%s was not written by carrel export and stays as it is: cite --to %s adds to "
                  "it, export --force replaces it",
                  path, path);
    return result;
}

bool export_is_folder(enum export_format format)
{
    return format <= EXPORT_SITE;
}

/* Does what is written take the place of an export? */
static bool export_replaces(const struct export_options *options)
{
    char *manifest =
        export_is_folder(options->format) ? path_join(options->output, "manifest.json") : NULL;
    bool there = file_exists(manifest ? manifest : options->output);

    free(manifest);
    return there;
}

/* Nothing takes the place of nothing: a word of the query that is misspelt must not empty a
 * website. A feed may have no entries today. */
static int export_may_write(const struct export_job *job, struct error *err)
{
    const struct export_options *options = job->options;
    bool asked = options->query && !str_blank(options->query);
    bool folder = export_is_folder(options->format);

    if (!export_to_file(options))
        return ERR_OK;
    if (job->len == 0 && options->format != EXPORT_ATOM && !(folder && options->force)
        && (asked || export_replaces(options)))
        return error_set(err, ERR_NOTFOUND, "nothing found%s%s, so %s was not written%s",
                         asked ? " by " : "", asked ? options->query : "", options->output,
                         folder ? " (--force writes a website without papers)" : "");
    return folder ? ERR_OK : export_spares(job, err);
}

static int export_sink_open(struct export_sink *sink, struct error *err)
{
    const char *output = sink->options->output;

    if (!export_to_file(sink->options))
        return ERR_OK;
    sink->path = mem_strdup(output);
    if (file_is_device(output)) {
        sink->fd = open(output, O_WRONLY | O_CLOEXEC);
        return sink->fd < 0 ? error_errno(err, "cannot write %s", output) : ERR_OK;
    }
    sink->temporary = mem_printf("%s.%ld.tmp", output, (long)getpid());
    sink->fd = open(sink->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (sink->fd < 0)
        return error_errno(err, "cannot write %s", output);
    return ERR_OK;
}

static int export_sink_write(struct export_sink *sink, struct str *bytes, size_t at_least,
                             struct error *err)
{
    int result = ERR_OK;

    if (bytes->len >= at_least) {
        result = sink->path ? fd_write_all(sink->fd, bytes->ptr, bytes->len, err)
                            : sink->options->write(sink->options->ctx, bytes, err);
        if (result != ERR_OK && sink->path)
            error_context(err, "%s", sink->path);
        str_clear(bytes);
    }
    return result;
}

/* All is on the disk: it takes its name. */
static int export_sink_settle(struct export_sink *sink, struct error *err)
{
    int64_t bytes;

    if (fsync(sink->fd) != 0 || lseek(sink->fd, 0, SEEK_SET) != 0)
        return error_errno(err, "cannot write %s", sink->path);
    if (sha256_copy(sink->sha, &bytes, sink->fd, -1, INT64_MAX, err) != ERR_OK)
        return error_context(err, "%s", sink->path);
    return rename(sink->temporary, sink->path) == 0
               ? ERR_OK
               : error_errno(err, "cannot write %s", sink->path);
}

static int export_sink_close(struct export_sink *sink, int result, struct error *err)
{
    if (sink->fd >= 0) {
        if (result == ERR_OK && sink->temporary)
            result = export_sink_settle(sink, err);
        close(sink->fd);
        if (result != ERR_OK && sink->temporary)
            unlink(sink->temporary);
    }
    free(sink->path);
    free(sink->temporary);
    return result;
}

/* Before anything is written: what the works are called in a bibliography. */
static int export_cites(struct export_job *job, struct error *err)
{
    struct bibliography_options options = { .ascii = job->options->ascii,
                                            .pandoc = job->options->as_pandoc };
    int64_t *works;
    size_t i;
    int result;

    if (job->options->format < EXPORT_BIBTEX)
        return ERR_OK;
    options.form = (enum bibliography_form)(job->options->format - EXPORT_BIBTEX);
    works = mem_zalloc((job->len + 1) * sizeof *works);
    for (i = 0; i < job->len; i++)
        works[i] = job->items[i].id;
    result =
        cites_new(&job->cites, job->store, &options, job->options->cite_key, works, job->len, err);
    free(works);
    return result;
}

static int export_lines(struct export_job *job, struct export_sink *sink, struct str *body,
                        struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < job->len && result == ERR_OK; i++) {
        struct record record;

        result = export_record(job, job->items[i].id, &record, err);
        if (result != ERR_OK)
            break;
        if (job->cites) {
            result = cites_add(job->cites, body, job->arena, job->items[i].id, &record, err);
        } else {
            record_to_json(body, &record);
            str_add_char(body, '\n');
        }
        if (result == ERR_OK)
            result = export_sink_write(sink, body, 65536, err);
    }
    if (job->cites)
        cites_end(job->cites, body);
    return result;
}

void export_atom_begin(struct export_job *job, struct str *body, const struct export_atom *atom)
{
    char updated[32], hash[65];
    struct str id = STR_INIT;

    time_format(updated, atom->updated);
    sha256_hex(hash, atom->query, strlen(atom->query));
    str_printf(&id, "urn:carrel:feed:%.16s", hash);
    atom_begin(body, atom->title, id.ptr, updated);
    atom_credits(body, job->credits);
    str_free(&id);
}

static int export_atom(struct export_job *job, struct str *body, struct error *err)
{
    const char *query = job->options->query ? job->options->query : "";
    size_t limit = job->options->limit > 0 ? (size_t)job->options->limit : 100, i;
    struct export_atom atom = { .query = query };
    struct str title = STR_INIT;
    int64_t updated = 0;
    int result = ERR_OK;

    if (limit > job->len)
        limit = job->len;
    for (i = 0; i < limit && result == ERR_OK; i++) {
        result = publish_updated(job->store, job->items[i].id, &updated, err);
        if (updated > atom.updated)
            atom.updated = updated;
    }
    str_printf(&title, *query ? "carrel: %s" : "carrel", query);
    atom.title = title.ptr;
    export_atom_begin(job, body, &atom);
    for (i = 0; i < limit && result == ERR_OK; i++) {
        struct record record;
        char at[32];

        result = export_record(job, job->items[i].id, &record, err);
        if (result == ERR_OK)
            result = publish_updated(job->store, job->items[i].id, &updated, err);
        time_format(at, updated);
        if (result == ERR_OK)
            atom_entry(body, &record, at);
    }
    atom_end(body);
    str_free(&title);
    return result;
}

static int export_file(struct export_job *job, struct site_report *report, struct error *err)
{
    struct export_sink sink = { .options = job->options, .fd = -1 };
    struct str body = STR_INIT;
    int result = export_cites(job, err);

    if (result == ERR_OK && export_to_file(job->options) && export_in_bibtex(job->options->format))
        str_add(&body, own_line);
    if (result == ERR_OK)
        result = export_sink_open(&sink, err);
    if (result == ERR_OK)
        result = job->options->format == EXPORT_ATOM ? export_atom(job, &body, err)
                                                     : export_lines(job, &sink, &body, err);
    if (result == ERR_OK)
        result = export_sink_write(&sink, &body, 1, err);
    result = export_sink_close(&sink, result, err);
    if (result == ERR_OK && *sink.sha) {
        const struct own_file own = export_own(job);

        own_file_wrote(&own, sink.sha);
    }
    if (report)
        *report = (struct site_report){ .files = 1,
                                        .papers = job->done,
                                        .left_out = (int64_t)job->len - job->done };
    str_free(&body);
    return result;
}

int export_run(struct store *store, const struct export_options *options,
               struct site_report *report, struct error *err)
{
    struct export_job job = { .store = store, .options = options, .arena = arena_new() };
    /* All files of a website are of one state of the library. One file may go to a reader who
     * pauses, and the library cannot be tidied up behind a state that is held. */
    bool folder = export_is_folder(options->format);
    int result = folder ? store_begin_read(store, err) : ERR_OK;

    if (result == ERR_OK)
        result = export_list(&job, err);
    if (result == ERR_OK)
        result = export_may_write(&job, err);
    if (result == ERR_OK)
        result = folder ? export_site(&job, report, err) : export_file(&job, report, err);
    if (folder)
        store_rollback(store);
    cites_free(job.cites);
    hashmap_free(job.wanted);
    hashmap_free(job.places);
    arena_free(job.arena);
    free(job.items);
    return result;
}
