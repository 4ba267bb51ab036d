/*
 * The terminal: the only file that speaks ncurses, which tells what the terminal can and reads its
 * keys. Takes it and gives it back, and turns input into keys; who is woken by it is term_loop.c,
 * cells are written by paint.c.
 */
#include "term.h"

#include "carrel/clock.h"

#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ESCAPE_MS 20 /* between an escape and the rest of an answer */
#define ESCAPE_WAIT_MOST_MS 1000
#define HEAR_OUT_MS 200 /* for answers that are on their way when the terminal is given back */
#define PASTE_MS 500    /* in a paste, for what is still on its way */
#define PASTE_BYTES (64u << 10)

/* Codes of our own for what terminals send, behind those of ncurses. */
enum { INPUT_MOUSE = KEY_MAX + 1, INPUT_PASTE, INPUT_PASTED, INPUT_FOCUS, INPUT_BLUR };

/* ---- what it can ---- */

/* For terminals that are not moved about as ECMA-48 says. Terminfo may ask for a pause ("$<5>"),
 * which none needs that has not been in a museum for long. */
static void term_move(struct str *out, int x, int y)
{
    const char *move = tiparm(tigetstr("cup"), y, x);

    str_add_mem(out, move, strcspn(move, "$"));
}

static bool is_ansi(const char *cup)
{
    static const char ansi[] = "\033[%i%p1%d;%p2%dH";
    size_t len = sizeof ansi - 1;

    return strncmp(cup, ansi, len) == 0 && (!cup[len] || cup[len] == '$');
}

static bool has_string(const char *name)
{
    const char *text = tigetstr(name);

    return text && text != (const char *)-1;
}

/* What terminfo and the environment say of it. */
static void term_learn(struct term *term)
{
    struct desk *desk = term->desk;
    struct paint_terminal *can = &term->painter.terminal;
    const char *cup = has_string("cup") ? tigetstr("cup") : "", *name = getenv("TERM");
    bool ansi = is_ansi(cup);
    bool color = desk->app->color != COLOR_NEVER && tigetnum("colors") >= 8;

    desk->pictures.colors = tigetnum("colors");
    desk->pictures.no_color = !color;
    desk_pictures_choose(desk);
    can->looks = ansi;
    can->erases = ansi;
    can->erases_inside = ansi && has_string("ech");
    can->erase_colored = tigetflag("bce") > 0;
    can->scrolls = ansi && has_string("csr") && has_string("ri");
    can->palette = color ? (enum depth)desk->canvas.display.colors : DEPTH_NONE;
    can->move = ansi ? NULL : term_move;
    term->modes.rich = ansi && term_is_rich(name);
    term->modes.title = config_bool(desk->app->config, "ui.title");
    can->links = term->modes.rich && config_bool(desk->app->config, "ui.links");
}

/* ---- taken, and given back ---- */

int term_open(struct error *err)
{
    if (newterm(NULL, stdout, stdin))
        return ERR_OK;
    return error_set(err, ERR_FAILED,
                     "terminfo does not know this terminal (TERM=%s); the commands work: "
                     "carrel help",
                     getenv("TERM"));
}

static void term_keys(struct term *term)
{
    static const struct {
        const char *sequence;
        int code;
    } sent[] = { { "\033[<", INPUT_MOUSE },
                 { "\033[200~", INPUT_PASTE },
                 { "\033[201~", INPUT_PASTED },
                 { "\033[I", INPUT_FOCUS },
                 { "\033[O", INPUT_BLUR } };
    size_t i;

    if (!term->input)
        term->input = newpad(1, 1);
    keypad(term->input, TRUE);
    nodelay(term->input, TRUE);
    for (i = 0; i < ARRAY_LEN(sent); i++)
        define_key(sent[i].sequence, sent[i].code);
}

void term_start(struct term *term)
{
    int64_t wait = config_int(term->desk->app->config, "ui.escape-wait");
    struct str modes = STR_INIT;

    set_escdelay(wait < ESCAPE_WAIT_MOST_MS ? (int)wait : ESCAPE_WAIT_MOST_MS);
    raw();
    noecho();
    nonl();
    term_keys(term);
    refresh(); /* the other screen, and ncurses behind endwin at work again */
    term_learn(term);
    term_modes_enter(&term->modes, &modes);
    term_take();
    term_raw(term, modes.ptr, modes.len);
    painter_forget(&term->painter);
    term->painter.cursor_seen = true;
    str_clear(&term->title);
    term->desk->focused = true;
    str_free(&modes);
}

