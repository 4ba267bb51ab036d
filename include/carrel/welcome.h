/*
 * What the guided start does in the end, whoever asks.
 */
#ifndef CARREL_WELCOME_H
#define CARREL_WELCOME_H

#include "carrel/app.h"

struct welcome_wish {
    const char *const *categories; /* of arXiv; each becomes a feed */
    size_t count;
    bool starter; /* about 200 landmark papers to begin with */
};
struct welcome_done {
    size_t categories; /* that were not harvested before */
    size_t feeds;      /* that were not there */
    long papers;       /* added */
    bool settings;     /* the settings' file has changed */
};
/* Writes the settings' [source "arxiv"], makes the library if there is none, saves a query for each
 * category, imports. Any thread that may write; what is there already is no error. */
int welcome_apply(struct welcome_done *done, struct app *app, const struct welcome_wish *wish,
                  const atomic_bool *cancel, struct error *err);
/* Will Hugging Face's lists be read, too, which nothing in the settings has said yet? Where a field
 * is of computer science or machine learning, or none is chosen. */
bool welcome_reads_huggingface(const struct app *app, const struct welcome_wish *wish);
/* How many of the starter's papers are of a category. */
size_t welcome_starter_count(const char *category);

/* Is this carrel's first time here: no settings, and no papers (or, by ui.first-run = filled,
 * some)? Looks at the disk. */
bool welcome_is_due(const struct app *app);

#endif
