/*
 * What linear mode tells: where one is, lines in chunks, and after each command what it changed.
 *
 * Nothing that a terminal or a screen reader could stumble over gets out: linear_plain leaves out
 * control characters and everything that only draws (boxes, blocks, braille), and makes one line of
 * what was several.
 */
#include "linear.h"

#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 8            /* a view that lacks something each time it is asked is at fault */
#define CHUNK_BYTES 4000   /* a chunk of long lines has fewer of them */
#define SCREEN_COLUMNS 500 /* of what is told from a drawing */
#define SCREEN_ROWS 60

/* ---- writing ---- */

/* Boxes and blocks; braille patterns; what a font of pictures has. */
static bool only_draws(unsigned rune)
{
    return (rune >= 0x2500 && rune <= 0x259F) || (rune >= 0x2800 && rune <= 0x28FF)
           || (rune >= 0xE000 && rune <= 0xF8FF);
}

/* Shapes, stars and ticks: the desk's signs of something that is told in words. */
static bool is_sign(unsigned rune)
{
    return (rune >= 0x25A0 && rune <= 0x26FF) || rune == 0x2713 || rune == 0x2717 || rune == 0x270E;
}

static bool is_control(unsigned rune)
{
    return rune < 0x20 || (rune >= 0x7F && rune < 0xA0) || (rune >= 0x200E && rune <= 0x200F)
           || (rune >= 0x202A && rune <= 0x202E);
}

/* In a text that was read somewhere a sign is one of its words: "f ◦ g". */
static void add_plain(struct str *out, const char *text, bool body)
{
    size_t len = strlen(text), at = 0, start = out->len;

    while (at < len) {
        unsigned rune;
        size_t used = utf8_decode(text + at, len - at, &rune);

        if (rune == '\n' || rune == '\t')
            str_add_char(out, ' ');
        else if (!is_control(rune) && !only_draws(rune) && (body || !is_sign(rune)))
            str_add_mem(out, text + at, used);
        else if (text[at + used] == ' ' && (out->len == start || out->ptr[out->len - 1] == ' '))
            at++; /* nor the blank behind it */
        at += used ? used : 1;
    }
    while (out->len > start && out->ptr[out->len - 1] == ' ')
        str_cut(out, out->len - 1);
}

void linear_plain(struct str *out, const char *text)
{
    add_plain(out, text, false);
}

static void say_plain(const char *text, bool body)
{
    struct str plain = STR_INIT;

    add_plain(&plain, text, body);
    printf("%s\n", plain.ptr);
    fflush(stdout);
    str_free(&plain);
}

void linear_say(const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    say_plain(text.ptr, false);
    str_free(&text);
}

/* ---- the lines of a view ---- */

static void lines_now(struct linear *l, struct view_lines *lines)
{
    struct desk *desk = l->desk;
    struct view *view = desk_view(desk);

    *lines = (struct view_lines){ 0 };
    if (desk->in_sidebar) {
        lines->count = (int)desk->feed_len;
        lines->cursor = desk->feed_cursor;
    } else if (view && view->ops->text) {
        textview_lines(view->ops->text(view), lines);
    } else if (view && view->ops->lines) {
        view->ops->lines(view, lines);
    }
}

void linear_look(struct linear *l, struct view_lines *lines)
{
    int i;

    lines_now(l, lines);
    for (i = 0; i < TRIES && !desk_idle(l->desk); i++) {
        linear_settle(l);
        lines_now(l, lines);
    }
}

static bool feed_line(const struct desk *desk, int at, struct str *out)
{
    const struct feed *feed = at < (int)desk->feed_len ? &desk->feeds[at] : NULL;

    if (!feed) /* they were read anew meanwhile */
        return false;
    if (feed->collection)
        str_printf(out, "collection %.*s", (int)strlen(feed->name) - 2, feed->name + 1);
    else
        str_add(out, feed->name);
    if (feed->number >= 0)
        str_printf(out, ", %lld %s", (long long)feed->number,
                   feed->news          ? "unread"
                   : feed->number == 1 ? "paper"
                                       : "papers");
    else if (feed->number == -2)
        str_add(out, ", its query does not work");
    return true;
}

