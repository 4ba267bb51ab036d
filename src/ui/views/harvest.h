/*
 * Inside the Harvest room: what one look at the library brings, and its texts.
 */
#ifndef CARREL_UI_HARVEST_H
#define CARREL_UI_HARVEST_H

#include "carrel/canvas.h"
#include "carrel/harvest.h"
#include "carrel/jobs.h"
#include "carrel/jsonw.h"
#include "carrel/ledger.h"
#include "carrel/peers.h"

/* Where a source stands, in a word. */
enum harvest_state {
    HARVEST_RUNNING,
    HARVEST_WAITING, /* it runs, and its origin is not to be asked just now */
    HARVEST_QUEUED,
    HARVEST_REFUSED, /* its origin has said no, and is left alone */
    HARVEST_FAILED,  /* the last run brought nothing */
    HARVEST_PARTIAL, /* or not all */
    HARVEST_STOPPED, /* by hand */
    HARVEST_DUE,
    HARVEST_DONE, /* until it is due again */
    HARVEST_OFF,  /* not configured any more */
};

/* A configured source, or one that has left something in the library. */
struct harvest_line {
    char *name, *title, *origin;
    bool dateless; /* its first round reads all it has */
    bool configured;
    int64_t every_ms, due;   /* due: clock_now_ms(), 0 now; -1: not configured, never */
    int64_t next_allowed;    /* real time; 0: now */
    struct harvest_run last; /* id 0: never run */
    int64_t records;         /* in all its streams */
    struct job job;          /* the open or newest one that harvests it; id 0 none */
    size_t gaps;
    const struct harvest_gap *gap; /* the first of them */
    struct harvest_wants wants;
    char *stopped; /* why its origin is left alone; NULL: it is not */
    enum harvest_state state;
};

struct harvest_origin {
    struct ledger_origin now;
    struct ledger_totals totals;
    struct ledger_window window;
    int window_requests; /* 0: it has none that is known */
    int64_t window_ms;
};

/* Another machine, and the job that exchanges with it: an open one, or the newest. */
struct harvest_peer {
    struct peer_status now;
    struct job job; /* id 0: none */
};

struct harvest_snapshot {
    struct arena *arena;
    struct harvest_peer *peers;
    size_t peer_count;
    struct harvest_line *lines;
    struct harvest_origin *origins;
    struct harvest_gap *gaps;
    struct ledger_entry *entries;
    size_t line_count, origin_count, gap_count, entry_count;
    char *trouble; /* the configuration's; NULL none */
};

/* Reader's thread. Everything lies in the snapshot's arena, which the caller made. */
int harvest_look(struct harvest_snapshot *seen, struct store *store, const struct config *config,
                 struct error *err);
void harvest_snapshot_data(const struct harvest_snapshot *seen, struct jsonw *w);

/* harvest_peers.c */
int harvest_look_at_peers(struct harvest_snapshot *seen, struct store *store,
                          const struct config *config, struct error *err);
void harvest_peer_data(struct jsonw *w, const struct harvest_peer *peer);
void harvest_peer_preview(struct str *out, const struct harvest_peer *peer);
void harvest_peer_words(struct str *out, const struct harvest_peer *peer); /* in one line */
void harvest_draw_peers(struct canvas *canvas, int x, int y, int width);
void harvest_draw_peer(struct canvas *canvas, int x, int y, int width,
                       const struct harvest_peer *peer);

const char *harvest_state_name(enum harvest_state state); /* "running" ... */

/* Texts, appended. Previews have several lines. */
void harvest_line_next(struct str *out, const struct harvest_line *line);     /* "3 h", "now" */
void harvest_line_standing(struct str *out, const struct harvest_line *line); /* and why */
void harvest_wants_text(struct str *out, const struct harvest_wants *wants);
void harvest_origin_next(struct str *out, const struct harvest_origin *origin); /* "in 2 s" */
void harvest_origin_used(struct str *out, const struct harvest_origin *origin, bool wide);
void harvest_line_preview(struct str *out, const struct harvest_line *line);
void harvest_origin_standing(struct str *out, const struct harvest_origin *origin);
void harvest_origin_numbers(struct str *out, const struct harvest_origin *origin);
void harvest_origin_preview(struct str *out, const struct harvest_origin *origin);
void harvest_gap_preview(struct str *out, const struct harvest_gap *gap);
void harvest_entry_preview(struct str *out, const struct ledger_entry *entry);
void harvest_entry_line(struct str *out, const struct ledger_entry *entry);
/* In words, whole: "arxiv, done, due in 3 h, 1,240 records, 2 gaps: ..." */
void harvest_line_words(struct str *out, const struct harvest_line *line);
void harvest_origin_words(struct str *out, const struct harvest_origin *origin);
void harvest_run_line(struct str *out, const struct harvest_run *run);
void bytes_format(struct str *out, int64_t bytes);
/* "12:00:03" of today, else the date; `at` is in ms since 1970. */
void moment_format(char out[16], int64_t at);

/* Where a source's columns begin, from the left; 0: there is no room for it. */
struct harvest_columns {
    int name, state, next, last, why, gaps, records; /* gaps and records: their right ends */
};

struct harvest_columns harvest_columns(int width);
/* Its end is at x. */
void harvest_right_text(struct canvas *canvas, int x, int y, int columns, enum style style,
                        const char *text);
enum style harvest_state_style(enum harvest_state state);

/* Rows of the list, one a part: their heading and their lines, in as many columns as fit. */
void harvest_draw_lines(struct canvas *canvas, int x, int y, int width);
void harvest_draw_line(struct canvas *canvas, int x, int y, int width,
                       const struct harvest_line *line);
void harvest_draw_origins(struct canvas *canvas, int x, int y, int width);
void harvest_draw_origin(struct canvas *canvas, int x, int y, int width,
                         const struct harvest_origin *origin);
void harvest_draw_gap(struct canvas *canvas, int x, int y, int width,
                      const struct harvest_gap *gap);
void harvest_draw_entry(struct canvas *canvas, int x, int y, int width,
                        const struct ledger_entry *entry);

#endif
