/*
 * Reading a segment through a mapping. The header is checked once; everything behind it where it
 * is used.
 */
#include "carrel/mem.h"

#include "internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the file ---- */

static bool header_fits(const struct postings_header *header, size_t size)
{
    struct postings_header plain = *header;

    plain.hash = 0;
    return header->magic == POSTINGS_MAGIC && header->version == 1
           && header->hash == postings_hash(0, (const uint8_t *)&plain, sizeof plain)
           && header->size == size && header->dictionary >= POSTINGS_HEADER
           && header->dictionary <= header->index && header->index <= size - POSTINGS_PAD
           && header->groups == (size - POSTINGS_PAD - header->index) / 4
           && header->first_id <= header->last_id
           && header->last_id - header->first_id < (int64_t)UINT32_MAX - 1 && header->avg_title >= 1
           && header->avg_abstract >= 1 && header->avg_authors >= 1;
}

static int postings_map(struct postings *postings, int fd, const char *path, struct error *err)
{
    struct postings_header header;
    struct stat st;

    if (fstat(fd, &st) != 0)
        return error_errno(err, "cannot read %s", path);
    if (st.st_size < POSTINGS_HEADER + POSTINGS_PAD)
        return error_set(err, ERR_CORRUPT, "%s is cut short", path);
    postings->size = (size_t)st.st_size;
    postings->map = mmap(NULL, postings->size, PROT_READ, MAP_SHARED, fd, 0);
    if (postings->map == MAP_FAILED) {
        postings->map = NULL;
        return error_errno(err, "cannot map %s", path);
    }
    memcpy(&header, postings->map, sizeof header);
    if (!header_fits(&header, postings->size))
        return error_set(err, ERR_CORRUPT, "%s is not a whole segment", path);
    postings->info = (struct postings_info){ .library_id = header.library_id,
                                             .name = header.name,
                                             .first_id = header.first_id,
                                             .last_id = header.last_id,
                                             .docs = header.docs,
                                             .avg_title = header.avg_title,
                                             .avg_abstract = header.avg_abstract,
                                             .avg_authors = header.avg_authors };
    postings->dictionary = header.dictionary;
    postings->index = header.index;
    postings->groups = header.groups;
    return ERR_OK;
}

int postings_open(struct postings **out, const char *path, struct error *err)
{
    struct postings *postings = mem_zalloc(sizeof *postings);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result;

    *out = NULL;
    if (fd < 0)
        result = error_errno(err, "cannot open %s", path);
    else
        result = postings_map(postings, fd, path, err);
    if (fd >= 0)
        close(fd);
    if (result != ERR_OK) {
        postings_close(postings);
        return result;
    }
    *out = postings;
    return ERR_OK;
}

void postings_close(struct postings *postings)
{
    if (!postings)
        return;
    if (postings->map)
        munmap((void *)(uintptr_t)postings->map, postings->size);
    free(postings);
}

const struct postings_info *postings_info(const struct postings *postings)
{
    return &postings->info;
}

size_t postings_bytes(const struct postings *postings)
{
    return postings->size;
}

void postings_release(const struct postings *postings)
{
    madvise((void *)(uintptr_t)postings->map, postings->size, MADV_DONTNEED);
}

int postings_verify(const struct postings *postings, uint64_t hash, struct error *err)
{
    uint64_t found = 0;
    size_t at, len;

    for (at = POSTINGS_HEADER; at < postings->size; at += len) {
        len = postings->size - at < POSTINGS_CHUNK ? postings->size - at : POSTINGS_CHUNK;
        found = postings_hash(found, postings->map + at, len);
    }
    found = postings_hash(found, postings->map, sizeof(struct postings_header));
    return found == hash ? ERR_OK : error_set(err, ERR_CORRUPT, "a segment's bytes have changed");
}

/* ---- the dictionary ---- */

struct entry {
    uint8_t shared, more;
    const char *bytes;
    uint64_t df, size;
    uint8_t bound;
};