static bool line_now(struct linear *l, int at, struct str *out)
{
    struct desk *desk = l->desk;
    struct view *view = desk_view(desk);

    str_clear(out);
    return desk->in_sidebar  ? feed_line(desk, at, out)
           : view->ops->text ? textview_line(view->ops->text(view), at, out)
                             : view->ops->line(view, at, out);
}

static void line_of(struct linear *l, int at, struct str *out)
{
    int i;

    for (i = 0; i < TRIES && !line_now(l, at, out); i++)
        linear_settle(l);
    if (i == TRIES)
        str_add(out, "this line could not be read");
}

static void detail_of(struct linear *l, struct str *out)
{
    struct view *view = desk_view(l->desk);

    if (!l->desk->in_sidebar && view && view->ops->detail)
        view->ops->detail(view, out);
}

/* ---- telling ---- */

/* "3 of 60: ..."; a text has no need of numbers. */
static void say_line(struct linear *l, const struct view_lines *lines, int at)
{
    struct view *view = desk_view(l->desk);
    struct str text = STR_INIT, line = STR_INIT;

    l->shown = true;
    line_of(l, at, &text);
    if (at < lines->above)
        str_printf(&line, "%s %d of %d: ", lines->them, at + 1, lines->above);
    else if (l->desk->in_sidebar || !view->ops->text)
        str_printf(&line, "%d of %d: ", at - lines->above + 1, lines->count - lines->above);
    str_add(&line, text.ptr);
    say_plain(line.ptr, lines->body);
    str_free(&line);
    str_free(&text);
}

/* Why the room cannot show what it was asked for; NULL: it can. */
static const struct error *room_failure(const struct linear *l)
{
    struct view *view = desk_view(l->desk);

    return view && !l->desk->in_sidebar && view->ops->failure ? view->ops->failure(view) : NULL;
}

/* A view that has no lines, or none just now, is drawn where nobody sees it, and that is told; why
 * it has none as an error before. */
