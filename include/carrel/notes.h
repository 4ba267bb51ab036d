/*
 * What becomes of a note that was written in an editor while it became another one, by another
 * program here or by what came from a peer: nothing of either text is lost.
 */
#ifndef CARREL_NOTES_H
#define CARREL_NOTES_H

#include "carrel/store.h"

enum note_met {
    NOTE_YOURS,  /* nobody else wrote: it is as it was written */
    NOTE_BOTH,   /* both texts are in it, as those of two machines are */
    NOTE_LONGER, /* one begins as the other, and goes on: that one */
    NOTE_STAYS,  /* yours changed nothing, or deleted it: the other's stays */
    NOTE_AGAIN,  /* somebody has deleted it; yours stands there again */
};
/* "the note was changed meanwhile; both texts are in it"; NULL: NOTE_YOURS. */
const char *note_met_words(enum note_met met);

/* As state_note_set (carrel/works.h), of a text that was written on `before`, "" none. */
int state_note_edit(struct store *store, int64_t work, const char *before, const char *text,
                    enum note_met *met, struct error *err);
/* As highlight_note (carrel/reading.h). */
int highlight_note_edit(struct store *store, const char *uid, const char *before, const char *text,
                        enum note_met *met, struct error *err);

#endif
