/*
 * Where a paper is found (carrel/paper_place.h). A key that no entry has brought is not told: which
 * letter it has is known only when all papers of its year have been read.
 */
#include "carrel/paper_place.h"

#include "cites.h"

#include "carrel/cited.h"
#include "carrel/shelves.h"

static int place_key(struct paper_place *out, struct store *store, struct arena *arena,
                     int64_t work, struct error *err)
{
    const struct bibliography_options options = { .form = BIB_BIBTEX };
    struct str brought = STR_INIT;
    struct cites *cites = NULL;
    int result = cited_key(&brought, store, work, err);

    if (result == ERR_OK && brought.len > 0) { /* its form does not matter: none is made */
        result = cites_new(&cites, store, &options, CITE_KEY_DEFAULT, &work, 1, err);
        if (result == ERR_OK)
            out->key = arena_strdup(arena, cites_key(cites, work));
        cites_free(cites);
    }
    str_free(&brought);
    return result;
}

static int place_part(struct paper_place *out, struct store *store, struct arena *arena,
                      int64_t work, struct error *err)
{
    struct text_list cited;
    struct citation entry;
    struct str part = STR_INIT;
    int result = cited_read(&cited, store, arena, work, err);

    if (result == ERR_OK && citation_from(&entry, arena, &cited))
        reference_part(&part, &entry);
    if (part.len > 0)
        out->part = arena_strdup(arena, part.ptr);
    str_free(&part);
    return result;
}

int paper_place(struct paper_place *out, struct store *store, struct arena *arena, int64_t work,
                struct error *err)
{
    int result;

    *out = (struct paper_place){ 0 };
    result = place_key(out, store, arena, work, err);
    if (result == ERR_OK)
        result = place_part(out, store, arena, work, err);
    return result == ERR_OK ? collections_of(&out->collections, store, arena, work, err) : result;
}
