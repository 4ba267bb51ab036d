/*
 * Commands that write the reader's state: marks, tags, notes, merges. One command is one step of
 * undo, however many papers it names.
 */
#include "commands.h"
#include "each_paper.h"
#include "editor.h"

#include "carrel/kinds.h"
#include "carrel/library.h"
#include "carrel/notes.h"
#include "carrel/state.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_MAX (1u << 20)
#define PROGRESS_EACH 256

int each_paper(struct each_paper *each, int from, size_t *count, int64_t *changed,
               struct error *err)
{
    struct store *store = each->call->store;
    char **ids;
    size_t i;
    int result = call_ids(each->call, from, &ids, count, err);

    each->ids = ids;

    if (result == ERR_OK)
        result = state_begin(store, err);
    if (result != ERR_OK)
        return result;
    for (i = 0; i < *count && result == ERR_OK; i++) {
        int64_t work;

        result = works_find(store, &work, ids[i], err);
        if (result == ERR_OK)
            result = each->apply(each, work, err);
        if (each->call->progress && i % PROGRESS_EACH == 0)
            each->call->progress(each->call, i, *count);
    }
    if (result == ERR_OK)
        result = state_changes(store, changed, err);
    return state_end(store, result, err);
}

/* Nobody's id, nor the key of an entry, which looks like any word. */
static bool is_no_id(const struct command_call *call, const char *word)
{
    struct ident ident;
    int64_t work;

    return strcmp(word, "-") != 0 && !strchr(word, ':') && !ident_parse(&ident, word)
           && works_find(call->store, &work, word, NULL) == ERR_NOTFOUND;
}

/* "to read later": what stands where the papers do is no id, but more of the name. */
static int name_is_one(const struct command_call *call, const char *what, struct error *err)
{
    struct str name = STR_INIT;
    int i, result = ERR_OK;

    for (i = 1; i < call->argc && is_no_id(call, call->argv[i]); i++)
        str_printf(&name, "-%s", call->argv[i]);
    if (name.len > 0)
        result = error_set(err, ERR_USAGE,
                           "'%.40s' is no paper's id, and a %s has no blanks: %.40s%.120s",
                           call->argv[1], what, call->argv[0], name.ptr);
    str_free(&name);
    return result;
}

int each_paper_word(struct each_paper *each, const char *command, const char *what,
                    const char *name, struct error *err)
{
    struct command_call *call = each->call;
    int result;

    if (call->argc < 1)
        return error_set(err, ERR_USAGE, "%s needs a %s and papers: carrel %s %s ID...", command,
                         what, command, name);
    each->word = call->argv[0];
    if (!each->on)
        return ERR_OK;
    result = words_fit(arena_printf(call->arena, "the %s", what), each->word, err);
    return result == ERR_OK ? name_is_one(call, what, err) : result;
}

void each_paper_same(struct str *say, size_t count, int64_t changed)
{
    size_t same = count - (size_t)changed;

    if (same > 0)
        str_printf(say, " (%zu %s so already)", same, same == 1 ? "was" : "were");
    str_add_char(say, '\n');
}

static const char *const other_marks[] = { "star", "unstar", "seen" };

const char *mark_word_at(size_t i)
{
    size_t states = READ_SKIP + 1;

    return i < states                            ? read_state_name((enum read_state)i)
           : i - states < ARRAY_LEN(other_marks) ? other_marks[i - states]
                                                 : NULL;
}

static int mark_one(struct each_paper *each, int64_t work, struct error *err)
{
    enum read_state state;

    if (strcmp(each->word, "star") == 0 || strcmp(each->word, "unstar") == 0)
        return state_star(each->call->store, work, each->word[0] == 's', err);
    if (strcmp(each->word, "seen") == 0)
        return state_seen(each->call->store, work, err);
    if (read_state_from(&state, each->word))
        return state_mark(each->call->store, work, state, err);
    return error_set(err, ERR_USAGE,
                     "'%s' is no mark: use read, unread, later, skip, star, unstar or seen",
                     each->word);
}

