/*
 * Text that scrolls: paragraphs wrapped to the width at hand, with search inside. Paper, Help and
 * Log are made of it.
 */
#include "carrel/view.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY_LINES 8 /* of an entry that are in sight when its first line is on top */

static void add_line(struct textview *text, size_t paragraph, size_t start, size_t len)
{
    if (text->line_count == text->line_cap)
        text->lines =
            mem_grow(text->lines, &text->line_cap, text->line_count + 1, sizeof *text->lines);
    text->lines[text->line_count].paragraph = paragraph;
    text->lines[text->line_count].start = start;
    text->lines[text->line_count++].len = len;
}

void textview_wrap(struct textview *text, int width)
{
    size_t i;

    if (text->wrapped_for == width)
        return;
    text->wrapped_for = width;
    text->line_count = 0;
    for (i = 0; i < text->len; i++) {
        const struct paragraph *paragraph = &text->paragraphs[i];
        size_t at = 0, next;

        do {
            int room = at == 0 ? width : width - paragraph->indent;
            size_t len = text_wrap(paragraph->text + at, room < 8 ? 8 : room, &next);

            if (len > 0 || width != TEXT_WHOLE)
                add_line(text, i, at, len);
            at += next;
        } while (paragraph->text[at]);
    }
}

static int textview_last_top(const struct textview *text)
{
    int last = (int)text->line_count - text->height;

    return last > 0 ? last : 0;
}

static void textview_clamp(struct textview *text)
{
    if (text->top > textview_last_top(text))
        text->top = textview_last_top(text);
    if (text->top < 0)
        text->top = 0;
}

static bool line_has(const struct textview *text, size_t line)
{
    const char *start =
        text->paragraphs[text->lines[line].paragraph].text + text->lines[line].start;
    char *copy = mem_strndup(start, text->lines[line].len);
    bool found = text->find.cap && text->find.len > 0 && strcasestr(copy, text->find.ptr);

    free(copy);
    return found;
}

/* A line with what is searched for marked. */
static void line_marked(const struct textview *text, struct str *out, const char *line, size_t len)
{
    char *copy = mem_strndup(line, len);
    const char *at = copy, *hit;

    while (text->find.cap && text->find.len > 0 && (hit = strcasestr(at, text->find.ptr))) {
        str_add_mem(out, at, (size_t)(hit - at));
        str_add_char(out, '\x02');
        str_add_mem(out, hit, text->find.len);
        str_add_char(out, '\x03');
        at = hit + text->find.len;
    }
    str_add(out, at);
    free(copy);
}

/* A difference (\x04, \x05) that began on a line before goes on. */
static void line_open(struct str *out, const char *text, size_t start)
{
    size_t i;

    for (i = start; i > 0; i--) {
        if (text[i - 1] == '\x03')
            return;
        if (text[i - 1] == '\x04' || text[i - 1] == '\x05') {
            str_add_char(out, text[i - 1]);
            return;
        }
    }
}

/* ---- addresses ---- */

/* The next address in a text: its bytes, and where it begins; 0: none. Marks that end a sentence or
 * close a bracket are not of it. */
static size_t next_address(const char *text, size_t *at)
{
    const char *begin = strstr(text + *at, "http"), *end;

    while (begin && !str_starts(begin, "http://") && !str_starts(begin, "https://"))
        begin = strstr(begin + 1, "http");
    if (!begin)
        return 0;
    end = begin + strcspn(begin, " \t\n\"<>");
    while (end > begin && strchr(".,;:!?)]'", end[-1]))
        end--;
    *at = (size_t)(begin - text);
    return (size_t)(end - begin);
}

static int columns_of(const char *text, size_t len)
{
    char *copy = mem_strndup(text, len);
    int columns = text_width(copy);

    free(copy);
    return columns;
}

/* A line that shows an address, or a part of one that was wrapped, leads to all of it. */
static void draw_links(struct canvas *canvas, const char *text, size_t start, size_t len, int x,
                       int y, int columns)
{
    size_t at = 0, got;

    for (; (got = next_address(text, &at)) > 0; at += got) {
        size_t from = at > start ? at : start, to = at + got < start + len ? at + got : start + len;
        char *address;
        int before, wide;

        if (from >= to)
            continue;
        address = mem_strndup(text + at, got);
        before = columns_of(text + start, from - start);
        wide = columns_of(text + from, to - from);
        canvas_link(canvas, x + before, y, wide < columns - before ? wide : columns - before,
                    address);
        free(address);
    }
}

