/*
 * Inside the library: a prepared record, the writer that applies it, and what identity, composition
 * and the importer need of each other.
 */
#ifndef CARREL_LIBRARY_INTERNAL_H
#define CARREL_LIBRARY_INTERNAL_H

#include "carrel/fts.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/lengths.h"
#include "carrel/library.h"
#include "carrel/record.h"
#include "carrel/samples.h"
#include "carrel/segments.h"
#include "carrel/vectors.h"

/* A record with everything that can be computed without the database. */
struct prepared {
    struct record record;     /* in the batch's arena */
    char *key;                /* what it would be called if it were a work of its own */
    struct text_list aliases; /* canonical ids, the key among them */
    char *authors;            /* one per line */
    int32_t day, day_last;
    uint64_t title_hash, hash;
    int64_t fetched; /* by another machine, ms; 0: here and now */
    void *payload;
    size_t payload_len;
    struct fts_document doc;
    struct {
        const struct vectors_model *of; /* NULL: none */
        const int8_t *numbers;          /* NULL: it has nothing to say */
    } vectors[2];
};

/* The models that papers are embedded with: the one that serves, and one in preparation. */
struct embedders {
    struct embedder {
        struct vectors_model which;
        const struct embed_model *model;
        struct embed_model *own;
    } at[2];
    size_t len;
};
int embedders_open(struct embedders *out, struct store *store, struct error *err);
void embedders_close(struct embedders *embedders);
/* Of the document's prepared columns; false when it has nothing to say. */
bool embedder_document(const struct embedder *embedder, int8_t *out,
                       const struct fts_document *doc);
void embedders_prepare(const struct embedders *embedders, struct prepared *out,
                       struct arena *arena);
struct writer;
int embedders_write(struct writer *writer, int64_t work, const struct fts_document *doc,
                    struct error *err);

/* repositories.c: its vector, by the model that serves. */
int repository_embed(struct writer *writer, int64_t id, struct error *err);

struct preparer;
/* Cleans and computes; false and `why` when it cannot be kept. */
struct preparer *preparer_new(struct embedders *embedders); /* takes them */
void preparer_free(struct preparer *preparer);
bool preparer_run(struct preparer *preparer, struct prepared *out, const struct record *record,
                  struct arena *arena, const char **why);
/* A record as it was kept: of the same hash it is not packed again. The payload has to live as long
 * as what is made of it. */
struct kept_payload {
    void *payload;
    size_t len;
    uint64_t hash;
    char *source;
};
bool preparer_kept(struct preparer *preparer, struct prepared *out, struct record *record,
                   const struct kept_payload *kept, struct arena *arena, const char **why);
char *authors_text(const struct text_list *authors, struct arena *arena);
/* The days of `work` for what a record says of its publication; false: it is no date. Day 0 is kept
 * for works without one, so 1970 begins on its second day. */
bool published_days(const char *text, int32_t *first, int32_t *last);
/* The canonical ids that a record gives its work. */
void record_names(struct text_list *out, struct arena *arena, const struct record *record);

/* arrivals_records.c: are records of this source added to, not replaced? */
bool source_adds(const char *source);
/* A record as another machine has it; false and `why`. */
struct arrival;
bool arrival_prepare(struct preparer *preparer, struct prepared *out, struct arena *arena,
                     const struct arrival *arrival, const char **why);

struct twice; /* writer_twice.c */

/* The writing side: one connection, one open transaction. */
struct writer {
    struct store *store;
    struct fts_queue *index;
    struct vocabulary *vocabulary;
    struct lengths_writer *lengths;
    struct segment_writer *segments; /* of an import; or NULL: borrowed */
    struct fts_preparer *preparer;
    struct vectors_writer *vectors;
    struct embedders embedders;
    bool embedders_open;
    struct hashmap *authors, *categories, *catalog; /* name -> id, bounded */
    int64_t works_change;
    int64_t joined; /* records that joined a work by what they say; the importer takes them */
    int64_t now;
    int64_t record; /* the last one that was made or added to */
    int64_t before; /* the one whose place it took; 0: none */
    bool awaited;   /* something was said of one of its names before it was here */
    bool doubtful;  /* of the record that is applied: names of several works; regroup settles it */
    int64_t event_mark;             /* split.c: alerts up to here were noted before this step */
    bool gone;                      /* something is removed: what comes is asked for it (bin.c) */
    bool looked;                    /* the next two are those of now */
    int64_t record_next, work_next; /* numbers that were never given; 0: the next ones are such */
    int64_t record_id, work_id;     /* numbers for what comes next out of the bin; 0: new ones */
    int64_t refused;                /* the last record that had to stay in the bin */
    struct twice *twice; /* entries of this import that are one paper; NULL: as they come */
};
struct writer *writer_new(struct store *store);
void writer_free(struct writer *writer);
int writer_begin(struct writer *writer, struct error *err); /* store_begin and writer_start */
int writer_start(struct writer *writer, struct error *err); /* in a transaction that is open */
int writer_finish(struct writer *writer,
                  struct error *err);     /* index, vocabulary, lengths, counters; before commit */
