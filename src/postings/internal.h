/*
 * The segment file.
 *
 *   header      128 bytes, in the machine's byte order (another machine's has a wrong magic)
 *   postings    of each term in turn: block heads (only when there are several), then block data
 *   dictionary  groups of 16 terms: u64 offset of the first one's postings, then for each term
 *               u8 bytes shared with the one before, u8 further bytes, those bytes,
 *               varint df, varint bytes of postings, u8 bound
 *   index       u32 for each group: its offset in the dictionary
 *   8 zero bytes, so that a packed number can be read as eight bytes anywhere
 *
 * A block head is u32 last doc, u32 offset of the block in the term's data, u8 bits of a doc
 * difference, u8 bits of title and authors counts (low, high half), u8 bits of abstract counts,
 * u8 bound. A single block's data begins with the last four of these bytes.
 */
#ifndef CARREL_POSTINGS_INTERNAL_H
#define CARREL_POSTINGS_INTERNAL_H

#include "carrel/postings.h"

#define POSTINGS_MAGIC 0x31545350 /* "PST1" */
#define POSTINGS_GROUP 16         /* terms of a dictionary group */
#define POSTINGS_HEAD 12          /* bytes of a block head */
#define POSTINGS_PAD 8
#define POSTINGS_CHUNK (1 << 20) /* bytes hashed at a time */

struct postings_header {
    uint32_t magic, version;
    int64_t library_id, name, first_id, last_id, docs;
    double avg_title, avg_abstract, avg_authors;
    uint64_t dictionary, index; /* offsets in the file */
    uint64_t groups, terms, size;
    uint64_t hash; /* of the header with this field 0 */
};
_Static_assert(sizeof(struct postings_header) == 120, "padded to 128 in the file");
#define POSTINGS_HEADER 128

struct postings {
    const uint8_t *map;
    size_t size;
    struct postings_info info;
    uint64_t dictionary, index, groups;
};

/* Bounds are kept as powers: 255 stands for anything larger. */
uint8_t bound_pack(double sum); /* the smallest code that is not below it */
double bound_unpack(uint8_t code);

unsigned pack_width(uint32_t max);
/* `count` values of `bits` each; returns the bytes written (whole bytes, zero-filled). */
size_t pack_bits(uint8_t *out, const uint32_t *values, size_t count, unsigned bits);
static inline size_t pack_size(size_t count, unsigned bits)
{
    return (count * bits + 7) / 8;
}
void unpack_bits(uint32_t *out, const uint8_t *in, size_t count, unsigned bits);
void unpack_bits16(uint16_t *out, const uint8_t *in, size_t count, unsigned bits);

uint64_t postings_hash(uint64_t hash, const uint8_t *bytes, size_t len); /* of one chunk more */

#endif
