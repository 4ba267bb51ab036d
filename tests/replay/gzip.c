/*
 * gzip without zlib (RFC 1951, RFC 1952): stored blocks for ordinary bodies, which every client
 * must understand; and a run of zero bytes in fixed Huffman codes, which grows 158-fold.
 */
#include "replay.h"

#define STORED_MAX 65535u

static uint32_t crc_table[256];

static void crc_make(void)
{
    uint32_t i;

    for (i = 0; i < 256; i++) {
        uint32_t value = i;
        int bit;

        for (bit = 0; bit < 8; bit++)
            value = (value >> 1) ^ (value & 1 ? 0xEDB88320U : 0);
        crc_table[i] = value;
    }
}

/* `bytes` NULL: as many zeros. */
static uint32_t crc_of(const char *bytes, int64_t len)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    uint32_t crc = 0xFFFFFFFFU;
    int64_t i;

    pthread_once(&once, crc_make);
    for (i = 0; i < len; i++)
        crc = (crc >> 8) ^ crc_table[(crc ^ (bytes ? (unsigned char)bytes[i] : 0)) & 0xFF];
    return ~crc;
}

static void add_little(struct str *out, uint64_t value, int bytes)
{
    for (; bytes > 0; bytes--, value >>= 8)
        str_add_char(out, (char)(value & 0xFF));
}

static void gzip_head(struct str *out)
{
    str_add_mem(out, "\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
}

void gzip_store(struct str *out, const char *bytes, size_t len)
{
    size_t at = 0;

    gzip_head(out);
    do {
        size_t part = len - at > STORED_MAX ? STORED_MAX : len - at;

        str_add_char(out, at + part == len ? 1 : 0); /* last block?; type 00 */
        add_little(out, part, 2);
        add_little(out, part ^ 0xFFFF, 2);
        str_add_mem(out, bytes + at, part);
        at += part;
    } while (at < len);
    add_little(out, crc_of(bytes, (int64_t)len), 4);
    add_little(out, len, 4);
}

struct bits {
    struct str *out;
    uint32_t held;
    int count;
};

static void bits_add(struct bits *bits, uint32_t value, int count)
{
    bits->held |= value << bits->count;
    bits->count += count;
    for (; bits->count >= 8; bits->count -= 8, bits->held >>= 8)
        str_add_char(bits->out, (char)(bits->held & 0xFF));
}

/* Huffman codes are sent from their highest bit on. */
static void bits_add_code(struct bits *bits, uint32_t code, int count)
{
    for (count--; count >= 0; count--)
        bits_add(bits, (code >> count) & 1, 1);
}

/* Each match is length 258 (code 285: 11000101) at distance 1 (code 0: 00000); what is left over
 * goes as literals (byte 0: 00110000). */
void gzip_zeros(struct str *out, int64_t zeros)
{
    struct bits bits = { .out = out };
    int64_t left = zeros;

    gzip_head(out);
    bits_add(&bits, 1, 1); /* the last block */
    bits_add(&bits, 1, 2); /* fixed codes */
    if (left > 0) {
        bits_add_code(&bits, 0x30, 8);
        left--;
    }
    for (; left >= 258; left -= 258) {
        bits_add_code(&bits, 0xC5, 8);
        bits_add_code(&bits, 0, 5);
    }
    for (; left > 0; left--)
        bits_add_code(&bits, 0x30, 8);
    bits_add_code(&bits, 0, 7); /* end of block */
    bits_add(&bits, 0, 7);      /* to the next whole byte */
    add_little(out, crc_of(NULL, zeros), 4);
    add_little(out, (uint64_t)zeros, 4);
}
