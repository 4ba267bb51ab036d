/*
 * What a reader leaves in a document: where reading goes on, marks, highlights with notes. All of
 * them are anchors (carrel/anchor.h), by the name of the document (16 digits of its hash), so they
 * go with it when its work is merged or split, and stay when it is read anew.
 *
 * A highlight's steps are in the change log (kind "highlight", item "file:NAME", field its uid) and
 * can be undone; places are only the newest. On the thread that owns the connection; texts lie in
 * the given arena. Each call that writes is a transaction of its own unless one is open.
 */
#ifndef CARREL_READING_H
#define CARREL_READING_H

#include "carrel/anchor.h"
#include "carrel/store.h"

#define HIGHLIGHT_NOTE_MAX 65536

struct reading_place {
    char mark; /* 'a' to 'z'; 0: where reading goes on */
    struct anchor anchor;
};
int places_of(struct reading_place **out, size_t *count, struct store *store, struct arena *arena,
              const char *document, struct error *err);
int place_set(struct store *store, const char *document, const struct reading_place *place,
              struct error *err);

/* Works whose documents were read, the last one first, at most `limit`. */
int reading_recent(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                   size_t limit, struct error *err);
/* The document that was read last: "file:NAME" in the arena, its work and when (ms since 1970).
 * ERR_NOTFOUND: none is. */
int reading_last(char **document, int64_t *work, int64_t *when, struct store *store,
                 struct arena *arena, struct error *err);

struct highlight {
    char *uid, *document;
    struct anchor anchor;
    uint32_t page; /* from 0 */
    char *note;    /* "" none */
    int64_t created, changed;
};
/* Of one document, or (NULL) of all, in order of document and place. */
int highlights_of(struct highlight **out, size_t *count, struct store *store, struct arena *arena,
                  const char *document, struct error *err);
/* ERR_NOTFOUND. */
int highlight_get(struct highlight *out, struct store *store, struct arena *arena, const char *uid,
                  struct error *err);
/* Its uid and times are given to it. ERR_USAGE: nothing, ERR_LIMIT: too much. */
int highlight_add(struct store *store, struct arena *arena, struct highlight *highlight,
                  struct error *err);
int highlight_note(struct store *store, const char *uid, const char *note, struct error *err);
int highlight_remove(struct store *store, const char *uid, struct error *err);
/* Inside a transaction: as the change log has it, NULL: gone. */
int highlight_apply(struct store *store, const char *uid, const char *json, struct error *err);

#endif
