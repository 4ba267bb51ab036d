/*
 * Writing a segment: terms in order, everything else buffered or kept for the end.
 *
 * The file has a temporary name until it is whole and on the disk, so a crash leaves at most a
 * file that nobody reads (store/segments.c sweeps those).
 */
#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include "internal.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct postings_writer {
    char *path, *temporary;
    int fd;
    struct postings_info info;
    struct bm25f bm;
    uint8_t *buffer; /* the chunk being filled */
    size_t used;
    uint64_t written, hash;
    struct str dictionary, index, scratch;
    char last[256];
    size_t last_len, in_group;
    uint64_t terms, groups;
};

int postings_writer_new(struct postings_writer **out, const char *path,
                        const struct postings_info *info, struct error *err)
{
    struct postings_writer *writer = mem_zalloc(sizeof *writer);
    uint8_t blank[POSTINGS_HEADER] = { 0 };

    *out = NULL;
    writer->path = mem_strdup(path);
    writer->temporary = mem_printf("%s.tmp", path);
    writer->info = *info;
    bm25f_init(&writer->bm, info->avg_title, info->avg_abstract, info->avg_authors);
    str_init(&writer->dictionary);
    str_init(&writer->index);
    str_init(&writer->scratch);
    writer->fd = open(writer->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->fd < 0 || write(writer->fd, blank, sizeof blank) != (ssize_t)sizeof blank) {
        int result = error_errno(err, "cannot write %s", writer->temporary);

        postings_writer_free(writer);
        return result;
    }
    writer->buffer = mem_alloc(POSTINGS_CHUNK);
    writer->written = POSTINGS_HEADER;
    *out = writer;
    return ERR_OK;
}

static int writer_flush(struct postings_writer *writer, struct error *err)
{
    int result = ERR_OK;

    if (writer->used > 0) {
        writer->hash = postings_hash(writer->hash, writer->buffer, writer->used);
        result = fd_write_all(writer->fd, writer->buffer, writer->used, err);
        if (result != ERR_OK)
            error_context(err, "%s", writer->temporary);
    }
    writer->used = 0;
    return result;
}

static int writer_put(struct postings_writer *writer, const void *bytes, size_t len,
                      struct error *err)
{
    const uint8_t *at = bytes;
    int result = ERR_OK;

    writer->written += len;
    while (len > 0 && result == ERR_OK) {
        size_t room = POSTINGS_CHUNK - writer->used, part = len < room ? len : room;

        memcpy(writer->buffer + writer->used, at, part);
        writer->used += part;
        at += part;
        len -= part;
        if (writer->used == POSTINGS_CHUNK)
            result = writer_flush(writer, err);
    }
    return result;
}

static void add_varint(struct str *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        str_add_char(out, (char)(value | 0x80));
    str_add_char(out, (char)value);
}

struct block_head {
    uint32_t last, offset;
    uint8_t doc_bits, other_bits, abstract_bits, bound;
};
_Static_assert(sizeof(struct block_head) == POSTINGS_HEAD, "as in the file");

/* Packs up to a block of postings behind `out`. */
static void writer_block(struct postings_writer *writer, struct str *out, struct block_head *head,
                         const struct posting *items, size_t count, uint32_t before,
                         const struct lengths_entry *lengths, size_t length_count)
{
    uint32_t values[4][POSTINGS_BLOCK], max[4] = { 0 };
    unsigned bits[4], k;
    double bound = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        const struct posting *item = &items[i];
        const struct lengths_entry *length = item->doc < length_count ? &lengths[item->doc] : NULL;
        double sum = bm25f_sum(&writer->bm, item->title, item->abstract, item->authors, length);

        bound = sum > bound ? sum : bound;
        values[0][i] = item->doc - before - 1;
        values[1][i] = item->title;
        values[2][i] = item->abstract;
        values[3][i] = item->authors;
        before = item->doc;
        for (k = 0; k < 4; k++)
            max[k] = values[k][i] > max[k] ? values[k][i] : max[k];
    }
    head->last = before;
    head->bound = bound_pack(bound);
    for (k = 0; k < 4; k++)
        bits[k] = pack_width(max[k]);
    head->doc_bits = (uint8_t)bits[0];
    head->other_bits = (uint8_t)(bits[1] | bits[3] << 4);
    head->abstract_bits = (uint8_t)bits[2];
    for (k = 0; k < 4; k++) {
        str_reserve(out, pack_size(count, bits[k]));
        out->len += pack_bits((uint8_t *)out->ptr + out->len, values[k], count, bits[k]);
    }
}

