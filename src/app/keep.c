/*
 * Keeping documents: see keep.h.
 *
 * The file is hashed while it is copied to a temporary name below files/, read by the confined
 * child, and moved to its place only then; behind that comes one transaction with the record, the
 * document and all that hangs from it. So a crash leaves at most a file that no row names, which
 * doctor removes. A document with text gives its work a record of the source "file", under the name
 * file:HASH; identity joins it to the work that has the arXiv number or DOI which the text itself
 * states, unless the titles speak against it.
 */
#include "keep.h"
#include "ocr.h"

#include "carrel/chunks.h"
#include "carrel/clock.h"
#include "carrel/exchange.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/library.h"
#include "carrel/text.h"
#include "carrel/vectors.h"
#include "carrel/works.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEAR_LEAST 0.5   /* near-duplicates that are told */
#define TITLES_AGREE 0.5 /* share of words that two titles have in common */
#define TITLE_BYTES 400  /* of a title made from a file's name */

struct keeper {
    const struct app *app;
    struct document_reader reader;
    struct store *store; /* for reading */
    struct importer *importer;
};

int keeper_open(struct keeper **out, const struct app *app,
                const struct document_reader_options *options, struct error *err)
{
    struct keeper *keeper = mem_zalloc(sizeof *keeper);
    int result = app_open_store(&keeper->store, app, true, err);

    keeper->app = app;
    if (result == ERR_OK)
        library_sweep_files(keeper->store);
    if (result == ERR_OK)
        result = importer_new_by_pages(&keeper->importer, app->library, err);
    if (result == ERR_OK)
        result = document_reader_open(&keeper->reader, options, err);
    if (result != ERR_OK) {
        keeper_close(keeper);
        keeper = NULL;
    }
    *out = keeper;
    return result;
}

void keeper_close(struct keeper *keeper)
{
    if (!keeper)
        return;
    if (keeper->reader.processor)
        document_reader_close(&keeper->reader);
    importer_free(keeper->importer);
    store_close(keeper->store);
    free(keeper);
}

/* ---- the file ---- */

