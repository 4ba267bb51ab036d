/* Entries of bibliographies as records: what the readers of BibTeX, RIS and CSL-JSON share. */
#ifndef CARREL_SOURCES_CITED_H
#define CARREL_SOURCES_CITED_H

#include "parser.h"

#include "carrel/bibname.h"
#include "carrel/citation.h"

#define CITED_FIELDS 1000 /* of an entry */
#define CITED_TAG 60      /* bytes of a tag made from words */

/*
 * Hands the entry to the sink as a record, and keeps it there whole; rejects one that nothing
 * could be called by. The entry may lie anywhere but in the parser's arena, which is reset.
 */
void cited_emit(struct parser *p, const struct citation *entry, const char *source, long line);
/* The same up to the record, which is p->record then, for readers that know more of it; false: it
 * was rejected. */
bool cited_begin(struct parser *p, const struct citation *entry, const char *source, long line);
/* The value, cleaned and its white space squeezed, into the arena; NULL when nothing is left. */
char *cited_value(struct arena *arena, const char *text, size_t len);
/* The same, escaped as TeX unless the field holds none. */
void cited_add_plain(struct citation *entry, struct arena *arena, const char *name,
                     const char *text);
/* The same of a text that may be marked up as CSL's and Zotero's titles are ("<i>", "<sub>",
 * "<span ...>"): as TeX's own commands. Tags that do not pair stay what they are (cited_rich.c). */
void cited_add_rich(struct citation *entry, struct arena *arena, const char *name,
                    const char *text);
/* By the field: titles, names of what it appeared in and abstracts may be marked up, others are
 * plain. */
void cited_add_text(struct citation *entry, struct arena *arena, const char *name,
                    const char *text);
/* "193-194" as BibTeX has it. */
void cited_add_pages(struct citation *entry, struct arena *arena, const char *text);
/* Bytes that are no UTF-8 as what they most likely are: in this character set, where it is known
 * and fits, else Windows-1252. */
void cited_decode(struct str *out, const char *bytes, size_t len, const char *charset);

/*
 * Fields that are added to piece by piece, as many as there are (cited_lists.c). The entry, which
 * has the first piece of each, gets all by cited_lists_settle. Begin with zeros.
 */
struct cited_list {
    const char *field; /* borrowed: lives as long as the lists do */
    struct str text;
};
struct cited_lists {
    struct citation *entry;
    struct arena *arena; /* of the entry */
    struct cited_list *rows;
    size_t len, cap;
};
/* Of another entry; what was gathered is forgotten. */
void cited_lists_start(struct cited_lists *lists, struct citation *entry, struct arena *arena);
void cited_lists_free(struct cited_lists *lists);
/* As cited_add_text, behind what there is, unless that is the same. */
void cited_list_text(struct cited_lists *lists, const char *field, const char *value,
                     const char *between);
/* "Last, First, Jr" (RIS), or a name without a comma, behind the names that there are. */
void cited_list_name(struct cited_lists *lists, const char *field, const char *text);
void cited_list_drop(struct cited_lists *lists, const char *field);
void cited_lists_settle(struct cited_lists *lists);

#endif
