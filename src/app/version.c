/*
 * What --version says: this build, the libraries it runs with, and what it can do.
 */
#include "carrel/app.h"

#include "carrel/embed.h"
#include "carrel/net.h"
#include "carrel/process.h"
#include "carrel/sha256.h"
#include "carrel/sources.h"
#include "carrel/text.h"

void version_text(struct str *out, const struct app_faces *faces)
{
    str_add(out, "carrel " CARREL_VERSION "\nlibraries: ");
    str_printf(out, "%s, %s, %s, %s, %s, %s, OpenSSL %s", store_versions(), net_versions(),
               text_versions(), sources_versions(), config_versions(), process_versions(),
               sha256_version());
    if (faces && faces->service_versions)
        str_printf(out, ", %s", faces->service_versions());
    str_add(out, "\nfeatures: harvest (arxiv: oai, api, rss; huggingface; pwc; feed; "
                 "github; crossref), import (jsonl, bibtex, ris, csl, zotero, papis, arxiv-atom, "
                 "oai, rss, hf, pwc, crossref), "
                 "documents (pdf, text, markdown, html, tex), search (lexical, semantic, hybrid), "
                 "trends, topics, alerts, export (json, "
                 "jsonl, atom, bibtex, biblatex, ris, csl, opml, site), repositories (git), desk, "
                 "service\n");
    if (embed_builtin())
        str_printf(out, "embedding model: %s\n", embed_info(embed_builtin())->name);
    str_add(out, "licence: AGPL-3.0-or-later\n");
}