void writer_abort(struct writer *writer); /* after an error, before rollback */

enum applied { APPLIED_ADDED, APPLIED_UPDATED, APPLIED_UNCHANGED, APPLIED_BINNED };
int writer_apply(struct writer *writer, const struct prepared *prepared, enum applied *what,
                 struct error *err);

/* writer_twice.c: for who writes files of entries. Of two entries of one paper the later one in the
 * file stands, also when both have been here before. At the end of the files, in the transaction
 * that is open: `stood` for each entry that had to wait, and whose words (writer->record) stand
 * again in the place of others (writer->before); it was counted as unchanged. */
void writer_watch_twice(struct writer *writer);
bool twice_waits(const struct writer *writer); /* does any? */
int twice_settle(struct writer *writer, void (*stood)(void *ctx), void *ctx, struct error *err);

/* compose.c: a work from its current records, with all that is derived from it. */
int compose_new(struct writer *writer, int64_t *id, const struct prepared *prepared,
                struct error *err);
int compose_again(struct writer *writer, int64_t work, struct error *err);
/* A work without anything, to move things to; compose_again fills it. */
int compose_empty(struct writer *writer, int64_t *id, struct error *err);
int compose_flags(const struct record *record);
/* cited.c: does its entry say that the first of its authors is a body ("{World Health ...}")? */
bool cited_of_body(const struct record *record);
/* Removes the work's row, texts, index entry and lists; its records and aliases must have moved. */
int compose_remove(struct writer *writer, int64_t work, struct error *err);

/* compose_merge.c: the merged record of a work, from its current records (for doctor, too). */
int compose_merge(struct store *store, struct arena *arena, int64_t work, struct record *out,
                  struct error *err);

/* compose_lists.c: everything of a work that lies in lists of its own; its first category. */
int compose_lists(struct writer *writer, int64_t work, int32_t day, const struct record *record,
                  int64_t *primary, struct error *err);
int compose_clear_lists(struct writer *writer, int64_t work, struct error *err);

/* compose_state.c: tags, notes and marks that a record brings. */
int compose_state(struct writer *writer, int64_t work, const struct record *record,
                  struct error *err);

/* compose_links.c: as compose_again would after links were added to one of the records, without
 * reading them all. */
int compose_more_links(struct writer *writer, int64_t work, const struct record *more,
                       struct error *err);
/* The record's; the better of two; repositories that call the work theirs, for which its aliases
 * must be there. */
int compose_links(struct writer *writer, int64_t work, const struct record *record,
                  struct error *err);
void compose_evidence(struct record_links *to, const struct record_links *from,
                      struct arena *arena);
int compose_claims(struct writer *writer, int64_t work, struct error *err);

/* editions.c: which version a record is of; false when it does not tell. Is one known to be older?
 */
struct edition;
bool edition_of_record(struct edition *out, const char *source, const struct record *record);
bool edition_before(const struct edition *a, const struct edition *b);
/* Writes what is kept of a work's versions (carrel/editions.h). */
int editions_keep(struct store *store, int64_t work, struct error *err);

/* accumulate.c: adds to the record of that number what a saying of record.adds has beyond it. */
struct accumulated {
    bool links, names; /* what is new */
};
int accumulate(struct writer *writer, int64_t id, const struct prepared *prepared,
               struct accumulated *what, struct error *err);

/* carried.c: the reader's state of a work. Texts are "" when there is none. */
struct carried {
    int64_t state, starred;
    char *note, *tags; /* tags separated by blanks */
};
int carried_read(struct carried *out, struct store *store, struct arena *arena, int64_t work,
                 struct error *err);
bool carried_has_tag(const struct carried *carried, const char *tag);

/* steps.c: a writer inside an undo step of a person, of which alerts hear nothing. */
int step_begin(struct writer **writer, struct store *store, struct error *err);
/* Commits, or takes all back when `result` is an error; frees the writer. */
int step_commit(struct writer *writer, int result, struct error *err);

/* split.c: library_split of the merge by which `name` (NULL: the last one) came. keep_together
 * forgets that they were to stay two. */
int split_step(struct store *store, const char *id, const char *name, char **report,
               struct error *err);
int keep_together(struct store *store, int64_t one, int64_t other, struct error *err);
/* By hand: the second goes into the first, whatever was decided of their names before. */
int join_two(struct writer *writer, int64_t keep, int64_t gone, const char *why, struct error *err);
int find_two(struct store *store, const char *a, const char *b, int64_t *one, int64_t *other,
             struct error *err);

