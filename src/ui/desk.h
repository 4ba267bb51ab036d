/*
 * Inside the desk: its state, and what its files need of each other. All of it belongs to the loop
 * thread.
 */
#ifndef CARREL_UI_DESK_H
#define CARREL_UI_DESK_H

#include "carrel/canvas.h"
#include "carrel/terminal.h"
#include "carrel/view.h"

#include <sys/types.h>

#define VIEW_STACK 16
#define SIDEBAR_WIDTH 22
#define SIDEBAR_FROM 72 /* narrower screens have none */
#define SIDE_LEAST 14
#define SIDE_MOST 44
#define SPLIT_LEAST 20 /* percent */

struct binding {
    char *context, *keys, *command;
    char *from; /* of the configuration: "FILE:LINE" or "-c"; NULL: the program's own */
};

struct keymap {
    struct binding *items;
    size_t len, cap;
    size_t builtin; /* so many of them are the program's own */
};
int keymap_load(struct keymap *keymap, const struct config *config, struct error *err);
void keymap_builtin(struct keymap *keymap); /* those of data/keys alone */
void keymap_free(struct keymap *keymap);
/* keys_check.c: calls `each` with a line for everything about the user's bindings that does not do
 * what it says: two for one key, one that keeps others from being reached, commands that there are
 * not. Returns how many. */
size_t keymap_check(const struct keymap *keymap, void (*each)(void *ctx, const char *line),
                    void *ctx);
/* The keys that run this line in the context, or everywhere; NULL: none. Borrowed. */
const char *keymap_keys_of(const struct keymap *keymap, const char *context, const char *line);
/* Has a command of this name a key, before any configuration? */
bool keymap_binds(const struct keymap *keymap, const char *name);
enum key_match { KEY_NONE, KEY_PREFIX, KEY_COMMAND, KEY_CHAR };
/* KEY_CHAR: the binding ends with <Char>, any one letter, which is the command's word. Looks in
 * `inner` (NULL: none), in `context`, then in "global"; the newest binding wins. */
enum key_match keymap_lookup(const struct keymap *keymap, const char *inner, const char *context,
                             const char *keys, const char **command);
/* The next key of a text in vim's notation ("<CR>", "j", "<lt>"); its length, 0 at the end. */
size_t key_next(const char *text, char key[32]);
/* Can it be pressed? Letters and signs can; of "<...>" those that have a name. */
bool key_exists(const char *key);
const char *key_name_at(size_t i); /* "<Esc>"; NULL behind the last */

/* A line being typed, with history. */
struct line_edit {
    struct str text;
    size_t at;
    bool selected; /* all of it: what is typed next replaces it */
    char **history;
    size_t history_len, history_cap, history_at;
};
/* True when the key was used. */
bool line_edit_key(struct line_edit *edit, const char *key);
/* Puts a text in as if it were typed, without running anything; false: it is too long. */
bool line_edit_paste(struct line_edit *edit, const char *text);
void line_edit_start(struct line_edit *edit, const char *text);
void line_edit_select(struct line_edit *edit); /* all of it */
void line_edit_remember(struct line_edit *edit);
void line_edit_free(struct line_edit *edit);

enum prompt {
    PROMPT_NONE,
    PROMPT_COMMAND,
    PROMPT_SEARCH,
    PROMPT_FIND,
    PROMPT_NOTE,
    PROMPT_FEED,
    PROMPT_PALETTE,
    PROMPT_COUNT
};

/* What a hand with a mouse does; x and y are cells of the screen. */
struct mouse {
    enum { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DRAG, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } what;
    int x, y;
    int button; /* 0 left, 1 middle, 2 right */
    bool twice; /* a press soon after another one there */
};

/* The desk in panes. A rectangle without columns is not there. */
struct rect {
    int x, y, width, height;
};
struct panes {
    struct rect side, main, beside;
    bool below; /* `beside` lies below the main one */
};
enum pane_count { LAYOUT_ONE = 1, LAYOUT_TWO, LAYOUT_THREE };

/* What this machine keeps of how one likes the desk (remember.c), in the file "desk" of the
 * library. */
