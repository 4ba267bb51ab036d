/*
 * A trained table as a model file: rows to int8 with their weight in the scale, words into the
 * hash, checksums last. See internal.h for the layout.
 */
#include "train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void write_row(char *bytes, struct model_row *out, const struct table *table, uint32_t row)
{
    const float *e = table->e + (size_t)row * table->dim;
    float weight = (float)number_exp(table->a[row]), largest = 0, scale;
    double a = (double)table->a[row] * (double)MODEL_FIXED;
    uint32_t k;

    for (k = 0; k < table->dim; k++)
        largest = fmaxf(largest, fabsf(e[k]));
    scale = largest > 0 ? 127 / largest : 0;
    for (k = 0; k < table->dim; k++)
        bytes[k] = (char)(int8_t)lrintf(e[k] * scale);
    out->scale = weight * largest / 127;
    out->log_weight = (int16_t)lrint(a < -32000 ? -32000 : a > 32000 ? 32000 : a);
}

static void write_words(char *bytes, const struct model_layout *layout,
                        const struct vocabulary_rows *rows, const struct model_header *header)
{
    uint32_t *offsets = (uint32_t *)(void *)(bytes + layout->offsets);
    uint32_t *slots = (uint32_t *)(void *)(bytes + layout->slots), i, at = 0;

    for (i = 0; i < rows->words; i++) {
        uint64_t hash = hash64(rows->word[i].text, rows->word[i].len, 0);
        uint32_t slot = (uint32_t)hash & (header->slots - 1);

        while (slots[slot])
            slot = (slot + 1) & (header->slots - 1);
        slots[slot] = model_slot(i, hash);
        offsets[i] = at;
        memcpy(bytes + layout->pool + at, rows->word[i].text, rows->word[i].len);
        at += rows->word[i].len;
    }
    offsets[rows->words] = at;
}

static void header_sizes(struct model_header *header, const struct table *table,
                         const struct vocabulary_rows *rows)
{
    uint32_t i;

    header->magic = MODEL_MAGIC;
    header->version = MODEL_VERSION;
    header->dim = table->dim;
    header->words = rows->words;
    header->buckets = rows->buckets;
    header->slots = 64;
    while (header->slots < rows->words + rows->words / 2)
        header->slots *= 2;
    header->pool = 0;
    for (i = 0; i < rows->words; i++)
        header->pool += rows->word[i].len;
}

void model_write(struct str *out, const struct table *table, const struct vocabulary_rows *rows,
                 struct model_header *header)
{
    struct model_layout layout;
    struct model_row *numbers;
    uint32_t i;

    header_sizes(header, table, rows);
    if (!model_layout(&layout, header))
        die("the model's sizes do not fit its format");
    str_clear(out);
    str_reserve(out, layout.size);
    memset(out->ptr, 0, layout.size + 1);
    out->len = layout.size;
    numbers = (struct model_row *)(void *)(out->ptr + layout.rows);
    for (i = 0; i < table->rows; i++) {
        write_row(out->ptr + layout.table + (size_t)i * table->dim, &numbers[i], table, i);
        if (i < rows->words)
            numbers[i].idf = (uint16_t)lrintf(rows->word[i].idf * MODEL_FIXED);
    }
    write_words(out->ptr, &layout, rows, header);
    header->id = hash64(out->ptr + sizeof *header, layout.size - sizeof *header, 0);
    header->header_hash = 0;
    header->header_hash = model_header_hash(header);
    memcpy(out->ptr, header, sizeof *header);
}
