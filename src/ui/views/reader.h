/*
 * The Reader: a document's text, wrapped, and what is shown beside it. Inside: the view's state and
 * what its files need of each other.
 *
 * The text is in bytes of the document (carrel/document.h): lines, matches, mentions, highlights
 * and places are stretches of it, so none of them cares how wide the screen is. Unpacking and
 * wrapping are a worker's; the document is shared with it and never changes.
 */
#ifndef CARREL_UI_READER_H
#define CARREL_UI_READER_H

#include "../asker.h"
#include "../desk.h"

#include "carrel/document.h"
#include "carrel/documents.h"
#include "carrel/reading.h"
#include "carrel/works.h"

#define READER_MEASURE 76    /* columns of text, unless the configuration has another number */
#define READER_PANEL_FROM 28 /* columns that a panel beside the text needs */

struct reader_span {
    uint32_t start, end;
};

/* ---- reader_wrap.c: pure ---- */

#define READER_SENTENCES TEXT_WHOLE
struct reader_line {
    uint32_t start, end; /* equal: blank */
    uint32_t block;
    uint16_t indent;
};
struct reader_lines {
    struct reader_line *items;
    size_t len, cap;
    int width;
};
/* The reading text in lines of at most `width` columns; READER_SENTENCES: a sentence, a heading or
 * a caption is a line, and none is blank. Any thread; reader_lines_free. */
void reader_wrap(struct reader_lines *out, const struct document *doc, int width);
void reader_lines_free(struct reader_lines *lines);
/* The line that shows the byte, or the one before it; 0 when there is none. */
size_t reader_line_of(const struct reader_lines *lines, uint32_t offset);

/* ---- reader_find.c: pure ---- */

struct reader_spans {
    struct reader_span *items;
    size_t len, cap;
};
/* Every place of the pattern in text[0..len): without regard to case (when the pattern has no
 * capital), and any white space is as good as any other. */
void reader_matches(struct reader_spans *out, const char *text, size_t len, const char *pattern);
/* The first span that ends behind the byte; their number when there is none. In order of start. */
size_t reader_span_behind(const struct reader_spans *spans, uint32_t offset);

/* ---- reader_units.c: pure ---- */

/* The sentence (of its block) that holds the byte or begins behind it. */
struct reader_span reader_sentence(const struct document *doc, uint32_t offset);
struct reader_span reader_paragraph(const struct document *doc, uint32_t offset);
/* The first word that begins at the byte or behind it, the last one that ends there or before;
 * empty: none. */
struct reader_span reader_word_behind(const struct document *doc, uint32_t offset);
struct reader_span reader_word_before(const struct document *doc, uint32_t offset);
size_t reader_words(const struct document *doc, struct reader_span span); /* their number */
/* The block of the reading text that holds the byte, or the one before it. */
size_t reader_block_of(const struct document *doc, uint32_t offset);

/* ---- reader_mentions.c: pure ---- */

enum mention_kind {
    MENTION_REFERENCE, /* target: index of the first of its citations */
    MENTION_FIGURE,    /* of figures */
    MENTION_EQUATION,  /* of blocks */
    MENTION_SECTION,   /* of sections */
    MENTION_ADDRESS,   /* of links; DOCUMENT_NONE: its text is one */
};
struct reader_mention {
    uint32_t start, end;
    enum mention_kind kind;
    uint32_t target; /* DOCUMENT_NONE: not in this document */
};
struct reader_mentions {
    struct reader_mention *items; /* in order of start; malloc'd */
    size_t len, cap;
};
void reader_mentions_find(struct reader_mentions *out, const struct document *doc);
/* The first one that ends behind the byte; their number when there is none. */
size_t reader_mention_behind(const struct reader_mentions *mentions, uint32_t offset);

/* ---- reader_targets.c: pure ---- */

#define READER_NUMBER 16 /* bytes of a number, with the terminator */
/* "3", "3.2", "S1", "IV", "A" at the beginning of a text: its length, 0 none. */
size_t reader_number_at(const char *text, char number[READER_NUMBER]);
/* What has this number: an index as in struct reader_mention; DOCUMENT_NONE: nothing. */
uint32_t reader_target(const struct document *doc, enum mention_kind kind, enum figure_kind figure,
                       const char *number);

