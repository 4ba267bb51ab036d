/* What the files about repositories need of each other. */
#ifndef CARREL_STORE_REPOSITORIES_INTERNAL_H
#define CARREL_STORE_REPOSITORIES_INTERNAL_H

#include "carrel/repositories.h"

/* Puts its texts into the full-text index, or takes them out before they change. */
int repositories_index(struct store *store, int64_t id, bool on, struct error *err);
/* The row that an answer speaks of, made when it is new; with it its names. Works that link to a
 * row that goes, or loses its name, are added to `touched`. */
int repositories_place(struct store *store, struct arena *arena,
                       const struct repository *repository, int64_t *id, bool *is_new,
                       struct work_ids *touched, struct error *err);
/* *id 0: no repository of this name. */
int repositories_by_key(struct store *store, int64_t *id, const char *key, struct error *err);
/* repositories_readme.c: adds the works whose papers it calls its own. */
int repositories_touch(struct store *store, struct arena *arena, int64_t id,
                       struct work_ids *touched, struct error *err);
void repositories_add_touched(struct work_ids *touched, struct arena *arena, int64_t work);
/* repositories_titles.c: how a title is kept; the works that a repository names so; the repositories
 * that name a work so. */
void repositories_title_value(struct str *out, const char *title, const char *people, int year);
int repositories_titled(struct store *store, struct arena *arena, int64_t id,
                        struct work_ids *touched, struct error *err);
int repositories_titling(struct store *store, struct arena *arena, int64_t work,
                         struct record_links *out, struct error *err);
int repositories_put_readme(struct store *store, struct arena *arena, int64_t id,
                            const struct repository *repository, bool *differ,
                            struct work_ids *touched, struct error *err);

#endif
