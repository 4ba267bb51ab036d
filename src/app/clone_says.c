/*
 * What a clone says of its repository: facts (where GitHub has not told them), README, and the
 * papers that its citation files name.
 */
#include "cloning.h"

#include "carrel/clock.h"
#include "carrel/repositories.h"
#include "carrel/utf8.h"

#include <string.h>
#include <strings.h>

#define README_BYTES REPOSITORY_README
#define CITATION_BYTES 65536
#define CITATION_FILES 10

static char *time_text(struct arena *arena, int64_t ms)
{
    char text[32];

    time_format(text, ms);
    return arena_strdup(arena, text);
}

/* A repository on this disk has no address that a browser could open: its id stands for it. */
struct repository *cloning_facts(struct cloning *c)
{
    struct repository *facts = arena_alloc(c->arena, sizeof *facts);
    const struct vcs_summary *s = &c->summary;

    *facts = (struct repository){
        .says = REPOSITORY_FACTS,
        .state = REPOSITORY_KNOWN,
        .key = c->key,
        .name = c->address.name ? c->address.name : c->key,
        .url = c->address.host && c->address.secure && *c->address.url == 'h'
                   ? c->address.url
                   : arena_printf(c->arena, str_starts(c->key, "local/") ? "repo:%s" : "https://%s",
                                  c->key),
        .branch = c->empty ? NULL : s->branch,
        .pushed = c->empty ? NULL : time_text(c->arena, s->head.at),
        .language = s->language_count ? arena_strdup(c->arena, s->languages[0].name) : NULL,
        .license = arena_strdup(c->arena, s->licence),
        .stars = -1,
        .forks = -1,
        .issues = -1,
        .at = clock_now_ms(),
    };
    return facts;
}

static bool is_citation(const char *name)
{
    return strcasecmp(name, "CITATION.cff") == 0 || strcasecmp(name, "CITATION") == 0
           || strcasecmp(name, "CITATION.md") == 0 || str_ends(name, ".bib");
}

static int add_citations(struct cloning *c, struct vcs *vcs, struct repository *readme,
                         struct error *err)
{
    struct vcs_entry *entries;
    struct vcs_blob blob;
    size_t count, i, files = 0;
    bool cut;
    int result = vcs_tree(vcs, c->arena, c->summary.head.id, "", &entries, &count, &cut, err);

    for (i = 0; i < count && result == ERR_OK && files < CITATION_FILES; i++) {
        if (entries[i].kind != VCS_FILE || !is_citation(entries[i].name))
            continue;
        files++;
        result = vcs_blob(vcs, c->arena, c->summary.head.id, entries[i].name, CITATION_BYTES, &blob,
                          err);
        if (result == ERR_OK && !blob.binary)
            citation_papers(readme, c->arena, entries[i].shown, blob.bytes);
    }
    return result;
}

static char *clean_text(struct arena *arena, const struct vcs_blob *blob)
{
    struct str text = STR_INIT;
    char *kept;

    if (!blob->binary)
        utf8_clean(&text, blob->bytes, blob->len);
    kept = arena_strndup(arena, text.ptr, text.len);
    str_free(&text);
    return kept;
}

int cloning_readme(struct cloning *c, struct vcs *vcs, struct repository **out, char **path,
                   struct error *err)
{
    struct repository *readme = arena_alloc(c->arena, sizeof *readme);
    struct vcs_blob blob = { .bytes = arena_strdup(c->arena, "") };
    int result = vcs_readme(vcs, c->arena, c->summary.head.id, path, err);

    if (result == ERR_OK && **path)
        result = vcs_blob(vcs, c->arena, c->summary.head.id, *path, README_BYTES, &blob, err);
    if (result != ERR_OK)
        return result;
    *readme = (struct repository){ .says = REPOSITORY_README_IS,
                                   .state = REPOSITORY_KNOWN,
                                   .key = c->key,
                                   .readme_name = *path,
                                   .readme = clean_text(c->arena, &blob),
                                   .stars = -1,
                                   .forks = -1,
                                   .cited = true,
                                   .at = clock_now_ms() };
    readme_papers(readme, c->arena, readme->readme);
    *out = readme;
    return add_citations(c, vcs, readme, err);
}
