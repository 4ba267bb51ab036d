/*
 * One page through MuPDF's text device, with a device of our own in front of it that notes the
 * boxes of drawings and pictures on the way, so that a page is interpreted once.
 *
 * Characters become pieces: raised digits turn into superscript digits, accents that old fonts
 * print before or over a letter are put on it, glyphs without a meaning are left out.
 */
#include "mu.h"

#include "carrel/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX 200000 /* of a page */
#define DRAWINGS_MAX 20000

/* ---- the device in front ---- */

struct tee {
    fz_device super;
    fz_device *text;
    fz_rect bounds;
    struct raw_page *page;
};

struct document_box mu_box(fz_rect rect, fz_rect page)
{
    return (struct document_box){ rect.x0 - page.x0, rect.y0 - page.y0, rect.x1 - page.x0,
                                  rect.y1 - page.y0 };
}

static void tee_note(struct tee *tee, fz_rect rect, bool picture)
{
    struct raw_page *page = tee->page;
    struct drawing drawing = { .picture = picture };

    rect = fz_intersect_rect(rect, tee->bounds);
    if (page->drawing_count >= DRAWINGS_MAX || rect.x1 < rect.x0 || rect.y1 < rect.y0)
        return;
    drawing.box = mu_box(rect, tee->bounds);
    VEC_PUSH(page->drawings, page->drawing_count, page->drawing_cap, drawing);
}

static void tee_fill_path(fz_context *ctx, fz_device *dev, const fz_path *path, int even_odd,
                          fz_matrix ctm, fz_colorspace *space, const float *color, float alpha,
                          fz_color_params params)
{
    (void)even_odd;
    (void)params;
    /* White areas are backgrounds, not drawings. */
    if (alpha > 0 && !(space && color && space->type == FZ_COLORSPACE_GRAY && color[0] > 0.99F))
        tee_note((struct tee *)dev, fz_bound_path(ctx, path, NULL, ctm), false);
}

static void tee_stroke_path(fz_context *ctx, fz_device *dev, const fz_path *path,
                            const fz_stroke_state *stroke, fz_matrix ctm, fz_colorspace *space,
                            const float *color, float alpha, fz_color_params params)
{
    (void)space;
    (void)color;
    (void)params;
    if (alpha > 0)
        tee_note((struct tee *)dev, fz_bound_path(ctx, path, stroke, ctm), false);
}

static void tee_fill_image(fz_context *ctx, fz_device *dev, fz_image *image, fz_matrix ctm,
                           float alpha, fz_color_params params)
{
    (void)ctx;
    (void)image;
    (void)alpha;
    (void)params;
    tee_note((struct tee *)dev, fz_transform_rect(fz_unit_rect, ctm), true);
}

static void tee_fill_mask(fz_context *ctx, fz_device *dev, fz_image *image, fz_matrix ctm,
                          fz_colorspace *space, const float *color, float alpha,
                          fz_color_params params)
{
    (void)space;
    (void)color;
    tee_fill_image(ctx, dev, image, ctm, alpha, params);
}

static void tee_fill_shade(fz_context *ctx, fz_device *dev, fz_shade *shade, fz_matrix ctm,
                           float alpha, fz_color_params params)
{
    (void)alpha;
    (void)params;
    tee_note((struct tee *)dev, fz_bound_shade(ctx, shade, ctm), false);
}

static void tee_fill_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm,
                          fz_colorspace *space, const float *color, float alpha,
                          fz_color_params params)
{
    fz_fill_text(ctx, ((struct tee *)dev)->text, text, ctm, space, color, alpha, params);
}

static void tee_stroke_text(fz_context *ctx, fz_device *dev, const fz_text *text,
                            const fz_stroke_state *stroke, fz_matrix ctm, fz_colorspace *space,
                            const float *color, float alpha, fz_color_params params)
{
    fz_stroke_text(ctx, ((struct tee *)dev)->text, text, stroke, ctm, space, color, alpha, params);
}