/* ---- the state ---- */

/* What of the library an address leads to; key NULL: nothing. */
struct reader_here {
    const char *key, *title;
    bool repository; /* else a paper */
};

/* What the view and a worker that wraps share. */
struct reader_text {
    atomic_int owners;
    struct document *doc;
    struct arena *arena; /* of all below */
    struct stored_document which;
    char *key, *title; /* of its work */
    struct reader_mentions mentions;
    struct reader_here *here; /* for each mention */
    struct work_row *cited;   /* for each of the document's references; id 0: not here */
    size_t cited_count;
};
struct reader_text *reader_text_share(struct reader_text *text);
void reader_text_drop(struct reader_text *text); /* NULL is fine */

enum reader_panel { PANEL_NONE, PANEL_OUTLINE, PANEL_PEEK, PANEL_HIGHLIGHTS };

struct reader_highlight {
    struct highlight row;
    uint32_t start, end; /* where it is now; DOCUMENT_NONE: lost */
    enum anchor_found found;
};

struct reader {
    char *id;           /* as it was asked for */
    uint32_t want_page; /* where it should open, from 1; 0: where reading went on */
    char *want_words;   /* and there the words; NULL none */
    struct asker asker, wrapper;
    struct reader_text *text; /* NULL: not read yet */
    struct reader_lines lines;
    int width, measure_set; /* columns asked for at the prompt, 0 none */
    bool by_paragraph;      /* the cursor came here by paragraphs: the whole one is told */
    uint32_t at;            /* the byte that the cursor's line shows: survives a new width */
    int top;                /* line at the screen's top */
    int height;
    uint32_t saved; /* `at` as the library has it */
    int64_t saved_ticks;

    uint32_t *jumps; /* where one was before each jump; jump_at == jump_len: none is gone back */
    size_t jump_len, jump_cap, jump_at;
    uint32_t marks[26]; /* DOCUMENT_NONE: not set */

    struct str pattern, searched; /* at hand; what was searched for last */
    struct reader_spans matches;
    size_t match;       /* the present one */
    uint32_t find_from; /* where the search that is being typed began */

    struct str heading; /* what was searched for in the outline */
    enum reader_panel panel;
    struct listview list; /* of outline and highlights */
    int text_height;      /* what a panel leaves of the screen */

    size_t mention; /* the chosen one; SIZE_MAX: none */
    struct {
        bool on;
        char typed; /* the first letter of two */
    } hints;
    struct reader_mention peeked;
    struct textview peek;
    char *peek_title;
    struct asker drawer;
    struct {
        uint32_t asked; /* which one, by its caption or block; DOCUMENT_NONE: none yet */
        int asked_pixels;
        uint32_t index; /* which one is here */
        uint32_t none;  /* which one could not be had; DOCUMENT_NONE: no such */
        unsigned char *pixels;
        struct str packed;
        struct picture picture; /* id 0: none */
    } figure;

    struct {
        bool on;
        bool fresh; /* a sentence as v took it: the first word that one goes to narrows it */
        struct reader_span anchor, head; /* units at both ends; head is the one that moves */
    } sel;
    struct asker marker;
    struct reader_highlight *highlights; /* in order of start; in the marker's arena */
    size_t highlight_count;
};

/* reader_read.c: asking, answers and saving */
void reader_ask(struct view *view);
void reader_answer(struct view *view, struct task *task);
void reader_wrap_again(struct view *view, int width); /* unless it is so wide already */
void reader_save_place(struct view *view, char mark);
/* The same when it is closed: lists of what is read are told behind it. */
void reader_leave(struct view *view);
int reader_measure(const struct view *view, int columns);

/* reader_move.c */
void reader_go(struct reader *r, uint32_t offset);   /* the cursor's line, scrolled into sight */
void reader_jump(struct reader *r, uint32_t offset); /* the same, and one can go back */
size_t reader_cursor(const struct reader *r);        /* its line */
void reader_place(struct reader *r, int height);     /* before drawing */
bool reader_move(struct view *view, int argc, char **argv);
uint32_t reader_page(const struct reader *r); /* from 0 */
int reader_percent(const struct reader *r);