#define USED_MAX 60
#define TOLD_MAX 200
struct remembered {
    enum pane_count layout;
    int side, split; /* columns of the feeds; percent of the list beside or above the paper */
    char theme[40];  /* "": as the settings say */
    bool hints;
    bool welcomed;        /* the guided start was seen */
    char *used[USED_MAX]; /* of the palette: the latest first */
    size_t used_len;
    char *told[TOLD_MAX]; /* commands whose key was told already */
    size_t told_len;
};

struct feed {
    char *name, *query;
    int64_t number; /* beside its name; -1: not counted yet, -2: its query does not work */
    int64_t
        unread; /* papers to read; 0 also where nobody goes from paper to paper, as the Library */
    const struct view_ops *ops;
    bool saved;      /* a query of that name */
    bool collection; /* its name stands in brackets */
    bool news;       /* its number is of unread papers, not of all */
};

/* news.c: of jobs, for the status line. */
#define NEWS_TOLD 64
struct news {
    int64_t asked;              /* the job that the status line speaks of, 0 none */
    struct str standing;        /* what has become of it, in words; empty: nothing new */
    bool failed;                /* not what was asked for */
    int64_t event;              /* of the queue's story, seen last; -1: none yet */
    size_t failures;            /* harvests that have failed and are to be told */
    bool wanted;                /* a person asked for one of them */
    struct str subject, reason; /* of the first one */
    uint64_t told[NEWS_TOLD];   /* hashes of source and reason: a ring */
    size_t told_next;
};

/* What the terminal says of its ground (ground.c). */
struct ground {
    bool can;      /* there is a terminal that may be asked */
    int64_t asked; /* ticks; 0: not yet */
    bool known, light;
    char text[48]; /* an answer begun */
    size_t len;
};

/* What may stand at the prompt's end (wildmenu.c); all zero: nothing is listed. */
struct wildmenu {
    char *typed; /* the line before Tab; NULL: there is no list */
    char *line;  /* with what all of them share */
    size_t word; /* where its last word begins */
    char **found;
    size_t len;
    size_t chosen; /* len: none */
    uint64_t task; /* that asks for them, 0 none */
    int ahead;     /* Tabs that were pressed before they came; S-Tab counts down */
};

struct desk {
    struct app *app;
    struct canvas canvas;
    struct keymap keymap;
    struct view *stack[VIEW_STACK];
    int depth;
    uint64_t next_id;
    struct pool *readers, *writer;
    struct pool *programs;                 /* others', that may take long; NULL: none was run yet */
    struct pool *old_readers, *old_writer; /* of the time before the library; to be freed */

    struct feed *feeds;
    size_t feed_len, feed_cap;
    int feed_cursor;
    bool sidebar, in_sidebar;
    uint64_t feeds_task;

    enum prompt prompt;
    struct line_edit edits[PROMPT_COUNT];
    struct palette *palette; /* palette.c; NULL: never opened */
    struct wildmenu wildmenu;
    struct remembered remembered;
    struct theme theme;
    char theme_wish[40]; /* its name as it was asked for: it may be "auto" */
    struct ground ground;
    char *theme_before; /* the one to go back to when a preview is left; NULL: none is shown */
    struct view *beside, *coming; /* layout.c: the paper beside its list, and the next one */
    enum { DRAG_NONE, DRAG_SIDE, DRAG_SPLIT } drag;
    struct mouse click; /* the last press, and when (ticks) */
    int64_t click_at;
    bool focused;     /* the terminal is looked at */
    int hint_columns; /* of the last line, when hints were drawn there */
    struct str teach; /* the key of what was just done by its name */
    size_t key_troubles;
    char pending[64]; /* keys of a sequence begun */
    struct str message;
    enum style message_style;
    bool refused;        /* it says that something was not done */
    char *last_command;  /* for "." */
    char *last_error;    /* in the log already */
    char *note_before;   /* the note as it was when its prompt was opened; NULL: none is */
    char *note_of;       /* the highlight that it is of; NULL: a new one's */
    char *search_before; /* the query to go back to when the search prompt is left; NULL: a new view
                          */
    struct {
        pid_t pid;
        char *name;
        int64_t started; /* ticks */
    } children[8];
    struct {
        char *name, *before; /* before: the query that the search had; NULL: it was opened for it */
        char *counted;       /* the text that was counted, or is being */
        struct str said;     /* and how many it finds */
        uint64_t task;       /* under way, 0 none */
        bool saving;         /* what is searched for is about to be the query */
    } feed_edit;
    bool paused;    /* nothing was typed for a moment */
    int64_t key_at; /* ticks of the last key */
    bool running, headless, repaint;
    bool told;         /* linear mode: views are told line by line, never drawn on a screen */
    int64_t jobs_open; /* linear.c: that run or wait, when they were counted last */
    bool scripted;     /* its commands come from a file or pipe: nobody sits there */
    size_t asked;      /* tasks of views that have not come back */
    size_t writing;    /* commands that write and have not come back; views are told by `changed` */

