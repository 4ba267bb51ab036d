/*
 * Inheritance: crossref and xdata. Entries that others may refer to are kept for as long as the
 * file is read; those that refer to one which has not come yet wait for it, at most to the end.
 * What is kept is bounded: in a very large file entries of the kinds that are parents (books,
 * proceedings ...) go before all others.
 */
#include "bibtex.h"

#include "carrel/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 8          /* of parents of parents */
#define PARENTS 20       /* of one entry */
#define READ_MOST 500000 /* entries of a file that are remembered */
#define ANY_KIND (BIBTEX_SHELF_MAX / 4)

static const char *const parents[] = { "proceedings",  "book",          "collection", "mvbook",
                                       "mvcollection", "mvproceedings", "reference",  "mvreference",
                                       "periodical",   "xdata" };

/* What a parent's field is called in its child, by biblatex's rules; "" for what is not inherited.
 * NULL stands for any type. */
static const struct {
    const char *parent, *child, *from, *to;
} rules[] = {
    { "mv", NULL, "title", "maintitle" },
    { "mv", NULL, "subtitle", "mainsubtitle" },
    { "mv", NULL, "titleaddon", "maintitleaddon" },
    { "periodical", NULL, "title", "journaltitle" },
    { "periodical", NULL, "subtitle", "journalsubtitle" },
    { NULL, "in", "title", "booktitle" },
    { NULL, "conference", "title", "booktitle" },
    { NULL, "in", "subtitle", "booksubtitle" },
    { NULL, "in", "titleaddon", "booktitleaddon" },
    { NULL, "bookinbook", "title", "booktitle" },
    { NULL, "supp", "title", "booktitle" },
    { "mvbook", "inbook", "author", "bookauthor" },
    { "mvbook", "bookinbook", "author", "bookauthor" },
    { "book", "in", "author", "bookauthor" },
    { "book", "bookinbook", "author", "bookauthor" },
};

static const char *const own[] = {
    "crossref",      "xref",
    "xdata",         "ids",
    "entryset",      "entrysubtype",
    "execute",       "label",
    "options",       "presort",
    "related",       "relatedtype",
    "relatedstring", "relatedoptions",
    "shortauthor",   "shorteditor",
    "shorthand",     "shorttitle",
    "sortkey",       "sortname",
    "sorttitle",     "sortyear",
    "indextitle",    "abstract",
    "annotation",    "doi",
    "eprint",        "eprinttype",
    "eprintclass",   "url",
    "urldate",       "file",
    "keywords",      "pages",
    "timestamp",     "owner",
    "key",
};

static char *folded(struct arena *arena, const char *key)
{
    char *text = arena_strdup(arena, key), *at;

    for (at = text; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return text;
}

static const struct bibtex_kept *kept_find(struct bibtex *b, const char *key)
{
    char *name = folded(b->work, key);
    uint64_t *at = hashmap_get(b->keys, name, strlen(name));

    return at ? &b->kept[*at] : NULL;
}

static bool is_parent(const char *type)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(parents) && strcmp(parents[i], type) != 0; i++)
        ;
    return i < ARRAY_LEN(parents);
}

static bool is_own(const char *field)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(own) && strcmp(own[i], field) != 0; i++)
        ;
    return i < ARRAY_LEN(own) || strchr(field, ':');
}

/* What the field becomes in a child of this type. */
static const char *inherited(const struct citation *parent, const char *child, const char *field)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(rules); i++)
        if (strcmp(rules[i].from, field) == 0
            && (!rules[i].parent || str_starts(parent->type, rules[i].parent))
            && (!rules[i].child || str_starts(child, rules[i].child)))
            return rules[i].to;
    return field;
}

static void inherit(struct citation *entry, struct arena *arena, const struct citation *parent,
                    bool xdata)
{
    size_t i;

    for (i = 0; i < parent->len && entry->len < CITED_FIELDS; i++) {
        const char *name = parent->fields[i].name;

        if (xdata ? strcmp(name, "ids") == 0 || strcmp(name, "xdata") == 0 : is_own(name))
            continue;
        if (!xdata)
            name = inherited(parent, entry->type, name);
        if (strcmp(name, "date") == 0 && citation_get(entry, "year"))
            continue;
        if (!citation_get(entry, name))
            citation_set(entry, arena, name, parent->fields[i].value);
        if (strcmp(name, "bookauthor") == 0 && !citation_get(entry, "author"))
            citation_set(entry, arena, "author", parent->fields[i].value);
    }
}

