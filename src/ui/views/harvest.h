/*
 * Inside the Harvest room: what one look at the library brings, and its texts.
 */
#ifndef CARREL_UI_HARVEST_H
#define CARREL_UI_HARVEST_H

#include "carrel/harvest.h"
#include "carrel/jobs.h"
#include "carrel/jsonw.h"
#include "carrel/ledger.h"

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
};

struct harvest_origin {
    struct ledger_origin now;
    struct ledger_totals totals;
};

struct harvest_snapshot {
    struct arena *arena;
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

/* Texts, appended. Previews have several lines. */
void harvest_line_standing(struct str *out, const struct harvest_line *line);
void harvest_line_numbers(struct str *out, const struct harvest_line *line);
void harvest_line_preview(struct str *out, const struct harvest_line *line);
void harvest_origin_standing(struct str *out, const struct ledger_origin *origin);
void harvest_origin_numbers(struct str *out, const struct harvest_origin *origin);
void harvest_origin_preview(struct str *out, const struct harvest_origin *origin);
void harvest_gap_preview(struct str *out, const struct harvest_gap *gap);
void harvest_entry_preview(struct str *out, const struct ledger_entry *entry);
void harvest_run_line(struct str *out, const struct harvest_run *run);
void bytes_format(struct str *out, int64_t bytes);
/* "12:00:03" of today, else the date; `at` is in ms since 1970. */
void moment_format(char out[16], int64_t at);

#endif