void reader_keep_margin(struct reader *r); /* text before and behind the cursor */

/* reader_peek.c */
const struct reader_mention *reader_mention_at(const struct reader *r); /* chosen; NULL: none */
bool reader_peek_command(struct view *view, int argc, char **argv);

/* Those on the screen: first and behind the last. */
void reader_mentions_shown(const struct reader *r, size_t *first, size_t *last);
void reader_choose(struct view *view, size_t mention);

/* reader_hints.c */
void reader_hints_show(struct view *view);
/* "hint a"; any command but those that choose takes the letters away. */
bool reader_hint_command(struct view *view, int argc, char **argv);
/* Over a line whose text begins at x. */
void reader_hints_draw(const struct reader *r, struct canvas *canvas,
                       const struct reader_line *line, int x, int y);
void reader_hints_data(const struct reader *r, struct jsonw *w);

/* reader_address.c */
int reader_addresses_find(struct reader_text *text, struct store *store, struct error *err);
/* Of an address or a reference, into the arena; NULL: it has none. */
char *reader_address(const struct reader_text *text, const struct reader_mention *mention,
                     struct arena *arena);
/* Of a mention in text->mentions; NULL: it leads to nothing that is here. */
const struct reader_here *reader_here(const struct reader_text *text,
                                      const struct reader_mention *mention);
void reader_address_peek(struct textview *out, const struct reader_text *text,
                         const struct reader_mention *mention);
bool reader_address_open(struct view *view, const struct reader_mention *mention); /* if here */

/* reader_figure.c */
bool reader_figure_answer(struct view *view, struct task *task);
/* What a picture takes of the panel; 0: there is none to show. */
struct reader_room {
    int columns, rows;
};
/* The figure that is peeked at, as a picture in at most this room. */
struct reader_room reader_figure_draw(struct view *view, struct canvas *canvas, int x, int y,
                                      struct reader_room most);
/* Where a figure, a table or an equation that is peeked at stands on its page. */
struct reader_place {
    uint32_t page;
    struct document_box box;
};
bool reader_place_peeked(const struct reader *r, struct reader_place *out); /* false: none is */

/* reader_select.c */
struct reader_span reader_selected(const struct reader *r);
bool reader_select_command(struct view *view, int argc, char **argv);

/* reader_highlight.c */
/* Writes the note of a highlight, on the writer's thread; `before` NULL: whatever it is now. */
void reader_note_write(struct desk *desk, const char *uid, const char *before, const char *note);
void reader_highlights_ask(struct view *view);
bool reader_highlights_answer(struct view *view, struct task *task);
bool reader_highlight_command(struct view *view, int argc, char **argv);

/* reader_find.c: the commands */
void reader_typed(struct view *view, const char *text, bool done);
/* Marks the words, as if they had been searched for; false: there are none behind the byte. */
bool reader_find_at(struct reader *r, const char *words, uint32_t offset);
bool reader_on_match(const struct reader *r); /* the cursor's line has the present one */
bool reader_find(struct view *view, int argc, char **argv);

/* reader_outline.c */
size_t outline_count(const struct document *doc);
struct outline_entry {
    const char *title;
    uint32_t level, page, offset;
};
struct outline_entry outline_at(const struct document *doc, size_t i);
size_t outline_here(const struct reader *r); /* the entry one reads; SIZE_MAX: before the first */
void outline_typed(struct view *view, const char *text, bool done);
bool reader_panel_command(struct view *view, int argc, char **argv);

/* reader_tell.c: in words */
void reader_lines_told(struct view *view, struct view_lines *lines);
bool reader_line_told(struct view *view, int at, struct str *out);
void reader_detail(struct view *view, struct str *out);
/* "links": what the paragraph mentions, by number; "link N" chooses one. */
bool reader_link_command(struct view *view, int argc, char **argv);

/* reader_draw.c */
void reader_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);

#endif
