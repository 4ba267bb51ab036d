/*
 * A number before a key: what moves, and what is taken back, takes it. What is done to a row does
 * not: the digit would be a room, and the key would act on a row there that nobody has looked at.
 */
#include "desk.h"

#include "carrel/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPEATS 1000 /* the most that a count does one after another */

/* Is the line, or its first word, among these? Both with a comma on either side. */
static bool is_one_of(const char *list, const char *line)
{
    char whole[80], first[80];

    snprintf(whole, sizeof whole, ",%.70s,", line);
    snprintf(first, sizeof first, ",%.*s,", (int)strcspn(line, " ") % 70, line);
    return strstr(list, whole) || strstr(list, first);
}

bool desk_is_motion(const char *command)
{
    static const char motions[] =
        ",down,up,half-down,half-up,page-down,page-up,goto-start,goto-end,next-section,"
        "prev-section,percent,next-sentence,prev-sentence,next-paragraph,prev-paragraph,next-word,"
        "prev-word,next-mention,prev-mention,next-page,prev-page,next-commit,prev-commit,next-hunk,"
        "prev-hunk,next-file,prev-file,";

    return !strchr(command, ' ') && is_one_of(motions, command);
}

bool desk_takes_count(const char *command)
{
    return desk_is_motion(command) || strcmp(command, "undo") == 0 || strcmp(command, "redo") == 0;
}

int desk_repeats(const char *command, const char *digits)
{
    int times = atoi(digits);

    if (strcmp(command, "next-match") != 0 && strcmp(command, "prev-match") != 0)
        return 0;
    return times < REPEATS ? times : REPEATS;
}

/* Is it done to the row at hand, or to those that are marked? */
static bool is_done_to_rows(const char *command)
{
    static const char done[] =
        ",read-next,next-unread,prev-unread,next-match,prev-match,select,unselect,select-range,"
        "reselect,marked,raise,lower,copy,cite,edit,edit-note,prompt tag,prompt jot,prompt select,"
        "prompt unselect,prompt |,open-outside,related-here,process,repeat,undo,redo,retry,cancel,"
        "harvest-now,fetch,set-mark,yank,edit-highlight,remove-highlight,rename-tag,remove-tag,"
        "one-paper,one-paper-other,two-papers,edit-feed,rename-feed,remove-feed,";
    struct arena *arena = arena_new();
    struct error err = { 0 };
    char **words;
    int count = 0;
    bool papers = words_split(arena, command, &words, &count, &err) == ERR_OK && count > 0
                  && desk_acts_on_papers(count, words);

    arena_free(arena);
    return papers || is_one_of(done, command);
}

bool desk_refuses_count(struct desk *desk, const char *keys, const char *command)
{
    const char *range = NULL;
    bool refuses = !desk_takes_count(command) && is_done_to_rows(command);
    bool several = desk_lookup(desk, "V", &range) == KEY_COMMAND
                   && strcmp(range, "select-range") == 0;

    if (refuses)
        desk_say(desk, STYLE_WARN, "%s: %s takes no count%s", keys,
                 keys + strspn(keys, "0123456789"),
                 several ? "; V and a motion choose several papers" : "");
    return refuses;
}
