/*
 * Views: the contract between the desk and its rooms (STYLE, "Views, commands, keys, options are
 * tables").
 */
#ifndef CARREL_VIEW_H
#define CARREL_VIEW_H

#include "carrel/app.h"
#include "carrel/canvas.h"
#include "carrel/jsonw.h"
#include "carrel/task.h"

struct desk;
struct view;
struct mark_set; /* ui/marks.h */

/* What linear mode tells of a view: how many lines there are, and the one the cursor is on. */
struct view_lines {
    int count, cursor;
    bool opened;  /* the detail was asked for (a peek, a selection): it is told when it changes */
    int together; /* so many are told from there on, when the cursor came; 0: as 1 */
    bool alone;   /* they come one at a time: a room tells the one at the cursor */
    int above;    /* so many of them stand above the list and are no rows of it */
    const char *them;  /* what such a one is called */
    const char *list;  /* which of the view's lists it is: "Outline"; NULL: it has one alone */
    const char *order; /* that they are in, and why; NULL: always the same */
    bool turns;        /* it changes by itself, and is told then */
    bool body;         /* they are a text that was read somewhere: told as they stand */
};

struct view_ops {
    const char *name; /* also its key context */
    const char *title;
    const char *hint; /* the keys that matter here, for the last line; NULL: those of papers */
    const char *(*hints)(const struct view *view); /* the same, where they change; may be NULL */
    int (*open)(struct view *view, const char *argument, struct error *err);
    /* Fills the rectangle; changes nothing but what drawing computes (wrapped lines, scroll
     * bounds). */
    void (*draw)(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
    /* False: let the desk handle it. argv[0] is the command. */
    bool (*command)(struct view *view, int argc, char **argv);
    void (*changed)(struct view *view); /* the library has changed */
    void (*moved)(struct view *view);   /* jobs or the harvest have; may be NULL */
    void (*result)(struct view *view, struct task *task); /* a task of this view is done */
    void (*typed)(struct view *view, const char *text,
                  bool done);          /* the search prompt, as it is typed */
    void (*rested)(struct view *view); /* nothing was typed for a moment; may be NULL */
    /* The find prompt, as it is typed; NULL: it was left by Esc. Without it, `find` is run at the
     * end. */
    void (*finding)(struct view *view, const char *text, bool done);
    /* Several times a second, on top or not: true when there is something to draw. May be NULL. */
    bool (*tick)(struct view *view);
    bool (*peel)(struct view *view); /* Esc: closes what lies over it; false: nothing does */
    /* Keys that come before the view's own just now; NULL: none do. May be NULL. */
    const char *(*context)(const struct view *view);
    bool whole; /* takes the whole screen: no sidebar */
    bool pages; /* one digit before gg or G is a page or line of it; elsewhere it is a room's key */
    /* Keys of the papers a command should act on, into the arena. */
    size_t (*selection)(struct view *view, struct arena *arena, char ***keys);
    /* What commands on several papers act on instead, for a worker; NULL: nothing is marked. May be
     * NULL, then such a view's `selection` tells them all. */
    struct mark_set *(*marked)(struct view *view);
    void (*acted)(struct view *view, struct mark_set *set); /* that was done */
    /* A command on papers was posted: on those that are marked, or on the one at hand. May be NULL
     */
    void (*posted)(struct view *view, int argc, char **argv, bool marked);
    /* The paper or repository under the cursor, which is shown beside the list; NULL: none. May be
     * NULL: nothing is shown beside such a view. */
    const char *(*under)(struct view *view, struct arena *arena);
    /* What counts first; behind two blanks, what a narrow screen leaves out. */
    void (*status)(struct view *view, struct str *out);
    /* While a query is typed: that of the rows which are shown, which may not be read yet; NULL:
     * none is typed. May be NULL. */
    const char *(*shown)(const struct view *view);
    /* What is wrong with the query that is being typed; may be NULL. */
    void (*slip)(struct view *view, struct str *out);
    /* Why it cannot show what it was asked for; may be NULL, or return NULL. */
    const struct error *(*failure)(const struct view *view);
    void (*data)(struct view *view, struct jsonw *w); /* members of an open object */
    /* For linear mode, where nothing is drawn: its text, if it is nothing else, or the lines there
     * are, asking for what they lack. Both NULL: what is drawn is told. */
    struct textview *(*text)(const struct view *view);
    void (*lines)(struct view *view, struct view_lines *lines);
    /* One of them in words, whole and without pictures; false: it is not here yet, and asked for.
     */
    bool (*line)(struct view *view, int at, struct str *out);
    /* What a screen shows beside or below the line under the cursor, in words; may be NULL. */
    void (*detail)(struct view *view, struct str *out);
    /* Of which thing it is, where its title has an id alone; may be NULL. */
    void (*about)(struct view *view, struct str *out);
    void (*close)(struct view *view);
};

struct view {
    const struct view_ops *ops;
    struct desk *desk;
    void *state;
    uint64_t id; /* results of closed views are dropped by it */
    char *argument;
    char *name;       /* of the feed it shows, for the title; NULL: none */
    size_t asked;     /* its tasks that have not come back */
    bool answered;    /* they have all come back since it was opened or its query was entered */
    bool named;       /* by its id; it goes again when the library has no such thing */
    struct str ahead; /* commands of keys that wait for that, one a line */
};

/* News: what was published lately and came in lately. Old papers of an import are none. */
#define TODAY_QUERY "is:unread added:7d date:14d"

/* clang-format off */
extern const struct view_ops
    view_today,
    view_library,
    view_queue,
    view_review,
    view_search,
    view_paper,
    view_reader,
    view_jobs,
    view_job,
    view_harvest,
    view_source,
    view_tables,
    view_duplicates,
    view_trending,
    view_topics,
    view_analytics,
    view_repositories,
    view_repository,
    view_code,
    view_log,
    view_help,
    view_page,
    view_answer,
    view_output,
    view_cite,
    view_tags,
    view_bin,
    view_highlights,
    view_changes,
    view_welcome;
/* clang-format on */

/* ---- what the desk offers to views ---- */
struct app *desk_app(struct desk *desk);
/* Runs `run` on a worker with a store; then view->ops->result on the loop. The task is freed behind
 * it. */
uint64_t desk_post(struct view *view, struct task *task);
void desk_cancel(struct desk *desk, uint64_t task);
/* What was asked for cannot be done here, and no harm in that: said quietly, but as a failure to
 * who hears it otherwise (linear mode, --remote). */
void desk_refuse(struct desk *desk, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void desk_say(struct desk *desk, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Is what is searched for to be a saved query's? */
bool desk_edits_feed(const struct desk *desk);
void desk_open(struct desk *desk, const struct view_ops *ops, const char *argument);
/* The view that this one lies on, or is just being opened from; NULL: none. */
struct view *desk_below(struct view *view);
/* A list stands on another paper now: a paper that was opened from it is exchanged for that one. */
void desk_follow(struct view *list, const char *key);
void desk_each_binding(struct desk *desk,
                       void (*each)(void *ctx, const char *context, const char *keys,
                                    const char *command),
                       void *ctx);

/* How pictures are shown here, for canvas_picture and picture_fit. The first call asks the
 * terminal; the screen is drawn anew when that has answered. */
const struct picture_display *desk_pictures(struct desk *desk);
/* Puts a harvest of this source into the queue. */
void desk_harvest(struct desk *desk, const char *source);
/* The same for an exchange with this peer. */
void desk_exchange(struct desk *desk, const char *peer);
/* To the first unread paper of the next feed that has one. */
void desk_next_feed(struct desk *desk);
/* A command line, as if typed at the prompt. */
int desk_run_line(struct desk *desk, const char *line);
/* Is this a command for the papers that are marked, or for the one at hand? */
bool desk_acts_on_papers(int argc, char **argv);

/* ---- shared widget: a list's cursor ---- */
struct listview {
    int count; /* rows; set by the view */
    int cursor, top, height;
};
void listview_clamp(struct listview *list);
void listview_place(struct listview *list, int height); /* before drawing */
bool listview_command(struct listview *list, int argc, char **argv);
void listview_lines(struct listview *list, struct view_lines *lines);
/* To the next row that has what is looked for, or with -1 the one before, around to the cursor
 * again; `here`: the cursor's own will do. False: no row has it. */
bool listview_match(struct listview *list, int direction, bool here,
                    bool (*has)(const void *ctx, int row), const void *ctx);

/* ---- shared widget: text that scrolls ---- */
struct paragraph {
    enum style style;
    int indent; /* of all lines but the first */
    char *text; /* malloc'd; wrapped at draw */
};
struct textview {
    struct paragraph *paragraphs;
    size_t len, cap;
    struct {
        size_t paragraph, start, len;
    } * lines;
    size_t line_count, line_cap;
    int wrapped_for, top, height;
    struct str find;
};
void textview_add(struct textview *text, enum style style, int indent, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void textview_blank(struct textview *text); /* a line */
/* A value beside its name, values one behind the other; nothing where there is none. */
void textview_field(struct textview *text, const char *name, const char *value);
struct text_list;
void textview_list(struct textview *text, const char *name, const struct text_list *values);
void textview_clear(struct textview *text);
void textview_wrap(struct textview *text, int width); /* into lines; drawing does it by itself */
void textview_draw(struct textview *text, struct canvas *canvas, int x, int y, int width,
                   int height);
/* What is searched for, as it is typed: marked, and the next place of it comes into sight. */
void textview_finding(struct textview *text, const char *typed);
/* Is it anywhere in the text, wrapped or not? */
bool textview_has(const struct textview *text, const char *words);
/* Searched for, from the beginning of the wrapped text: to the heading that has it, the entry of
 * the key with that command, or the entry that begins with it; else as textview_finding. */
void textview_chapter(struct textview *text, const char *words);
bool textview_command(struct textview *text, int argc,
                      char **argv); /* scrolling, find, next-match */
void textview_data(struct textview *text, struct jsonw *w);
/* A line is a paragraph here, empty ones left out. */
#define TEXT_WHOLE (1 << 20) /* columns */
void textview_lines(struct textview *text, struct view_lines *lines);
bool textview_line(const struct textview *text, int at, struct str *out);
void text_words(struct str *out, const char *text); /* blanks that part columns are commas */
/* From there on, dots that stand between two of the desk's own words are commas. */
void text_pauses(struct str *out, size_t from);
/* A full stop, unless what stands there ends in one. */
void text_stop(struct str *out);
/* " Note: ..." as a sentence of its own; nothing for no note. */
void text_note(struct str *out, const char *note);

#endif
