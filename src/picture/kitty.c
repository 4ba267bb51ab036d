/*
 * Kitty's graphics protocol. Pixels are sent once, compressed, with an id; a virtual placement says
 * how many cells they cover; the picture then stands wherever the characters U+10EEEE stand whose
 * colour and combining marks name its id, row and column. So the screen consists of characters
 * only, and whoever moves these (ncurses, tmux) moves the picture.
 */
#include "carrel/picture.h"

#include "carrel/base64.h"
#include "carrel/error.h"
#include "carrel/mem.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define CHUNK 4096 /* bytes of Base64 in one command: the protocol allows no more */
#define PLACEHOLDER 0x10EEEE
#define COLORS 240 /* 16..255: the first sixteen are written in more than one way */
#define MARKS 255

void picture_tmux_wrap(struct str *out, const char *bytes, size_t len)
{
    size_t i;

    str_add(out, "\033Ptmux;");
    for (i = 0; i < len; i++) {
        if (bytes[i] == '\033')
            str_add_char(out, '\033');
        str_add_char(out, bytes[i]);
    }
    str_add(out, "\033\\");
}

struct picture_kitty_id picture_kitty_id(const struct picture *picture)
{
    /* Other programs number their images from 1, or at random: begin somewhere else each time. */
    uint32_t n = picture->id - 1, base = (uint32_t)getpid() * 2654435761u >> 16;
    struct picture_kitty_id id;

    id.color = 16 + (int)(n % COLORS);
    id.mark = 1 + (int)((base + n / COLORS) % MARKS);
    id.id = (uint32_t)id.mark << 24 | (uint32_t)id.color;
    return id;
}

static void command(struct str *out, const struct str *keys, const char *payload, size_t len,
                    bool tmux)
{
    struct str bytes = STR_INIT;

    str_printf(&bytes, "\033_G%s", keys->ptr);
    if (len > 0) {
        str_add_char(&bytes, ';');
        str_add_mem(&bytes, payload, len);
    }
    str_add(&bytes, "\033\\");
    if (tmux)
        picture_tmux_wrap(out, bytes.ptr, bytes.len);
    else
        str_add_mem(out, bytes.ptr, bytes.len);
    str_free(&bytes);
}

void picture_kitty_pack(struct str *out, const struct picture *picture)
{
    uLong len = (uLong)picture->width * picture->height * 3;
    uLongf packed_len = compressBound(len);
    unsigned char *packed = mem_alloc(packed_len);

    if (compress2(packed, &packed_len, picture->pixels, len, Z_BEST_SPEED) != Z_OK)
        die("zlib cannot compress a picture"); /* the room is enough, so this is no memory */
    base64_encode(out, packed, packed_len);
    free(packed);
}

void picture_kitty_send(struct str *out, const struct picture *picture, int columns, int rows,
                        bool tmux)
{
    struct str own = STR_INIT, keys = STR_INIT;
    const struct str *payload = picture->packed ? picture->packed : &own;
    size_t at, len;

    if (!picture->packed)
        picture_kitty_pack(&own, picture);
    for (at = 0; at < payload->len; at += len) {
        bool more = payload->len - at > CHUNK;

        len = more ? CHUNK : payload->len - at;
        str_clear(&keys);
        if (at == 0)
            str_printf(&keys, "a=t,t=d,f=24,o=z,s=%u,v=%u,i=%u,", picture->width, picture->height,
                       picture_kitty_id(picture).id);
        str_printf(&keys, "q=2,m=%d", more);
        command(out, &keys, payload->ptr + at, len, tmux);
    }
    picture_kitty_place(out, picture, columns, rows, tmux);
    str_free(&keys);
    str_free(&own);
}

void picture_kitty_place(struct str *out, const struct picture *picture, int columns, int rows,
                         bool tmux)
{
    struct str keys = STR_INIT;

    /* Always the same placement: a second one takes the place of the first. */
    str_printf(&keys, "a=p,U=1,i=%u,p=1,c=%d,r=%d,q=2", picture_kitty_id(picture).id, columns,
               rows);
    command(out, &keys, NULL, 0, tmux);
    str_free(&keys);
}

void picture_kitty_delete(struct str *out, const struct picture *picture, bool tmux)
{
    struct str keys = STR_INIT;

    str_printf(&keys, "a=d,d=I,i=%u,q=2", picture_kitty_id(picture).id);
    command(out, &keys, NULL, 0, tmux);
    str_free(&keys);
}

void picture_kitty_cell(struct str *out, const struct picture *picture, int row, int column)
{
    str_add_rune(out, PLACEHOLDER);
    str_add_rune(out, picture_kitty_mark(row));
    str_add_rune(out, picture_kitty_mark(column));
    str_add_rune(out, picture_kitty_mark(picture_kitty_id(picture).mark));
}
