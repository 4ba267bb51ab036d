/*
 * Talking to a desk that runs: over a Unix socket in the library's run folder, `run/desk.PID`, one
 * for each desk. A connection carries one command line and its answer.
 *
 *   to the desk     the line, at most REMOTE_LINE_MAX bytes, without control characters; then the
 *                   sending side is closed
 *   from the desk   "+" and a line feed when it has the line; when that is done the exit code and a
 *                   line feed, what it said (one line), and, where there is more, the command's
 *                   output
 */
#ifndef CARREL_REMOTE_H
#define CARREL_REMOTE_H

#include "carrel/app.h"

#include <sys/types.h>

#define REMOTE_LINE_MAX 8192
#define REMOTE_ANSWER_MAX 65536
#define REMOTE_DESK "CARREL_DESK" /* the environment: the process of the desk that is meant */

/* The socket of this process, for others to find: close it and unlink *path in the end. Those of
 * desks that are no more go. ERR_IO ... */
int remote_listen(int *fd, char **path, const struct app *app, struct error *err);
/* Is the other side the same user? */
bool remote_is_ours(int fd);

/* Sends the line to the desk of $CARREL_DESK, else to the one that was opened last, and waits for
 * the end of the command. ERR_OK: *said and *out (appended) are its answer, *code the exit code.
 * ERR_FAILED: no desk is open, or it does not answer. */
int remote_send(const struct app *app, const char *line, int *code, struct str *said,
                struct str *out, const atomic_bool *cancel, struct error *err);
/* Words as a line that the desk takes apart again; a single word is the line itself. */
void remote_line(struct str *line, int count, char *const *words);

#endif
