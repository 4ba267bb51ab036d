/*
 * What a user can do, whoever asks: the application's state, the command table and the option
 * table. The command line, the desk's prompt and its keys all end in app_run().
 */
#ifndef CARREL_APP_H
#define CARREL_APP_H

#include "carrel/config.h"
#include "carrel/error.h"
#include "carrel/mem.h"
#include "carrel/nearest.h"
#include "carrel/store.h"
#include "carrel/str.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum app_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct app;
struct command_call;

/* What commands ask of the faces above them. Set by main; unit tests have none. */
struct app_faces {
    int (*desk)(struct app *app, struct error *err); /* until the user leaves */
    int (*dump)(struct command_call *call, struct error *err);
    int (*check)(struct command_call *call, struct error *err); /* the desk's settings */
    const char *(*view_name)(size_t i);    /* of the desk; NULL behind the last */
    const char *(*desk_command)(size_t i); /* of its own; likewise */
    const char *(*scope_name)(size_t i);   /* of tokens; likewise */
    int (*serve)(struct command_call *call, struct error *err);
    int (*token)(struct command_call *call, struct error *err);
    const char *(*service_versions)(void); /* of the libraries behind `serve` */
    /* Their parts of the manual (carrel/man.h): the page of the service, and the sections of
     * carrel(1) about the desk. */
    void (*man_api)(struct str *out);
    void (*man_desk)(struct str *out);
};

/* One per process. Set up before any thread starts, then read-only. */
struct app {
    char *library; /* folder */
    char *config_file;
    struct config *_Atomic config; /* the desk exchanges it while workers read; the old one stays */
    enum app_color color;
    bool ascii, linear, quiet;
    int verbose;
    _Atomic int64_t import_told;   /* the step that undo at the desk goes past: it has told of it */
    const struct app_faces *faces; /* may be NULL */
};

extern const struct config_option app_options[];
extern const size_t app_options_len;

/* A library that is there, opened for the calling thread. ERR_NOTFOUND's message says how to make
 * one. */
int app_open_store(struct store **out, const struct app *app, bool create, struct error *err);
void app_free(struct app *app); /* its members */
/* Tells of each webhook and peer that cannot work as it is set, a line. */
void app_settings_check(const struct app *app, void (*tell)(void *ctx, const char *line),
                        void *ctx);

/* ---- commands ---- */

enum {
    CMD_WRITES = 1,    /* changes the library */
    CMD_CLI = 2,       /* a subcommand */
    CMD_DESK = 4,      /* at the desk's prompt and keys */
    CMD_SELECTION = 8, /* at the desk the ids are those of the marked or current rows */
    CMD_CREATES = 16,  /* makes the library when there is none */
    CMD_NO_STORE = 32, /* needs no library */
    CMD_MARKED = 64, /* of the whole library; at the desk of the marked rows, where there are any */
};

struct command_option {
    const char *name; /* "--limit" */
    const char *arg;  /* "N", NULL for a switch; "[A|B]": one of these, or none */
    const char *help;
};

struct command_call {
    struct app *app;
    struct store *store; /* NULL with CMD_NO_STORE */
    struct arena *arena;
    int argc; /* what is left when options are taken out; argv[0] is the first argument */
    char **argv;
    struct {
        const char *name, *value;
    } options[32];
    size_t option_count;
    bool desk;      /* asked from the desk: no standard input, short answers */
    struct str out; /* data, for standard output */
    int (*flush)(struct command_call *call, struct error *err); /* writes `out` away; may be NULL */
    struct str say; /* talk, for standard error or the status line */
    const atomic_bool *cancel;
    /* Told now and then by what takes long; may be NULL. */
    void (*progress)(struct command_call *call, size_t done, size_t total);
    void *face; /* the caller's own */
};

struct command {
    const char *name;
    const char *args; /* "ID|-..." */
    unsigned flags;
    const char *summary;                  /* one line */
    const char *help;                     /* more, may be NULL */
    const struct command_option *options; /* ends with a NULL name; may be NULL */
    int (*run)(struct command_call *call, struct error *err);
};

const struct command *command_find(const char *name);
const struct command *command_at(size_t i); /* NULL behind the last */
/* Of words that people type for what carrel does otherwise ("rm"): what to do; NULL: none of them.
 */
