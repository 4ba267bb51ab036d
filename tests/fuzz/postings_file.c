/*
 * A segment file of any bytes: opening it, finding words and walking postings read nothing outside
 * it. The header's checksum is made right, so that what lies behind it is reached.
 */
#include "carrel/mem.h"

#include "postings/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TERMS_MAX 2000
#define BLOCKS_MAX 64

static void read_term(const struct postings_term *term)
{
    static struct postings_block block;
    uint32_t i;

    for (i = 0; i < term->blocks && i < BLOCKS_MAX; i++) {
        postings_block_last(term, i);
        postings_block_bound(term, i);
        if (postings_docs(term, i, &block))
            postings_counts(&block);
    }
    postings_block_seek(term, 0, 77);
}

static void read_all(const struct postings *postings)
{
    static const char *const stems[] = { "a", "learn", "zz", "" };
    struct postings_walk walk;
    struct postings_term term;
    size_t i, count = 0;

    postings_walk_start(&walk, postings);
    while (count++ < TERMS_MAX && postings_walk_next(&walk, &term))
        read_term(&term);
    for (i = 0; i < ARRAY_LEN(stems); i++)
        if (postings_find(postings, stems[i], strlen(stems[i]), &term))
            read_term(&term);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/carrel-postings-XXXXXX";
    struct postings_header header;
    uint8_t *bytes = mem_dup(data, size);
    struct postings *postings;
    int fd = mkstemp(path);

    if (size >= sizeof header) {
        memcpy(&header, bytes, sizeof header);
        header.magic = POSTINGS_MAGIC;
        header.version = 1;
        header.size = size;
        header.hash = 0;
        header.hash = postings_hash(0, (const uint8_t *)&header, sizeof header);
        memcpy(bytes, &header, sizeof header);
    }
    if (fd >= 0 && write(fd, bytes, size) == (ssize_t)size
        && postings_open(&postings, path, NULL) == ERR_OK) {
        read_all(postings);
        postings_close(postings);
    }
    if (fd >= 0)
        close(fd);
    unlink(path);
    free(bytes);
    return 0;
}
