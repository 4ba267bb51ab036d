/*
 * A tiny PDF writer: just enough of the format for the tests of the reader, written so that a test
 * can break what it wrote.
 */
#include "process_pdf.h"

#include <ctype.h>
#include <string.h>

#define HEIGHT 842.0

void pdf_start(struct test_pdf *pdf)
{
    *pdf = (struct test_pdf){ .pages = 0 };
}

void pdf_page(struct test_pdf *pdf)
{
    str_init(&pdf->page[pdf->pages++]);
}

static struct str *content(struct test_pdf *pdf)
{
    return &pdf->page[pdf->pages - 1];
}

void pdf_line(struct test_pdf *pdf, const char *font, double size, double x, double y,
              const char *text)
{
    struct str *out = content(pdf);

    str_printf(out, "BT /%s %g Tf %g %g Td (", font, size, x, HEIGHT - y);
    for (; *text; text++) {
        if (strchr("()\\", *text))
            str_add_char(out, '\\');
        str_add_char(out, *text);
    }
    str_add(out, ") Tj ET\n");
}

/* Times at 10 points is about 4.4 points a character on average. */
double pdf_column(struct test_pdf *pdf, double x, double y, double width, const char *text)
{
    size_t fit = (size_t)(width / 4.4);
    char line[400];

    while (*text) {
        size_t len = strlen(text) < fit ? strlen(text) : fit;

        if (text[len] != '\0')
            while (len > 1 && text[len] != ' ')
                len--;
        memcpy(line, text, len);
        line[len] = '\0';
        pdf_line(pdf, "F1", 10, x, y, line);
        text += len;
        text += *text == ' ';
        y += 12;
    }
    return y;
}

void pdf_rect(struct test_pdf *pdf, double x, double y, double width, double height)
{
    str_printf(content(pdf), "%g %g %g %g re S\n", x, HEIGHT - y - height, width, height);
}

struct objects {
    struct str *out;
    size_t offsets[300];
    size_t count;
};

static void object(struct objects *o, const char *text)
{
    o->offsets[++o->count] = o->out->len;
    str_printf(o->out, "%zu 0 obj\n%s\nendobj\n", o->count, text);
}

static void write_fonts(struct objects *o)
{
    static const char *const names[] = { "Times-Roman", "Times-Bold", "Helvetica", "Courier",
                                         "Symbol" };
    struct str text = STR_INIT;
    size_t i;

    for (i = 0; i < 5; i++) {
        str_clear(&text);
        str_printf(&text, "<</Type/Font/Subtype/Type1/BaseFont/%s%s>>", names[i],
                   i < 4 ? "/Encoding/WinAnsiEncoding" : "");
        object(o, text.ptr);
    }
    str_free(&text);
}

/* Objects: 1 catalog, 2 page tree, 3-7 fonts, 8 information, 9 outline, then for each page its
 * dictionary, its content and its outline entry. */
static void write_page(struct objects *o, struct test_pdf *pdf, size_t i)
{
    size_t self = 10 + 3 * i;
    struct str text = STR_INIT;

    str_printf(&text,
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %zu 0 R/Resources<</Font"
               "<</F1 3 0 R/F2 4 0 R/F3 5 0 R/F4 6 0 R/F5 7 0 R>>>>/Annots[%s]>>",
               self + 1, pdf->annots ? pdf->annots : "");
    object(o, text.ptr);
    str_clear(&text);
    str_printf(&text, "<</Length %zu>>\nstream\n", pdf->page[i].len);
    str_add_mem(&text, pdf->page[i].ptr, pdf->page[i].len);
    str_add(&text, "\nendstream");
    object(o, text.ptr);
    str_clear(&text);
    str_printf(&text, "<</Title(%s %zu)/Parent 9 0 R/Dest[%zu 0 R/XYZ 0 800 0]",
               pdf->outline ? pdf->outline : "Page", i + 1, self);
    if (i + 1 < pdf->pages)
        str_printf(&text, "/Next %zu 0 R", self + 5);
    str_add(&text, ">>");
    object(o, text.ptr);
    str_free(&text);
}

void pdf_write(struct test_pdf *pdf, struct str *out)
{
    struct objects o = { .out = out };
    struct str text = STR_INIT;
    size_t i, start;

    str_add(out, "%PDF-1.4\n");
    object(&o, pdf->outline ? "<</Type/Catalog/Pages 2 0 R/Outlines 9 0 R>>"
                            : "<</Type/Catalog/Pages 2 0 R>>");
    str_add(&text, "<</Type/Pages/Kids[");
    for (i = 0; i < pdf->pages; i++)
        str_printf(&text, "%zu 0 R ", 10 + 3 * i);
    str_printf(&text, "]/Count %zu>>", pdf->pages);
    object(&o, text.ptr);
    write_fonts(&o);
    str_clear(&text);
    str_printf(&text, "<</Title(%s)>>", pdf->title ? pdf->title : "");
    object(&o, text.ptr);
    str_clear(&text);
    str_printf(&text, "<</Type/Outlines/First 12 0 R/Last %zu 0 R/Count %zu>>", 9 + 3 * pdf->pages,
               pdf->pages);
    object(&o, text.ptr);
    for (i = 0; i < pdf->pages; i++)
        write_page(&o, pdf, i);
    start = out->len;
    str_printf(out, "xref\n0 %zu\n0000000000 65535 f \n", o.count + 1);
    for (i = 1; i <= o.count; i++)
        str_printf(out, "%010zu 00000 n \n", o.offsets[i]);
    str_printf(out, "trailer\n<</Size %zu/Root 1 0 R/Info 8 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
               o.count + 1, start);
    for (i = 0; i < pdf->pages; i++)
        str_free(&pdf->page[i]);
    str_free(&text);
}
