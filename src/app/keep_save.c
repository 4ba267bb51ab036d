/*
 * What becomes of a document that was read: its record, which decides whose work it is, and one
 * transaction with the record, the packed document, its passages, vectors and bibliography.
 *
 * A document with text gives its work a record of the source "file", under the name file:HASH;
 * identity joins it to the work that has the arXiv number or DOI which the text itself states,
 * unless the titles speak against it, or which the file's name gives, if more speaks for that.
 */
#include "keep_internal.h"

#include "carrel/bin.h"
#include "carrel/chunks.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/mentions.h"
#include "carrel/text.h"
#include "carrel/vectors.h"
#include "carrel/works.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TITLES_AGREE 0.5 /* share of words that two titles have in common */
#define TITLE_BYTES 400  /* of a title made from a file's name */

/* ---- which work it is ---- */

/* The stems of a title, each once: how many there are, and how many of them another has too. */
struct stems {
    struct hashmap *map;
    const struct hashmap *among; /* NULL: none to compare with */
    size_t shared;
};

static int stems_see(void *ctx, const struct text_token *token)
{
    struct stems *stems = ctx;
    bool added;

    hashmap_put(stems->map, token->stem, token->stem_len, &added);
    if (added && stems->among && hashmap_get(stems->among, token->stem, token->stem_len))
        stems->shared++;
    return 0;
}

/* At least half of the words of the shorter title are in the other one. */
static bool titles_agree(const char *a, const char *b)
{
    struct stems one = { .map = hashmap_new() }, two = { .map = hashmap_new(), .among = one.map };
    size_t least;

    text_tokenize(a, strlen(a), stems_see, &one);
    text_tokenize(b, strlen(b), stems_see, &two);
    least = hashmap_count(one.map);
    if (hashmap_count(two.map) < least)
        least = hashmap_count(two.map);
    hashmap_free(one.map);
    hashmap_free(two.map);
    return (double)two.shared >= TITLES_AGREE * (double)least;
}

/* May the document be taken for the work with this id, here or in the bin? When there is none yet:
 * yes. */
static int id_fits(bool *fits, struct keeper *keeper, const char *id, const char *title,
                   struct error *err)
{
    struct arena *arena = arena_new();
    struct work_row row = { 0 };
    char *removed = NULL;
    int64_t work;
    int result = works_find(keeper->store, &work, id, err);

