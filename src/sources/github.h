/* GitHub's answers, read (github_json.c); asked for in github.c. Texts lie in the arena. */
#ifndef CARREL_SOURCES_GITHUB_H
#define CARREL_SOURCES_GITHUB_H

#include "carrel/repository.h"

/* "github.com/owner/name" of "Owner/Name"; NULL: not a repository's name. */
char *github_key(const char *full_name, struct arena *arena);
/* ERR_PARSE: something else. `out` gets all but `at` and `asked`. */
int github_facts(struct repository *out, struct arena *arena, const void *bytes, size_t len,
                 struct error *err);
/* Only says, readme, readme_name and papers. */
int github_readme(struct repository *out, struct arena *arena, const void *bytes, size_t len,
                  struct error *err);
/* What an error says; NULL: nothing that can be read. */
char *github_message(struct arena *arena, const void *bytes, size_t len);

#endif