void textview_draw(struct textview *text, struct canvas *canvas, int x, int y, int width,
                   int height)
{
    int i;

    text->height = height;
    textview_wrap(text, width);
    textview_clamp(text);
    for (i = 0; i < height && text->top + i < (int)text->line_count; i++) {
        size_t line = (size_t)(text->top + i);
        const struct paragraph *paragraph = &text->paragraphs[text->lines[line].paragraph];
        int indent = text->lines[line].start > 0 ? paragraph->indent : 0;
        struct str shown = STR_INIT;

        line_open(&shown, paragraph->text, text->lines[line].start);
        line_marked(text, &shown, paragraph->text + text->lines[line].start, text->lines[line].len);
        canvas_text(canvas, x + indent, y + i, width - indent, paragraph->style, shown.ptr);
        draw_links(canvas, paragraph->text, text->lines[line].start, text->lines[line].len,
                   x + indent, y + i, width - indent);
        str_free(&shown);
    }
}

/* Is the line one to go to? That of an entry (its further lines hang) is its first one, as far as a
 * match behind it is in sight then. */
static bool is_match(const struct textview *text, size_t line)
{
    size_t paragraph = text->lines[line].paragraph, first = line, end;

    if (text->paragraphs[paragraph].indent == 0)
        return line_has(text, line);
    while (first > 0 && text->lines[first].start > 0)
        first--;
    if (line > first)
        return line - first >= ENTRY_LINES && line_has(text, line);
    for (end = line; end < text->line_count && end < line + ENTRY_LINES
                     && text->lines[end].paragraph == paragraph;
         end++)
        if (line_has(text, end))
            return true;
    return false;
}

static void textview_jump(struct textview *text, int direction)
{
    int line = text->top, count = (int)text->line_count, i;

    for (i = 0; i < count; i++) {
        line = (line + direction + count) % count;
        if (is_match(text, (size_t)line)) {
            text->top = line;
            return;
        }
    }
}

/* Where one was before typing is not gone back to: n and N lead there. */
void textview_finding(struct textview *text, const char *typed)
{
    if (!text->find.cap)
        str_init(&text->find);
    str_clear(&text->find);
    str_add(&text->find, typed ? typed : "");
    if (text->find.len > 0 && text->line_count && !is_match(text, (size_t)text->top))
        textview_jump(text, 1);
    textview_clamp(text);
}

bool textview_has(const struct textview *text, const char *words)
{
    size_t i;

    for (i = 0; i < text->len; i++)
        if (strcasestr(text->paragraphs[i].text, words))
            return true;
    return false;
}

/* How well a line answers to the words: a heading that has them, the entry of the key whose command
 * they are, an entry that they begin. The line is the first one of its paragraph. */
static int chapter_rank(const struct textview *text, size_t line, const char *words)
{
    const struct paragraph *paragraph = &text->paragraphs[text->lines[line].paragraph];
    const char *entry = paragraph->text + strspn(paragraph->text, " ");
    size_t len = strlen(words);
    char *command = mem_printf("[%s]", words);
    int rank = paragraph->style == STYLE_HEADING && line_has(text, line)                   ? 3
               : str_ends(paragraph->text, command)                                        ? 2
               : strncasecmp(entry, words, len) == 0 && (!entry[len] || entry[len] == ' ') ? 1
                                                                                           : 0;

    free(command);
    return rank;
}

void textview_chapter(struct textview *text, const char *words)
{
    size_t i;
    int best = 0, rank;

    text->top = 0;
    textview_finding(text, words);
    for (i = 0; i < text->line_count && best < 3; i++) {
        rank = text->lines[i].start == 0 ? chapter_rank(text, i, words) : 0;
        if (rank > best) {
            best = rank;
            text->top = (int)i;
        }
    }
    textview_clamp(text);
}

/* To the next heading, or the one before; where there is none, it stays. */
static void textview_heading(struct textview *text, int direction)
{
    int line;

    for (line = text->top + direction; line >= 0 && line < (int)text->line_count; line += direction)
        if (text->lines[line].start == 0
            && text->paragraphs[text->lines[line].paragraph].style == STYLE_HEADING) {
            text->top = line;
            return;
        }
}