/* What the terminal has still to say was asked by us: whoever reads the keyboard next should not
 * get it. One that says nothing is not waited for any longer. */
static void term_hear_out(struct term *term)
{
    int64_t until = clock_ticks_ms() + HEAR_OUT_MS, now;
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    char byte;

    while ((desk_picture_listens(term->desk) || ground_is_due(term->desk))
           && (now = clock_ticks_ms()) < until && poll(&input, 1, (int)(until - now)) > 0
           && read(STDIN_FILENO, &byte, 1) == 1) {
        ground_hears(term->desk, byte);
        desk_picture_hears(term->desk, byte);
    }
}

void term_stop(struct term *term)
{
    if (!term_is_ours())
        return;
    term_hear_out(term);
    term_pictures_leave(&term->pictures, term->desk->pictures.tmux, &term->bytes);
    str_add(&term->bytes, term_modes_leave());
    term_bytes(term);
    endwin();
    painter_forget(&term->painter);
    term_give_back();
}

void term_resize(struct term *term)
{
    struct desk *desk = term->desk;
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) {
        resizeterm(size.ws_row, size.ws_col);
        desk->pictures.width = size.ws_xpixel;
        desk->pictures.height = size.ws_ypixel;
        desk->pictures.columns = size.ws_col;
        desk->pictures.rows = size.ws_row;
        desk_resize(desk, size.ws_col, size.ws_row);
        term->all = true;
    }
}

/* ---- input ---- */

static const char *term_special(int code)
{
    static const struct {
        int code;
        const char *key;
    } table[] = { { KEY_UP, "<Up>" },        { KEY_DOWN, "<Down>" },      { KEY_LEFT, "<Left>" },
                  { KEY_RIGHT, "<Right>" },  { KEY_HOME, "<Home>" },      { KEY_END, "<End>" },
                  { KEY_PPAGE, "<PageUp>" }, { KEY_NPAGE, "<PageDown>" }, { KEY_BACKSPACE, "<BS>" },
                  { KEY_DC, "<Del>" },       { KEY_ENTER, "<CR>" },       { KEY_BTAB, "<S-Tab>" },
                  { KEY_F(1), "<F1>" },      { KEY_F(2), "<F2>" },        { KEY_F(3), "<F3>" },
                  { KEY_F(4), "<F4>" },      { KEY_F(5), "<F5>" },        { KEY_F(6), "<F6>" },
                  { KEY_F(7), "<F7>" },      { KEY_F(8), "<F8>" },        { KEY_F(9), "<F9>" },
                  { KEY_F(10), "<F10>" },    { KEY_F(11), "<F11>" },      { KEY_F(12), "<F12>" } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].code == code)
            return table[i].key;
    return NULL;
}

/* The next one, which may be on its way. */
static int term_next(struct term *term, wint_t *rune, int ms)
{
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    int kind = wget_wch(term->input, rune);

    if (kind == ERR && poll(&input, 1, ms) > 0)
        kind = wget_wch(term->input, rune);
    return kind;
}

/* What follows "CSI <", up to M or m. */
static void term_mouse(struct term *term)
{
    char text[32] = "";
    size_t len = 0;
    wint_t rune = 0;

    while (len + 1 < sizeof text && rune != 'M' && rune != 'm'
           && term_next(term, &rune, ESCAPE_MS) == OK && rune < 128)
        text[len++] = (char)rune;
    desk_mouse_report(term->desk, text);
}

/* Everything up to the end of the paste; what is too long is cut. */
static void term_paste(struct term *term)
{
    struct str text = STR_INIT;
    wint_t rune;
    int kind;

    while ((kind = term_next(term, &rune, PASTE_MS)) != ERR
           && !(kind == KEY_CODE_YES && rune == INPUT_PASTED))
        if (kind == OK && text.len < PASTE_BYTES)
            str_add_rune(&text, rune);
    desk_paste(term->desk, text.ptr);
    str_free(&text);
}