    /* watch.c */
    bool watching;         /* a look at the library is under way */
    int64_t watched;       /* ticks of the last one */
    int64_t data_version;  /* any change at all */
    uint64_t content;      /* of works and the reader's state */
    int64_t content_shown; /* ticks when the views last followed it */
    bool content_due;      /* they have still to */
    uint64_t bulk;         /* a command on many papers that takes a while, 0 none */
    struct str doing;      /* how far it is */
    struct str clock;      /* of a review that goes on below */
    struct str work;       /* what runs in the background, for the status line */
    size_t work_count;     /* jobs that run */
    struct news news;      /* of jobs, that is still to be told */
    struct worker *worker; /* background.c; NULL: none */
    int64_t scheduled;     /* ticks of the last look at what is due */
    int64_t worker_tried;  /* ticks */

    /* remote.c */
    struct remote *remote;     /* NULL: nobody is listened to */
    struct remote_call *hears; /* whose line is being run; NULL: a key's */
    bool remote_failed;

    /* pictures.c */
    struct picture_facts pictures; /* what is known of the terminal */
    bool pictures_asked;
    int64_t pictures_until; /* ticks: answers may come until then */
    char *pictures_said;    /* why not all is possible, when that was told last */
    bool redraw;            /* the terminal shows what we did not write */

    struct config *old_config; /* that threads may still read; NULL: the first one counts */
    bool bare;                 /* there was no library when the workers were started */

    struct {
        bool on;
        int lesson;     /* from 0 */
        uint64_t since; /* views that were opened in this lesson have later ids */
    } tutor;

    void (*suspend)(void *face,
                    bool off); /* gives the terminal to another program and takes it back */
    void (*mouse)(void *face, bool on);
    void (*write_raw)(void *face, const char *bytes, size_t len);
    void *face;
};

struct desk *desk_new(struct app *app, int width, int height, bool headless, struct error *err);
/* Closes the views and waits for what is still being written. */
void desk_leave(struct desk *desk);
void desk_free(struct desk *desk);
void desk_resize(struct desk *desk, int width, int height);
void desk_key(struct desk *desk, const char *key);
/* Nothing was typed for KEY_WAIT_MS: a lone digit is a view, and a slip in a query may be told. */
void desk_key_pause(struct desk *desk);
#define KEY_WAIT_MS 300
/* mouse.c: what the terminal reports behind "CSI <"; anything else does nothing */
void desk_mouse_report(struct desk *desk, const char *text);
void desk_mouse(struct desk *desk, const struct mouse *mouse);
/* Text that was pasted: into the prompt, line ends as blanks; without one nothing is done. */
void desk_paste(struct desk *desk, const char *text);
void desk_focus(struct desk *desk, bool focused);
void desk_draw(struct desk *desk);

/* desk_pools.c */
void desk_pools_open(struct desk *desk);
void desk_drain(struct desk *desk);
bool desk_idle(struct desk *desk);

/* paper_names.c: an answer's ids become titles, in quotes and shortened. Any thread, by its own
 * store. */
int desk_name_papers(struct str *say, struct store *store, struct arena *arena, struct error *err);
/* command_post.c */
/* Keys of what is marked in it, else of what is under its cursor, into the arena: their number. The
 * view may be NULL. */