static void tee_clip_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm,
                          fz_rect scissor)
{
    fz_clip_text(ctx, ((struct tee *)dev)->text, text, ctm, scissor);
}

static void tee_clip_stroke_text(fz_context *ctx, fz_device *dev, const fz_text *text,
                                 const fz_stroke_state *stroke, fz_matrix ctm, fz_rect scissor)
{
    fz_clip_stroke_text(ctx, ((struct tee *)dev)->text, text, stroke, ctm, scissor);
}

static void tee_ignore_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm)
{
    fz_ignore_text(ctx, ((struct tee *)dev)->text, text, ctm);
}

static fz_device *tee_new(fz_context *ctx, fz_device *text, fz_rect bounds, struct raw_page *page)
{
    struct tee *tee = fz_new_derived_device(ctx, struct tee);

    tee->super.fill_path = tee_fill_path;
    tee->super.stroke_path = tee_stroke_path;
    tee->super.fill_image = tee_fill_image;
    tee->super.fill_image_mask = tee_fill_mask;
    tee->super.fill_shade = tee_fill_shade;
    tee->super.fill_text = tee_fill_text;
    tee->super.stroke_text = tee_stroke_text;
    tee->super.clip_text = tee_clip_text;
    tee->super.clip_stroke_text = tee_clip_stroke_text;
    tee->super.ignore_text = tee_ignore_text;
    tee->text = text;
    tee->bounds = bounds;
    tee->page = page;
    return &tee->super;
}

/* ---- characters ---- */

/* What the font says of its characters; asked again only when the font changes. */
struct style {
    fz_font *font;
    unsigned flags;
};

static bool name_has(const char *name, const char *const *parts, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strstr(name, parts[i]))
            return true;
    return false;
}

static void style_of(fz_context *ctx, struct style *style, fz_font *font)
{
    static const char *const bold[] = { "Bold",
                                        "bold",
                                        "CMBX",
                                        "CMB1",
                                        "Medi",
                                        "Demi",
                                        "Heavy",
                                        "Black",
                                        "SFBX",
                                        "-B",
                                        "NimbusRomNo9L-Medi" };
    static const char *const math[] = { "CMMI",   "CMSY",  "CMEX", "MSAM", "MSBM",   "Math",
                                        "Symbol", "CMBSY", "EUFM", "rsfs", "stmary", "txsy" };
    static const char *const italic[] = { "Ital", "Obli", "CMTI", "CMSL", "SFTI" };
    const char *name = fz_font_name(ctx, font);

    if (font == style->font)
        return;
    style->font = font;
    style->flags = 0;
    if (fz_font_is_bold(ctx, font) || name_has(name, bold, ARRAY_LEN(bold)))
        style->flags |= PIECE_BOLD;
    if (fz_font_is_italic(ctx, font) || name_has(name, italic, ARRAY_LEN(italic)))
        style->flags |= PIECE_ITALIC;
    if (fz_font_is_monospaced(ctx, font) || strstr(name, "CMTT") || strstr(name, "Courier"))
        style->flags |= PIECE_MONO;
    if (name_has(name, math, ARRAY_LEN(math)))
        style->flags |= PIECE_MATH;
}

static bool rune_is_math(int c)
{
    return c == '=' || c == '+' || c == '<' || c == '>' || (c >= 0x370 && c <= 0x3FF)
           || (c >= 0x2190 && c <= 0x22FF) || (c >= 0x27C0 && c <= 0x27EF)
           || (c >= 0x2A00 && c <= 0x2AFF) || (c >= 0x1D400 && c <= 0x1D7FF);
}

