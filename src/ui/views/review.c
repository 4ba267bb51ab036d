/*
 * A review with a clock: the unread papers of a list, one after the other with their abstracts, so
 * many in so much time (":review 25 10m"). A verdict leads on to the next one without a verdict;
 * when there is none, or the time is up, a summary tells what became of them. It lies in the
 * library: leaving it is a pause, ":review" alone goes on, also after a restart.
 */
#include "review.h"
#include "papers.h"

#include "carrel/clock.h"
#include "carrel/config.h"

#include <stdlib.h>
#include <string.h>

/* ---- the clock ---- */

static void clock_run(struct reviewing *r, bool on)
{
    if (on == (r->since != 0))
        return;
    r->used = review_used(r);
    r->since = on ? clock_ticks_ms() : 0;
}

static void clock_show(struct view *view)
{
    struct reviewing *r = view->state;

    str_clear(&view->desk->clock);
    if (desk_view(view->desk) == view || r->id == 0 || !r->since)
        return; /* its own bar has it */
    str_add(&view->desk->clock, "review: ");
    review_clock(r, &view->desk->clock);
}

/* ---- from paper to paper ---- */

static void show(struct reviewing *r, int place)
{
    r->place = place;
    r->summary = false;
    review_fill(r);
}

static void show_summary(struct view *view)
{
    struct reviewing *r = view->state;

    clock_run(r, false);
    r->summary = true;
    review_fill(r);
    review_save(view, review_left(r) == 0);
}

/* The next one without a verdict, behind this one first; -1: there is none. */
static int next_undecided(const struct reviewing *r, int from)
{
    int i;

    for (i = 0; i < r->count; i++)
        if (review_undecided(r, (from + i) % r->count))
            return (from + i) % r->count;
    return -1;
}

static void go_on(struct view *view, int from)
{
    struct reviewing *r = view->state;
    int next = next_undecided(r, from);

    if (next < 0) {
        show_summary(view);
        return;
    }
    show(r, next);
    clock_run(r, true);
    review_save(view, false);
}

/* ---- the contract ---- */

/* "25 10m", in any order, each once; 0 is no clock. */
static bool review_words(const char *words, long *count, int64_t *allowed, struct error *err)
{
    struct arena *arena = arena_new();
    bool counted = false, timed = false;
    char **list;
    int len = 0, i, result = words_split(arena, words, &list, &len, err);

    for (i = 0; i < len && result == ERR_OK; i++) {
        bool papers = str_to_long(list[i], 1, REVIEW_MAX, count);
        bool time = !papers && strcmp(list[i], "0") == 0;

        *allowed = time ? 0 : *allowed;
        time |= !papers && !time && duration_parse(list[i], allowed);
        if ((papers && counted) || (time && timed))
            result = error_set(err, ERR_USAGE,
                               "'%s' is a second %s: review PAPERS TIME, as review 25 10m; a time "
                               "has its unit (10m, 90s), or is 0 for none",
                               list[i], papers ? "number of papers" : "time");
        else if (time && *allowed > REVIEW_MOST_HOURS * INT64_C(3600000))
            result = error_set(err, ERR_USAGE,
                               "'%s' is more than a review may take, %d hours; 0 is no clock",
                               list[i], REVIEW_MOST_HOURS);
        counted |= papers;
        timed |= time;
        if (!papers && !time)
            result = error_set(err, ERR_USAGE,
                               "'%s' is no number of papers (1 to %d) and no time (10m, 90s, or 0 "
                               "for none): review 25 10m",
                               list[i], REVIEW_MAX);
    }
    arena_free(arena);
    return result == ERR_OK;
}

static int review_open(struct view *view, const char *argument, struct error *err)
{
    struct reviewing *r = mem_zalloc(sizeof *r);
    long count = REVIEW_PAPERS;
    int64_t allowed = REVIEW_MS;

    view->state = r;
    if (argument && !review_words(argument, &count, &allowed, err))
        return ERR_USAGE;
    free(view->argument); /* is no part of the title */
    view->argument = NULL;
    if (argument)
        review_begin(view, count, allowed);
    else
        review_ask(view); /* what was left is gone on with */
    return ERR_OK;
}