static void writer_entry(struct postings_writer *writer, const char *stem, size_t len, size_t df,
                         size_t bytes, uint8_t bound)
{
    size_t shared = 0;

    if (writer->in_group == POSTINGS_GROUP || writer->terms == 0) {
        uint32_t offset = (uint32_t)writer->dictionary.len;

        str_add_mem(&writer->index, (const char *)&offset, sizeof offset);
        str_add_mem(&writer->dictionary, (const char *)&writer->written, sizeof writer->written);
        writer->in_group = 0;
        writer->groups++;
    } else {
        while (shared < len && shared < writer->last_len && writer->last[shared] == stem[shared])
            shared++;
    }
    str_add_char(&writer->dictionary, (char)shared);
    str_add_char(&writer->dictionary, (char)(len - shared));
    str_add_mem(&writer->dictionary, stem + shared, len - shared);
    add_varint(&writer->dictionary, df);
    add_varint(&writer->dictionary, bytes);
    str_add_char(&writer->dictionary, (char)bound);
    memcpy(writer->last, stem, len);
    writer->last_len = len;
    writer->in_group++;
    writer->terms++;
}

int postings_writer_term(struct postings_writer *writer, const char *stem, size_t len,
                         const struct posting *items, size_t count,
                         const struct lengths_entry *lengths, size_t length_count,
                         struct error *err)
{
    size_t blocks = (count + POSTINGS_BLOCK - 1) / POSTINGS_BLOCK, b, heads;
    struct str *out = &writer->scratch;
    uint32_t before = UINT32_MAX; /* the first difference is doc - (-1) - 1 */
    uint8_t bound = 0;

    assert(count > 0 && len > 0 && len < sizeof writer->last);
    str_clear(out);
    heads = blocks > 1 ? blocks * POSTINGS_HEAD : 4;
    str_add_repeat(out, '\0', heads);
    for (b = 0; b < blocks; b++) {
        size_t from = b * POSTINGS_BLOCK;
        size_t n = count - from < POSTINGS_BLOCK ? count - from : POSTINGS_BLOCK;
        struct block_head head = { .offset = (uint32_t)(out->len - heads) };

        writer_block(writer, out, &head, items + from, n, before, lengths, length_count);
        before = head.last;
        bound = head.bound > bound ? head.bound : bound;
        if (blocks > 1)
            memcpy(out->ptr + b * POSTINGS_HEAD, &head, sizeof head);
        else
            memcpy(out->ptr, &head.doc_bits, 4);
    }
    writer_entry(writer, stem, len, count, out->len, bound);
    return writer_put(writer, out->ptr, out->len, err);
}

static int writer_tail(struct postings_writer *writer, struct postings_header *header,
                       struct error *err)
{
    static const uint8_t pad[POSTINGS_PAD];
    int result;

    header->dictionary = writer->written;
    result = writer_put(writer, writer->dictionary.ptr, writer->dictionary.len, err);
    header->index = writer->written;
    if (result == ERR_OK)
        result = writer_put(writer, writer->index.ptr, writer->index.len, err);
    if (result == ERR_OK)
        result = writer_put(writer, pad, sizeof pad, err);
    if (result == ERR_OK)
        result = writer_flush(writer, err);
    return result;
}

int postings_writer_finish(struct postings_writer *writer, uint64_t *hash, struct error *err)
{
    struct postings_header header = {
        .magic = POSTINGS_MAGIC,
        .version = 1,
        .library_id = writer->info.library_id,
        .name = writer->info.name,
        .first_id = writer->info.first_id,
        .last_id = writer->info.last_id,
        .docs = writer->info.docs,
        .avg_title = writer->info.avg_title,
        .avg_abstract = writer->info.avg_abstract,
        .avg_authors = writer->info.avg_authors,
        .groups = writer->groups,
        .terms = writer->terms,
    };
    int result = writer_tail(writer, &header, err);

    if (result != ERR_OK)
        return result;
    header.size = writer->written;
    header.hash = postings_hash(0, (const uint8_t *)&header, sizeof header);
    *hash = postings_hash(writer->hash, (const uint8_t *)&header, sizeof header);
    if (pwrite(writer->fd, &header, sizeof header, 0) != (ssize_t)sizeof header
        || fsync(writer->fd) != 0 || rename(writer->temporary, writer->path) != 0)
        return error_errno(err, "cannot write %s", writer->path);
    free(writer->temporary);
    writer->temporary = NULL;
    return ERR_OK;
}

void postings_writer_free(struct postings_writer *writer)
{
    if (!writer)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->temporary)
        unlink(writer->temporary);
    str_free(&writer->dictionary);
    str_free(&writer->index);
    str_free(&writer->scratch);
    free(writer->buffer);
    free(writer->temporary);
    free(writer->path);
    free(writer);
}
