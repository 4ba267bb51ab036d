/* Inside the library: what goes into the bin and comes back (carrel/bin.h). bin.c judges records
 * and settles what was said; bin_put.c takes what comes, bin_take.c what is here;
 * bin_back.c gives it back; bin_steps.c is what a person does, bin_undo.c takes that back. */
#ifndef CARREL_LIBRARY_BIN_H
#define CARREL_LIBRARY_BIN_H

#include "internal.h"

#include "carrel/bin.h"

/* ---- bin.c ---- */

/* Is a record with these names gone (its own is the first), and since when? */
int bin_judge(bool *gone, int64_t *at, struct store *store, const struct text_list *names,
              struct error *err);
/* Is anything gone, so that records have to be asked for? And numbers that no record or work ever
 * had. In an open transaction. */
int bin_look(struct writer *writer, struct error *err);
/* What of a work is gone goes into the bin; other works that give its names get them. */
int bin_settle_work(struct writer *writer, struct preparer *preparer, int64_t work,
                    struct error *err);
/* The same where that is known. */
int bin_settle_gone(struct writer *writer, struct preparer *preparer, int64_t work, int64_t at,
                    struct error *err);
/* Papers in the bin that have the name; adds to *back those of which something came back. */
int bin_settle_papers(struct writer *writer, struct preparer *preparer, const char *name,
                      int64_t *back, struct error *err);
/* All that something was said of under this name. */
int bin_settle_name(struct writer *writer, struct preparer *preparer, const char *name,
                    struct error *err);

/* ---- bin_put.c ---- */

/* A record that came, into the bin. */
int bin_put(struct writer *writer, const struct prepared *prepared, int64_t at, struct error *err);
/* A number that no work has, or had. */
int bin_new_paper(int64_t *paper, struct writer *writer, struct error *err);
/* Names that a record of the paper gives, its own first. */
int bin_put_names(struct store *store, const struct text_list *names, int64_t paper,
                  struct error *err);

/* ---- bin_take.c ---- */

/* Statements about one work (?1), and a time or another work (?2). */
int bin_run(struct store *store, const char *const *sql, size_t count, int64_t work, int64_t other,
            struct error *err);
/* All records of a work, which is no more. *part: some of them are not gone. */
int bin_take_work(struct writer *writer, int64_t work, int64_t at, bool *part, struct error *err);

/* ---- bin_back.c ---- */

/* Those of a paper in the bin that are not gone, by the way on which records come; adds to *back.
 */
int bin_give_back(struct writer *writer, struct preparer *preparer, int64_t work, int64_t *back,
                  struct error *err);

/* ---- bin_steps.c ---- */

/* Around a transaction in which works may go. */
int bin_keys_checked(struct store *store, bool on, struct error *err);

/* After a step that has moved so many, outside a transaction: searches are as fast as before. */
void bin_cover(struct store *store, int64_t papers);

/* A step: its writer, and what prepares records that come back. */
struct binning {
    struct writer *writer;
    struct preparer *preparer;
    struct arena *arena; /* of one paper */
    struct bin_counts counts;
};
/* In a transaction that is open; binning_close after it. */
int binning_open(struct binning *b, struct writer *writer, struct error *err);
void binning_close(struct binning *b);
/* A step of its own; binning_end commits it, or takes it back when `result` is an error. */
int binning_begin(struct binning *b, struct store *store, struct error *err);
int binning_end(struct binning *b, struct store *store, int result, struct error *err);
/* Before a name in a row of the change log: nothing was said of it before the step. No name begins
 * so. */
#define BIN_WAS_UNSAID "?"
const char *bin_said_name(const char *line); /* without that */
/* Says it of a name, unless that was said; *said gets the name then, on a line of its own, as rows
 * of the change log have it. BIN_UNSAID takes back what was said. */
int bin_say(struct binning *b, const char *name, enum bin_word word, struct str *said,
            struct error *err);
/* One paper goes, without a row: what that was called (in b->arena), and *said as bin_say has it.
 */
int bin_say_gone(struct binning *b, int64_t work, char **key, struct str *said, struct error *err);
/* One paper, as a row of the step. */
int bin_remove_work(struct binning *b, int64_t work, struct error *err);
int bin_return_named(struct binning *b, const char *name, struct error *err);
/* The same without a row; *back: there was one in the bin. */
int bin_return_unlogged(struct binning *b, const char *name, bool *back, struct error *err);

/* ---- bin_undo.c ---- */

/* Takes a step of the kind "gone" back, in the transaction that is open: what is still as it was
 * left. *papers of the step; *waiting of which nothing is left here. */
int bin_undo(struct writer *writer, int64_t step, size_t *papers, struct edit_undone *undone,
             size_t *waiting, struct error *err);
/* One paper that bin_say_gone has taken, at that time (ms), with what it *said; `own` is this
 * machine's id; adds to
 * *undone, and to *waiting when nothing is left of it. */
int bin_say_back(struct binning *b, const char *own, char *said, int64_t at,
                 struct edit_undone *undone, size_t *waiting, struct error *err);
/* The same step once more, as one of its own; *left: papers that are not here any more. */
int bin_redo(struct store *store, int64_t step, size_t *papers, bool *removal, size_t *left,
             struct error *err);
/* "removal of 'Lamps of moths' and of 2 more papers"; malloc'd. */
char *bin_describe(bool removal, const char *name, size_t papers);
/* `what` (malloc'd, taken), with word of those of which nothing is left here; malloc'd. */
char *bin_waiting(char *what, size_t waiting);

#endif
