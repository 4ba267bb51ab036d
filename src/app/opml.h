/*
 * Feeds of an OPML file become sections of the settings, which are the user's own file: they are
 * printed, or, when asked for, added behind what is there. One thread.
 */
#ifndef CARREL_APP_OPML_H
#define CARREL_APP_OPML_H

#include "carrel/app.h"
#include "carrel/sources.h"

#define OPML_FEEDS_MAX 2000 /* new ones, of one import */

struct opml_feed {
    char *title, *url, *name; /* name: of the section */
};
struct opml {
    const struct config *config; /* its sources are known already */
    struct arena *arena;
    struct opml_feed *feeds; /* the new ones */
    size_t len, cap;
    int64_t seen, known, rejected;
    int64_t secured; /* whose address was http, and is asked by https */
};

/* Takes a feed, or says why not: NULL, or a static text. Counts it. */
const char *opml_take(struct opml *opml, const struct parse_feed *feed);
/* The sections of the new ones, appended. Where the settings have no source at all, those that are
 * harvested without any setting come first: else the new ones would end them. */
void opml_sections(struct str *out, const struct opml *opml);
/* opml_write.c: the other way round, the feeds of the settings; how many they are. */
size_t opml_write(struct str *out, const struct config *config);

#endif
