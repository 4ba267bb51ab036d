/*
 * Sources: what a remote service is asked and what its answers mean, one row of functions each.
 *
 * A source speaks neither to the network nor to the library. It builds the next request from a
 * cursor (its own text, opaque to everybody else) and turns an answer's bytes into records and the
 * next cursor; the harvest driver sends, saves and waits. So both can be tested alone, and a new
 * service is one file and one row in source.c.
 *
 * Streams are the lists a source is read by (a set, a category, a query); each has one cursor. A
 * *round* reads a stream from where the last one ended to now; a cursor is either inside a round
 * or, once it is finished, says where the next one begins. All calls are pure but for the clock:
 * any thread.
 */
#ifndef CARREL_SOURCE_H
#define CARREL_SOURCE_H

#include "carrel/sources.h"

#define SOURCE_CURSOR_MAX 8192 /* bytes of a cursor */
#define SOURCE_HOUR_MS 3600000

/* A source's part of the configuration. */
struct source_settings {
    void *ctx;
    const char *name; /* of the section: "arxiv" */
    /* The last value of a key ("oai-url"), NULL when it is not set. */
    const char *(*text)(void *ctx, const char *key);
    size_t (*values)(void *ctx, const char *key, const char *const **values);
    bool narrow; /* queries are meant within the categories, not beside them */
};

/* Whose budget its requests come from. */
struct source_origin {
    char name[128];      /* "arxiv", or a host */
    int64_t floor_ms;    /* the least interval its terms allow; 0: they name none */
    int64_t interval_ms; /* used when none is configured */
    int window_requests; /* at most so many in each window_ms; 0: no such limit */
    int64_t window_ms;
    int64_t limited_ms; /* to keep away after "too many requests" that does not say how long; 0: as
                           after any other fault */
};

struct source_plan {
    struct arena *arena;
    struct text_list streams; /* names: "oai/cs:cs:CL" */
};

/* Where a round is to begin. */
struct source_span {
    const char *cursor; /* saved by the last run; NULL at the first */
    bool finished;      /* it ended a round */
    int32_t since;      /* asked for by the user; DAY_NONE: go on, or the last 30 days */
    int32_t today;
    /* Of a source with subjects: those of this round, at most SOURCE_SUBJECTS; NULL: go on inside
     * the one of the cursor. */
    const struct text_list *subjects;
};

/*
 * Some sources have no lists of their own: they are asked for one thing after the other, and what
 * is worth asking for only the library knows.
 */
enum source_subjects {
    SOURCE_LISTS,        /* no: it has its own */
    SOURCE_DOIS,         /* bare ones */
    SOURCE_REPOSITORIES, /* "owner/name", when its facts are known followed by "@" and when what its
                            README was read at was pushed, "-" without one */
};
#define SOURCE_SUBJECTS 20 /* in a round */

/* What one harvest alone may ask of a source, in place of what the configuration names: bits. */
enum { SOURCE_WISH_QUERY = 1, SOURCE_WISH_CATEGORIES = 2 };

enum source_media { SOURCE_XML, SOURCE_JSON };
struct source_request {
    struct str url, purpose; /* purpose: one line for people */
    enum source_media media;
    bool conditional;           /* an answer that has not changed says so */
    bool keep;                  /* no "as before" now, but the next time it is to be possible */
    bool authorized;            /* with the token, if there is one */
    const char *const *headers; /* "Name: value"; static */
    size_t header_count;
};
void source_request_init(struct source_request *request);
void source_request_clear(struct source_request *request);
void source_request_free(struct source_request *request);

/* What an answer leads to. */
struct source_turn {
    struct str cursor; /* what to ask next; when finished, where the next round begins */
    bool finished;
    int64_t count;      /* records and rejects in this answer */
    int64_t got, total; /* of the list so far; total -1 unknown */
    struct str note;    /* something a person should know, "" none */
    /* Something is missing and this cursor would fetch it: "" none. */
    struct str gap_what, gap_why, gap_cursor;
};
void source_turn_init(struct source_turn *turn);
void source_turn_clear(struct source_turn *turn);
void source_turn_free(struct source_turn *turn);