/* Of papers that all were so already nothing was done. */
static void say_marked(struct str *say, const char *word, size_t count, int64_t changed)
{
    const char *papers = count == 1 ? "paper" : "papers";
    bool none = changed == 0 && count > 0;

    if (strcmp(word, "unstar") == 0)
        str_printf(say, none ? "%zu %s had no star" : "%zu %s without a star now", count, papers);
    else if (none)
        str_printf(say, "%zu %s %s %s already", count, papers, count == 1 ? "was" : "were",
                   strcmp(word, "star") == 0 ? "starred" : word);
    else if (strcmp(word, "star") == 0)
        str_printf(say, "%zu %s starred", count, papers);
    else
        str_printf(say, "%zu %s marked %s", count, papers, word);
    if (none)
        str_add_char(say, '\n');
    else
        each_paper_same(say, count, changed);
}

int cmd_mark(struct command_call *call, struct error *err)
{
    struct each_paper each = { .call = call, .apply = mark_one };
    int64_t changed, fetching;
    size_t count;
    int result;

    if (call->argc < 1)
        return error_set(err, ERR_USAGE, "mark needs a state and papers: carrel mark read ID...");
    each.word = call->argv[0];
    if (!strstr(" read unread later skip star unstar seen ",
                arena_printf(call->arena, " %s ", each.word)))
        return mark_one(&each, 0, err);
    result = each_paper(&each, 1, &count, &changed, err);
    if (result == ERR_OK) {
        say_marked(&call->say, each.word, count, changed);
        result = process_marked(call->app, call->store, each.word, each.ids, count, &fetching, err);
        if (result == ERR_OK && fetching > 0)
            str_printf(&call->say, "%" PRId64 " PDF%s will be fetched\n", fetching,
                       fetching == 1 ? "" : "s");
    }
    return result;
}

int words_fit(const char *what, const char *text, struct error *err)
{
    struct str clean = STR_INIT;
    bool valid = utf8_valid(text, strlen(text)), fit;

    utf8_clean(&clean, text, strlen(text));
    fit = strcmp(clean.ptr, text) == 0 && !strpbrk(text, "\t\n");
    str_free(&clean);
    if (!valid)
        return error_set(err, ERR_USAGE, "%s is not valid UTF-8; what is typed here must be", what);
    return fit ? ERR_OK
               : error_set(err, ERR_USAGE, "%s has control characters in it; leave them out", what);
}

static int tag_one(struct each_paper *each, int64_t work, struct error *err)
{
    return state_tag(each->call->store, work, each->word, each->on, err);
}

static int tag_all(struct command_call *call, bool on, struct error *err)
{
    struct each_paper each = { .call = call, .apply = tag_one, .on = on };
    int64_t changed;
    size_t count;
    int result = each_paper_word(&each, on ? "tag" : "untag", "tag", "TAG", err);

    if (result == ERR_OK)
        result = each_paper(&each, 1, &count, &changed, err);
    if (result == ERR_OK && !on && changed == 0)
        str_printf(&call->say, "no paper here has the tag %s\n", each.word);
    else if (result == ERR_OK)
        str_printf(&call->say, "%s %s %" PRId64 " paper%s", each.word, on ? "put on" : "taken off",
                   changed, changed == 1 ? "" : "s");
    if (result == ERR_OK && (on || changed > 0))
        each_paper_same(&call->say, count, changed);
    return result;
}

int cmd_tag(struct command_call *call, struct error *err)
{
    return tag_all(call, true, err);
}

int cmd_untag(struct command_call *call, struct error *err)
{
    return tag_all(call, false, err);
}

/* ---- notes ---- */

static void say_note(struct str *say, const struct work_full *work, const char *text)
{
    const char *old = work->record.notes.len ? work->record.notes.items[0] : "";
    char *new = mem_strdup(text);
    size_t len = strlen(new);

    while (len > 0 && strchr(" \t\n", new[len - 1]))
        new[--len] = '\0';
    str_printf(say, "note of %s %s\n", work->row.key,
               str_eq(old, new) ? "is as it was"
               : !*new          ? "deleted; 'undo' brings it back"
               : *old           ? "replaced; 'undo' brings the old one back"
                                : "saved");
    free(new);
}

/* What it becomes while the editor is open, here or by what comes from a peer, stays. */
static int note_in_editor(struct command_call *call, const struct work_full *work,
                          struct error *err)
{
    const char *old = work->record.notes.len ? work->record.notes.items[0] : "";
    const struct edited_options options = {
        .store = call->store, .old = old, .max = NOTE_MAX, .instead = "the TEXT"
    };
    struct edited edited;
    enum note_met met = NOTE_YOURS;
    int result = edited_open(&edited, &options, err);