void review_begun(struct view *view, int64_t id, const struct error *err)
{
    struct reviewing *r = view->state;

    if (err) {
        desk_say(view->desk, STYLE_WARN, "%s", err->message);
        r->asker.error = *err;
        if (desk_view(view->desk) == view)
            desk_pop(view->desk); /* but for the room, which shows it */
        return;
    }
    r->id = id;
    review_ask(view);
}

/* The first papers of it are here. */
static void review_arrived(struct view *view)
{
    struct reviewing *r = view->state;
    int place = (int)r->review.place;

    r->id = r->review.id;
    r->used = r->review.used;
    r->allowed = r->review.allowed;
    if (r->used > 0)
        desk_say(view->desk, STYLE_NORMAL, "going on with the review of %s", r->review.query);
    view->name = mem_printf("Review: %s", r->review.query);
    go_on(view, place < r->count ? place : 0);
}

static void review_result(struct view *view, struct task *task)
{
    struct reviewing *r = view->state;
    bool first = r->count == 0;
    int i, back = -1;
    bool *decided;

    if (first) {
        if (review_answer(view, task))
            review_arrived(view);
        else if (r->asker.error.code == ERR_NOTFOUND
                 && r->id == 0) { /* there is none to go on with */
            r->asker.error = (struct error){ 0 };
            review_begin(view, REVIEW_PAPERS, REVIEW_MS);
        }
        return;
    }
    decided = mem_alloc((size_t)r->count * sizeof *decided);
    for (i = 0; i < r->count; i++)
        decided[i] = !review_undecided(r, i);
    if (review_answer(view, task)) {
        for (i = 0; i < r->count && back < 0; i++)
            if (decided[i] && review_undecided(r, i))
                back = i;
        if (back >= 0) /* its verdict was taken back: it is the next one */
            go_on(view, back);
        else
            review_fill(r);
    }
    free(decided);
}

static void review_changed(struct view *view)
{
    struct reviewing *r = view->state;

    if (r->count > 0)
        asker_changed(&r->asker, view, review_ask);
}

static bool review_tick(struct view *view)
{
    struct reviewing *r = view->state;
    bool up = r->allowed && r->since && review_used(r) >= r->allowed, moved;

    if (up && !r->over) {
        r->over = true;
        if (desk_view(view->desk) == view)
            show_summary(view);
        desk_say(view->desk, STYLE_ACCENT, "the review's time is up");
        return true;
    }
    moved = r->since && review_used(r) / 1000 != r->shown;
    if (moved) {
        r->shown = review_used(r) / 1000;
        clock_show(view);
    }
    return moved;
}

/* A verdict is shown at once, and leads on. */
static void review_posted(struct view *view, int argc, char **argv, bool marked)
{
    struct reviewing *r = view->state;
    bool put_off = strcmp(argv[0], "priority") == 0;
    const char *mark = put_off ? "later" : argc > 1 ? argv[1] : "";
    enum read_state state;

    if (marked || r->count == 0 || r->summary || !(put_off || strcmp(argv[0], "mark") == 0))
        return;
    if (!read_state_from(&state, mark)) {
        r->rows[r->place].row.starred = strcmp(mark, "star") == 0;
        r->rows[r->place].starred = r->rows[r->place].row.starred;
        review_fill(r);
        return;
    }
    r->rows[r->place].row.state = state;
    r->rows[r->place].judged = true;
    if (state != READ_UNREAD)
        go_on(view, r->place);
    else
        review_fill(r);
}

/* All verdicts of it, as one step that can be undone. */
static void take_back(struct view *view)
{
    struct reviewing *r = view->state;
    struct str line = STR_INIT;
    int i;

    str_add(&line, "mark unread");
    for (i = 0; i < r->count; i++)
        if (r->rows[i].row.id && !review_undecided(r, i))
            str_printf(&line, " %s", r->rows[i].row.key);
    if (line.len > strlen("mark unread"))
        desk_run_line(view->desk, line.ptr);
    str_free(&line);
}

static void pause_or_go(struct view *view)
{
    struct reviewing *r = view->state;

    if (r->summary)
        go_on(view, r->place);
    else
        clock_run(r, !r->since);
    review_save(view, false);
}