/* The combining mark for an accent that stands alone; 0 for anything else. */
static unsigned accent_of(int c)
{
    static const unsigned pairs[][2] = {
        { 0xB4, 0x301 },  { 0x60, 0x300 },  { 0xA8, 0x308 },  { 0x2C6, 0x302 },
        { 0x2DC, 0x303 }, { 0xB8, 0x327 },  { 0x2C7, 0x30C }, { 0x2DA, 0x30A },
        { 0x2D8, 0x306 }, { 0x2D9, 0x307 }, { 0x2DD, 0x30B }, { 0xAF, 0x304 },
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(pairs); i++)
        if ((unsigned)c == pairs[i][0])
            return pairs[i][1];
    return 0;
}

static bool is_letter(int c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xC0 && c <= 0x24F);
}

/* Two glyphs printed over each other: their middles are nearer than a third of an em. */
static bool overprinted(const fz_stext_char *a, const fz_stext_char *b)
{
    float ma = (a->quad.ll.x + a->quad.lr.x) / 2, mb = (b->quad.ll.x + b->quad.lr.x) / 2;

    return fabsf(ma - mb) < 0.3F * a->size && fabsf(a->origin.y - b->origin.y) < a->size;
}

static unsigned superscript(int c)
{
    static const unsigned digits[] = { 0x2070, 0xB9,   0xB2,   0xB3,   0x2074,
                                       0x2075, 0x2076, 0x2077, 0x2078, 0x2079 };

    return c >= '0' && c <= '9' ? digits[c - '0'] : (unsigned)c;
}

/* Glyphs without a meaning: private use, noncharacters, controls. */
static bool meaningless(int c)
{
    return c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0xFFFD || (c >= 0xE000 && c <= 0xF8FF)
           || c >= 0xF0000 || (c >= 0xD800 && c <= 0xDFFF) || (c >= 0x202A && c <= 0x202E)
           || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || c == 0x200B;
}

/* ---- lines ---- */

struct tally {
    float size, base;
    uint32_t count;
};

/* The size most characters of a line have, and the baseline of those. */
static struct tally main_size(const fz_stext_line *line)
{
    struct tally seen[8] = { { 0 } }, best = { 0 };
    const fz_stext_char *ch;
    size_t n = 0, i;

    for (ch = line->first_char; ch; ch = ch->next) {
        if (ch->c == ' ')
            continue;
        for (i = 0; i < n && fabsf(seen[i].size - ch->size) > 0.3F; i++)
            ;
        if (i == ARRAY_LEN(seen))
            continue;
        if (i == n)
            seen[n++] = (struct tally){ ch->size, ch->origin.y, 0 };
        if (++seen[i].count > best.count)
            best = seen[i];
    }
    return best;
}

struct line_count {
    uint32_t chars, bold, italic, mono, math;
};

static void count_style(struct line_count *count, unsigned flags, int c)
{
    count->chars++;
    count->bold += (flags & PIECE_BOLD) != 0;
    count->italic += (flags & PIECE_ITALIC) != 0;
    count->mono += (flags & PIECE_MONO) != 0;
    count->math += (flags & PIECE_MATH) || rune_is_math(c);
}

static unsigned line_flags(const struct line_count *count, const fz_stext_line *line)
{
    unsigned flags = 0;

    if (count->bold * 20 >= count->chars * 19)
        flags |= PIECE_BOLD;
    if (count->italic * 2 > count->chars)
        flags |= PIECE_ITALIC;
    if (count->mono * 2 > count->chars)
        flags |= PIECE_MONO;
    if (count->math * 3 >= count->chars)
        flags |= PIECE_MATH;
    if (fabsf(line->dir.y) > 0.3F || line->dir.x < 0)
        flags |= PIECE_SIDEWAYS;
    return flags;
}

