/*
 * Reading a model file: the checks that make its use safe, and words.
 *
 * Opening looks at the header and the sizes alone, so that a mapped model costs no memory before it
 * is used. What lies behind is checked where it is read (an offset outside the pool is no word),
 * and embed_verify reads all.
 */
#include "internal.h"

#include "carrel/hash.h"
#include "carrel/mem.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool model_layout(struct model_layout *out, const struct model_header *header)
{
    size_t count = (size_t)header->words + header->buckets;

    if (header->dim < 64 || header->dim > EMBED_DIM_MAX || header->dim % 64 || header->words < 1
        || header->words > MODEL_WORDS_MAX || header->buckets > MODEL_BUCKETS_MAX
        || header->slots <= header->words || header->slots > 4 * MODEL_WORDS_MAX
        || (header->slots & (header->slots - 1)) != 0 || header->pool > (64u << 20))
        return false;
    out->rows = sizeof *header;
    out->offsets = out->rows + count * sizeof(struct model_row);
    out->slots = out->offsets + ((size_t)header->words + 1) * sizeof(uint32_t);
    out->pool = out->slots + (size_t)header->slots * sizeof(uint32_t);
    out->table = (out->pool + header->pool + MODEL_PAGE - 1) / MODEL_PAGE * MODEL_PAGE;
    out->size = out->table + count * header->dim;
    return out->size <= MODEL_SIZE_MAX;
}

uint64_t model_header_hash(const struct model_header *header)
{
    struct model_header copy = *header;

    copy.header_hash = 0;
    return hash64(&copy, sizeof copy, 0);
}

void model_info(struct embed_info *out, const struct model_header *header)
{
    *out = (struct embed_info){ .id = header->id,
                                .dim = (int)header->dim,
                                .words = header->words,
                                .buckets = header->buckets,
                                .seed = header->seed,
                                .inputs = header->inputs,
                                .base = header->base,
                                .docs = header->docs,
                                .tokens = header->tokens,
                                .epochs = (int)header->epochs,
                                .batch = (int)header->batch,
                                .rate = header->rate,
                                .temperature = header->temperature,
                                .drop = header->drop,
                                .sif = header->sif,
                                .title_hit = header->title_hit,
                                .sentence_hit = header->sentence_hit };
    snprintf(out->name, sizeof out->name, "carrel-%" PRIu32 "-%08" PRIx32, header->dim,
             (uint32_t)(header->id >> 32));
}

/* `name` is what messages call it. */
static int model_check(const unsigned char *bytes, size_t len, struct model_layout *layout,
                       const char *name, struct error *err)
{
    const struct model_header *header = (const struct model_header *)(const void *)bytes;

    if (len < sizeof *header || header->magic != MODEL_MAGIC)
        return error_set(err, ERR_PARSE, "%s is not an embedding model of carrel", name);
    if (header->version > MODEL_VERSION)
        return error_set(err, ERR_VERSION,
                         "%s was made by a newer carrel (model version %" PRIu32
                         ", this one knows %d); update carrel",
                         name, header->version, MODEL_VERSION);
    if (header->version < 1 || header->header_hash != model_header_hash(header)
        || !model_layout(layout, header))
        return error_set(err, ERR_PARSE, "%s: the model's header is damaged", name);
    if (len != layout->size)
        return error_set(err, ERR_PARSE, "%s: the model is %zu bytes long and should be %zu", name,
                         len, layout->size);
    return ERR_OK;
}

static int model_open(struct embed_model **out, const void *bytes, size_t len, const char *name,
                      struct error *err)
{
    const unsigned char *at = bytes;
    struct model_layout layout;
    struct embed_model *model;
    int result = model_check(at, len, &layout, name, err);

    *out = NULL;
    if (result != ERR_OK)
        return result;
    model = mem_zalloc(sizeof *model);
    model->kernels = kernels_best();
    model->size = len;
    model->header = bytes;
    model->rows = (const void *)(at + layout.rows);
    model->offsets = (const void *)(at + layout.offsets);
    model->slots = (const void *)(at + layout.slots);
    model->pool = (const char *)(at + layout.pool);
    model->table = (const int8_t *)(at + layout.table);
    model_info(&model->info, model->header);
    *out = model;
    return ERR_OK;
}

int embed_open_memory(struct embed_model **out, const void *bytes, size_t len, struct error *err)
{
    if ((uintptr_t)bytes % 8 != 0)
        return error_set(err, ERR_FAILED, "a model in memory must be aligned to 8 bytes");
    return model_open(out, bytes, len, "the model in memory", err);
}

int embed_open(struct embed_model **out, const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), result;
    struct stat st;
    void *map;

    *out = NULL;
    if (fd < 0 || fstat(fd, &st) != 0) {
        result = error_errno(err, "cannot open the model %s", path);
        if (fd >= 0)
            close(fd);
        return result;
    }
    if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(struct model_header)
        || (uint64_t)st.st_size > MODEL_SIZE_MAX) {
        close(fd);
        return error_set(err, ERR_PARSE, "%s is not an embedding model of carrel", path);
    }
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    result = map == MAP_FAILED ? error_errno(err, "cannot map the model %s", path) : ERR_OK;
    close(fd);
    if (result != ERR_OK)
        return result;
    result = model_open(out, map, (size_t)st.st_size, path, err);
    if (result == ERR_OK)
        (*out)->map = map;
    else
        munmap(map, (size_t)st.st_size);
    return result;
}