const char *command_instead(const char *name);
/* ERR_USAGE: there is no such command; with what to do instead, or the one that was likely meant.
 */
int command_unknown(const char *name, struct error *err);
/* A help text in lines of at most `width` columns (INT_MAX: a line for each paragraph); lines that
 * begin with a blank stay as they are. Appends. */
void help_flow(struct str *out, const char *text, int width);

/* May the word stand behind the command, as far as a table says what may? False: `known` are those
 * that may ("read, unread, later"). */
bool command_takes(struct str *known, const char *name, const char *word);

/* How many of these words are no options: the name and its arguments. Where the options are wrong
 * all count, and app_run says why. */
int command_words(const struct command *command, int argc, char **argv);
/* Takes the options out of argv (argv[0] is the command's name), opens the store and runs. */
int app_run(struct command_call *call, int argc, char **argv, struct error *err);
/* The value of an option, "" for a switch that is set, NULL when absent. */
const char *call_option(const struct command_call *call, const char *name);
/* A file or folder that was named. At the desk no shell has seen to "~": what comes back has, and
 * lies in the call's arena. NULL stays NULL. */
const char *call_path(struct command_call *call, const char *named);
bool call_has(const struct command_call *call, const char *name);
int call_number(const struct command_call *call, const char *name, long least, long most,
                long *value, struct error *err);
/* Ids from the arguments; "-" reads them from standard input, one a line. */
int call_ids(struct command_call *call, int from, char ***ids, size_t *count, struct error *err);
/* The store tells this call's progress how far a step is that it makes as a whole (state_watch). */
void call_watch(struct command_call *call, bool on);
/* Where the service listens: `listen` if it is not NULL, else $PORT at every address, as containers
 * are told, else the configuration. */
const char *call_serve_address(struct command_call *call, const char *listen);
int call_out(struct command_call *call, struct error *err); /* flush when `out` is large */

/* Splits a prompt's line into words ("quotes" keep blanks, 'these' around a whole word, too); in
 * the arena. ERR_USAGE for an open quote. */
int words_split(struct arena *arena, const char *line, char ***words, int *count,
                struct error *err);
/* A command's line: likewise, but what is a text or a query to the end of the line is one word as
 * it stands, quotes and all. */
int words_of_line(struct arena *arena, const char *line, char ***words, int *count,
                  struct error *err);
/* Are these, all of them, what stands in front of such a text ("query add NAME")? */
bool words_text_follows(int count, char *const *words);
/* Is it a command whose words are those of a query and keep their quotes, with options anywhere? */
bool words_keep_quotes(const char *name);

/* A word among others keeps its blanks and quotes only in quotes; those are put around it, and
 * `closed` where nothing follows within them. */
bool word_needs_quotes(const char *word);
void word_quote(struct str *out, const char *word, bool closed);
/* Of a line that is being typed: where its last word begins, with a quote that is still open, or a
 * blank behind a backslash, as a shell has it. */
size_t word_begun(const char *line);
/* That word without them; false: quotes within a word, of which nothing is known. */
bool word_unquote(struct str *out, const char *word);

/* A line of the configuration that names a program: its argument vector, "~/" of the first word
 * being the home. ERR_USAGE: an open quote, or nothing there. */
int program_words(struct arena *arena, const char *line, char ***argv, struct error *err);

/* ---- files built into the program ---- */
const char *asset_keys(void); /* data/keys */
/* data/themes, one behind the other; NULL behind the last */
const char *asset_theme_name(size_t i);
const char *asset_theme(size_t i);
const char *asset_starter(size_t *len); /* data/starter.jsonl */
/* Of data/demo: new papers, a document, and what is done with them. */
enum demo_asset { DEMO_PAPERS, DEMO_DOCUMENT, DEMO_COMMANDS };
const char *asset_demo(enum demo_asset asset);
/* Of data/site: the pages of an exported website, and the page of `serve`, which has the same
 * style; scripts are several files, one behind the other. */
enum site_asset { SITE_HTML, SITE_CSS, SITE_JS, LIVE_HTML, LIVE_JS };
const char *asset_site(enum site_asset asset);

/* Help texts, made from the tables. */
void help_overview(struct str *out);
void help_command(struct str *out, const struct command *command);
void help_config(struct str *out);
void version_text(struct str *out, const struct app_faces *faces);

#endif