static bool read_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    unsigned shift = 0;

    for (*value = 0; *at < end && shift < 63; shift += 7) {
        uint8_t byte = *(*at)++;

        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static bool read_entry(const uint8_t **at, const uint8_t *end, struct entry *entry)
{
    if (end - *at < 2)
        return false;
    entry->shared = (*at)[0];
    entry->more = (*at)[1];
    *at += 2;
    if (end - *at < entry->more)
        return false;
    entry->bytes = (const char *)*at;
    *at += entry->more;
    if (!read_varint(at, end, &entry->df) || !read_varint(at, end, &entry->size) || *at >= end)
        return false;
    entry->bound = *(*at)++;
    return true;
}

/* Where a group begins and ends in the map; false when the index lies. */
static bool group_range(const struct postings *postings, uint64_t group, const uint8_t **at,
                        const uint8_t **end)
{
    uint32_t from, to;
    uint64_t size = postings->index - postings->dictionary;

    memcpy(&from, postings->map + postings->index + group * 4, 4);
    if (group + 1 < postings->groups)
        memcpy(&to, postings->map + postings->index + (group + 1) * 4, 4);
    else
        to = (uint32_t)size;
    if (to > size || from > to || to - from < 8)
        return false;
    *at = postings->map + postings->dictionary + from;
    *end = postings->map + postings->dictionary + to;
    return true;
}

static int compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static bool term_fill(const struct postings *postings, uint64_t offset, const struct entry *entry,
                      struct postings_term *out)
{
    uint64_t heads;

    if (entry->df == 0 || entry->df > UINT32_MAX || offset < POSTINGS_HEADER
        || entry->size > postings->dictionary || offset > postings->dictionary - entry->size)
        return false;
    out->postings = postings;
    out->df = (uint32_t)entry->df;
    out->blocks = (uint32_t)((entry->df + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK);
    out->bound = bound_unpack(entry->bound);
    heads = out->blocks > 1 ? (uint64_t)out->blocks * POSTINGS_HEAD : 0;
    if (entry->size < heads || (heads == 0 && entry->size < 4))
        return false;
    out->heads = heads ? postings->map + offset : NULL;
    out->data = postings->map + offset + heads;
    out->data_len = (size_t)(entry->size - heads);
    return true;
}

/* The last group whose first term is not behind the stem. */
static bool find_group(const struct postings *postings, const char *stem, size_t len,
                       uint64_t *group)
{
    uint64_t low = 0, high = postings->groups;

    while (low < high) {
        uint64_t mid = (low + high) / 2;
        const uint8_t *at, *end;
        struct entry entry;

        if (!group_range(postings, mid, &at, &end))
            return false;
        at += 8;
        if (!read_entry(&at, end, &entry))
            return false;
        if (compare_bytes(entry.bytes, entry.more, stem, len) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    *group = low - 1;
    return low > 0;
}

bool postings_find(const struct postings *postings, const char *stem, size_t len,
                   struct postings_term *out)
{
    uint64_t group, offset;
    const uint8_t *at, *end;
    struct entry entry;
    size_t same = 0; /* bytes that the term before had in common with the stem */
    bool first = true;

    if (!find_group(postings, stem, len, &group) || !group_range(postings, group, &at, &end))
        return false;
    memcpy(&offset, at, 8);
    at += 8;
    while (at < end && read_entry(&at, end, &entry)) {
        if (first || entry.shared <= same) {
            size_t from = first ? 0 : entry.shared, k = 0;

            while (k < entry.more && from + k < len && stem[from + k] == entry.bytes[k])
                k++;
            same = from + k;
            if (k == entry.more && same == len)
                return term_fill(postings, offset, &entry, out);
            if (k < entry.more && from + k < len
                && (unsigned char)entry.bytes[k] > (unsigned char)stem[from + k])
                return false;
        }
        offset += entry.size;
        first = false;
    }
    return false;
}

void postings_walk_start(struct postings_walk *walk, const struct postings *postings)
{
    memset(walk, 0, sizeof *walk);
    walk->postings = postings;
}

bool postings_walk_next(struct postings_walk *walk, struct postings_term *out)
{
    const struct postings *postings = walk->postings;
    const uint8_t *at, *end;
    struct entry entry;

    for (;;) {
        if (walk->block == postings->groups || !group_range(postings, walk->block, &at, &end))
            return false;
        if (walk->at == 0) {
            memcpy(&walk->offset, at, 8);
            walk->at = 8;
            walk->len = 0;
        }
        if (at + walk->at < end)
            break;
        walk->block++;
        walk->at = 0;
    }
    end = end > at + walk->at ? end : at;
    at += walk->at;
    {
        const uint8_t *from = at;

        if (!read_entry(&at, end, &entry) || entry.shared > walk->len
            || (size_t)entry.shared + entry.more >= sizeof walk->stem)
            return false;
        walk->at += (size_t)(at - from);
    }
    memcpy(walk->stem + entry.shared, entry.bytes, entry.more);
    walk->len = (size_t)entry.shared + entry.more;
    walk->stem[walk->len] = '\0';
    if (!term_fill(postings, walk->offset, &entry, out))
        return false;
    walk->offset += entry.size;
    return true;
}

/* ---- blocks ---- */

static uint32_t head_u32(const uint8_t *head)
{
    uint32_t value;

    memcpy(&value, head, 4);
    return value;
}

uint32_t postings_block_last(const struct postings_term *term, uint32_t block)
{
    return block + 1 >= term->blocks ? UINT32_MAX
                                     : head_u32(term->heads + (size_t)block * POSTINGS_HEAD);
}

double postings_block_bound(const struct postings_term *term, uint32_t block)
{
    static _Thread_local double table[256];

    if (!term->heads)
        return term->bound;
    if (table[255] == 0) {
        int i;

        for (i = 0; i < 256; i++)
            table[i] = bound_unpack((uint8_t)i);
    }
    return table[term->heads[(size_t)block * POSTINGS_HEAD + 11]];
}

bool postings_block_authors(const struct postings_term *term, uint32_t block)
{
    return (term->heads ? term->heads[(size_t)block * POSTINGS_HEAD + 9] : term->data[1]) >> 4;
}

uint32_t postings_block_seek(const struct postings_term *term, uint32_t from, uint32_t doc)
{
    uint32_t step = 1, low = from, high;

    if (from >= term->blocks || postings_block_last(term, from) >= doc)
        return from;
    /* Galloping: the next one is usually near. */
    while (low + step < term->blocks && postings_block_last(term, low + step) < doc) {
        low += step;
        step *= 2;
    }
    high = low + step < term->blocks ? low + step : term->blocks - 1;
    while (low + 1 < high) {
        uint32_t mid = low + (high - low) / 2;

        if (postings_block_last(term, mid) < doc)
            low = mid;
        else
            high = mid;
    }
    return high;
}

bool postings_docs(const struct postings_term *term, uint32_t block, struct postings_block *out)
{
    const uint8_t *head =
        term->heads ? term->heads + (size_t)block * POSTINGS_HEAD + 8 : term->data;
    size_t at = term->heads ? head_u32(head - 4) : 4, need, i;
    uint32_t before = UINT32_MAX;
    unsigned doc_bits = head[0];

    out->count =
        block + 1 < term->blocks ? POSTINGS_BLOCK : term->df - (term->blocks - 1) * POSTINGS_BLOCK;
    out->title_bits = head[1] & 15;
    out->authors_bits = head[1] >> 4;
    out->abstract_bits = head[2];
    if (doc_bits > 32 || out->abstract_bits > 16)
        return false;
    need = pack_size(out->count, doc_bits) + pack_size(out->count, out->title_bits)
           + pack_size(out->count, out->abstract_bits) + pack_size(out->count, out->authors_bits);
    if (at > term->data_len || need > term->data_len - at)
        return false;
    unpack_bits(out->docs, term->data + at, out->count, doc_bits);
    if (block > 0)
        before = head_u32(head - 8 - POSTINGS_HEAD);
    for (i = 0; i < out->count; i++)
        before = out->docs[i] += before + 1;
    out->counts_at = term->data + at + pack_size(out->count, doc_bits);
    return true;
}

void postings_counts(struct postings_block *block)
{
    const uint8_t *at = block->counts_at;

    unpack_bits16(block->title, at, block->count, block->title_bits);
    at += pack_size(block->count, block->title_bits);
    unpack_bits16(block->abstract, at, block->count, block->abstract_bits);
    at += pack_size(block->count, block->abstract_bits);
    unpack_bits16(block->authors, at, block->count, block->authors_bits);
}