/* hand.c: what persons say of a work is a record of this source. */
#define HAND "hand"
/* Adds what `more` says and *hand does not. */
void hand_fold(struct record *hand, const struct record *more, struct arena *arena);
/* Puts what the hand says over the rest. */
void hand_over(struct record *out, const struct record *hand, struct arena *arena);
/* Is it a name that records of the work give, of whatever age, but for those of one source? */
int hand_named(bool *named, struct store *store, struct arena *arena, int64_t work, const char *id,
               const char *but, struct error *err);
/* Says all of it to other machines (carrel/ops.h), of the work's name `key`, and what is no longer
 * so. */
int hand_say(struct writer *writer, struct arena *arena, int64_t work, const char *key,
             const struct record *before, const struct record *hand, struct error *err);
/* What all machines say of the work's names becomes what the hand says; but an identifier that is
 * another work's is not said of this one. */
int hand_refresh(struct writer *writer, int64_t work, struct error *err);
/* edit.c */
/* A row of the change log: a field of what the hand says. No text is NULL. */
struct edit_row {
    const char *item, *field, *old, *new;
};
struct edit_undone {
    size_t done, left; /* rows that were taken back; that are no longer as their step left them */
};
/* Takes the rows of one work in a step back. Adds to *undone. */
int hand_undo(struct writer *writer, int64_t step, const struct edit_row *rows, size_t count,
              struct edit_undone *undone, struct error *err);
/* steps.c */
/* All of a step, in its order, in the arena. */
int edit_rows(struct edit_row **rows, size_t *count, struct store *store, struct arena *arena,
              int64_t step, struct error *err);
/* Of rows[at..count) how many are of one work. */
size_t edit_rows_alike(const struct edit_row *rows, size_t at, size_t count);
/* "edit of arxiv:1706.03762 and of 2 more papers"; malloc'd */
char *edit_describe(const char *item, size_t papers);

/* identity.c */
int work_aliases(struct store *store, int64_t work, struct text_list *out, struct arena *arena,
                 struct error *err);
struct identity {
    int64_t work;
    char *evidence; /* JSON, malloc'd; NULL: by one of its names */
    double score;   /* of the evidence, 0..1 */
    char *with;     /* what the work of that evidence is called, malloc'd */
};
/* The work that the record speaks of. ERR_NOTFOUND: a new one. */
int identity_find(struct writer *writer, const struct prepared *prepared, struct identity *out,
                  struct error *err);
int identity_merge(struct writer *writer, int64_t keep, int64_t gone, const char *evidence,
                   double score, bool by_hand, struct error *err);
int identity_note(struct writer *writer, int64_t work, const char *key, const char *evidence,
                  double score, const char *moved, bool by_hand, struct error *err);
/* Two names that cannot be of one work by themselves: arXiv numbers, or DOIs of one registrant. */
bool ids_conflict(const char *a, const char *b);
/* Whose a name is; ERR_NOTFOUND without a message. */
int alias_work(struct store *store, int64_t *work, const char *id, struct error *err);
int alias_move(struct store *store, const char *id, int64_t to, struct error *err);
/* The same as record_names, and the name that is made for one without: its own is the first. */
void record_all_names(struct text_list *out, struct arena *arena, const struct record *record);

/* regroup.c: settles which names are of one work, for these works and all that hangs together with
 * them. */
int regroup(struct writer *writer, const int64_t *works, size_t count, struct error *err);
/* What a work is called (malloc'd). */
int work_key(struct store *store, int64_t work, char **key, struct error *err);
/* The number for the next one: *own for what comes out of the bin, else *next, if there is one;
 * each is for one alone. 0: SQLite's. */
int number_take(int64_t *number, struct writer *writer, int64_t *own, int64_t *next,
                struct error *err);
int record_insert(struct writer *writer, int64_t work, const struct prepared *prepared,
                  bool current, int64_t *id, struct error *err);
/* It is no longer what peers may have had of it. */
int record_again(struct writer *writer, int64_t record, struct error *err);
int alias_insert(struct writer *writer, int64_t work, int64_t record, const char *id,
                 struct error *err);
#define PAYLOAD_MAX (4u << 20) /* bytes of a packed record */
/* Packs into `packed`, which is replaced; its deflated form lies in the arena. */
void *payload_pack(struct str *packed, uint64_t *hash, size_t *len, const struct record *record,
                   struct arena *arena);
int payload_unpack(struct record *out, struct arena *arena, const void *bytes, size_t len,
                   struct error *err);

/* ---- arrivals_queries.c ---- */

struct arrivals_report;
struct op;
/* What our register holds of the saved query that `op` is of, where it was said here and the other
 * side cannot have known it (`known`: struct arrivals_page); else its value is NULL. */
int arrivals_query_ours(struct op *ours, struct store *store, struct arena *arena,
                        const struct op *op, int64_t known, struct error *err);
/* Tells of the one that is lost: ours where `op` was taken. */
void arrivals_query_lost(struct arrivals_report *report, const struct op *ours, const struct op *op,
                         bool taken);

#endif
