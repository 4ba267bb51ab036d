/*
 * Files and folders: joined paths, the user's folders (XDG Base Directory Specification),
 * whole-file reads with a bound, and writes that are either complete or did not happen.
 */
#ifndef CARREL_FILE_H
#define CARREL_FILE_H

#include "carrel/error.h"
#include "carrel/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

char *path_join(const char *folder, const char *name); /* caller frees */
/* A leading "~/" becomes $HOME, a leading "$CREDENTIALS_DIRECTORY/" the folder where systemd puts a
 * service's secrets (of other variables there is no need); caller frees. */
char *path_expand(const char *path);
const char *path_base(const char *path); /* borrows: the part behind the last slash */

/* $XDG_DATA_HOME, $XDG_CONFIG_HOME, $XDG_CACHE_HOME or their defaults; caller frees. */
char *path_data_home(void);
char *path_config_home(void);

bool file_exists(const char *path);
bool folder_exists(const char *path);
bool file_is_same(const char *one, const char *other); /* both there, and one, by whatever names */
int64_t file_size(const char *path);                   /* bytes, -1 when there is none */
int folder_make(const char *path, struct error *err);  /* with parents, mode 0777 & umask */

/* The whole file, ERR_LIMIT when it is larger than `limit` bytes. */
/* A secret of at least so many bytes: the file's bytes, less one final newline; "~/" is understood.
 * ERR_USAGE: it is shorter. Wipe it with str_forget. */
int file_read_secret(struct str *out, const char *path, size_t least, struct error *err);
int file_read(struct str *out, const char *path, size_t limit, struct error *err);

/* Writes a temporary file beside it, fsyncs and renames: a reader sees the old bytes or the new. */
int file_write(const char *path, const void *bytes, size_t len, struct error *err);
/* A device or a pipe, which is written to: no file may take its place. */
bool file_is_device(const char *path);
/* As file_write, but leaves the file (and its time) alone when it holds these bytes already;
 * *changed says which (may be NULL). */
int file_update(const char *path, const void *bytes, size_t len, bool *changed, struct error *err);

/* The same for one of thousands of files: it is on the disk only when folder_sync has been there.
 */
int file_update_unsynced(const char *path, const void *bytes, size_t len, bool *changed,
                         struct error *err);
/* Everything that was written to the file system of this folder is on the disk. */
int folder_sync(const char *path, struct error *err);

/* "$TMPDIR/carrel-WHAT-XXXXXX", or below /tmp: for mkstemp and mkdtemp. The caller frees. */
char *path_temporary(const char *what);
/* Renames a file, for good: the folder that it comes into is made and fsynced. */
int file_move(const char *from, const char *to, struct error *err);

/* write(2) until done. */
int fd_write_all(int fd, const void *bytes, size_t len, struct error *err);

#endif