/* A copy below files/ under a name of its own, which the caller moves or removes. */
static int copy_in(const struct keeper *keeper, const char *path, char sha[65], int64_t *bytes,
                   char **copy, struct error *err)
{
    char *folder = path_join(keeper->app->library, "files");
    struct error why = { 0 };
    struct stat facts;
    int from = -1, to = -1, result = folder_make(folder, err);

    *copy = mem_printf("%s/.%ld.%p.tmp", folder, (long)getpid(), (const void *)keeper);
    free(folder);
    if (result != ERR_OK)
        return result;
    from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (from < 0)
        return error_errno(err, "%s", path);
    if (fstat(from, &facts) != 0 || !S_ISREG(facts.st_mode))
        result = error_set(err, ERR_IO, "%s: not a file", path);
    if (result == ERR_OK) {
        to = open(*copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (to < 0)
            result = error_errno(err, "%s", *copy);
    }
    if (result == ERR_OK) {
        result = sha256_copy(sha, bytes, from, to, PROCESS_FILE_MAX, &why);
        if (result != ERR_OK)
            error_set(err, result, "%s: %s", path, why.message);
    }
    if (result == ERR_OK && fsync(to) != 0)
        result = error_errno(err, "%s", *copy);
    close(from);
    if (to >= 0 && close(to) != 0 && result == ERR_OK)
        result = error_errno(err, "%s", *copy);
    if (result != ERR_OK)
        unlink(*copy);
    return result;
}

/* The copy becomes files/AA/SHA256, for good. */
static int move_in(const struct keeper *keeper, const char *copy, const char *sha,
                   struct error *err)
{
    char *place = documents_path(keeper->store, sha), *folder = mem_strdup(place);
    int fd, result;

    *strrchr(folder, '/') = '\0';
    result = folder_make(folder, err);
    if (result == ERR_OK && rename(copy, place) != 0)
        result = error_errno(err, "%s", place);
    fd = result == ERR_OK ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
    free(place);
    return result;
}

/* ---- which work it is ---- */

struct words {
    struct hashmap *map;
    size_t both;
    bool adding;
};

static int words_see(void *ctx, const struct text_token *token)
{
    struct words *words = ctx;

    if (words->adding)
        *hashmap_put(words->map, token->stem, token->stem_len, NULL) = 1;
    else if (hashmap_get(words->map, token->stem, token->stem_len)) {
        uint64_t *seen = hashmap_get(words->map, token->stem, token->stem_len);

        words->both += *seen == 1;
        *seen = 2;
    }
    return 0;
}

/* Most words of the shorter title are in the other one. */
static bool titles_agree(const char *a, const char *b)
{
    struct words words = { .map = hashmap_new(), .adding = true };
    struct hashmap *other = hashmap_new();
    size_t least;

    text_tokenize(a, strlen(a), words_see, &words);
    least = hashmap_count(words.map);
    words.adding = false;
    text_tokenize(b, strlen(b), words_see, &words);
    {
        struct words second = { .map = other, .adding = true };

        text_tokenize(b, strlen(b), words_see, &second);
    }
    if (hashmap_count(other) < least)
        least = hashmap_count(other);
    hashmap_free(words.map);
    hashmap_free(other);
    return least == 0 || (double)words.both >= TITLES_AGREE * (double)least;
}

/* May the document be taken for the work with this id? When there is none yet: yes. */
static int id_fits(bool *fits, struct keeper *keeper, const char *id, const char *title,
                   struct error *err)
{
    struct arena *arena = arena_new();
    struct work_row row;
    int64_t work;
    int result = works_find(keeper->store, &work, id, err);

    *fits = true;
    if (result == ERR_OK)
        result = works_rows(keeper->store, arena, &work, 1, &row, err);
    if (result == ERR_OK && row.id && title)
        *fits = titles_agree(row.title, title);
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

/* "deep_learning-notes.md" -> "deep learning notes" */
static char *title_from_name(struct arena *arena, const char *origin)
{
    char *title = arena_strndup(arena, path_base(origin), TITLE_BYTES), *dot = strrchr(title, '.');
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
    return result;
}

/* ---- the transaction ---- */

struct saving {
    struct document_save save;
    struct str packed;
    int8_t *vectors;
    uint32_t minhash[MINHASH_SIZE];
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

    (void)page;
    return documents_save(store, &saving->save, NULL, err);
}

/* Everything about the document, and its record when it has text, at once. */
static int save(struct keeper *keeper, struct arena *arena, const struct document *doc,
                const char *origin, const char *belongs, struct kept *kept, int64_t bytes,
                struct error *err)
{
    struct saving saving = { .packed = STR_INIT };
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

/* ---- one file ---- */

static int tell_work(struct keeper *keeper, struct kept *kept, struct arena *arena, int64_t work,
                     struct error *err)
{
    struct work_row row = { 0 };
    int result = work ? works_rows(keeper->store, arena, &work, 1, &row, err) : ERR_OK;

    kept->work = arena_strdup(arena, row.key ? row.key : "");
    if (row.title)
        kept->title = row.title;
    return result;
}

static int tell_near(struct keeper *keeper, struct kept *kept, struct arena *arena, int64_t id,
                     struct error *err)
{
    struct document_pair *pairs;
    size_t count, i;
    int result = documents_near(&pairs, &count, keeper->store, arena, id, NEAR_LEAST, err);

    kept->near = arena_alloc(arena, (count + 1) * sizeof *kept->near);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct document_near *near = &kept->near[kept->near_count++];
        struct stored_document other;
        struct work_row row = { 0 };

        result = documents_get(&other, keeper->store, arena,
                               pairs[i].a == id ? pairs[i].b : pairs[i].a, err);
        if (result == ERR_OK && other.work)
            result = works_rows(keeper->store, arena, &other.work, 1, &row, err);
        if (result == ERR_OK)
            *near = (struct document_near){ .work = row.key ? row.key : arena_strdup(arena, ""),
                                            .name = arena_printf(arena, "file:%s", other.name),
                                            .title = row.title ? row.title : other.title,
                                            .similarity = pairs[i].similarity };
    }
    return result;
}

/* What the library has of it, told. */
static int tell(struct keeper *keeper, struct kept *kept, struct arena *arena, struct error *err)
{
    struct stored_document row;
    int result = documents_find(&row, keeper->store, arena, kept->sha256, err);

    if (result != ERR_OK)
        return result;
    kept->state = row.state;
    kept->format = row.format;
    kept->message = row.message;
    kept->pages = row.pages;
    kept->chars = row.chars;
    kept->title = row.title;
    kept->text = strcmp(row.state, "done") == 0 || strcmp(row.state, "repaired") == 0;
    result = tell_work(keeper, kept, arena, row.work, err);
    return result == ERR_OK ? tell_near(keeper, kept, arena, row.id, err) : result;
}

/* What the library has of a file before it is read. */
struct before {
    bool known;   /* it is there, as good as this reader and these limits can have it */
    bool refused; /* it is no document */
    bool text;
};

/* Is it the document of the work that it was fetched for? */
static int is_of(bool *of, struct keeper *keeper, const struct stored_document *row,
                 const char *belongs, struct error *err)
{
    int64_t work = 0;
    int result;

    *of = true;
    if (!belongs || !*belongs)
        return ERR_OK;
    result = works_find(keeper->store, &work, belongs, err);
    *of = result == ERR_OK && work == row->work;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int look_before(struct before *before, struct keeper *keeper, const char *sha,
                       const char *belongs, struct arena *arena, struct error *err)
{
    const struct config *config = keeper->app->config;
    struct stored_document row;
    bool of = true;
    int result = documents_find(&row, keeper->store, arena, sha, err);

    *before = (struct before){ .known = false };
    if (result == ERR_NOTFOUND)
        return ERR_OK;
    if (result == ERR_OK)
        result = is_of(&of, keeper, &row, belongs, err);
    if (result != ERR_OK)
        return result;
    before->refused = strcmp(row.state, "refused") == 0;
    before->text = strcmp(row.state, "done") == 0 || strcmp(row.state, "repaired") == 0;
    before->known = row.reader == DOCUMENT_READER && strcmp(row.state, "encrypted") != 0
                    && (of || !before->text) && !ocr_would_help(config, row.message)
                    && (strcmp(row.state, "limit") != 0
                        || (row.time_limit_ms >= config_int(config, "process.time-limit")
                            && row.memory_limit >= config_int(config, "process.memory-limit")));
    return ERR_OK;
}

int keeper_keep(struct keeper *keeper, const char *path, const char *origin, const char *belongs,
                bool again, struct arena *arena, struct kept *kept, struct error *err)
{
    struct document *doc = NULL;
    char *copy = NULL, *place;
    int64_t bytes = 0;
    struct before before;
    int result = copy_in(keeper, path, kept->sha256, &bytes, &copy, err);

    if (result != ERR_OK) {
        free(copy);
        return result;
    }
    snprintf(kept->name, sizeof kept->name, "file:%.*s", DOCUMENT_NAME_LEN, kept->sha256);
    place = documents_path(keeper->store, kept->sha256);
    result = look_before(&before, keeper, kept->sha256, belongs, arena, err);
    kept->unchanged = before.known && !again;
    if (result == ERR_OK && !kept->unchanged)
        result = document_reader_read(&keeper->reader, path, &doc, err);
    if (result == ERR_OK && doc) {
        kept->text = document_state_is_text(doc->state);
        before.refused = doc->state == DOCUMENT_REFUSED;
    }
    /* What is no document is not worth its room; the rest may be read one day. */
    if (result == ERR_OK && !before.refused && !file_exists(place))
        result = move_in(keeper, copy, kept->sha256, err);
    /* A reading that fails does not take away what an earlier one has found. */
    if (result == ERR_OK && doc && (kept->text || !before.text))
        result = save(keeper, arena, doc, origin, belongs, kept, bytes, err);
    if (result == ERR_OK)
        result = tell(keeper, kept, arena, err);
    unlink(copy);
    free(copy);
    free(place);
    document_free(doc);
    return result;
}

/* ---- reading what was kept ---- */

int keep_open_document(struct document **out, struct store *store, struct arena *arena,
                       const char *id, struct stored_document *which, struct error *err)
{
    struct stored_document *documents, found;
    struct str packed = STR_INIT;
    int64_t work = 0;
    size_t count = 0, i;
    int result = works_find(store, &work, id, err);

    *out = NULL;
    if (result == ERR_OK)
        result = documents_of(&documents, &count, store, arena, work, err);
    if (result != ERR_OK)
        return result;
    /* file:NAME means that one; another id the newest that can be read. */
    for (i = 0; i < count; i++)
        if (str_starts(id, "file:") ? str_eq(documents[i].name, id + 5)
                                    : strcmp(documents[i].state, "done") == 0
                                          || strcmp(documents[i].state, "repaired") == 0)
            break;
    if (i == count)
        return error_set(
            err, ERR_NOTFOUND,
            "there is no document of %s in the library: 'carrel process %s' fetches its PDF, "
            "'carrel process FILE' takes one",
            id, id);
    found = documents[i];
    result = documents_packed(&packed, store, found.id, err);
    if (result == ERR_OK)
        result = document_unpack(out, packed.ptr, packed.len, err);
    str_free(&packed);
    if (which)
        *which = found;
    return result;
}
