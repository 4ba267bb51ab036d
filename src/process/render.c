/*
 * A page as pixels, through MuPDF's draw device.
 */
#include "mu.h"

#include <stdlib.h>
#include <string.h>

static void copy_rows(unsigned char *to, uint32_t width, uint32_t height, int stride,
                      const unsigned char *samples)
{
    uint32_t y;

    for (y = 0; y < height; y++)
        memcpy(to + (size_t)y * width * 3, samples + (size_t)y * (size_t)stride, (size_t)width * 3);
}

static enum document_state draw(struct pdf_reader *reader, fz_document *pdf, uint32_t number,
                                uint32_t width, uint32_t *height, unsigned char **pixels, char *why,
                                size_t cap)
{
    fz_context *ctx = reader->ctx;
    enum document_state state = DOCUMENT_DONE;
    fz_page *page = NULL;
    fz_pixmap *pix = NULL;
    fz_device *dev = NULL;
    fz_rect bounds;
    float scale;
    double rows;

    fz_var(page);
    fz_var(pix);
    fz_var(dev);
    fz_try(ctx)
    {
        page = fz_load_page(ctx, pdf, (int)number);
        bounds = fz_bound_page(ctx, page);
        if (!(bounds.x1 - bounds.x0 >= 1) || !(bounds.y1 - bounds.y0 >= 1))
            fz_throw(ctx, FZ_ERROR_GENERIC, "the page has no size");
        scale = (float)width / (bounds.x1 - bounds.x0);
        rows = (double)(bounds.y1 - bounds.y0) * (double)scale + 0.5;
        if (rows < 1)
            rows = 1;
        if (rows * (double)width > PDF_PIXELS_MAX)
            fz_throw(ctx, FZ_ERROR_MEMORY, "the page is too long for that width");
        *height = (uint32_t)rows;
        pix = fz_new_pixmap_with_bbox(ctx, fz_device_rgb(ctx),
                                      fz_make_irect(0, 0, (int)width, (int)*height), NULL, 0);
        fz_clear_pixmap_with_value(ctx, pix, 0xFF);
        dev = fz_new_draw_device(
            ctx,
            fz_concat(fz_translate(-bounds.x0, -bounds.y0),
                      fz_scale(scale, (float)(rows / (double)(bounds.y1 - bounds.y0)))),
            pix);
        fz_run_page(ctx, page, dev, fz_identity, NULL);
        fz_close_device(ctx, dev);
        *pixels = mem_alloc((size_t)width * *height * 3);
        copy_rows(*pixels, width, *height, fz_pixmap_stride(ctx, pix), fz_pixmap_samples(ctx, pix));
    }
    fz_always(ctx)
    {
        fz_drop_device(ctx, dev);
        fz_drop_pixmap(ctx, pix);
        fz_drop_page(ctx, page);
    }
    fz_catch(ctx) state = mu_failed(reader, why, cap);
    return state;
}

int pdf_render(struct pdf_reader *reader, const struct pdf_request *request, uint32_t page,
               uint32_t width, uint32_t *height, unsigned char **pixels, enum document_state *state,
               struct error *err)
{
    fz_document *pdf;
    uint32_t pages;
    char why[256] = "";

    *pixels = NULL;
    *height = 0;
    mu_begin(reader);
    *state = mu_open(reader, request, &pdf, &pages, why, sizeof why);
    if (*state == DOCUMENT_DONE && (page >= pages || width == 0)) {
        *state = DOCUMENT_REFUSED;
        snprintf(why, sizeof why, "it has no page %u", page + 1);
    }
    if (*state == DOCUMENT_DONE)
        *state = draw(reader, pdf, page, width, height, pixels, why, sizeof why);
    mu_end(reader, pdf);
    return *state == DOCUMENT_DONE ? ERR_OK : error_set(err, ERR_FAILED, "%s", why);
}
