/*
 * Inside the view of one repository: what asks and follows commands (repository.c) and what makes a
 * text of it (repository_text.c).
 */
#ifndef CARREL_UI_REPOSITORY_H
#define CARREL_UI_REPOSITORY_H

#include "../asker.h"

#include "carrel/repository_view.h"
#include "carrel/view.h"

/* What a worker has read; all in the answer's arena. */
struct repository_read {
    bool known; /* false: it is only linked; `full` has its works and nothing else */
    struct repository_full full;
    char **absent; /* papers that its README names and that are not in the library */
    size_t absent_count;
};

struct repository_view {
    char *key;
    struct repository_read read;
    struct textview text;
    size_t works_at, absent_at; /* the first paragraphs of each */
    struct listview list;       /* of the text's lines */
    struct asker asker;
};

/* Writes the text of what was read, and where papers stand in it. */
void repository_compose(struct repository_view *v, bool ascii);

#endif