static void more_time(struct view *view)
{
    struct reviewing *r = view->state;

    r->allowed = (review_used(r) > r->allowed ? review_used(r) : r->allowed) + REVIEW_MORE_MS;
    r->over = false;
    desk_say(view->desk, STYLE_NORMAL, "five minutes more");
    go_on(view, r->place);
}

static void open_paper(struct view *view)
{
    struct reviewing *r = view->state;

    if (r->summary)
        go_on(view, r->place);
    else if (r->rows[r->place].row.id)
        desk_open(view->desk, &view_paper, r->rows[r->place].row.key);
}

static bool review_command(struct view *view, int argc, char **argv)
{
    struct reviewing *r = view->state;
    int step = strcmp(argv[0], "next-paper") == 0 ? 1 : strcmp(argv[0], "prev-paper") == 0 ? -1 : 0;
    static const struct {
        const char *name;
        void (*run)(struct view *view);
    } commands[] = { { "pause", pause_or_go },
                     { "more-time", more_time },
                     { "summary", show_summary },
                     { "take-back", take_back },
                     { "open", open_paper } };
    size_t i;

    if (r->count == 0)
        return false;
    if (step) {
        show(r, (r->place + step + r->count) % r->count);
        return true;
    }
    for (i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, argv[0]) == 0) {
            commands[i].run(view);
            return true;
        }
    }
    return textview_command(&r->text, argc, argv);
}

static size_t review_selection(struct view *view, struct arena *arena, char ***keys)
{
    struct reviewing *r = view->state;

    if (r->count == 0 || r->summary || !r->rows[r->place].row.id)
        return 0;
    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, r->rows[r->place].row.key);
    return 1;
}

static void review_status(struct view *view, struct str *out)
{
    review_clock(view->state, out);
}

static const char *review_hints(const struct view *view)
{
    const struct reviewing *r = view->state;

    return r->summary
               ? "Enter go on  c five minutes more  U all unread again  u undo  gq the queue  q "
                 "leave"
               : "r read  L later  x skip  s star  Enter open  J K others  u undo  p pause  E "
                 "end";
}

static const struct error *review_failure(const struct view *view)
{
    const struct reviewing *r = view->state;

    return r->asker.error.code ? &r->asker.error : NULL;
}

static void review_data(struct view *view, struct jsonw *w)
{
    struct reviewing *r = view->state;
    int i;

    jsonw_key_string(w, "of", r->review.query ? r->review.query : "");
    jsonw_key_int(w, "place", r->place + 1);
    jsonw_key_int(w, "count", r->count);
    jsonw_key_int(w, "left", review_left(r));
    jsonw_key_int(w, "allowed_ms", r->allowed);
    jsonw_key_bool(w, "summary", r->summary);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < r->count; i++) {
        if (!r->rows[i].row.id)
            continue;
        jsonw_object(w);
        jsonw_key_string(w, "id", r->rows[i].row.key);
        jsonw_key_string(w, "title", r->rows[i].row.title);
        jsonw_key_string(w, "state", read_state_name(r->rows[i].row.state));
        jsonw_key_bool(w, "starred", r->rows[i].row.starred);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void review_close(struct view *view)
{
    struct reviewing *r = view->state;

    if (r->id && !(r->summary && review_left(r) == 0)) {
        clock_run(r, false);
        review_save(view, false);
        desk_say(view->desk, STYLE_NORMAL, "the review waits: :review goes on with it");
    }
    str_clear(&view->desk->clock);
    asker_close(&r->asker, view);
    textview_clear(&r->text);
    str_free(&r->text.find);
    free(r);
}

const struct view_ops view_review = { .name = "review",
                                      .title = "Review",
                                      .hints = review_hints,
                                      .open = review_open,
                                      .draw = review_draw,
                                      .command = review_command,
                                      .changed = review_changed,
                                      .result = review_result,
                                      .tick = review_tick,
                                      .selection = review_selection,
                                      .posted = review_posted,
                                      .status = review_status,
                                      .failure = review_failure,
                                      .data = review_data,
                                      .lines = review_lines,
                                      .line = review_line,
                                      .detail = review_detail,
                                      .close = review_close };