bool textview_command(struct textview *text, int argc, char **argv)
{
    static const struct {
        const char *name;
        int lines, halves, pages;
    } moves[] = { { "down", 1, 0, 0 },        { "up", -1, 0, 0 },       { "half-down", 0, 1, 0 },
                  { "half-up", 0, -1, 0 },    { "page-down", 0, 0, 1 }, { "page-up", 0, 0, -1 },
                  { "scroll-down", 3, 0, 0 }, { "scroll-up", -3, 0, 0 } };
    int times = argc > 1 ? atoi(argv[1]) : 0; /* a count, or a line; 0: none given */
    size_t i;

    for (i = 0; i < ARRAY_LEN(moves); i++) {
        if (strcmp(argv[0], moves[i].name) == 0) {
            text->top += (moves[i].lines + moves[i].halves * (text->height / 2)
                          + moves[i].pages * (text->height - 1))
                         * (times > 0 ? times : 1);
            textview_clamp(text);
            return true;
        }
    }
    if (strcmp(argv[0], "goto-start") == 0 || strcmp(argv[0], "goto-row") == 0)
        text->top = times > 0 ? times - 1 : 0;
    else if (strcmp(argv[0], "goto-end") == 0)
        text->top = times > 0 ? times - 1 : textview_last_top(text);
    else if (strcmp(argv[0], "next-section") == 0 || strcmp(argv[0], "prev-section") == 0)
        textview_heading(text, argv[0][0] == 'n' ? 1 : -1);
    else if (strcmp(argv[0], "open") == 0 || strcmp(argv[0], "click-row") == 0)
        return true; /* a line of text leads nowhere */
    else if (strcmp(argv[0], "find") == 0 && argc > 1) {
        textview_finding(text, argv[1]);
    } else if (strcmp(argv[0], "next-match") == 0 && text->line_count)
        textview_jump(text, 1);
    else if (strcmp(argv[0], "prev-match") == 0 && text->line_count)
        textview_jump(text, -1);
    else
        return false;
    textview_clamp(text);
    return true;
}

void textview_data(struct textview *text, struct jsonw *w)
{
    size_t i;

    jsonw_key(w, "lines");
    jsonw_array(w);
    for (i = 0; i < text->len; i++)
        jsonw_string(w, text->paragraphs[i].text);
    jsonw_end(w);
}

/* ---- in words ---- */

#define FIELD_INDENT 11 /* a name, and what hangs beside it */

void textview_lines(struct textview *text, struct view_lines *lines)
{
    textview_wrap(text, TEXT_WHOLE);
    text->height = 1; /* any line may be the first one */
    textview_clamp(text);
    lines->count = (int)text->line_count;
    lines->cursor = text->top;
}

/* "3 unread of     30": blanks within a phrase, before a number that is set flush right. */
static bool in_phrase(const struct str *out, const char *behind)
{
    return *behind >= '0' && *behind <= '9' && str_ends(out->ptr, " of");
}

/* Blanks that part columns are a pause; behind the name of a field, a colon. */
static void add_words(struct str *out, const char *text, size_t len, bool field)
{
    size_t i = 0, blanks, start = out->len;

    while (i < len && text[i] == ' ')
        i++;
    for (; i < len; i += blanks ? blanks : 1) {
        blanks = strspn(text + i, " ");
        if (i + blanks >= len && blanks)
            return;
        if (blanks > 1) {
            str_add(out, (out->len > start && strchr(",.:;", out->ptr[out->len - 1]))
                                 || in_phrase(out, text + i + blanks)
                             ? " "
                         : field ? ": "
                                 : ", ");
            field = false;
        } else {
            str_add_char(out, text[i]);
        }
    }
}

void text_words(struct str *out, const char *text)
{
    add_words(out, text, strlen(text), false);
}

void text_pauses(struct str *out, size_t from)
{
    static const char dot[] = " · ";
    const char *at;

    while ((at = strstr(out->ptr + from, dot))) {
        from = (size_t)(at - out->ptr);
        str_remove(out, from, sizeof dot - 1);
        str_insert(out, from, ", ", 2);
    }
}

void text_stop(struct str *out)
{
    if (out->len > 0 && !strchr(".!?", out->ptr[out->len - 1]))
        str_add_char(out, '.');
}

void text_note(struct str *out, const char *note)
{
    if (!*note)
        return;
    text_stop(out);
    str_printf(out, " Note: %s", note);
}

bool textview_line(const struct textview *text, int at, struct str *out)
{
    const struct paragraph *paragraph;
    size_t start = out->len;

    if (at < 0 || at >= (int)text->line_count)
        return false;
    paragraph = &text->paragraphs[text->lines[at].paragraph];
    if (paragraph->style == STYLE_HEADING)
        str_add(out, "heading: ");
    add_words(out, paragraph->text + text->lines[at].start, text->lines[at].len,
              paragraph->indent >= FIELD_INDENT);
    if (paragraph->style == STYLE_DIM) /* the desk's own words */
        text_pauses(out, start);
    return true;
}
