/* What the two halves of the writer share: records that come from a source (writer.c) and those
 * that another machine has had (writer_arrive.c); entries of one file (writer_twice.c). */
#ifndef CARREL_LIBRARY_WRITER_H
#define CARREL_LIBRARY_WRITER_H

#include "internal.h"

struct present {
    int64_t id, hash, fetched;
    int version;
};

/* The current record of the same source about the same thing; id 0 none. */
int find_present(struct writer *writer, const struct prepared *prepared, struct present *present,
                 struct error *err);
/* The record with these very words, current or not; 0 none. */
int record_of(struct writer *writer, const struct prepared *prepared, int64_t *id,
              struct error *err);
/* A record that is new here joins a work: its names, and why they are one. */
int join_record(struct writer *writer, const struct identity *identity, int64_t record,
                const struct prepared *prepared, struct error *err);
/* One saying of many: into the record that is there. */
int apply_more(struct writer *writer, int64_t work, int64_t record, const struct prepared *prepared,
               enum applied *what, struct error *err);
/* The time of a record is when its words were last new, on any machine. */
int record_renew(struct writer *writer, int64_t record, int64_t fetched, struct error *err);

/* Words that were here before stand again, in the place of `present`. */
int stand_again(struct writer *writer, const struct present *present, int64_t record,
                struct error *err);

/* writer_twice.c. An entry is said by the import; must it wait for the others of the file? It has
 * the words of that record, and others stand. */
void twice_said(struct writer *writer, const struct prepared *prepared, int64_t record);
bool twice_hold(struct writer *writer, int64_t work, const struct prepared *prepared,
                int64_t record, int64_t stands);
void twice_free(struct twice *twice);

/* As what comes from a source, of what another machine has had from it (prepared->fetched). */
int arrive_known(struct writer *writer, const struct identity *identity,
                 const struct prepared *prepared, enum applied *what, struct error *err);

#endif
