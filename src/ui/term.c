/*
 * The terminal: the only file that speaks ncurses, which tells what the terminal can and reads its
 * keys; cells are written by paint.c. Sets it up, turns input into keys, and puts everything back
 * on every way out: return, signal, crash.
 */
#include "desk.h"
#include "paint.h"
#include "term_modes.h"
#include "term_pictures.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/remote.h"
#include "carrel/trace.h"
#include "carrel/ui.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define TRACE_BUSY_US 4000
#define ESCAPE_MS 20 /* between an escape and the rest of an answer */
#define ESCAPE_WAIT_MOST_MS 1000
#define HEAR_OUT_MS 200 /* for answers that are on their way when the terminal is given back */
#define PASTE_MS 500    /* in a paste, for what is still on its way */
#define PASTE_BYTES (64u << 10)
#define LEAVE_MS 80 /* for background work to stop; after that the process ends without it */

static struct termios term_saved;
static volatile sig_atomic_t term_on;
static int term_pipe[2] = { -1, -1 };

/* Codes of our own for what terminals send, behind those of ncurses. */
enum { INPUT_MOUSE = KEY_MAX + 1, INPUT_PASTE, INPUT_PASTED, INPUT_FOCUS, INPUT_BLUR };

struct term {
    struct desk *desk;
    WINDOW *input; /* a pad: reading from it draws nothing */
    struct term_modes modes;
    struct painter painter;
    struct str title; /* the window's, as it was set last */
    int64_t key_at;   /* ticks (us): when the keys that wait to be painted were seen; 0 none */
    int64_t key_cpu;  /* the loop's own processor time (us) by then */
    int64_t rows_at;  /* the same, of keys whose rows are still being read; 0 none */
    int keys;
    struct term_pictures pictures;
    struct str bytes; /* to be written */
    size_t written;   /* since the last key */
    bool all;         /* the next painting writes everything */
};

/* Only async-signal-safe calls: this runs in handlers. */
static void term_restore_raw(void)
{
    const char *crash = term_modes_crash();

    if (!term_on)
        return;
    term_on = 0;
    if (write(STDOUT_FILENO, crash, strlen(crash)) < 0)
        return;
    tcsetattr(STDIN_FILENO, TCSANOW, &term_saved);
}

static void term_crash(int number)
{
    term_restore_raw();
    signal(number, SIG_DFL);
    raise(number);
}

static void term_signal(int number)
{
    char byte = (char)number;
    int saved = errno;

    if (write(term_pipe[1], &byte, 1) < 0)
        errno = saved;
    errno = saved;
}

static void term_signals(void)
{
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    static const int events[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGCONT };
    struct sigaction action = { .sa_handler = term_crash };
    size_t i;

    for (i = 0; i < ARRAY_LEN(crashes); i++)
        sigaction(crashes[i], &action, NULL);
    action.sa_handler = term_signal;
    action.sa_flags = SA_RESTART;
    for (i = 0; i < ARRAY_LEN(events); i++)
        sigaction(events[i], &action, NULL);
    signal(SIGCHLD, SIG_DFL);
}

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

static void term_raw(void *face, const char *bytes, size_t len);

static void term_start(struct term *term)
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
    term_on = 1;
    term_raw(term, modes.ptr, modes.len);
    painter_forget(&term->painter);
    term->painter.cursor_seen = true;
    str_clear(&term->title);
    term->desk->focused = true;
    str_free(&modes);
}

static void term_raw(void *face, const char *bytes, size_t len)
{
    struct term *term = face;

    term->written += len;
    if (fd_write_all(STDOUT_FILENO, bytes, len, NULL) != ERR_OK)
        log_write(LOG_DEBUG, "the terminal took no bytes");
}

static void term_bytes(struct term *term)
{
    if (term->bytes.len > 0)
        term_raw(term, term->bytes.ptr, term->bytes.len);
    str_clear(&term->bytes);
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

static void term_stop(struct term *term)
{
    if (!term_on)
        return;
    term_hear_out(term);
    term_pictures_leave(&term->pictures, term->desk->pictures.tmux, &term->bytes);
    str_add(&term->bytes, term_modes_leave());
    term_bytes(term);
    endwin();
    painter_forget(&term->painter);
    term_on = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &term_saved);
}

