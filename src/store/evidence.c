/*
 * Links weighed: the table of confidences, and owners of repositories that are called like an
 * author. Nothing of it is kept; it is computed when a work is read whole, so that it follows its
 * authors and links through merges and splits.
 */
#include "carrel/evidence.h"

#include "carrel/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LEAST 5 /* letters of a name that says something */
#define NAME_MOST 100
#define CONFIDENCE_MOST 0.99

static const struct {
    const char *evidence;
    double confidence;
} confidences[] = { { "official", 0.98 },
                    { "paper", 0.90 },
                    { "readme", 0.80 },
                    { "author", 0.60 },
                    { "listed", 0.40 } };

static double confidence_of(const char *evidence)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(confidences); i++)
        if (strcmp(confidences[i].evidence, evidence) == 0)
            return confidences[i].confidence;
    return 0;
}

double evidence_confidence(const char *evidence, bool author_match)
{
    double said = confidence_of(evidence);

    /* "author" is the match itself and does not count twice. */
    if (author_match && strcmp(evidence, "author") != 0)
        said = 1 - (1 - said) * (1 - confidence_of("author"));
    said = said > CONFIDENCE_MOST ? CONFIDENCE_MOST : said;
    return (double)(int)(said * 100 + 0.5) / 100;
}

/* "github.com/Ann-Lee2/code" -> "annlee"; "" when it is no repository's address. */
static void owner_name(struct str *out, const char *url)
{
    struct ident ident;
    const char *at;

    if (!ident_parse(&ident, url) || ident.scheme != ID_REPO || !strchr(ident.value, '/'))
        return;
    for (at = strchr(ident.value, '/') + 1; *at && *at != '/'; at++)
        if (isalnum((unsigned char)*at))
            str_add_char(out, (char)tolower((unsigned char)*at));
    while (out->len > 0 && isdigit((unsigned char)out->ptr[out->len - 1]))
        str_cut(out, out->len - 1);
}

/* Is it `a` followed by `b`, and long enough? */
static bool owner_is(const char *owner, const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len + b_len >= NAME_LEAST && strlen(owner) == a_len + b_len
           && memcmp(owner, a, a_len) == 0 && memcmp(owner + a_len, b, b_len) == 0;
}

static bool owner_called(const char *owner, const char *author)
{
    struct str key = STR_INIT;
    const char *first, *family;
    size_t first_len, family_len;
    bool same = false;

    text_key(&key, author);
    first = key.ptr;
    family = strrchr(key.ptr, ' ');
    if (family && key.len <= NAME_MOST) {
        family++;
        first_len = strcspn(first, " ");
        family_len = strlen(family);
        same = owner_is(owner, first, first_len, family, family_len)
               || owner_is(owner, family, family_len, first, first_len)
               || owner_is(owner, first, 1, family, family_len)
               || owner_is(owner, family, family_len, first, 1);
    }
    str_free(&key);
    return same;
}

const char *evidence_author(const char *url, const struct text_list *authors)
{
    struct str owner = STR_INIT;
    const char *found = NULL;
    size_t i;

    owner_name(&owner, url);
    for (i = 0; owner.len >= NAME_LEAST && i < authors->len && i < EVIDENCE_AUTHORS && !found; i++)
        if (owner_called(owner.ptr, authors->items[i]))
            found = authors->items[i];
    str_free(&owner);
    return found;
}

static bool is_linked(const struct record_links *links, const char *url)
{
    size_t i;

    for (i = 0; i < links->len; i++)
        if (strcmp(links->items[i].kind, "code") == 0 && strcmp(links->items[i].url, url) == 0)
            return true;
    return false;
}

/* Addresses without a word for them whose owner speaks for them. */
static void weigh_bare(struct record *record, struct arena *arena)
{
    static char code[] = "code", author[] = "author", nothing[] = "";
    size_t i;

    for (i = 0; i < record->code_urls.len; i++) {
        char *url = record->code_urls.items[i];

        if (!is_linked(&record->links, url) && evidence_author(url, &record->authors))
            record_link_append(&record->links, arena,
                               &(struct record_link){
                                   .kind = code, .url = url, .evidence = author, .said = nothing });
    }
}

void evidence_weigh(struct record *record, struct arena *arena)
{
    size_t i;

    weigh_bare(record, arena);
    for (i = 0; i < record->links.len; i++) {
        struct record_link *link = &record->links.items[i];
        const char *author;

        if (strcmp(link->kind, "code") != 0)
            continue;
        author = evidence_author(link->url, &record->authors);
        link->confidence = evidence_confidence(link->evidence, author != NULL);
        if (author)
            link->said = arena_printf(arena, "%s%sits owner is called like %s", link->said,
                                      *link->said ? "; " : "", author);
    }
}