    *fits = true;
    if (result == ERR_OK)
        result = works_rows(keeper->store, arena, &work, 1, &row, err);
    else if (result == ERR_NOTFOUND)
        result = bin_title(keeper->store, &removed, id, err);
    if (result == ERR_OK && (row.title || removed) && title)
        *fits = titles_agree(removed ? removed : row.title, title);
    free(removed);
    arena_free(arena);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int add_id(struct keeper *keeper, struct record *record, struct arena *arena,
                  const char *scheme, const char *value, const char *title, struct error *err)
{
    char *id;
    bool fits = false;
    int result;

    if (!value)
        return ERR_OK;
    id = arena_printf(arena, "%s:%s", scheme, value);
    result = id_fits(&fits, keeper, id, title, err);
    if (fits && result == ERR_OK)
        text_list_add(&record->aliases, arena, id, strlen(id));
    return result;
}

/* Of two digits: the anthology begins with the sixties. */
static int full_year(int year)
{
    return year < 60 ? 2000 + year : year < 100 ? 1900 + year : year;
}

/* Does the first page say that the ACL has printed it, in the year of its name? */
static bool acl_printed(const struct document *doc, const struct ident *ident)
{
    const char *name = strrchr(ident->value, '/') + 1;
    int year = atoi(isdigit((unsigned char)name[0]) ? name : name + 1);
    struct str first = STR_INIT;
    bool printed;
    size_t i;

    for (i = 0; i < doc->block_count; i++)
        if (doc->blocks[i].page == 0)
            str_add_mem(&first, doc->text + doc->blocks[i].start,
                        doc->blocks[i].end - doc->blocks[i].start);
    printed = doc->meta.year == (uint32_t)full_year(year)
              && strstr(first.ptr, "Association for Computational Linguistics");
    str_free(&first);
    return printed;
}

/* Is the library's work of that id called exactly so? *there: it has one. */
static int same_title(bool *same, bool *there, struct keeper *keeper, const char *id,
                      const char *title, struct error *err)
{
    struct arena *arena = arena_new();
    struct work_row row = { 0 };
    int64_t work = 0;
    int result = works_find(keeper->store, &work, id, err);

    *there = result == ERR_OK;
    if (result == ERR_OK)
        result = works_rows(keeper->store, arena, &work, 1, &row, err);
    *same = row.title && title && text_key_hash(row.title) == text_key_hash(title);
    arena_free(arena);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* The id that the file's name gives, when more speaks for it than the name: a work of that id and
 * title, or what is printed on the first page. Else it is only proposed (edit). */
static int add_name_id(struct keeper *keeper, struct record *record, struct arena *arena,
                       const struct document *doc, const char *origin, struct error *err)
{
    bool same = false, there = false;
    struct ident ident;
    char *id;
    int result;

    if (record->aliases.len > 0 || !ident_of_file(&ident, origin))
        return ERR_OK;
    id = arena_printf(arena, "%s:%s", ident_scheme_name(ident.scheme), ident.value);
    result = same_title(&same, &there, keeper, id, doc->meta.title, err);
    if (result != ERR_OK
        || (!same && (there || !ident_is_acl(&ident) || !acl_printed(doc, &ident))))
        return result;
    text_list_add(&record->aliases, arena, id, strlen(id));
    if (ident.scheme == ID_DOI)
        record->doi = arena_strdup(arena, ident.value);
    return ERR_OK;
}

/* "deep_learning-notes.md" -> "deep learning notes" */
static char *title_from_name(struct arena *arena, const char *origin)
{
    const char *base = path_base(origin);
    char *title = arena_strndup(arena, base, strnlen(base, TITLE_BYTES)),
         *dot = strrchr(title, '.');
    size_t i;

    if (dot && dot != title && strlen(dot) <= 5)
        *dot = '\0';
    for (i = 0; title[i]; i++)
        if (title[i] == '_' || title[i] == '-')
            title[i] = ' ';
    return *title ? title : arena_strdup(arena, "untitled");
}

static int make_record(struct keeper *keeper, struct record *record, struct arena *arena,
                       const struct document *doc, const char *origin, const char *belongs,
                       const char *name, struct error *err)
{
    const struct document_metadata *meta = &doc->meta;
    size_t i;
    int result;

    memset(record, 0, sizeof *record);
    record->id = arena_strdup(arena, name);
    record->source = "file";
    record->file = origin;
    record->title =
        str_blank(meta->title ? meta->title : "") ? title_from_name(arena, origin) : meta->title;
    record->abstract = meta->abstract;
    for (i = 0; i < meta->authors.len; i++)
        text_list_add(&record->authors, arena, meta->authors.items[i],
                      strlen(meta->authors.items[i]));
    if (meta->year)
        record->published = arena_printf(arena, "%04u", meta->year);
    if (belongs && *belongs) { /* whoever asked for it knows better than its text */
        text_list_add(&record->aliases, arena, belongs, strlen(belongs));
        return ERR_OK;
    }
    result = add_id(keeper, record, arena, "arxiv", meta->arxiv, meta->title, err);
    if (result == ERR_OK)
        result = add_id(keeper, record, arena, "doi", meta->doi, meta->title, err);
    return result == ERR_OK ? add_name_id(keeper, record, arena, doc, origin, err) : result;
}

/* ---- the transaction ---- */

struct saving {
    struct document_save save;
    struct str packed;
    int8_t *vectors;
    uint32_t minhash[MINHASH_SIZE];
    const struct scripts *scripts;
};

static void take_chunks(struct saving *saving, struct arena *arena, const struct document *doc)
{
    struct document_chunk *chunks;
    struct chunk *cut;
    size_t count, i;

    chunks_cut(&cut, &count, doc);
    chunks = arena_alloc(arena, (count + 1) * sizeof *chunks);
    for (i = 0; i < count; i++)
        chunks[i] = (struct document_chunk){
            .page = cut[i].page,
            .start = cut[i].start,
            .end = cut[i].end,
            .turns = cut[i].turns,
            .heading = cut[i].heading,
            .body = arena_strndup(arena, doc->text + cut[i].start, cut[i].end - cut[i].start),
        };
    saving->save.chunks = chunks;
    saving->save.chunk_count = count;
}

/* By the model that serves; a server's vectors are made later by the job `embed`. */
static int take_vectors(struct saving *saving, struct keeper *keeper, struct error *err)
{
    const struct embed_model *model = NULL;
    struct vectors_model serving, next;
    size_t i, dim;
    int result = vectors_models(keeper->store, &serving, &next, err);

    if (result == ERR_OK && serving.slot >= 0 && serving.kind != VECTORS_SERVER)
        result = vectors_open_model(&model, keeper->store, &serving, err);
    if (result == ERR_NOTFOUND)
        return ERR_OK;
    if (result != ERR_OK || !model)
        return result;
    dim = (size_t)embed_info(model)->dim;
    saving->vectors = mem_zalloc((saving->save.chunk_count + 1) * dim);
    for (i = 0; i < saving->save.chunk_count; i++)
        library_embed_chunk(model, saving->save.chunks[i].heading, saving->save.chunks[i].body,
                            saving->vectors + i * dim);
    saving->save.model = serving.content;
    saving->save.dim = dim;
    saving->save.vectors = saving->vectors;
    return ERR_OK;
}

static void take_entries(struct saving *saving, struct arena *arena, const struct document *doc)
{
    struct document_entry *entries =
        arena_alloc(arena, (doc->reference_count + 1) * sizeof *entries);
    size_t i;

    for (i = 0; i < doc->reference_count; i++) {
        const struct document_reference *reference = &doc->references[i];

        entries[i] = (struct document_entry){
            .marker = reference->marker,
            .body = arena_strndup(arena, doc->text + reference->start,
                                  reference->end - reference->start),
            .arxiv = reference->arxiv,
            .doi = reference->doi,
            .title = reference->title,
            .author = reference->first_author,
            .year = reference->year,
        };
    }
    saving->save.entries = entries;
    saving->save.entry_count = doc->reference_count;
}

static int saving_run(void *ctx, struct store *store, const struct import_counts *page,
                      struct error *err)
{
    const struct saving *saving = ctx;
    int result = documents_save(store, &saving->save, NULL, err);

    (void)page;
    return result == ERR_OK ? scripts_processed(store, saving->scripts, saving->save.sha256, err)
                            : result;
}

int keep_save(struct keeper *keeper, struct arena *arena, const struct document *doc,
              const char *origin, const char *belongs, const struct kept *kept, int64_t bytes,
              struct error *err)
{
    struct saving saving = { .packed = STR_INIT, .scripts = &keeper->scripts };
    struct record record;
    int result = ERR_OK;

    saving.save = (struct document_save){
        .sha256 = kept->sha256,
        .format = document_format_name(doc->format),
        .state = document_state_name(doc->state),
        .message = doc->message,
        .origin = origin,
        .title = doc->meta.title,
        .pages = (int64_t)doc->page_count,
        .chars = doc->reading_len,
        .bytes = bytes,
        .reader = DOCUMENT_READER,
        .time_limit_ms = config_int(keeper->app->config, "process.time-limit"),
        .memory_limit = config_int(keeper->app->config, "process.memory-limit"),
    };
    if (kept->text) {
        document_pack(&saving.packed, doc);
        saving.save.packed = saving.packed.ptr;
        saving.save.packed_len = saving.packed.len;
        take_chunks(&saving, arena, doc);
        take_entries(&saving, arena, doc);
        if (minhash_text(saving.minhash, doc->text, doc->reading_len))
            saving.save.minhash = saving.minhash;
        result = take_vectors(&saving, keeper, err);
        if (result == ERR_OK)
            result = make_record(keeper, &record, arena, doc, origin, belongs, kept->name, err);
        if (result == ERR_OK)
            result = importer_add(keeper->importer, &record, err);
    }
    if (result == ERR_OK)
        result = importer_checkpoint(keeper->importer, saving_run, &saving, NULL, err);
    str_free(&saving.packed);
    free(saving.vectors);
    return result;
}
