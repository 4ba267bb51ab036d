/*
 * Sixel: a picture as bands of six rows, each colour of a band a line of characters with one bit
 * for each of the six. The colours are found by median cut over a histogram of 15 bits, so that a
 * page with few colours keeps them and a photograph gets 256 of its own.
 */
#include "carrel/picture.h"

#include "carrel/mem.h"

#include <stdlib.h>
#include <string.h>

#define BINS 32768 /* five bits of each channel */
#define PALETTE 256
#define BAND 6

struct bin {
    uint64_t sums[3];
    uint32_t count;
    uint16_t number; /* 15 bits */
    uint8_t color;
};

struct box {
    size_t from, to; /* of the bins in use */
    uint64_t count;
    int channel; /* the widest */
    int width;
};

struct palette {
    unsigned char rgb[PALETTE][3];
    size_t len;
    uint8_t by_bin[BINS];
};

static uint32_t bin_number(const unsigned char *rgb)
{
    return (uint32_t)(rgb[0] >> 3) << 10 | (uint32_t)(rgb[1] >> 3) << 5 | (uint32_t)(rgb[2] >> 3);
}

static int bin_value(const struct bin *bin, int channel)
{
    return (int)(bin->sums[channel] / bin->count);
}

static void box_measure(struct box *box, const struct bin *bins)
{
    int channel;
    size_t i;

    box->count = 0;
    box->width = -1;
    for (i = box->from; i < box->to; i++)
        box->count += bins[i].count;
    for (channel = 0; channel < 3; channel++) {
        int least = 255, most = 0;

        for (i = box->from; i < box->to; i++) {
            int value = bin_value(&bins[i], channel);

            least = value < least ? value : least;
            most = value > most ? value : most;
        }
        if (most - least > box->width) {
            box->width = most - least;
            box->channel = channel;
        }
    }
}

#define BY(name, channel)                                                                          \
    static int name(const void *a, const void *b)                                                  \
    {                                                                                              \
        return bin_value(a, channel) - bin_value(b, channel);                                      \
    }
BY(by_red, 0)
BY(by_green, 1)
BY(by_blue, 2)
#undef BY

/* Half of its pixels into a box of their own, which stays within [from + 1, to - 1]. */
static void box_split(struct box *box, struct box *upper, struct bin *bins)
{
    static int (*const by[3])(const void *, const void *) = { by_red, by_green, by_blue };
    uint64_t half = box->count / 2, sum = 0;
    size_t at = box->from;

    qsort(bins + box->from, box->to - box->from, sizeof *bins, by[box->channel]);
    while (at < box->to - 1 && (sum == 0 || sum + bins[at].count <= half))
        sum += bins[at++].count;
    upper->from = at;
    upper->to = box->to;
    box->to = at;
    box_measure(box, bins);
    box_measure(upper, bins);
}

/* The box whose split gains most; NULL: each is one colour. */
static struct box *box_to_split(struct box *boxes, size_t len)
{
    struct box *best = NULL;
    uint64_t best_gain = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        uint64_t width = (uint64_t)boxes[i].width, gain = width * width * boxes[i].count;

        if (boxes[i].to - boxes[i].from > 1 && gain > best_gain) {
            best = &boxes[i];
            best_gain = gain;
        }
    }
    return best;
}

static void palette_color(struct palette *palette, const struct box *box, const struct bin *bins)
{
    uint64_t sums[3] = { 0 };
    size_t i;
    int channel;

    for (i = box->from; i < box->to; i++) {
        for (channel = 0; channel < 3; channel++)
            sums[channel] += bins[i].sums[channel];
        palette->by_bin[bins[i].number] = (uint8_t)palette->len;
    }
    for (channel = 0; channel < 3; channel++)
        palette->rgb[palette->len][channel] =
            (unsigned char)((sums[channel] + box->count / 2) / box->count);
    palette->len++;
}

