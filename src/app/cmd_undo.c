/*
 * The commands `undo` and `redo`, and the history that both walk through. It lies in the library,
 * so it is the same at the desk, on the command line and after a restart.
 */
#include "commands.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/library.h"
#include "carrel/state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 1000
#define HISTORY_MAX 100000

static void history_text(struct str *out, const struct state_step *step)
{
    char at[32];

    time_format(at, step->at);
    str_printf(out, "%.10s %.5s  %s%s\n", at, at + 11, step->what,
               step->undone  ? "  (taken back)"
               : step->again ? "  (again)"
                             : "");
}

static void history_json(struct jsonw *w, const struct state_step *step)
{
    size_t i;

    jsonw_object(w);
    jsonw_key_int(w, "step", step->step);
    jsonw_key_time(w, "at", step->at);
    jsonw_key_string(w, "what", step->what);
    jsonw_key_int(w, "changes", step->changes);
    jsonw_key(w, "ids");
    jsonw_array(w);
    for (i = 0; i < step->ids.len; i++)
        jsonw_string(w, step->ids.items[i]);
    jsonw_end(w);
    jsonw_key_bool(w, "undone", step->undone);
    jsonw_key_bool(w, "redo", step->again);
    jsonw_end(w);
}

static int history_print(struct command_call *call, struct error *err)
{
    struct state_step *steps;
    struct jsonw w;
    bool json = call_has(call, "--json");
    size_t count, i;
    long limit = 20;
    int result = call_number(call, "--limit", 1, HISTORY_MAX, &limit, err);

    if (result == ERR_OK)
        result = state_history(&steps, &count, call->store, call->arena, (size_t)limit, json, err);
    if (result != ERR_OK)
        return result;
    if (json)
        jsonw_items(&w, &call->out);
    for (i = 0; i < count; i++) {
        if (json)
            history_json(&w, &steps[i]);
        else
            history_text(&call->out, &steps[i]);
    }
    if (json)
        jsonw_items_end(&w);
    else if (count == 0)
        str_add(&call->say, "nothing was done yet that could be undone\n");
    return ERR_OK;
}

/* Is the last thing that was done an import? Undo does not come to it unasked, since it may be most
 * of a library; at the desk it goes past one that it has told of. */
static int import_ahead(struct command_call *call, char **name, struct error *err)
{
    int64_t step = 0;
    char kind[16];
    int result = state_newest(call->store, STATE_ANY, &step, kind, err);

    *name = NULL;
    if (result != ERR_OK || strcmp(kind, "import") != 0 || call_has(call, "--past-imports")
        || (call->desk && atomic_load(&call->app->import_told) == step))
        return result == ERR_NOTFOUND ? ERR_OK : result;
    if (call->desk)
        atomic_store(&call->app->import_told, step);
    return state_step_told(name, call->store, call->arena, step, err);
}

static char *import_words(const struct command_call *call, const char *import)
{
    return mem_printf(call->desk ? "undo again goes past it, :undo import takes it back: %s"
                                 : "the last step was the %s; 'carrel undo import' takes it back, "
                                   "'carrel undo --past-imports' what was done before",
                      import);
}

/* Undo ends in front of an import: *ends. What was taken back before it is done. */
static int end_at_import(bool *ends, struct command_call *call, long done, struct error *err)
{
    char *import, *words;
    int result = import_ahead(call, &import, err);

    *ends = result == ERR_OK && import;
    if (!*ends)
        return result;
    words = import_words(call, import);
    if (done == 0)
        result = error_set(err, ERR_FAILED, "%s", words);
    else
        str_printf(&call->say, "stopped: %s\n", words);
    free(words);
    return result;
}

/* So many steps, one after the other; when they come to an end or are stopped, the first ones are
 * done. */
static int turn_steps(struct command_call *call,
                      int (*turn)(struct store *store, char **what, struct error *err),
                      const char *said, struct error *err)
{
    char *what = NULL;
    long steps = 1, done;
    bool ends = false;
    int result = ERR_OK;

    if (call->argc > 1 || (call->argc == 1 && !str_to_long(call->argv[0], 1, STEPS_MAX, &steps)))
        return error_set(err, ERR_USAGE, "how many steps? A number from 1 to %d, alone one",
                         STEPS_MAX);
    call_watch(call, true);
    for (done = 0; done < steps && result == ERR_OK; done++) {
        if (turn == library_undo)
            result = end_at_import(&ends, call, done, err);
        if (ends)
            break;
        if (result == ERR_OK)
            result = turn(call->store, &what, err);
        if (result == ERR_OK)
            str_printf(&call->say, "%s: %s\n", said, what);
        free(what);
        what = NULL;
    }
    call_watch(call, false);
    if (result == ERR_CANCELLED && done > 1) {
        str_printf(&call->say, "stopped: nothing of the next step was %s\n", said);
        return ERR_OK;
    }
    if (result == ERR_NOTFOUND && done > 1)
        return ERR_OK;
    if (result == ERR_NOTFOUND && err) /* not an id that is missing */
        err->code = result = ERR_FAILED;
    return result;
}

int cmd_undo(struct command_call *call, struct error *err)
{
    if (call_has(call, "--list"))
        return history_print(call, err);
    if (call->argc == 1 && strcmp(call->argv[0], "import") == 0) {
        call->argc = 0;
        return turn_steps(call, library_undo_import, "taken back", err);
    }
    return turn_steps(call, library_undo, "taken back", err);
}

int cmd_redo(struct command_call *call, struct error *err)
{
    return turn_steps(call, library_redo, "done again", err);
}
