/*
 * Removing papers and bringing them back, as steps of undo; and emptying the bin.
 *
 * A row of the change log (kind "gone") is a paper with the names of which something was said: in
 * `new` when it was removed, in `old` when it came back, one a line, with BIN_WAS_UNSAID before
 * those of which nothing was said till then. bin_undo.c takes such steps back.
 */
#include "bin.h"

#include "carrel/log.h"
#include "carrel/ops.h"
#include "carrel/segments.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

#define COVER_LEAST 64 /* papers: fewer wait for the next import */
#define ORDER_LEAST 64 /* papers: fewer go as they are named */

/* Rows that name records and works are removed with them here (bin_take.c): without the search for
 * others that the database would make for each record, which no index helps. */
int bin_keys_checked(struct store *store, bool on, struct error *err)
{
    return store_exec(store, on ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF", err);
}

/* As after an import: till then searches ask the slower index for all that has moved. */
void bin_cover(struct store *store, int64_t papers)
{
    struct segment_writer *segments;
    struct error why;

    if (papers < COVER_LEAST)
        return;
    segments = segment_writer_new(store);
    if (segment_writer_finish(segments, NULL, NULL, &why) != ERR_OK)
        log_write(LOG_WARN, "searches are right, but slower, until the next import: %s",
                  why.message);
    segment_writer_free(segments);
}

int binning_open(struct binning *b, struct writer *writer, struct error *err)
{
    struct embedders embedders;
    int result = embedders_open(&embedders, writer->store, err);

    *b = (struct binning){ .writer = writer };
    if (result != ERR_OK)
        return result;
    b->preparer = preparer_new(&embedders);
    b->arena = arena_new();
    return ERR_OK;
}

void binning_close(struct binning *b)
{
    preparer_free(b->preparer);
    arena_free(b->arena);
}

int binning_begin(struct binning *b, struct store *store, struct error *err)
{
    struct writer *writer;
    int result = bin_keys_checked(store, false, err);

    *b = (struct binning){ .writer = NULL };
    if (result == ERR_OK)
        result = step_begin(&writer, store, err);
    if (result != ERR_OK) {
        bin_keys_checked(store, true, NULL);
        return result;
    }
    result = binning_open(b, writer, err);
    if (result != ERR_OK) {
        result = step_commit(writer, result, err);
        bin_keys_checked(store, true, NULL);
    }
    return result;
}

int binning_end(struct binning *b, struct store *store, int result, struct error *err)
{
    binning_close(b);
    result = step_commit(b->writer, result, err);
    bin_keys_checked(store, true, NULL);
    return result;
}

/* ---- saying ---- */

const char *bin_said_name(const char *line)
{
    return str_starts(line, BIN_WAS_UNSAID) ? line + strlen(BIN_WAS_UNSAID) : line;
}

int bin_say(struct binning *b, const char *name, enum bin_word word, struct str *said,
            struct error *err)
{
    static const char *const values[] = {
        [BIN_UNSAID] = NULL, [BIN_STAYS] = "0", [BIN_GONE] = "1"
    };
    enum bin_word now;
    int64_t at;
    int result = bin_word(b->writer->store, &now, &at, name, err);

    if (result != ERR_OK || now == word)
        return result;
    str_printf(said, "%s%s%s", said->len ? "\n" : "", now == BIN_UNSAID ? BIN_WAS_UNSAID : "",
               name);
    return ops_say(b->writer->store, "gone", name, "", values[word], err);
}

/* Other papers that merely mention a name of this one stay: that is said of what they are called,
 * where nothing was. */
static int say_beside(struct binning *b, int64_t work, struct error *err)
{
    struct text_list own = { 0 };
    struct str unused = STR_INIT;
    struct stmt *stmt;
    enum bin_word word;
    int64_t at;
    size_t i;
    int step,
        result = stmt_prepare(&stmt, b->writer->store,
                              "SELECT r.payload FROM alias a CROSS JOIN claim c ON c.name = "
                              "a.scheme || ':' || a.value JOIN record r ON r.id = c.record_id "
                              "WHERE a.work_id = ?1 AND r.work_id != ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct text_list names = { 0 };
        struct record record;
        size_t len;
        const void *bytes = stmt_blob(stmt, 0, &len);

        step = payload_unpack(&record, b->arena, bytes, len, err);
        if (step != ERR_OK)
            break;
        record_all_names(&names, b->arena, &record);
        text_list_add(&own, b->arena, names.items[0], strlen(names.items[0]));
    }
    stmt_reset(stmt);
    result = step;
    for (i = 0; i < own.len && result == ERR_OK; i++) {
        result = bin_word(b->writer->store, &word, &at, own.items[i], err);
        if (result == ERR_OK && word == BIN_UNSAID)
            result = bin_say(b, own.items[i], BIN_STAYS, &unused, err);
    }
    str_free(&unused);
    return result;
}

/* ---- removing ---- */

int bin_say_gone(struct binning *b, int64_t work, char **key, struct str *said, struct error *err)
{
    struct store *store = b->writer->store;
    struct text_list names = { 0 };
    size_t i;
    int result = ops_name(key, store, b->arena, work, err);

    if (result == ERR_OK)
        result = work_aliases(store, work, &names, b->arena, err);
    if (result == ERR_OK)
        result = say_beside(b, work, err);
    for (i = 0; i < names.len && result == ERR_OK; i++)
        result = bin_say(b, names.items[i], BIN_GONE, said, err);
    return result == ERR_OK ? bin_settle_gone(b->writer, b->preparer, work, b->writer->now, err)
                            : result;
}

int bin_remove_work(struct binning *b, int64_t work, struct error *err)
{
    struct str said = STR_INIT;
    char *key = NULL;
    int result = bin_say_gone(b, work, &key, &said, err);

    if (result == ERR_OK)
        result = state_log(b->writer->store, "gone", key, "", NULL, said.ptr, err);
    b->counts.papers += result == ERR_OK;
    str_free(&said);
    return result;
}

/* One that is in the bin already has been removed by another of its names, or before. */
static int remove_named(struct binning *b, const char *name, struct error *err)
{
    int64_t work = 0, unused;
    bool own;
    int result = works_find(b->writer->store, &work, name, err);

    if (result == ERR_NOTFOUND && bin_find(b->writer->store, &unused, &own, name, NULL) == ERR_OK) {
        b->counts.others++;
        return ERR_OK;
    }
    return result == ERR_OK ? bin_remove_work(b, work, err) : result;
}

/* ---- bringing back ---- */

/* Is it what another paper in the bin is called, and none of this one's records? */
static int is_others(bool *others, struct store *store, const char *name, int64_t paper,
                     struct error *err)
{
    int64_t one;
    int result = store_lookup(store, &one,
                              "SELECT 1 FROM bin_name o WHERE o.name = ?1 AND o.own AND o.work != "
                              "?2 AND NOT EXISTS (SELECT 1 FROM bin_name n WHERE n.name = ?1 AND "
                              "n.work = ?2 AND n.own)",
                              name, 0, paper, err);

    *others = result == ERR_OK;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int say_returned(struct binning *b, int64_t paper, struct str *said, struct error *err)
{
    struct store *store = b->writer->store;
    struct text_list names = { 0 };
    int64_t back = 0;
    size_t i;
    bool others;
    int result = bin_names(&names, store, b->arena, paper, err);

    for (i = 0; i < names.len && result == ERR_OK; i++) {
        result = is_others(&others, store, names.items[i], paper, err);
        if (result == ERR_OK && !others)
            result = bin_say(b, names.items[i], BIN_STAYS, said, err);
    }
    if (result == ERR_OK)
        result = bin_give_back(b->writer, b->preparer, paper, &back, err);
    for (i = 0; i < names.len && result == ERR_OK; i++)
        result = bin_settle_papers(b->writer, b->preparer, names.items[i], &back, err);
    return result;
}

static int return_paper(struct binning *b, int64_t paper, const char *name, struct error *err)
{
    struct str said = STR_INIT;
    int result = say_returned(b, paper, &said, err);

    if (result == ERR_OK)
        result = state_log(b->writer->store, "gone", name, "", said.ptr, NULL, err);
    b->counts.papers += result == ERR_OK;
    str_free(&said);
    return result;
}

int bin_return_unlogged(struct binning *b, const char *name, bool *back, struct error *err)
{
    struct str said = STR_INIT;
    int64_t paper = 0;
    bool own;
    int result = bin_find(b->writer->store, &paper, &own, name, err);

    if (result == ERR_OK)
        result = say_returned(b, paper, &said, err);
    *back = result == ERR_OK;
    str_free(&said);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* Nothing is left of it here: it may come from then on. */
static int return_word(struct binning *b, const char *name, struct error *err)
{
    struct ident ident;
    struct str id = STR_INIT, said = STR_INIT;
    enum bin_word word = BIN_UNSAID;
    int64_t at;
    int result = ERR_OK;

    if (ident_parse(&ident, name))
        ident_print(&id, &ident);
    if (id.len > 0)
        result = bin_word(b->writer->store, &word, &at, id.ptr, err);
    if (result == ERR_OK && word != BIN_GONE)
        result = error_set(err, ERR_NOTFOUND, "%s is not in the bin; 'carrel bin' lists it", name);
    if (result == ERR_OK)
        result = bin_say(b, id.ptr, BIN_STAYS, &said, err);
    if (result == ERR_OK)
        result = state_log(b->writer->store, "gone", id.ptr, "", said.ptr, NULL, err);
    b->counts.waiting += result == ERR_OK;
    str_free(&id);
    str_free(&said);
    return result;
}

/* What is called so in the bin, though a paper that is here may have the name by mentioning it;
 * else what gives the name there. */
int bin_return_named(struct binning *b, const char *name, struct error *err)
{
    int64_t number = 0, live;
    bool own = false;
    int result = bin_find(b->writer->store, &number, &own, name, err);

    if (!own && works_find(b->writer->store, &live, name, NULL) == ERR_OK) {
        b->counts.others++;
        return ERR_OK;
    }
    return result == ERR_NOTFOUND ? return_word(b, name, err)
           : result == ERR_OK     ? return_paper(b, number, name, err)
                                  : result;
}

/* ---- a step ---- */

/* A name and the number behind it. */
struct named {
    char *name;
    int64_t number;
};

static int by_number(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static int number_removed(int64_t *number, struct store *store, const char *name)
{
    return works_find(store, number, name, NULL);
}

static int number_returned(int64_t *number, struct store *store, const char *name)
{
    bool own;

    return bin_find(store, number, &own, name, NULL);
}

/* What a step does, to each of many. */
struct doing {
    int (*one)(struct binning *b, const char *name, struct error *err);
    int (*number)(int64_t *number, struct store *store, const char *name);
};
static const struct doing removing = { remove_named, number_removed };
static const struct doing returning = { bin_return_named, number_returned };

/* Many go in the order in which they lie, so that each page is come to once; the first stays the
 * first, by which the step is called. What has no number comes last. */
static struct named *in_order(struct store *store, char *const *names, size_t count,
                              const struct doing *doing)
{
    struct named *all = mem_zalloc((count + 1) * sizeof *all);
    size_t i;

    for (i = 0; i < count; i++) {
        all[i].name = names[i];
        if (count >= ORDER_LEAST && doing->number(&all[i].number, store, names[i]) != ERR_OK)
            all[i].number = INT64_MAX;
    }
    if (count >= ORDER_LEAST)
        qsort(all + 1, count - 1, sizeof *all, by_number);
    return all;
}

static int each_name(struct binning *b, char *const *names, size_t count, const struct doing *doing,
                     struct error *err)
{
    struct named *all = in_order(b->writer->store, names, count, doing);
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++) {
        arena_reset(b->arena);
        result = doing->one(b, all[i].name, err);
        if (result == ERR_OK)
            result = state_tell(b->writer->store, i + 1, count, err);
    }
    free(all);
    return result;
}

static int whole_step(struct store *store, char *const *names, size_t count,
                      const struct doing *doing, struct bin_counts *out, struct error *err)
{
    struct binning b;
    int result = binning_begin(&b, store, err);

    if (result != ERR_OK)
        return result;
    result = each_name(&b, names, count, doing, err);
    *out = b.counts;
    result = binning_end(&b, store, result, err);
    if (result == ERR_OK)
        bin_cover(store, out->papers);
    return result;
}

int library_remove(struct store *store, char *const *names, size_t count, struct bin_counts *out,
                   struct error *err)
{
    return whole_step(store, names, count, &removing, out, err);
}

int library_return(struct store *store, char *const *names, size_t count, struct bin_counts *out,
                   struct error *err)
{
    return whole_step(store, names, count, &returning, out, err);
}

int library_bin_empty(struct store *store, int64_t *papers, struct error *err)
{
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = bin_count(store, papers, err);
    if (result == ERR_OK)
        result =
            store_exec(store, "DELETE FROM bin; DELETE FROM bin_name; DELETE FROM bin_work", err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    if (result != ERR_OK)
        store_rollback(store);
    return result;
}
