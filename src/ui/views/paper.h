/*
 * Inside the view of a paper: what a worker has read (paper.c) and a text is made of
 * (paper_text.c).
 */
#ifndef CARREL_UI_PAPER_H
#define CARREL_UI_PAPER_H

#include "carrel/view.h"

#include "carrel/documents.h"
#include "carrel/paper_place.h"
#include "carrel/repositories.h"
#include "carrel/tables.h"
#include "carrel/works.h"

/* Another paper that this one is bound to. */
struct paper_bound {
    const char *how; /* "cites", "cited by" */
    struct work_row row;
};

/* Its documents, and the papers of the library that they lead to. */
struct paper_documents {
    struct stored_document *items;
    size_t count;
    struct paper_bound *bound;
    size_t bound_len, bound_cap;
    size_t references;
};

/* Texts lie in an arena. */
struct paper_read {
    struct work_full work;
    struct paper_place place;
    struct paper_documents documents;
    struct work_result *results; /* where it stands in tables */
    size_t result_count;
    struct repository_row *repositories; /* that it links to */
    size_t repository_count;
    struct edition *editions; /* oldest first */
    size_t edition_count;
};

/* In the place of what was in `text`. */
void paper_compose(struct textview *text, const struct paper_read *read);

#endif