static void term_title(struct term *term)
{
    char *title = desk_title(term->desk);

    if (term->modes.rich && term->modes.title && !str_eq(title, term->title.ptr)) {
        str_clear(&term->title);
        str_add(&term->title, title);
        term_modes_title(&term->bytes, title);
    }
    free(title);
}

static void term_paint(struct term *term)
{
    struct canvas *canvas = &term->desk->canvas;
    bool all = term->all || term->desk->redraw;

    desk_draw(term->desk);
    term->all = term->desk->redraw = false;
    term_pictures_before(&term->pictures, canvas, &term->bytes);
    painter_paint(&term->painter, canvas, all, &term->bytes);
    term_pictures_after(&term->pictures, canvas, all, &term->bytes);
    term_title(term);
    term_bytes(term);
    term->desk->repaint = false;
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

static void term_input(struct term *term)
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

static void term_resize(struct term *term)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) {
        resizeterm(size.ws_row, size.ws_col);
        term->desk->pictures.width = size.ws_xpixel;
        term->desk->pictures.height = size.ws_ypixel;
        term->desk->pictures.columns = size.ws_col;
        term->desk->pictures.rows = size.ws_row;
        desk_resize(term->desk, size.ws_col, size.ws_row);
        term->all = true;
    }
}

static void term_events(struct term *term)
{
    char numbers[32];
    ssize_t got = read(term_pipe[0], numbers, sizeof numbers), i;

    for (i = 0; i < got; i++) {
        if (numbers[i] == SIGWINCH || numbers[i] == SIGCONT)
            term_resize(term);
        else if (numbers[i] == SIGINT)
            desk_key(term->desk, "<C-c>");
        else
            term->desk->running = false; /* SIGTERM, SIGHUP */
    }
}

/* ---- what the desk asks of its face ---- */

static void term_give(void *face, bool off)
{
    struct term *term = face;

    if (off) {
        term_stop(term);
    } else {
        term_start(term);
        term->all = true;
        term->desk->repaint = true;
    }
}

static void term_mouse_use(void *face, bool on)
{
    struct term *term = face;
    struct str bytes = STR_INIT;

    term->modes.mouse = on;
    term_modes_mouse(&term->modes, &bytes);
    term_raw(term, bytes.ptr, bytes.len);
    str_free(&bytes);
}

static int64_t term_cpu(void)
{
    struct timespec used = { 0 };

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/* CARREL_TRACE=keys: from the key to the screen, and to the rows that it asked for. The time begins
 * when the loop sees the key, which is when it has finished whatever it did before. */
static void term_trace(struct term *term)
{
    int64_t now = clock_ticks_us();

    if (term->key_at) {
        trace_write("keys", "paint %lld us (%lld of the processor), %d keys, %zu bytes",
                    (long long)(now - term->key_at), (long long)(term_cpu() - term->key_cpu),
                    term->keys, term->written);
        term->rows_at = term->desk->asked > 0 ? term->key_at : 0;
        term->key_at = 0;
        term->keys = 0;
        term->written = 0;
    } else if (term->rows_at && term->desk->asked == 0) {
        trace_write("keys", "rows %lld us", (long long)(now - term->rows_at));
        term->rows_at = 0;
    }
}

/* Until there is something to look after: keys begun, the library, typing that rests. */
static int term_patience(const struct desk *desk)
{
    int64_t rests = desk->key_at + KEY_WAIT_MS - clock_ticks_ms();

    if (desk->pending[0])
        return KEY_WAIT_MS / 6;
    if (desk->prompt == PROMPT_NONE || desk->paused || rests > DESK_WATCH_MS)
        return DESK_WATCH_MS;
    return rests > 0 ? (int)rests : 0;
}

static int term_loop(struct term *term)
{
    struct desk *desk = term->desk;
    bool tracing = trace_on("keys");
    int64_t seen = clock_ticks_us(); /* when the loop last woke */

    while (desk->running) {
        struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
                                { .fd = term_pipe[0], .events = POLLIN },
                                { .fd = pool_fd(desk->readers), .events = POLLIN },
                                { .fd = pool_fd(desk->writer), .events = POLLIN },
                                { .fd = desk->programs ? pool_fd(desk->programs) : -1,
                                  .events = POLLIN },
                                { .fd = desk_remote_fd(desk), .events = POLLIN } };
        if (desk->repaint || desk->redraw) {
            term_paint(term);
            if (tracing)
                term_trace(term);
        }
        if (tracing && clock_ticks_us() - seen > TRACE_BUSY_US) /* a key may have waited so long */
            trace_write("keys", "loop %lld us", (long long)(clock_ticks_us() - seen));
        poll(fds, ARRAY_LEN(fds), term_patience(desk));
        seen = clock_ticks_us();
        if (!fds[0].revents && seen / 1000 - desk->key_at >= KEY_WAIT_MS)
            desk_key_pause(desk);
        desk_watch(desk);
        if (fds[1].revents)
            term_events(term);
        if (fds[2].revents || fds[3].revents || fds[4].revents)
            desk_drain(desk);
        if (fds[5].revents)
            desk_remote(desk);
        desk_remote_settle(desk);
        if (fds[0].revents & (POLLHUP | POLLERR))
            desk->running = false; /* the terminal went away */
        else if (fds[0].revents) {
            if (!term->key_at) {
                term->key_at = seen;
                term->key_cpu = tracing ? term_cpu() : 0;
            }
            term_input(term);
            if (term->keys == 0) /* half of an escape sequence */
                term->key_at = 0;
        }
    }
    return ERR_OK;
}