/* Appends one character; returns the next to look at (an accent takes its letter along). */
static const fz_stext_char *add_char(struct str *out, const fz_stext_char *ch, struct tally main)
{
    const fz_stext_char *next = ch->next;
    unsigned accent = accent_of(ch->c);
    bool raised = ch->size < 0.85F * main.size && ch->origin.y < main.base - 0.12F * main.size;

    if (accent && next && is_letter(next->c) && overprinted(ch, next)) {
        str_add_rune(out, next->c == 0x131 ? 'i' : (unsigned)next->c);
        str_add_rune(out, accent);
        return next->next;
    }
    if (is_letter(ch->c) && next && accent_of(next->c) && overprinted(next, ch)) {
        str_add_rune(out, (unsigned)ch->c);
        str_add_rune(out, accent_of(next->c));
        return next->next;
    }
    if (ch->c == 0xA0 || ch->c == '\t' || (ch->c >= 0x2000 && ch->c <= 0x200A))
        str_add_char(out, ' ');
    else if (ch->c == 0xAD)
        str_add_char(out, '-');
    else if (!meaningless(ch->c))
        str_add_rune(out, raised ? superscript(ch->c) : (unsigned)ch->c);
    return next;
}

static void add_line(fz_context *ctx, const fz_stext_line *line, fz_rect bounds,
                     struct style *style, struct raw_page *out)
{
    struct tally main = main_size(line);
    struct line_count count = { 0 };
    struct piece piece = { .at = (uint32_t)out->text.len };
    const fz_stext_char *ch;
    struct str text = STR_INIT;

    if (main.count == 0 || main.size <= 0 || out->piece_count >= PIECES_MAX)
        return;
    for (ch = line->first_char; ch; ch = ch->next) {
        out->lost += ch->c == 0xFFFD || (ch->c >= 0xE000 && ch->c <= 0xF8FF);
        if (ch->c == ' ' || meaningless(ch->c))
            continue;
        style_of(ctx, style, ch->font);
        count_style(&count, style->flags, ch->c);
    }
    for (ch = line->first_char; ch;)
        ch = add_char(&text, ch, main);
    str_trim(&text);
    if (text.len > 0 && count.chars > 0) {
        text_compose(&out->text, text.ptr, text.len);
        piece.len = (uint32_t)out->text.len - piece.at;
        piece.box = mu_box(line->bbox, bounds);
        piece.base = main.base - bounds.y0;
        piece.size = main.size;
        piece.chars = count.chars;
        piece.flags = line_flags(&count, line);
        VEC_PUSH(out->pieces, out->piece_count, out->piece_cap, piece);
        str_add_char(&out->text, '\n');
    }
    str_free(&text);
}

void mu_page_pieces(fz_context *ctx, fz_page *page, fz_rect bounds, struct raw_page *out)
{
    static const fz_stext_options options = { .flags = FZ_STEXT_MEDIABOX_CLIP };
    fz_stext_page *text = NULL;
    fz_device *sink = NULL, *tee = NULL;
    fz_cookie cookie = { 0 };
    const fz_stext_block *block;
    const fz_stext_line *line;
    struct style style = { 0 };

    fz_var(text);
    fz_var(sink);
    fz_var(tee);
    out->width = bounds.x1 - bounds.x0;
    out->height = bounds.y1 - bounds.y0;
    fz_try(ctx)
    {
        text = fz_new_stext_page(ctx, bounds);
        sink = fz_new_stext_device(ctx, text, &options);
        tee = tee_new(ctx, sink, bounds, out);
        fz_run_page(ctx, page, tee, fz_identity, &cookie);
        fz_close_device(ctx, tee);
        fz_close_device(ctx, sink);
        for (block = text->first_block; block; block = block->next)
            if (block->type == FZ_STEXT_BLOCK_TEXT)
                for (line = block->u.t.first_line; line; line = line->next)
                    add_line(ctx, line, bounds, &style, out);
    }
    fz_always(ctx)
    {
        fz_drop_device(ctx, tee);
        fz_drop_device(ctx, sink);
        fz_drop_stext_page(ctx, text);
    }
    fz_catch(ctx) fz_rethrow(ctx);
}

bool mu_repaired(fz_context *ctx, fz_document *pdf)
{
    pdf_document *inner = pdf_specifics(ctx, pdf);

    return inner && inner->repair_attempted;
}