size_t view_selected(struct view *view, struct arena *arena, char ***keys);
/* An open range becomes marks, for a line that asks view_selected. True: the line must not be run
 * now; it is run when the rows are marked, or it was said why not. */
bool desk_waits_for_rows(struct desk *desk, const char *line);

/* desk_views.c */
struct view *desk_view(struct desk *desk); /* on top; NULL: none */
/* What was opened by its id and is not here is told, and leaves one where one was. */
void desk_leave_missing(struct desk *desk);
void desk_pop(struct desk *desk); /* closes what was opened last, but never the room */
/* A room of its own: what was opened on the way is closed. */
void desk_room(struct desk *desk, const struct view_ops *ops, const char *argument);
void desk_changed(struct desk *desk); /* the library has changed: views and feeds look again */

/* feeds.c */
void desk_reload_feeds(struct desk *desk);
void desk_free_feeds(struct feed *feeds, size_t len);
void desk_open_feed(struct desk *desk);
/* feed_edit.c: the prompt with a feed's query; it is counted when typing rests. */
void desk_feed_edit(struct desk *desk, const char *name);
void desk_feed_count(struct desk *desk);
void desk_feed_say(const struct desk *desk, struct str *out);
void desk_feed_save(struct desk *desk, const char *text);
void desk_feed_leave(struct desk *desk);
/* A command as words, none of which is looked into. */
void desk_run_argv(struct desk *desk, int argc, char **argv);
bool desk_sidebar_command(struct desk *desk, int argc, char **argv); /* false: not one of its */
int desk_sidebar_width(const struct desk *desk);
void desk_draw_sidebar(struct desk *desk, int width);
char *desk_title(struct desk *desk); /* of the window; the caller frees */

/* layout.c */
const char *layout_name(enum pane_count layout); /* "one", "two" or "three" */
void desk_panes(struct desk *desk, struct panes *panes);
void desk_draw_panes(struct desk *desk, const struct panes *panes);
/* The paper beside a list follows its cursor. */
void desk_beside(struct desk *desk);
void desk_beside_close(struct desk *desk);
void desk_layout(struct desk *desk, const char *which); /* NULL: the next one */
/* Is this the view's id, of what lies beside? */
struct view *desk_beside_of(struct desk *desk, uint64_t id);
struct view *view_new(struct desk *desk, const struct view_ops *ops, const char *argument);
void view_close(struct view *view);

/* remember.c */
void desk_remember_load(struct desk *desk);
void desk_remember(struct desk *desk); /* writes it, on the writer's thread */
void desk_remember_used(struct desk *desk, const char *line); /* chosen in the palette */
bool desk_remember_told(struct desk *desk, const char *name); /* false: it was already */

void remembered_free(struct remembered *remembered); /* its members */

/* ground.c: the terminal's, for the theme "auto" */
bool ground_is_light(const struct desk *desk); /* as far as is known */
void ground_ask(struct desk *desk);            /* once; where it cannot be asked, nothing */
/* Answers may come among the keys; one is on its way; one has begun. */
bool ground_listens(const struct desk *desk);
bool ground_is_due(const struct desk *desk);
bool ground_hearing(const struct desk *desk);
/* A byte that may belong to one, from its ESC on; false: it does not. */
bool ground_hears(struct desk *desk, char byte);

/* looks.c: themes at the desk */
int desk_theme_start(struct desk *desk, struct error *err);
void desk_theme(struct desk *desk, const char *name); /* NULL: tells which */
/* Worn and not remembered; false, and said: there is none. */
bool desk_theme_try(struct desk *desk, const char *name);
void desk_theme_preview(struct desk *desk, const char *line); /* of ":theme NAME" as it is typed */
void desk_theme_back(struct desk *desk);                      /* the preview is left */
void desk_theme_ground(struct desk *desk); /* the terminal's ground is known now */

/* hints.c */
void desk_hints(struct desk *desk, const char *word);
void desk_teach(struct desk *desk, const char *line);
void desk_draw_hints(struct desk *desk, int y, int columns);
void desk_draw_pending(struct desk *desk, int y, int columns); /* keys of a sequence begun */
/* The keys of the hint at this column of the last line; false: there is none. */
bool desk_hint_at(struct desk *desk, int x, char key[32]);