static void term_suspend_self(struct term *term)
{
    term_stop(term);
    /* All of the foreground group, so that a make or sh around carrel stops, too, and the shell
     * takes the terminal. We ourselves stop by raise(), which returns only afterwards. */
    signal(SIGTSTP, SIG_IGN);
    kill(0, SIGTSTP);
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    term_start(term);
    term->all = true;
    term->desk->repaint = true;
}

static void term_rune(struct term *term, wint_t rune)
{
    char key[32];

    if (rune == 26) {
        term_suspend_self(term);
        return;
    }
    if (rune == 13 || rune == 10)
        strcpy(key, "<CR>");
    else if (rune == 9)
        strcpy(key, "<Tab>");
    else if (rune == 27)
        strcpy(key, "<Esc>");
    else if (rune == 127 || rune == 8)
        strcpy(key, "<BS>");
    else if (rune == 32)
        strcpy(key, "<Space>");
    else if (rune < 27)
        snprintf(key, sizeof key, "<C-%c>", (char)('a' + rune - 1));
    else {
        struct str text = STR_INIT;

        str_add_rune(&text, rune);
        snprintf(key, sizeof key, "%s", text.ptr);
        str_free(&text);
    }
    desk_key(term->desk, key);
}

/* Behind an escape: "]11;" of a terminal that tells its ground comes in one go. What was read and
 * is something else is put back. For what follows an escape ncurses has waited (ui.escape-wait): a
 * lone one waits for nothing more. */
static bool term_ground(struct term *term)
{
    static const char begins[] = "]11;";
    size_t len = 0, i;
    wint_t next = 0;
    int kind = OK;

    while (begins[len] && (kind = term_next(term, &next, len > 0 ? ESCAPE_MS : 0)) == OK
           && next == (wint_t)begins[len])
        len++;
    if (begins[len]) {
        if (kind == KEY_CODE_YES)
            ungetch((int)next);
        else if (kind == OK)
            unget_wch((wchar_t)next);
        while (len > 0)
            unget_wch((wchar_t)begins[--len]);
        return false;
    }
    ground_hears(term->desk, 27);
    for (i = 0; i < len; i++)
        ground_hears(term->desk, begins[i]);
    return true;
}

/* The terminal's answers to what the desk asked begin with an escape, too. True: this was one, or a
 * part of it; a lone escape and what is typed behind it are keys. */
static bool term_answer(struct term *term, wint_t rune)
{
    struct desk *desk = term->desk;
    bool pictures = desk_picture_listens(desk);
    wint_t next;

    if (ground_hearing(desk))
        return ground_hears(desk, rune < 128 ? (char)rune : '?');
    if (rune == 27 && desk->pictures.answers.len == 0 && ground_listens(desk) && term_ground(term))
        return true;
    if (!pictures || (rune != 27 && desk->pictures.answers.len == 0))
        return false;
    if (rune == 27 && desk->pictures.answers.len == 0) {
        if (term_next(term, &next, ESCAPE_MS) != OK)
            return false;
        if (next != '[' && next != '_' && next != 'P') {
            unget_wch((wchar_t)next);
            return false;
        }
        desk_picture_hears(desk, 27);
        rune = next;
    }
    desk_picture_hears(desk, rune < 128 ? (char)rune : '?');
    return true;
}

static void term_code(struct term *term, int code)
{
    const char *key = term_special(code);

    if (code == INPUT_MOUSE)
        term_mouse(term);
    else if (code == INPUT_PASTE)
        term_paste(term);
    else if (code == INPUT_FOCUS || code == INPUT_BLUR)
        desk_focus(term->desk, code == INPUT_FOCUS);
    else if (code == KEY_RESIZE)
        term->desk->repaint = true;
    else if (key)
        desk_key(term->desk, key);
}

void term_input(struct term *term)
{
    wint_t rune;
    int kind;

    while (term->desk->running && (kind = wget_wch(term->input, &rune)) != ERR) {
        if (kind == OK && term_answer(term, rune))
            continue;
        term->keys++;
        if (kind == KEY_CODE_YES)
            term_code(term, (int)rune);
        else
            term_rune(term, rune);
    }
}