void embed_close(struct embed_model *model)
{
    if (!model)
        return;
    if (model->map)
        munmap(model->map, model->size);
    free(model);
}

const struct embed_info *embed_info(const struct embed_model *model)
{
    return &model->info;
}

size_t embed_size(const struct embed_model *model)
{
    return model->size;
}

/* Every number in it that arithmetic will meet must be one. */
static bool model_finite(const struct embed_model *model)
{
    size_t count = (size_t)model->info.words + model->info.buckets, i;

    for (i = 0; i < count; i++)
        if (!isfinite(model->rows[i].scale))
            return false;
    return true;
}

int embed_verify(const struct embed_model *model, struct error *err)
{
    const unsigned char *bytes = (const void *)model->header;
    uint64_t id = hash64(bytes + sizeof *model->header, model->size - sizeof *model->header, 0);
    uint32_t i;

    if (id != model->info.id || !model_finite(model))
        return error_set(err, ERR_CORRUPT, "the model %s is damaged: its checksum does not match",
                         model->info.name);
    for (i = 0; i < model->info.words; i++) {
        size_t len;
        const char *stem = embed_word_stem(model, i, &len);

        if (len == 0 || embed_word(model, stem, len) != i)
            return error_set(err, ERR_CORRUPT,
                             "the model %s is damaged: word %" PRIu32 " cannot be found",
                             model->info.name, i);
    }
    return ERR_OK;
}

/* ---- words ---- */

const char *model_stem(const char *stem, size_t *len)
{
    static const char *const greek[] = {
        "alpha", "beta",   "gamma",   "delta", "epsilon", "zeta",    "eta",   "theta", "iota",
        "kappa", "lambda", "mu",      "nu",    "xi",      "omicron", "pi",    "rho",   "sigma",
        "sigma", "tau",    "upsilon", "phi",   "chi",     "psi",     "omega",
    };
    unsigned rune;

    if (*len != 2 || ((unsigned char)stem[0] != 0xCE && (unsigned char)stem[0] != 0xCF))
        return stem;
    rune = ((unsigned char)stem[0] & 0x1Fu) << 6 | ((unsigned char)stem[1] & 0x3Fu);
    if (rune < 0x3B1 || rune > 0x3C9)
        return stem;
    *len = strlen(greek[rune - 0x3B1]);
    return greek[rune - 0x3B1];
}

const char *embed_word_stem(const struct embed_model *model, uint32_t word, size_t *len)
{
    uint32_t from, to;

    *len = 0;
    if (word >= model->info.words)
        return "";
    from = model->offsets[word];
    to = model->offsets[word + 1];
    if (from > to || to > model->header->pool)
        return "";
    *len = to - from;
    return model->pool + from;
}

uint32_t embed_word(const struct embed_model *model, const char *stem, size_t len)
{
    uint32_t mask = model->header->slots - 1, tries;
    uint64_t hash;
    size_t at;

    stem = model_stem(stem, &len);
    hash = hash64(stem, len, 0);
    at = (size_t)hash & mask;
    for (tries = 0; tries <= mask; tries++, at = (at + 1) & mask) {
        uint32_t slot = model->slots[at], word = (slot & ((1u << MODEL_WORD_BITS) - 1)) - 1;
        const char *known;
        size_t known_len;

        if (slot == 0)
            return EMBED_NONE;
        if (slot != model_slot(word, hash))
            continue;
        known = embed_word_stem(model, word, &known_len);
        if (known_len == len && memcmp(known, stem, len) == 0)
            return word;
    }
    return EMBED_NONE;
}

const int8_t *embed_word_row(const struct embed_model *model, uint32_t word)
{
    return model->table + (size_t)word * (size_t)model->info.dim;
}

float embed_word_weight(const struct embed_model *model, uint32_t word)
{
    return expf((float)model->rows[word].log_weight / MODEL_FIXED);
}

float embed_word_idf(const struct embed_model *model, uint32_t word)
{
    return (float)model->rows[word].idf / MODEL_FIXED;
}

size_t model_pieces(uint32_t out[PIECES_MAX], const char *stem, size_t len, uint32_t buckets)
{
    uint32_t whole = buckets / 2, grams = buckets - whole;
    char edged[80];
    size_t count = 0, i;

    if (buckets < 2 || len == 0)
        return 0;
    len = len > sizeof edged - 2 ? sizeof edged - 2 : len;
    edged[0] = '<';
    memcpy(edged + 1, stem, len);
    edged[len + 1] = '>';
    len += 2;
    out[count++] = (uint32_t)(hash64(edged, len, 0) % whole);
    if (len < GRAM_LEN)
        return count;
    for (i = 0; i + GRAM_LEN <= len && count < PIECES_MAX; i++)
        out[count++] = whole + (uint32_t)(hash64(edged + i, GRAM_LEN, 1) % grams);
    return count;
}