/* Programs that are run from here find this desk by --remote. Before any thread. */
static void tell_children(void)
{
    char process[24];

    snprintf(process, sizeof process, "%ld", (long)getpid());
    setenv(REMOTE_DESK, process, 1);
}

int ui_run(struct app *app, struct error *err)
{
    struct term term = { .bytes = STR_INIT, .title = STR_INIT };
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    const char *name = getenv("TERM");

    if (app->linear || !name || !*name || strcmp(name, "dumb") == 0)
        return ui_linear(app, err);
    if (tcgetattr(STDIN_FILENO, &term_saved) != 0 || pipe2(term_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return error_errno(err, "cannot use the terminal");
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) /* LC_ALL=C: nothing else can be shown */
        app->ascii = true;
    tell_children();
    term.desk =
        desk_new(app, size.ws_col ? size.ws_col : 80, size.ws_row ? size.ws_row : 24, false, err);
    if (!term.desk)
        return ERR_USAGE;
    log_configure(LOG_WARN, false, true);
    term.desk->suspend = term_give;
    term.desk->write_raw = term_raw;
    term.desk->mouse = term_mouse_use;
    term.desk->face = &term;
    term.modes.mouse = config_bool(app->config, "ui.mouse");
    if (!newterm(NULL, stdout, stdin)) {
        desk_free(term.desk);
        return error_set(err, ERR_FAILED,
                         "terminfo does not know this terminal (TERM=%s); the commands work: "
                         "carrel help",
                         name);
    }
    term_signals();
    die_set_hook(term_restore_raw);
    term_start(&term);
    term.desk->ground.can = term.modes.rich && term.painter.terminal.palette != DEPTH_NONE;
    desk_theme_ground(term.desk);
    desk_open(term.desk, &view_today, NULL);
    tutor_start(term.desk);
    if (desk_welcome_due(term.desk))
        desk_open(term.desk, &view_welcome, NULL);
    term.desk->repaint = true;
    term_loop(&term);
    desk_remote_stop(term.desk);
    desk_background_stop(term.desk);
    term_stop(&term);
    die_set_hook(NULL);
    desk_leave(term.desk);
    if (!desk_background_end(term.desk, LEAVE_MS))
        _exit(0); /* nothing else waits to be written: every change is on disk when it is told */
    log_configure(LOG_WARN, false, false);
    desk_free(term.desk);
    term_pictures_free(&term.pictures);
    painter_forget(&term.painter);
    str_free(&term.bytes);
    str_free(&term.title);
    close(term_pipe[0]);
    close(term_pipe[1]);
    return ERR_OK;
}