/* palette.c */
void desk_palette(struct desk *desk, const char *text);
void desk_palette_typed(struct desk *desk);
bool desk_palette_key(struct desk *desk, const char *key); /* true: it moved in the list */
bool desk_palette_press(struct desk *desk, int x, int y);  /* false: outside */
void desk_palette_done(struct desk *desk);
void desk_palette_draw(struct desk *desk);
void desk_palette_free(struct desk *desk);

/* outside.c */
void desk_open_outside(struct desk *desk);
void desk_open_address(struct desk *desk, const char *address);
void desk_copy(struct desk *desk, bool url);
/* Runs "note" or "edit" with an editor; NULL: of the current paper. */
void desk_edit(struct desk *desk, const char *command, const char *id);
/* With the terminal, until it ends; its status as waitpid gives it, or -1, and that is told. `env`
 * NULL: ours. `talk`: a file for its standard error; NULL: the terminal. `enter`: Enter goes back.
 */
int desk_run_program(struct desk *desk, char *const *argv, char *const *env, const char *talk,
                     bool enter);
void desk_reap(struct desk *desk); /* browsers that have ended, and how; now and then */

/* pipe.c: a line behind `!` and `|` */
const char *desk_shell(void); /* $SHELL, else /bin/sh */
/* Commands that take all that stands behind their name as it is; the last has no name. */
struct line_command {
    const char *name, *help;
    void (*run)(struct desk *desk, const char *rest);
};
extern const struct line_command line_commands[];
bool desk_run_whole(struct desk *desk, const char *line); /* false: it begins with none of them */
/* "--as FORM COMMAND": *form is NULL where none is given. In the arena. ERR_USAGE. */
int pipe_parse(struct arena *arena, const char *text, char **form, char **line, struct error *err);
/* As desk_post, on a thread for programs: they may take long, and rows are not to wait for them. */
uint64_t desk_post_program(struct view *view, struct task *task);

/* copy.c: into the clipboard; what it is ("3 words") is told with how that went */
void desk_copy_text(struct desk *desk, const char *text, const char *what);

/* cite.c: ":cite", ":cite FORM", ":cite FILE.bib" */
void desk_cite(struct desk *desk, int argc, char **argv);
/* What was copied, for the status line: the text's first line, of several papers the form.
 * Malloc'd. */
char *cite_said(const char *form, const char *text, size_t papers);

/* words.c: what the command line of a key does in this context; NULL: nobody says */
const char *desk_words(const char *context, const char *line);
/* The same of the first room that knows it. */
const char *desk_words_elsewhere(const char *line);

/* prompt.c */
void desk_prompt(struct desk *desk, enum prompt prompt, const char *text);
/* For the note of a highlight (its uid; NULL: of one that is made with it), which is now `text`. */
void desk_prompt_note(struct desk *desk, const char *uid, const char *text);
/* What these keys run here, without a count. */
enum key_match desk_lookup(struct desk *desk, const char *keys, const char **command);

/* counts.c */
bool desk_is_motion(const char *command);   /* "down", "goto-end" ... */
bool desk_takes_count(const char *command); /* as its last word: motions, undo, redo */
/* How often it is to be run, with no word: "next-match"; 0: a count is not for it. */
int desk_repeats(const char *command, const char *digits);
/* "3r": a count before what is done to rows is refused as a whole, and said. False: the command is
 * none of these. */
bool desk_refuses_count(struct desk *desk, const char *keys, const char *command);
void desk_search(struct desk *desk);
/* What was typed ahead is done, now that the rows it is for are here. */
void desk_key_ahead(struct desk *desk, struct view *view);

const struct view_ops *desk_view_ops(const char *name);
const struct view_ops *desk_view_at(size_t i);   /* NULL behind the last */
void desk_list_views(struct str *out);           /* "today, library ... or analytics" */
const char *desk_command_name(size_t i);         /* of the desk's own; NULL behind the last */
const char *desk_command_help(const char *name); /* NULL: not one of them */
/* vim.c: words of vim's that the desk understands, for Help: their names, NULL behind the last. */
const char *desk_vim_words(size_t i, const char **words);
bool desk_is_vim_word(const char *name);
/* What may stand behind a command of the desk's own, as far as it begins like `typed`; false: it is
 * none whose words are known. */
