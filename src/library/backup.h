/* Between the two halves of backups: backup.c (the library) and backup_files.c (its documents). */
#ifndef CARREL_LIBRARY_BACKUP_H
#define CARREL_LIBRARY_BACKUP_H

#include "internal.h"

struct sqlite3;

/* Files of the documents that the copy `to` names, from below `dir`, into it. */
int backup_files_add(struct sqlite3 *to, const char *dir, const struct backup_options *options,
                     struct backup_counts *counts, struct error *err);
/* Does this backup hold files? Then: into their places below `dir`. */
bool backup_files_has(struct sqlite3 *from);
int backup_files_take(struct sqlite3 *from, const char *dir, const struct backup_options *options,
                      struct backup_counts *counts, struct error *err);

#endif