static size_t count_bins(struct bin *bins, const unsigned char *pixels, size_t count)
{
    size_t i, used = 0;
    int channel;

    for (i = 0; i < count; i++) {
        struct bin *bin = &bins[bin_number(pixels + 3 * i)];

        bin->count++;
        for (channel = 0; channel < 3; channel++)
            bin->sums[channel] += pixels[3 * i + (size_t)channel];
    }
    for (i = 0; i < BINS; i++) {
        if (bins[i].count == 0)
            continue;
        bins[i].number = (uint16_t)i;
        bins[used++] = bins[i];
    }
    return used;
}

static void palette_make(struct palette *palette, const unsigned char *pixels, size_t count)
{
    struct bin *bins = mem_zalloc(BINS * sizeof *bins);
    struct box boxes[PALETTE] = { { .from = 0 } }, *box;
    size_t len = 1, i;

    boxes[0].to = count_bins(bins, pixels, count);
    box_measure(&boxes[0], bins);
    while (len < PALETTE && (box = box_to_split(boxes, len)) != NULL)
        box_split(box, &boxes[len++], bins);
    palette->len = 0;
    for (i = 0; i < len; i++)
        palette_color(palette, &boxes[i], bins);
    free(bins);
}

/* ---- writing ---- */

/* There are hundreds of thousands of these in a picture: no printf. */
static void add_run(struct str *out, char c, uint32_t count)
{
    char digits[12];
    size_t at = sizeof digits;

    if (count <= 3) {
        str_add_repeat(out, c, count);
        return;
    }
    digits[--at] = c;
    for (; count > 0; count /= 10)
        digits[--at] = (char)('0' + count % 10);
    digits[--at] = '!';
    str_add_mem(out, digits + at, sizeof digits - at);
}

/* One colour of a band, without the blanks at its end. */
static void add_line(struct str *out, const unsigned char *bits, uint32_t width)
{
    uint32_t x, run;

    while (width > 0 && bits[width - 1] == 0)
        width--;
    for (x = 0; x < width; x += run) {
        for (run = 1; x + run < width && bits[x + run] == bits[x]; run++)
            ;
        add_run(out, (char)('?' + bits[x]), run);
    }
}

static void add_band(struct str *out, const struct palette *palette, const unsigned char *pixels,
                     uint32_t width, uint32_t rows, unsigned char *bits)
{
    bool used[PALETTE] = { false }, first = true;
    uint32_t x, y;
    size_t i;

    for (y = 0; y < rows; y++) {
        for (x = 0; x < width; x++) {
            uint8_t color = palette->by_bin[bin_number(pixels + ((size_t)y * width + x) * 3)];
            unsigned char *line = bits + (size_t)color * width;

            if (!used[color])
                memset(line, 0, width);
            used[color] = true;
            line[x] |= (unsigned char)(1 << y);
        }
    }
    for (i = 0; i < palette->len; i++) {
        if (!used[i])
            continue;
        str_printf(out, "%s#%zu", first ? "" : "$", i);
        add_line(out, bits + i * width, width);
        first = false;
    }
    str_add_char(out, '-');
}

void picture_sixel(struct str *out, const unsigned char *pixels, uint32_t width, uint32_t height)
{
    struct palette *palette = mem_alloc(sizeof *palette);
    unsigned char *bits = mem_alloc((size_t)PALETTE * width);
    uint32_t y;
    size_t i;

    palette_make(palette, pixels, (size_t)width * height);
    /* Pixels of aspect 1:1; what is not set keeps the background. */
    str_printf(out, "\033P0;1;0q\"1;1;%u;%u", width, height);
    for (i = 0; i < palette->len; i++)
        str_printf(out, "#%zu;2;%d;%d;%d", i, (palette->rgb[i][0] * 100 + 127) / 255,
                   (palette->rgb[i][1] * 100 + 127) / 255, (palette->rgb[i][2] * 100 + 127) / 255);
    for (y = 0; y < height; y += BAND)
        add_band(out, palette, pixels + (size_t)y * width * 3, width,
                 height - y < BAND ? height - y : BAND, bits);
    str_cut(out, out->len - 1); /* no new line behind the last band: nothing scrolls */
    str_add(out, "\033\\");
    free(bits);
    free(palette);
}