bool desk_words_of(const char *name, const char *typed, void (*each)(void *ctx, const char *text),
                   void *ctx);
bool desk_is_keyless(const char *name); /* a view's, without a key */
/* completion.c: Tab (1) or S-Tab (-1) at the prompt: asks, then chooses */
void desk_complete(struct desk *desk, int step);
void desk_prompt_changed(struct desk *desk); /* prompt.c: another text is in the prompt */

/* wildmenu.c. `found` becomes its own. */
void wildmenu_open(struct desk *desk, const char *typed, const char *line, size_t word,
                   char **found, size_t len);
void wildmenu_step(struct desk *desk, int step);
bool wildmenu_leave(struct desk *desk); /* back to what was typed; false: nothing is listed */
void wildmenu_close(struct desk *desk); /* the line stays as it is */
void wildmenu_draw(const struct desk *desk, struct canvas *canvas, int y); /* its last row */

/* first.c: the guided start (view_welcome), and what it changes under the desk */
bool desk_welcome_due(const struct desk *desk);
void desk_welcomed(struct desk *desk); /* never again by itself */
void desk_settings_changed(struct desk *desk);
bool desk_has_library(const struct desk *desk);
/* desk_pools.c: there is one now; workers open it */
void desk_library_made(struct desk *desk);

/* tutor.c: the lessons of `carrel demo` */
bool desk_is_demo(const struct desk *desk);
void desk_tutor(struct desk *desk, const char *word);      /* NULL: begin, or go on */
void tutor_start(struct desk *desk);                       /* if the demo was asked for it */
void tutor_done(struct desk *desk, int argc, char **argv); /* a command has succeeded */
void tutor_look(struct desk *desk);                        /* something may have changed */
void tutor_text(const struct desk *desk, struct str *out);
int tutor_rows(const struct desk *desk); /* of the screen, above its last line */
void tutor_draw(struct desk *desk, int rows);

/* watch.c: a timer's work, several times a second: has anybody changed the library, what runs? */
#define DESK_WATCH_MS 250
void desk_watch(struct desk *desk);
/* news.c: a look's copy of the desk's, on the loop; the look, on the writer's thread; its take-over
 * and its telling, on the loop. */
void news_start(struct news *news, const struct desk *desk);
void news_look(struct news *news, struct store *store);
void news_take(struct desk *desk, struct news *found);
void news_tell(struct desk *desk);
void news_free(struct news *news);
void desk_moved(struct desk *desk); /* jobs or the harvest have: rooms that show them look again */
/* remote.c: lines that come from `carrel --remote`. Where there is a library, from the start. */
void desk_remote_start(struct desk *desk);
void desk_remote_stop(struct desk *desk);
int desk_remote_fd(const struct desk *desk); /* -1: none; when it can be read: */
void desk_remote(struct desk *desk);
void desk_remote_settle(struct desk *desk); /* answers those whose command has ended */
/* What becomes of the line that is being run; nothing when a key began it. */
void remote_outcome(struct desk *desk, int code);
void remote_said(struct desk *desk, const char *text, bool failed);
void remote_output(struct desk *desk, const char *text);
/* For a task that goes on with it: its number (0: none), and on the loop, before it tells. */
int remote_begin(struct desk *desk);
void remote_resume(struct desk *desk, int number);

/* pictures.c: see also desk_pictures in view.h */
void desk_pictures_start(struct desk *desk);
void desk_pictures_choose(struct desk *desk); /* from what is known now */
/* Answers come among the keys: whether any are awaited, and a byte that may belong to one. */
bool desk_picture_listens(const struct desk *desk);
bool desk_picture_hears(struct desk *desk, char byte);
void desk_pictures_wish(struct desk *desk, const char *way); /* NULL: the next one */
/* background.c */
void desk_background(struct desk *desk); /* starts what should run and does not; now and then */
void desk_background_stop(struct desk *desk);
bool desk_background_end(struct desk *desk, int64_t ms); /* false: a thread did not come back */

#endif