struct source_setting {
    const char *key, *fallback;
};

struct source_ops {
    const char *kind;  /* "arxiv"; a section of this name, or with this `kind` */
    const char *title; /* "arXiv" */
    bool dateless;     /* what it has bears no dates: a first round reads all of it */
    bool opt_in;       /* off unless `enabled` says otherwise; who is named is asked all the same */
    int64_t every_ms;  /* how often it is due where nothing else is configured */
    unsigned wishes;   /* of SOURCE_WISH_... */
    enum source_subjects subjects;
    size_t (*run)(const struct source_settings *settings); /* subjects of one run, at most */
    const struct source_setting *urls; /* settings that hold addresses; ends with a NULL key */
    int (*origin)(const struct source_settings *settings, struct source_origin *origin,
                  struct error *err);
    /* The streams of a configuration, in the plan's arena. ERR_USAGE names a bad setting. */
    int (*plan)(const struct source_settings *settings, struct source_plan *plan,
                struct error *err);
    /* The cursor to go on with; keeps one that is inside a round which covers the span. */
    int (*begin)(const struct source_settings *settings, const char *stream,
                 const struct source_span *span, struct str *cursor, struct error *err);
    /* A cursor that fetches just these ids (of lookup_scheme, at most lookup_max of them); NULL:
     * cannot. */
    int (*lookup)(const struct source_settings *settings, const struct ident *ids, size_t count,
                  struct str *cursor, struct error *err);
    enum id_scheme lookup_scheme;
    size_t lookup_max;
    /* The request for a paper's full text as Markdown; NULL: it has none. At most text_window of
     * them in the origin's window. */
    int (*text)(const struct source_settings *settings, const struct ident *id,
                struct source_request *request, struct error *err);
    int text_window;
    /* ERR_CORRUPT: not a cursor of this source. */
    int (*request)(const struct source_settings *settings, const char *cursor,
                   struct source_request *request, struct error *err);
    /*
     * A 200's bytes (any status in lookup of an error's text): records go to the sink as they are
     * met, so keep them aside until this returns ERR_OK. ERR_PARSE: not an answer to the request
     * (cut, empty though more is announced, another thing altogether): ask again. ERR_REFUSED: the
     * service understood and says no, asking again is of no use.
     */
    int (*answer)(const struct source_settings *settings, const char *cursor, const void *bytes,
                  size_t len, const struct parse_sink *sink, struct source_turn *turn,
                  struct error *err);
    /* The answer is as it was the last time (304). NULL: that ends the round. */
    int (*unchanged)(const struct source_settings *settings, const char *cursor,
                     const struct parse_sink *sink, struct source_turn *turn, struct error *err);
    /* There is no such thing (404, 410, 451, or 403 for it alone), which is an answer to who asks
     * for one thing. ERR_PARSE: not in the service's own words, so it is none. NULL: a failure. */
    int (*denied)(const struct source_settings *settings, const char *cursor, int status,
                  const void *bytes, size_t len, const struct parse_sink *sink,
                  struct source_turn *turn, struct error *err);
    /* What a cursor asks for first, as it was called among the subjects; NULL: it has none, or they
     * need no rest after a failure. */
    int (*subject)(const struct source_settings *settings, const char *cursor, struct str *out,
                   struct error *err);
    /* Passes over what cannot be had: turn->cursor goes behind it, turn->gap_* says what is left
     * out. ERR_NOTFOUND: there is no way around this page. */
    int (*pass_over)(const struct source_settings *settings, const char *cursor,
                     struct source_turn *turn, struct error *err);
};

const struct source_ops *source_find(const char *kind); /* NULL: none of this kind */
const struct source_ops *source_at(size_t i);           /* NULL behind the last */

/* The setting or the source's own default. */
const char *source_url(const struct source_ops *ops, const struct source_settings *settings,
                       const char *key);
/* Does the address name this machine (127.0.0.0/8, ::1, localhost)? */
bool source_is_loopback(const char *url);
/* Is every address of this source on this machine? Then no published floor applies. */
bool source_all_loopback(const struct source_ops *ops, const struct source_settings *settings);

#endif
