/*
 * What --version says: this build, the libraries it runs with, and what it can do.
 */
#include "carrel/app.h"

#include <stdio.h>

void version_text(struct str *out)
{
    str_add(out, "carrel " CARREL_VERSION "\nlibraries: ");
    str_add(out, store_versions());
    str_add(out, "\nfeatures: import (jsonl, arxiv-atom, oai, rss), search (lexical), export "
                 "(json, jsonl, atom), desk\n"
                 "licence: AGPL-3.0-or-later\n");
}