/* Adds what the parents have; false when one of them has not come. */
static bool resolve(struct bibtex *b, struct citation *entry, const char *field, int depth)
{
    const char *list = citation_get(entry, field);
    char *names = list ? arena_strdup(b->work, list) : NULL, *name, *rest = NULL;
    bool xdata = strcmp(field, "xdata") == 0, all = true;
    int count = 0;

    for (name = names ? strtok_r(names, ",", &rest) : NULL; name && count < PARENTS;
         name = strtok_r(NULL, ",", &rest), count++) {
        const struct bibtex_kept *kept;
        struct citation parent;

        name += strspn(name, " ");
        name[strcspn(name, " ")] = '\0';
        kept = kept_find(b, name);
        if (!kept || depth >= DEPTH) {
            all = false;
            continue;
        }
        citation_copy(&parent, &kept->entry, b->work);
        all &= resolve(b, &parent, "xdata", depth + 1);
        all &= resolve(b, &parent, "crossref", depth + 1);
        inherit(entry, b->work, &parent, xdata);
    }
    if (all)
        citation_set(entry, b->work, field, NULL);
    return all;
}

static bool resolve_all(struct bibtex *b, struct citation *entry)
{
    bool data = resolve(b, entry, "xdata", 0);

    return resolve(b, entry, "crossref", 0) && data;
}

static void give(struct parser *p, const struct citation *entry, long line)
{
    if (strcmp(entry->type, "xdata") != 0 && strcmp(entry->type, "set") != 0)
        cited_emit(p, entry, "bibtex", line);
}

static bool keep(struct bibtex *b, const struct citation *entry, long line, bool waiting)
{
    size_t most = waiting || is_parent(entry->type) ? BIBTEX_SHELF_MAX : ANY_KIND;
    struct bibtex_kept kept = { .line = line, .waiting = waiting };
    char *name = folded(b->work, entry->key);
    bool added = false;
    uint64_t *at;

    if (arena_bytes(b->shelf) > most || (!*entry->key && !waiting))
        return false;
    citation_copy(&kept.entry, entry, b->shelf);
    if (*name) {
        at = hashmap_put(b->keys, name, strlen(name), &added);
        if (added) /* of two with one key the first is meant, as BibTeX has it */
            *at = b->len;
    }
    VEC_PUSH(b->kept, b->len, b->cap, kept);
    return true;
}

/* The same paper under the same key once more: BibTeX takes the first, and so is it here. A title
 * of its own makes another paper, whatever its key. */
static bool repeated(struct parser *p, const struct citation *entry, long line)
{
    struct bibtex *b = p->bibtex;
    const char *title = citation_get(entry, "title");
    char *name;
    bool added = true;
    uint64_t *first;

    if (!*entry->key || !title || hashmap_count(b->read) >= READ_MOST)
        return false;
    name = arena_printf(b->work, "%s %llx", folded(b->work, entry->key),
                        (unsigned long long)text_key_hash(title));
    first = hashmap_put(b->read, name, strlen(name), &added);
    if (added)
        *first = (uint64_t)line;
    else
        record_note(
            p, line,
            arena_printf(b->work,
                         "%.80s is in line %ld already, of the same title; the first counts, "
                         "as BibTeX has it",
                         entry->key, (long)*first),
            false);
    return !added;
}

void bibtex_take(struct parser *p, const struct citation *entry, long line)
{
    struct bibtex *b = p->bibtex;
    struct citation whole;
    bool refers = citation_get(entry, "crossref") || citation_get(entry, "xdata");

    if (repeated(p, entry, line))
        return;
    citation_copy(&whole, entry, b->work);
    if (!refers || resolve_all(b, &whole)) {
        keep(b, entry, line, false);
        give(p, &whole, line);
    } else if (!keep(b, entry, line, true)) {
        give(p, &whole, line);
    }
}

void bibtex_settle(struct parser *p)
{
    struct bibtex *b = p->bibtex;
    size_t i;

    for (i = 0; i < b->len && !p->stopped; i++) {
        struct citation whole;

        if (!b->kept[i].waiting)
            continue;
        arena_reset(b->work);
        citation_copy(&whole, &b->kept[i].entry, b->work);
        resolve_all(b, &whole);
        give(p, &whole, b->kept[i].line);
    }
}
