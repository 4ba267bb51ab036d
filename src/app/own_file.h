/*
 * Files that a command writes where somebody has said, and what must not happen there: that a file
 * of theirs goes. A file is carrel's own when it begins with a mark of ours, or when it is byte for
 * byte what a carrel of this library has written; whatever else lies there is replaced by force
 * only. What is new or empty, and what is no file (a device, a pipe), is written without asking.
 */
#ifndef CARREL_APP_OWN_FILE_H
#define CARREL_APP_OWN_FILE_H

#include "carrel/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The first line of a .bib of export's: it is written anew, whichever library wrote it. */
#define OWN_BIB "% carrel export: "

struct own_file {
    const char *library; /* the folder of the library, which remembers what was written */
    const char *path;
    const char *mark;    /* with what such files begin, whoever wrote them; NULL: with nothing */
    const char *command; /* whose --force replaces it */
    bool force;
};

/* The file that an option of this call names; its path is NULL where none does, or it is "-". */
struct command_call;
struct own_file call_own_file(struct command_call *call, const char *option, const char *command);
/* May it be written? ERR_EXISTS: it is somebody's. */
int own_file_check(const struct own_file *own, struct error *err);
/* It was written, and its content has this SHA-256. Where that cannot be remembered it is logged,
 * since the next time will need force. */
void own_file_wrote(const struct own_file *own, const char *sha);
/* All three: check, file_write, remember. */
int own_file_write(const struct own_file *own, const void *bytes, size_t len, struct error *err);

#endif
