/*
 * Zotero's library: what an item of zotero.sqlite says, read by store (which alone speaks SQLite)
 * and made a record by sources. Zotero's own file is never opened: a copy of it is, in a private
 * folder, so that Zotero may go on and nothing of it can change.
 */
#ifndef CARREL_ZOTERO_H
#define CARREL_ZOTERO_H

#include "carrel/mem.h"
#include "carrel/record.h"

#include <stdatomic.h>

struct zotero_creator {
    const char *role, *first, *last; /* "author"; first "" of a body */
};
struct zotero_attachment {
    const char *path; /* absolute where that can be told */
    const char *title;
};
struct zotero_annotation {
    const char *text, *comment, *page; /* "" what there is not */
};

/* One item; everything lies in the arena of the call. */
struct zotero_item {
    const char *key, *type; /* "ABCD2345", "journalArticle" */
    struct zotero_field {
        const char *name, *value;
    } * fields;
    struct zotero_creator *creators;
    struct zotero_attachment *attachments;
    struct zotero_annotation *annotations;
    size_t field_count, field_cap, creator_count, creator_cap, attachment_count, attachment_cap,
        annotation_count, annotation_cap;
    struct text_list collections; /* whole paths: "Thesis/Chapter 2" */
    struct text_list tags;        /* that somebody has typed */
    struct text_list keywords;    /* that came with the item */
    struct text_list notes;       /* HTML */
};

/*
 * Every item that is not in the bin, in the order in which they came; a non-zero return of `each`
 * stops and is returned. `path` is zotero.sqlite or the folder that holds it. ERR_PARSE: it is no
 * library of Zotero's, or of a version that is not known. Any thread.
 */
int zotero_read(const char *path, int (*each)(void *ctx, const struct zotero_item *item), void *ctx,
                const atomic_bool *cancel, struct error *err);

/* Hands the item to the parser's sink as a record (source "zotero"). The parser is one of PARSE_CSL
 * that is given nothing else. */
struct parser;
int zotero_emit(struct parser *parser, const struct zotero_item *item);

#endif