static void say_drawn(struct linear *l)
{
    const struct error *why;
    struct view *view = desk_view(l->desk);
    struct canvas canvas;
    struct str text = STR_INIT;
    char *line, *rest = NULL;
    int i;

    canvas_init(&canvas, SCREEN_COLUMNS, SCREEN_ROWS, l->desk->app->ascii);
    canvas.display = l->desk->canvas.display;
    view->ops->draw(view, &canvas, 0, 0, SCREEN_COLUMNS, SCREEN_ROWS);
    for (i = 0; i < TRIES && !desk_idle(l->desk); i++) {
        linear_settle(l);
        canvas_clear(&canvas);
        view->ops->draw(view, &canvas, 0, 0, SCREEN_COLUMNS, SCREEN_ROWS);
    }
    canvas_to_text(&text, &canvas);
    text_pauses(&text, 0);
    why = room_failure(l);
    if (why)
        linear_say("error: %s", why->message);
    for (line = strtok_r(text.ptr, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        line += strspn(line, " ");
        if (*line && !(why && str_starts(why->message, line)))
            linear_say("%s", line);
    }
    str_clear(&l->desk->message); /* drawing may have said the same */
    canvas_free(&canvas);
    str_free(&text);
}

/* How many lines from there on are told at once: those that fit, at least one. */
void linear_chunk(struct linear *l, int from)
{
    struct view_lines lines;
    struct str text = STR_INIT;
    size_t bytes = 0;
    int at;

    linear_look(l, &lines);
    for (at = from; at < lines.count && (l->rows == 0 || at < from + l->rows); at++) {
        if (l->rows > 0 && bytes > CHUNK_BYTES)
            break;
        line_of(l, at, &text);
        bytes += text.len;
        say_line(l, &lines, at);
    }
    l->next = at;
    if (at < lines.count)
        linear_say("%d more; an empty line goes on.", lines.count - at);
    str_free(&text);
}

static void room_name(struct linear *l, struct str *out)
{
    struct view *view = desk_view(l->desk);

    if (l->desk->in_sidebar)
        str_add(out, "Feeds");
    else if (!view)
        return;
    else if (view->name)
        str_add(out, view->name);
    else
        str_printf(out, "%s%s%s", view->ops->title, view->argument && *view->argument ? ": " : "",
                   view->argument ? view->argument : "");
}

/* "1 of 213, recommended": what two blanks part in a status is a pause. */
static void room_status(struct linear *l, struct str *out)
{
    struct view *view = desk_view(l->desk);
    const char *gap;

    if (!l->desk->in_sidebar && view && view->ops->status)
        view->ops->status(view, out);
    while ((gap = strstr(out->ptr, "  "))) {
        size_t at = (size_t)(gap - out->ptr);
        bool pause = at > 0 && !strchr(",;", out->ptr[at - 1]);

        str_remove(out, at, 1);
        str_insert(out, at, ",", pause);
    }
    text_pauses(out, 0);
    str_trim(out);
}

/* "Library. 1 of 213." "Log. 12 lines." */
void linear_room(struct linear *l)
{
    struct str text = STR_INIT, status = STR_INIT;
    struct view_lines lines;

    linear_look(l, &lines);
    room_name(l, &text);
    room_status(l, &status);
    if (status.len > 0)
        str_printf(&text, ". %s", status.ptr);
    else if (lines.count > 0)
        str_printf(&text, ". %d line%s", lines.count, lines.count == 1 ? "" : "s");
    linear_say("%s.", text.ptr);
    str_free(&text);
    str_free(&status);
}

/* "Paper: arxiv:2401.00001. Attention in Small Gardens, line 3 of 9." */
static void say_where_in_text(struct linear *l, const struct view_lines *lines)
{
    struct view *view = desk_view(l->desk);
    struct str text = STR_INIT, about = STR_INIT;

    room_name(l, &text);
    if (view->ops->about)
        view->ops->about(view, &about);
    else
        room_status(l, &about);
    linear_say("%s. %s%sine %d of %d.", text.ptr, about.ptr, about.len > 0 ? ", l" : "L",
               lines->cursor + 1, lines->count);
    str_free(&text);
    str_free(&about);
}

/* The line at the cursor, or those that belong together from there on. */
static void say_cursor(struct linear *l)
{
    struct view_lines lines;
    int i;

    linear_look(l, &lines);
    if (lines.count == 0)
        say_drawn(l);
    for (i = 0; i < (lines.together > 0 ? lines.together : 1) && lines.cursor + i < lines.count;
         i++)
        say_line(l, &lines, lines.cursor + i);
    l->next = lines.cursor + i;
}

void linear_where(struct linear *l)
{
    struct view *view = desk_view(l->desk);
    struct view_lines lines;

    linear_look(l, &lines);
    if (!l->desk->in_sidebar && view && view->ops->text && lines.count > 0) {
        say_where_in_text(l, &lines);
        return;
    }
    linear_room(l);
    if (lines.count > 0)
        say_line(l, &lines, lines.cursor);
}

void linear_here(struct linear *l)
{
    struct str detail = STR_INIT;

    struct view_lines lines;

    say_cursor(l);
    linear_look(l, &lines);
    detail_of(l, &detail);
    if (detail.len > 0)
        say_plain(detail.ptr, lines.body);
    str_free(&detail);
}

/* ---- what changed ---- */

static void key_now(const struct linear *l, struct str *out)
{
    struct view *view = desk_view(l->desk);
    struct arena *arena = arena_new();
    const char *key = NULL;

    if (view && view->ops->under && !l->desk->in_sidebar)
        key = view->ops->under(view, arena);
    str_clear(out);
    str_add(out, key ? key : "");
    arena_free(arena);
}

static void see(struct linear *l, struct linear_seen *seen)
{
    struct view *view = desk_view(l->desk);

    linear_look(l, &seen->lines);
    seen->view = view ? view->id : 0;
    str_clear(&seen->room);
    str_clear(&seen->status);
    str_clear(&seen->line);
    str_clear(&seen->detail);
    key_now(l, &seen->key);
    room_name(l, &seen->room);
    room_status(l, &seen->status);
    seen->failed = room_failure(l) != NULL;
    if (seen->lines.count > 0)
        line_of(l, seen->lines.cursor, &seen->line);
    detail_of(l, &seen->detail);
}

void linear_remember(struct linear *l)
{
    see(l, &l->seen);
}

/* What could not be done begins with "error:" and has failed, for the exit code of a script. */
bool linear_message(struct linear *l)
{
    struct desk *desk = l->desk;
    struct str text = STR_INIT;

    if (desk->message.len == 0)
        return false;
    text_words(&text, desk->message.ptr);
    linear_say("%s%s", desk->refused ? "error: " : "", text.ptr);
    str_free(&text);
    l->failed += desk->refused;
    str_clear(&desk->message);
    return desk->refused;
}

/* The line that the cursor has left, if the command did something to it: marked it, say. */
static void say_left(struct linear *l, const struct linear_seen *now)
{
    const struct linear_seen *old = &l->seen;
    struct str line = STR_INIT;

    if (old->lines.count == now->lines.count && old->lines.cursor < now->lines.count
        && old->line.len > 0) {
        line_of(l, old->lines.cursor, &line);
        if (strcmp(line.ptr, old->line.ptr) != 0)
            say_line(l, &now->lines, old->lines.cursor);
    }
    str_free(&line);
}

/* The line at the cursor has left the list, and the next one has come in its place. */
static bool is_another(const struct linear_seen *old, const struct linear_seen *now)
{
    if (old->key.len > 0 && now->key.len > 0)
        return strcmp(old->key.ptr, now->key.ptr) != 0;
    return now->lines.count != old->lines.count && now->lines.count > 0
           && strcmp(now->line.ptr, old->line.ptr) != 0;
}

static bool say_change(struct linear *l, const struct linear_seen *now)
{
    const struct linear_seen *old = &l->seen;
    bool reordered = now->lines.order && !str_eq(now->lines.order, old->lines.order);
    bool told = true, refused;

    if (now->view != old->view || strcmp(now->room.ptr, old->room.ptr) != 0) {
        linear_room(l);
        refused = linear_message(l);
        if (refused && desk_view(l->desk)->ops == &view_search)
            l->next = now->lines.cursor; /* what it finds is not what was asked for */
        else if (now->lines.count == 0)
            say_drawn(l);
        else if (now->lines.alone)
            linear_here(l);
        else if (now->view < old->view) { /* come back to: it is known */
            say_line(l, &now->lines, now->lines.cursor);
            l->next = now->lines.cursor + 1;
        } else
            linear_chunk(l, now->lines.cursor);
        return true;
    }
    if (l->desk->message.len > 0)
        linear_message(l);
    else
        told = false;
    if (now->lines.list && !str_eq(now->lines.list, old->lines.list)) {
        linear_say("%s, %d lines.", now->lines.list, now->lines.count);
        linear_chunk(l, now->lines.cursor);
        return true;
    }
    if (old->lines.list && !now->lines.list) {
        say_cursor(l);
        return true;
    }
    if (reordered && now->lines.turns) {
        linear_say("The list is now: %s, %d papers.", now->lines.order,
                   now->lines.count - now->lines.above);
        told = true;
    }
    if (now->lines.count == 0 && old->lines.count > 0) {
        say_drawn(l);
        told = true;
    } else if (now->lines.cursor != old->lines.cursor || is_another(old, now)) {
        if (!reordered)
            say_left(l, now);
        say_cursor(l);
        told = true;
    } else if (now->lines.count != old->lines.count) {
        linear_say("Now %d line%s here, %d before.", now->lines.count,
                   now->lines.count == 1 ? "" : "s", old->lines.count);
        told = true;
    } else if (now->lines.count > 0 && !told && strcmp(now->line.ptr, old->line.ptr) != 0) {
        say_line(l, &now->lines, now->lines.cursor);
        told = true;
    }
    if (now->lines.opened && strcmp(now->detail.ptr, old->detail.ptr) != 0) {
        say_plain(now->detail.ptr, now->lines.body);
        told = true;
    }
    if (!told && strcmp(now->status.ptr, old->status.ptr) != 0) { /* "20 marked, 1 of 60" */
        linear_say("%s.", now->status.ptr);
        told = true;
    }
    return told;
}

void linear_changes(struct linear *l)
{
    struct linear_seen now = {
        .room = STR_INIT, .status = STR_INIT, .line = STR_INIT, .detail = STR_INIT, .key = STR_INIT
    };

    linear_settle(l);
    if (!desk_view(l->desk))
        return;
    see(l, &now);
    l->failed += now.failed
                 && !(l->seen.failed && l->seen.view == now.view
                      && strcmp(l->seen.room.ptr, now.room.ptr) == 0);
    if (!say_change(l, &now))
        linear_say("Nothing changed.");
    str_free(&now.room);
    str_free(&now.status);
    str_free(&now.line);
    str_free(&now.detail);
    str_free(&now.key);
}
