/*
 * Addresses in a document's text: which they are, and what of the library they lead to: a paper, a
 * repository.
 */
#include "reader.h"

#include "carrel/repositories.h"
#include "carrel/text.h"

/* A link of the file has one whatever its words say; others are what is written. */
static char *mentioned_address(const struct reader_text *text, const struct reader_mention *mention,
                               struct arena *arena)
{
    const struct document *doc = text->doc;
    char *said = arena_strndup(arena, doc->text + mention->start, mention->end - mention->start);

    if (mention->target != DOCUMENT_NONE)
        return arena_strdup(arena, doc->links[mention->target].uri);
    return str_istarts(said, "www.")     ? arena_printf(arena, "http://%s", said)
           : str_istarts(said, "doi:")   ? arena_printf(arena, "https://doi.org/%s", said + 4)
           : str_istarts(said, "arxiv:") ? arena_printf(arena, "https://arxiv.org/abs/%s", said + 6)
                                         : said;
}

char *reader_address(const struct reader_text *text, const struct reader_mention *mention,
                     struct arena *arena)
{
    const struct document *doc = text->doc;
    const struct document_reference *reference;

    if (mention->kind == MENTION_ADDRESS)
        return mentioned_address(text, mention, arena);
    if (mention->kind != MENTION_REFERENCE
        || doc->citations[mention->target].reference >= doc->reference_count)
        return NULL;
    reference = &doc->references[doc->citations[mention->target].reference];
    return reference->arxiv ? arena_printf(arena, "https://arxiv.org/abs/%s", reference->arxiv)
           : reference->doi ? arena_printf(arena, "https://doi.org/%s", reference->doi)
                            : arena_strdup(arena, reference->url);
}

/* ---- what of it is here ---- */

/* One that papers only link to is here, too: its view says how to know more. */
static int find_repository(struct reader_here *here, const struct ident *ident,
                           struct reader_text *text, struct store *store, struct error *err)
{
    char *id = arena_printf(text->arena, "repo:%s", ident->value);
    struct repository_work *works;
    struct repository_row row;
    size_t count = 0;
    int64_t number;
    int result = repositories_find(store, &number, id, err);

    here->repository = true;
    if (result == ERR_OK) {
        result = repositories_rows(store, text->arena, &number, 1, &row, err);
        if (result == ERR_OK && row.id) {
            here->key = arena_printf(text->arena, "repo:%s", row.key);
            here->title = *row.description ? row.description : row.name;
        }
        return result;
    }
    if (result != ERR_NOTFOUND)
        return result;
    result = repositories_works(store, text->arena, ident->value, &works, &count, err);
    if (result == ERR_OK && count > 0) {
        here->key = id;
        here->title = arena_strdup(text->arena, "not asked for yet");
    }
    return result;
}

static int find_work(struct reader_here *here, const char *address, struct reader_text *text,
                     struct store *store, struct error *err)
{
    struct work_row row = { 0 };
    struct str title = STR_INIT;
    int64_t work;
    int result = works_find(store, &work, address, err);

    if (result == ERR_OK)
        result = works_rows(store, text->arena, &work, 1, &row, err);
    if (result == ERR_OK && row.id) {
        text_from_latex(&title, row.title);
        here->key = row.key;
        here->title = arena_strdup(text->arena, title.ptr);
    }
    str_free(&title);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int reader_addresses_find(struct reader_text *text, struct store *store, struct error *err)
{
    struct ident ident;
    size_t i;
    int result = ERR_OK;

    text->here = arena_alloc(text->arena, (text->mentions.len + 1) * sizeof *text->here);
    for (i = 0; i < text->mentions.len && result == ERR_OK; i++) {
        const struct reader_mention *mention = &text->mentions.items[i];
        const char *address;

        text->here[i] = (struct reader_here){ 0 };
        if (mention->kind != MENTION_ADDRESS)
            continue;
        address = reader_address(text, mention, text->arena);
        if (!ident_parse(&ident, address))
            continue;
        result = ident.scheme == ID_REPO ? find_repository(&text->here[i], &ident, text, store, err)
                                         : find_work(&text->here[i], address, text, store, err);
    }
    return result;
}

/* ---- shown and opened ---- */

const struct reader_here *reader_here(const struct reader_text *text,
                                      const struct reader_mention *mention)
{
    size_t i = (size_t)(mention - text->mentions.items);

    return text->here[i].key ? &text->here[i] : NULL;
}

void reader_address_peek(struct textview *out, const struct reader_text *text,
                         const struct reader_mention *mention)
{
    const struct reader_here *here = reader_here(text, mention);

    if (mention->target != DOCUMENT_NONE)
        textview_add(out, STYLE_ACCENT, 0, "%s", text->doc->links[mention->target].uri);
    if (here) {
        textview_add(out, STYLE_ACCENT, 2, "%s  %s", here->key, here->title);
        textview_add(out, STYLE_DIM, 2, "In the library. Enter opens it, o its page in $BROWSER.");
    } else {
        textview_add(out, STYLE_DIM, 0, "o opens it in $BROWSER.");
    }
}

bool reader_address_open(struct view *view, const struct reader_mention *mention)
{
    const struct reader *r = view->state;
    const struct reader_here *here = reader_here(r->text, mention);

    if (here)
        desk_open(view->desk, here->repository ? &view_repository : &view_paper, here->key);
    return here != NULL;
}