    if (result == ERR_OK)
        result = state_note_edit(call->store, work->row.id, old, edited.text.ptr, &met, err);
    if (result == ERR_OK && met == NOTE_YOURS)
        say_note(&call->say, work, edited.text.ptr);
    else if (result == ERR_OK)
        str_printf(&call->say, "%s: %s\n", work->row.key, note_met_words(met));
    return edited_close(&edited, result, err);
}

int cmd_note(struct command_call *call, struct error *err)
{
    struct str text = STR_INIT;
    struct work_full work;
    int64_t id;
    int i, result;

    if (call->argc < 1)
        return error_set(err, ERR_USAGE, "which paper? carrel note ID [TEXT]");
    result = works_find(call->store, &id, call->argv[0], err);
    if (result == ERR_OK)
        result = works_full(call->store, call->arena, id, &work, err);
    if (result != ERR_OK)
        return result;
    if (call->argc == 1)
        return note_in_editor(call, &work, err);
    if (call->argc == 2 && strcmp(call->argv[1], "-") == 0)
        result = stdin_text(&text, "a note", NOTE_MAX, err);
    else
        for (i = 1; i < call->argc; i++)
            str_printf(&text, "%s%s", i > 1 ? " " : "", call->argv[i]);
    if (result == ERR_OK)
        result = state_note_set(call->store, id, text.ptr, err);
    if (result == ERR_OK)
        say_note(&call->say, &work, text.ptr);
    str_free(&text);
    return result;
}

static int jot_one(struct each_paper *each, int64_t work, struct error *err)
{
    return state_note_add(each->call->store, work, each->word, err);
}

/* A line more in the notes of papers; what stands there stays. */
int cmd_jot(struct command_call *call, struct error *err)
{
    struct each_paper each = { .call = call, .apply = jot_one };
    int64_t changed;
    size_t count;
    int result;

    if (call->argc < 1 || str_blank(call->argv[0]))
        return error_set(err, ERR_USAGE,
                         "jot needs a line and papers: carrel jot \"A THOUGHT\" ID...");
    each.word = call->argv[0];
    result = words_fit("the line", each.word, err);
    if (result == ERR_OK)
        result = each_paper(&each, 1, &count, &changed, err);
    if (result == ERR_OK)
        str_printf(&call->say, "noted on %" PRId64 " paper%s\n", changed, changed == 1 ? "" : "s");
    return result;
}

/* ---- merge, split ---- */

/* What is said of it; at the desk by titles, which are read while there are two. */
static int merge_words(char **words, struct command_call *call, struct error *err)
{
    const char *one = call->argv[0], *other = call->argv[1];
    int result = ERR_OK;

    if (call->desk)
        result = state_named(&one, call->store, call->arena, "merge", one, err);
    if (call->desk && result == ERR_OK)
        result = state_named(&other, call->store, call->arena, "merge", other, err);
    *words = strcmp(one, other) == 0
                 ? arena_printf(call->arena, "two papers %s are one now", one)
                 : arena_printf(call->arena, "%s is part of %s now", other, one);
    return result;
}

int cmd_merge(struct command_call *call, struct error *err)
{
    char *words;
    int result;

    if (call->argc != 2)
        return error_set(err, ERR_USAGE, "merge takes two ids; the second goes into the first");
    result = merge_words(&words, call, err);
    if (result == ERR_OK)
        result = library_merge(call->store, call->argv[0], call->argv[1], err);
    if (result == ERR_OK)
        str_printf(&call->say,
                   call->desk ? "%s; undo takes it apart\n"
                              : "%s; 'carrel undo' or 'carrel split' takes it apart\n",
                   words);
    return result;
}

int cmd_split(struct command_call *call, struct error *err)
{
    char *report = NULL;
    int result;

    if (call->argc == 2) {
        result = library_keep_apart(call->store, call->argv[0], call->argv[1], err);
        if (result == ERR_OK)
            str_printf(&call->say, "%s and %s stay two papers\n", call->argv[0], call->argv[1]);
        return result;
    }
    if (call->argc != 1)
        return error_set(err, ERR_USAGE,
                         "split takes one id (its last merge is taken apart) or two (they stay two "
                         "papers)");
    result = library_split(call->store, call->argv[0], &report, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s\n", report);
    free(report);
    return result;
}
