/*
 * Licences, known by the words they begin with and, where several share those, by what tells them
 * apart. What is not one of the usual ones is not guessed at.
 */
#include "internal.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <string.h>

#define HEAD 600      /* bytes in which a licence says what it is called */
#define LOOKED 20000u /* bytes of a text that are looked at */

struct words {
    char head[HEAD + 1];
    const char *all;
};

static bool says(const char *text, const char *what)
{
    return strstr(text, what) != NULL;
}

static const char *gnu(const struct words *w)
{
    bool three = says(w->head, "version 3"), two_one = says(w->head, "version 2.1");

    if (says(w->head, "gnu affero general public license"))
        return "AGPL-3.0";
    if (says(w->head, "gnu lesser general public license")
        || says(w->head, "gnu library general public license"))
        return three ? "LGPL-3.0" : two_one ? "LGPL-2.1" : "LGPL-2.0";
    if (says(w->head, "gnu general public license"))
        return three ? "GPL-3.0" : says(w->head, "version 2") ? "GPL-2.0" : NULL;
    return NULL;
}

static const char *creative_commons(const struct words *w)
{
    bool nc = says(w->head, "noncommercial"), sa = says(w->head, "sharealike");
    bool nd = says(w->head, "noderiv");

    if (says(w->head, "cc0 1.0") || says(w->head, "cc0 legal code"))
        return "CC0-1.0";
    if (!says(w->head, "attribution")
        || !(says(w->head, "creative commons") || says(w->head, "cc by")))
        return NULL;
    if (!says(w->head, "4.0"))
        return nc ? "CC-BY-NC" : "CC-BY";
    return nc && sa ? "CC-BY-NC-SA-4.0"
           : nc && nd ? "CC-BY-NC-ND-4.0"
           : nc       ? "CC-BY-NC-4.0"
           : nd       ? "CC-BY-ND-4.0"
           : sa       ? "CC-BY-SA-4.0"
                      : "CC-BY-4.0";
}

static const char *permissive(const struct words *w)
{
    if (says(w->all, "permission is hereby granted, free of charge, to any person obtaining a copy"))
        return says(w->head, "boost software license") ? "BSL-1.0" : "MIT";
    if (says(w->all, "permission to use, copy, modify, and/or distribute this software")
        || says(w->all, "permission to use, copy, modify, and distribute this software for any"))
        return says(w->all, "above copyright notice") ? "ISC" : "0BSD";
    if (!says(w->all, "redistribution and use in source and binary forms"))
        return NULL;
    if (says(w->all, "all advertising materials mentioning"))
        return "BSD-4-Clause";
    return says(w->all, "neither the name") || says(w->all, "may not be used to endorse")
               ? "BSD-3-Clause"
               : "BSD-2-Clause";
}

static const char *named(const struct words *w)
{
    static const struct {
        const char *words, *id;
    } names[] = {
        { "mozilla public license version 2.0", "MPL-2.0" },
        { "mozilla public license, version 2.0", "MPL-2.0" },
        { "eclipse public license - v 2.0", "EPL-2.0" },
        { "eclipse public license - v 1.0", "EPL-1.0" },
        { "european union public licence v. 1.2", "EUPL-1.2" },
        { "this is free and unencumbered software released into the public domain", "Unlicense" },
        { "boost software license - version 1.0", "BSL-1.0" },
        { "do what the fuck you want to public license", "WTFPL" },
        { "the artistic license 2.0", "Artistic-2.0" },
    };
    size_t i;

    if (says(w->head, "apache license") && says(w->head, "version 2.0"))
        return "Apache-2.0";
    for (i = 0; i < ARRAY_LEN(names); i++)
        if (says(w->head, names[i].words))
            return names[i].id;
    return NULL;
}

/* Lower case, one blank between words. */
static void plain_words(struct str *out, const char *text)
{
    size_t i, len = strlen(text);

    utf8_squeeze(out, text, len < LOOKED ? len : LOOKED);
    for (i = 0; i < out->len; i++)
        out->ptr[i] = (char)tolower((unsigned char)out->ptr[i]);
}

const char *vcs_licence_of(const char *text)
{
    static const char *(*const looks[])(const struct words *) = { named, gnu, creative_commons,
                                                                  permissive };
    struct words w = { .head = "" };
    struct str plain = STR_INIT;
    const char *id = NULL;
    size_t i;

    plain_words(&plain, text);
    memcpy(w.head, plain.ptr, plain.len < HEAD ? plain.len : HEAD);
    w.all = plain.ptr;
    for (i = 0; i < ARRAY_LEN(looks) && !id; i++)
        id = looks[i](&w);
    str_free(&plain);
    return id;
}
