/*
 * What the parent and the child that clones and fetches say to each other: the child's arguments,
 * and lines on its descriptor. Fields of a line are separated by tabs.
 *
 *     p STATE DONE TOTAL BYTES     progress, ten times a second at most
 *     e CODE MESSAGE               it failed; the last line
 *     d CHANGED OBJECTS BYTES      it is done; the last line
 */
#ifndef CARREL_VCS_CHILD_H
#define CARREL_VCS_CHILD_H

#define VCS_CHILD_WORD "--vcs-child"
#define VCS_LINE_MAX 1024

/* Its arguments behind the word; ARG_KEY and ARG_CA may be "". */
enum { ARG_URL = 2, ARG_FOLDER, ARG_SIZE_LIMIT, ARG_PUBLIC, ARG_AGENT, ARG_KEY, ARG_CA, ARG_COUNT };

/* In `p` lines as numbers. */
enum vcs_state { STATE_CONNECTING, STATE_COUNTING, STATE_RECEIVING, STATE_RESOLVING, STATE_COUNT };

#endif
