/*
 * A page of a PDF as a picture on the terminal: read --picture.
 */
#include "commands.h"

#include "carrel/pages.h"
#include "carrel/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define BLOCK_PIXELS 8 /* across, of the page that half blocks are the means of */

/* ---- how ---- */

/* Where nobody looks, only what was named can be meant, and nothing limits its colours. */
static int choose_unseen(struct picture_facts *facts, struct error *err)
{
    if (facts->wish == PICTURES_AUTO)
        return error_set(err, ERR_USAGE,
                         "standard output is no terminal: name the way, as in --picture sixel");
    facts->term = "xterm";
    facts->colorterm = "truecolor";
    facts->no_color = facts->tmux = false;
    return ERR_OK;
}

static int choose(struct command_call *call, struct picture_display *display, long *columns,
                  struct error *err)
{
    const char *way = call_option(call, "--picture");
    struct picture_facts facts;
    int result;

    terminal_facts(&facts, call->app, STDOUT_FILENO);
    if (*way && !picture_wish_parse(&facts.wish, way))
        return error_set(err, ERR_USAGE, "--picture is kitty, sixel or blocks, not '%s'", way);
    if (!*way && facts.wish == PICTURES_WANT_OFF)
        facts.wish = PICTURES_AUTO; /* off at the desk: this is asked for */
    *columns = facts.columns > 0 ? facts.columns : COLUMNS_DEFAULT;
    result = call_number(call, "--columns", 1, PICTURE_CELLS_MAX, columns, err);
    if (result == ERR_OK && !isatty(STDOUT_FILENO)) {
        result = choose_unseen(&facts, err);
    } else if (result == ERR_OK) {
        terminal_ask_tmux(&facts);
        if (facts.wish == PICTURES_AUTO || facts.width == 0)
            terminal_ask(&facts, call->cancel);
    }
    if (result != ERR_OK)
        return result;
    picture_choose(display, &facts);
    if (display->kind == PICTURES_OFF)
        return error_set(err, ERR_FAILED, "%s; --page without --picture shows the text",
                         display->why);
    if (*display->why)
        str_printf(&call->say, "%s\n", display->why);
    return ERR_OK;
}

/* ---- what ---- */

static int draw_page(struct command_call *call, const char *what, int width,
                     struct page_image *image, struct error *err)
{
    struct pages_options options = { .password_file = call_option(call, "--password-file"),
                                     .cancel = call->cancel };
    struct pages *pages;
    long page = 1;
    int result = call_number(call, "--page", 1, 1000000, &page, err);

    if (result == ERR_OK)
        result = pages_open(&pages, call->app, NULL, what, &options, err);
    if (result != ERR_OK)
        return result;
    width = width < PROCESS_WIDTH_MAX ? width : PROCESS_WIDTH_MAX;
    result = pages_draw(pages, (uint32_t)page - 1, (uint32_t)width, image, err);
    pages_close(pages);
    return result;
}

/* ---- writing ---- */

static void write_kitty(struct str *out, const struct picture *picture, int columns, int rows,
                        bool tmux)
{
    int row, column;

    picture_kitty_send(out, picture, columns, rows, tmux);
    for (row = 0; row < rows; row++) {
        str_printf(out, "\033[38;5;%dm", picture_kitty_id(picture).color);
        for (column = 0; column < columns; column++)
            picture_kitty_cell(out, picture, row, column);
        str_add(out, "\033[39m\n");
    }
}

static void write_picture(struct str *out, const struct picture *picture,
                          const struct picture_display *display, int columns, int rows)
{
    bool blocks = display->kind == PICTURES_BLOCKS;
    uint32_t width = (uint32_t)(blocks ? columns : columns * display->cell_width);
    uint32_t height = (uint32_t)(blocks ? 2 * rows : rows * display->cell_height);
    unsigned char *scaled;
    int row;

    if (display->kind == PICTURES_KITTY) {
        write_kitty(out, picture, columns, rows, display->tmux);
        return;
    }
    scaled = picture_scale(picture, width, height);
    for (row = 0; blocks && row < rows; row++) {
        picture_blocks_row(out, scaled, columns, row, 0, columns, display->colors);
        str_add_char(out, '\n');
    }
    if (!blocks) {
        picture_sixel(out, scaled, width, height);
        str_add_char(out, '\n');
    }
    free(scaled);
}

int read_picture(struct command_call *call, const char *what, struct error *err)
{
    struct picture_display display;
    struct page_image image = { .pixels = NULL };
    long most;
    int columns, rows, width, result;

    if (call->desk)
        return error_set(err, ERR_USAGE, "--picture is for the command line");
    result = choose(call, &display, &most, err);
    if (result == ERR_OK) {
        width = (int)most * (display.kind == PICTURES_BLOCKS ? BLOCK_PIXELS : display.cell_width);
        result = draw_page(call, what, width, &image, err);
    }
    if (result == ERR_OK) {
        struct picture picture = { .id = picture_next_id(),
                                   .width = image.width,
                                   .height = image.height,
                                   .pixels = image.pixels };

        picture_fit(&columns, &rows, &display, image.width, image.height, (int)most, 0);
        write_picture(&call->out, &picture, &display, columns, rows);
    }
    page_image_free(&image);
    return result;
}
