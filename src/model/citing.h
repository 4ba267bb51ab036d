/* What repositories say of papers: by identifiers (repository.c) and by titles (paper_titles.c). */
#ifndef CARREL_MODEL_CITING_H
#define CARREL_MODEL_CITING_H

#include "carrel/repository.h"

#define OWN_TOP 1500 /* bytes at the top of a README that speak of its own paper */
#define OWN_MAX 5    /* more papers than these in such places: it is a list */

/* Added to repository->papers, which has room for REPOSITORY_MENTIONS. */
void cff_titles(struct repository *repository, struct arena *arena, const char *file,
                const char *text);
void bib_titles(struct repository *repository, struct arena *arena, const char *file,
                const char *text);
void readme_titles(struct repository *repository, struct arena *arena, const char *markdown);

#endif
