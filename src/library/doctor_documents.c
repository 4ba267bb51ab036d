/*
 * The doctor on documents: files and rows name each other, every text has a work and its passages
 * are in the index, and all have vectors of the model that serves.
 *
 * A file lies in its place a moment before its row is written; so what is younger than some minutes
 * is not judged, nor the unfinished copy of a process that runs.
 */
#include "doctor.h"
#include "embed_missing.h"

#include "carrel/bin.h"
#include "carrel/clock.h"
#include "carrel/documents.h"
#include "carrel/file.h"
#include "carrel/vectors.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define YOUNG_S 600

/* ---- rows ---- */

struct census {
    struct doctor *doctor;
    struct hashmap *files; /* SHA-256 that a row names */
    int64_t documents, missing, homeless;
    int64_t fetchable; /* files that are gone and can be had again: a backup leaves them out */
};

/* Its paper is in the bin, or was. */
static bool is_removed(const struct census *census, const struct stored_document *row)
{
    char *name = mem_printf("file:%s", row->name);
    bool removed = false;

    bin_removed(census->doctor->store, &removed, name, NULL);
    free(name);
    return removed;
}

static int census_row(void *ctx, const struct stored_document *row)
{
    struct census *census = ctx;
    char *path = documents_path(census->doctor->store, row->sha256);

    census->documents++;
    hashmap_put(census->files, row->sha256, strlen(row->sha256), NULL);
    if (strcmp(row->state, "refused") == 0 || file_exists(path))
        ;
    else if (str_starts(row->origin, "https://") || str_starts(row->origin, "http://")
             || str_starts(row->origin, "peer:")) /* told by a webhook, without its file */
        census->fetchable++;
    else if (census->missing++ < 3)
        doctor_say(census->doctor, false,
                   "the file of %s is gone (file:%s); what was read of it is still here",
                   row->origin, row->name);
    if (stored_document_is_text(row) && row->work == 0 && !is_removed(census, row)
        && census->homeless++ < 3)
        doctor_say(census->doctor, false, "file:%s belongs to no paper: carrel process --again %s",
                   row->name, row->origin);
    free(path);
    return 0;
}

/* ---- files ---- */

/* ".PID.ADDRESS.tmp": of a process that has gone? */
static bool is_left_over(const char *name)
{
    long pid = strtol(name + 1, NULL, 10);

    return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool is_young(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) != 0 || time(NULL) - facts.st_mtime < YOUNG_S;
}

void library_sweep_files(const struct store *store)
{
    char *folder = path_join(store_dir(store), "files");
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        char *path = path_join(folder, entry->d_name);

        if (str_ends(entry->d_name, ".tmp") && is_left_over(entry->d_name))
            unlink(path);
        free(path);
    }
    if (dir)
        closedir(dir);
    free(folder);
}

/* Files of one of the folders 00 to ff that no row names. */
static void look_into(struct census *census, const char *folder, int64_t *orphans)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        char *path = path_join(folder, entry->d_name);

        if (entry->d_name[0] != '.'
            && !hashmap_get(census->files, entry->d_name, strlen(entry->d_name))
            && !is_young(path)) {
            ++*orphans;
            if (census->doctor->fix)
                unlink(path);
        }
        free(path);
    }
    if (dir)
        closedir(dir);
}

static void check_files(struct census *census)
{
    const char *root = store_dir(census->doctor->store);
    int64_t orphans = 0;
    int i;

    for (i = 0; i < 256; i++) {
        char *folder = mem_printf("%s/files/%02x", root, i);

        look_into(census, folder, &orphans);
        free(folder);
    }
    if (census->doctor->fix)
        library_sweep_files(census->doctor->store);
    if (orphans > 0)
        doctor_say(census->doctor, census->doctor->fix,
                   census->doctor->fix
                       ? "%" PRId64 " files that no document named are removed"
                       : "%" PRId64
                         " files below files/ that no document names; --fix removes them",
                   orphans);
}

/* ---- what is made of them ---- */

static int check_index(struct doctor *doctor, struct error *err)
{
    int64_t wrong = 0;
    int result =
        store_read_only(doctor->store) ? ERR_OK : documents_check_index(doctor->store, &wrong, err);

    if (result != ERR_OK || wrong == 0)
        return result;
    if (!doctor->fix) {
        doctor_say(doctor, false, "the index of passages does not fit the documents");
        return ERR_OK;
    }
    result = documents_rebuild_index(doctor->store, err);
    if (result == ERR_OK)
        doctor_say(doctor, true, "index of passages made anew");
    return result;
}

static int check_vectors(struct doctor *doctor, struct error *err)
{
    struct vectors_model serving;
    bool missing;
    int result = embed_is_missing(&missing, &serving, &embed_documents, doctor->store, err);

    if (result != ERR_OK || !missing)
        return result;
    if (doctor->fix)
        doctor->embed = true;
    else if (serving.kind != VECTORS_SERVER) /* those are made by a job, when it comes to it */
        doctor_say(doctor, false, "documents without vectors of %s", serving.name);
    return ERR_OK;
}

int doctor_documents(struct doctor *doctor, struct error *err)
{
    struct census census = { .doctor = doctor, .files = hashmap_new() };
    long before = doctor->problems;
    int result = documents_each(doctor->store, census_row, &census, err);

    if (result == ERR_OK && census.missing > 3)
        doctor_say(doctor, false, "the files of %" PRId64 " documents are gone", census.missing);
    if (result == ERR_OK && census.fetchable > 0)
        doctor_say(doctor, true,
                   "%" PRId64 " documents have their text but not their file: 'carrel process ID' "
                   "fetches it again",
                   census.fetchable);
    if (result == ERR_OK && census.homeless > 3)
        doctor_say(doctor, false, "%" PRId64 " documents belong to no paper", census.homeless);
    if (result == ERR_OK)
        check_files(&census);
    if (result == ERR_OK)
        result = check_index(doctor, err);
    if (result == ERR_OK)
        result = check_vectors(doctor, err);
    if (result == ERR_OK && doctor->problems == before)
        doctor_say(doctor, true, "documents (%" PRId64 ")", census.documents);
    hashmap_free(census.files);
    return result;
}
