/*
 * Repositories: copies, what they are recognised by, and what their READMEs say.
 */
#include "carrel/repository.h"

#include "citing.h"

#include "carrel/hash.h"
#include "carrel/mentions.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

const char *repository_state_name(enum repository_state state)
{
    static const char *const names[] = { [REPOSITORY_LINKED] = "linked",
                                         [REPOSITORY_KNOWN] = "known",
                                         [REPOSITORY_GONE] = "gone",
                                         [REPOSITORY_BLOCKED] = "blocked" };

    return names[state];
}

static const size_t repository_texts[] = {
    offsetof(struct repository, key),         offsetof(struct repository, name),
    offsetof(struct repository, url),         offsetof(struct repository, description),
    offsetof(struct repository, homepage),    offsetof(struct repository, language),
    offsetof(struct repository, license),     offsetof(struct repository, branch),
    offsetof(struct repository, parent),      offsetof(struct repository, created),
    offsetof(struct repository, pushed), /* those before this are facts */
    offsetof(struct repository, asked),       offsetof(struct repository, readme),
    offsetof(struct repository, readme_name), offsetof(struct repository, why),
};
#define FACT_TEXTS 11

static char **text_at(const void *base, size_t offset)
{
    return (char **)(uintptr_t)((const char *)base + offset);
}

struct repository *repository_copy(const struct repository *from, struct arena *arena)
{
    struct repository *to;
    size_t i;

    if (!from)
        return NULL;
    to = arena_alloc(arena, sizeof *to);
    *to = *from;
    for (i = 0; i < ARRAY_LEN(repository_texts); i++) {
        char **text = text_at(to, repository_texts[i]);

        *text = arena_strdup(arena, *text);
    }
    text_list_copy(&to->topics, arena);
    to->papers = arena_alloc(arena, (to->paper_count + 1) * sizeof *to->papers);
    for (i = 0; i < to->paper_count; i++) {
        to->papers[i] = from->papers[i];
        to->papers[i].id = arena_strdup(arena, from->papers[i].id);
        to->papers[i].file = arena_strdup(arena, from->papers[i].file);
        to->papers[i].people = arena_strdup(arena, from->papers[i].people);
    }
    return to;
}

uint64_t repository_hash(const struct repository *repository)
{
    uint64_t hash = (uint64_t)repository->state * 4 + repository->archived * 2u + repository->fork;
    size_t i;

    for (i = 0; i < FACT_TEXTS; i++)
        hash = text_hash(*text_at(repository, repository_texts[i]), hash);
    return text_list_hash(&repository->topics, hash);
}

bool repository_key(struct str *out, const char *url)
{
    struct ident ident;

    if (!ident_parse(&ident, url) || ident.scheme != ID_REPO)
        return false;
    str_clear(out);
    str_add(out, ident.value);
    return true;
}

/* ---- the papers it names ---- */

static bool heading_of_citing(const char *line, size_t len)
{
    static const char *const words[] = { "cit", "bibtex", "our paper" };
    char text[200];
    size_t i;

    if (len >= sizeof text)
        return false;
    memcpy(text, line, len);
    text[len] = '\0';
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcasestr(text, words[i]))
            return true;
    return false;
}

/* Is this line a heading: "# ...", "<h2>...", "**Citation**", or underlined? */
static bool is_heading(const char *line, size_t len)
{
    const char *next = line + len + (line[len] == '\n');
    size_t under = strspn(next, "=");

    if (under < 3)
        under = strspn(next, "-");
    return len > 0
           && (*line == '#' || strncasecmp(line, "<h", 2) == 0
               || (len > 4 && len < 60 && strncmp(line, "**", 2) == 0)
               || (under >= 3 && (next[under] == '\n' || next[under] == '\r' || !next[under])
                   && isalpha((unsigned char)*line)));
}

/* Where the sections about citing lie: called with ascending places. */
struct sections {
    const char *at; /* the line that was looked at last */
    bool citing, fenced;
};

static bool in_citing(struct sections *sections, const char *place)
{
    while (*sections->at && sections->at < place) {
        size_t len = strcspn(sections->at, "\n");

        if (strncmp(sections->at, "```", 3) == 0)
            sections->fenced = !sections->fenced;
        else if (!sections->fenced && is_heading(sections->at, len))
            sections->citing = heading_of_citing(sections->at, len);
        sections->at += len + (sections->at[len] == '\n');
    }
    return sections->citing;
}

static struct repository_paper *paper_known(struct repository *repository, const char *id)
{
    size_t i;

    for (i = 0; i < repository->paper_count; i++)
        if (strcmp(repository->papers[i].id, id) == 0)
            return &repository->papers[i];
    return NULL;
}

/* Does the line say before this place that the code only follows that paper? */
static bool is_others(const char *markdown, const char *where)
{
    static const char *const words[] = {
        "after ",     "based on ", "inspired by ",  "following ",
        "builds on ", "built on ", "adapted from ", "derived from "
    };
    const char *line = where;
    char text[300];
    size_t len, i;

    while (line > markdown && line[-1] != '\n' && where - line < (long)sizeof text - 1)
        line--;
    len = (size_t)(where - line);
    memcpy(text, line, len);
    text[len] = '\0';
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcasestr(text, words[i]))
            return true;
    return false;
}

void readme_papers(struct repository *repository, struct arena *arena, const char *markdown)
{
    struct sections sections = { .at = markdown };
    const char *at = markdown, *where;
    struct str id = STR_INIT;
    struct ident ident;
    size_t own = 0, i;

    repository->papers = arena_alloc(arena, REPOSITORY_MENTIONS * sizeof *repository->papers);
    repository->paper_count = 0;
    while (repository->paper_count < REPOSITORY_MENTIONS && mention_next(&ident, &where, &at)) {
        bool is_own = (where - markdown < OWN_TOP && !is_others(markdown, where))
                      || in_citing(&sections, where);
        struct repository_paper *known;

        str_clear(&id);
        ident_print(&id, &ident);
        known = paper_known(repository, id.ptr);
        if (!known) {
            known = &repository->papers[repository->paper_count++];
            *known = (struct repository_paper){ .id = arena_strdup(arena, id.ptr) };
        }
        own += is_own && !known->own;
        known->own |= is_own;
    }
    for (i = 0; i < repository->paper_count && own > OWN_MAX; i++)
        repository->papers[i].own = false;
    if (own <= OWN_MAX)
        readme_titles(repository, arena, markdown);
    str_free(&id);
}

void citation_papers(struct repository *repository, struct arena *arena, const char *file,
                     const char *text)
{
    const char *at = text, *where;
    char *ids[OWN_MAX];
    struct str id = STR_INIT;
    struct ident ident;
    size_t count = 0, i;
    bool many = false;

    while (!many && mention_next(&ident, &where, &at)) {
        str_clear(&id);
        ident_print(&id, &ident);
        for (i = 0; i < count && strcmp(ids[i], id.ptr) != 0; i++)
            ;
        many = i == OWN_MAX;
        if (i == count && !many)
            ids[count++] = arena_strdup(arena, id.ptr);
    }
    for (i = 0; i < count && !many && repository->paper_count < REPOSITORY_MENTIONS; i++)
        repository->papers[repository->paper_count++] = (struct repository_paper){
            .id = ids[i], .own = true, .file = arena_strdup(arena, file)
        };
    str_free(&id);
    if (str_ends(file, ".cff"))
        cff_titles(repository, arena, file, text);
    else
        bib_titles(repository, arena, file, text);
}
