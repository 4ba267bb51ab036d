/*
 * What an export leaves in the folder of a website for the next one: which files are carrel's, and
 * what they were made of. One thread.
 */
#ifndef CARREL_EXCHANGE_SITE_STATE_H
#define CARREL_EXCHANGE_SITE_STATE_H

#include "carrel/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct site_file {
    char *path; /* below the folder */
    uint64_t fingerprint;
    char sha[65];
    int64_t bytes, count;
    bool kept;    /* old list: taken over or written again by this export */
    bool changed; /* new list: its bytes are others than they were */
};

struct site_files {
    struct site_file *items;
    size_t len, cap;
};
void site_files_free(struct site_files *files);

/* One export at a time writes into the folder: ERR_BUSY while another does. *fd is the caller's to
 * close, which lets go; -1 on a disk that has no locks. */
int site_state_lock(int *fd, const char *dir, struct error *err);

/*
 * The files of the earlier export, and when it was done (as site_state_time): by its state, else by
 * its manifest, which says whose they are but not what they were made of (*done is then 0). None in
 * a new folder, which is marked as carrel's from now on. ERR_EXISTS where files lie that would be
 * written over and are somebody else's.
 */
int site_state_read(struct site_files *files, int64_t *done, const char *dir, struct error *err);
int site_state_write(const struct site_files *files, const char *dir, struct error *err);

int64_t site_state_time(const char *path); /* when it was last written, ns; -1: it is not there */

#endif
