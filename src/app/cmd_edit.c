/*
 * edit: a paper's fields by hand, from words, from a form on standard input, or in an editor.
 */
#include "commands.h"
#include "edit_form.h"
#include "editor.h"

#include "carrel/documents.h"
#include "carrel/likeness.h"
#include "carrel/mentions.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

#define FORM_MAX (1u << 20)
#define TITLES_DIFFER                                                                              \
    0.6 /* of titles less alike than that no slip of the fingers makes one paper */

/* What the paper says now, as the form shows it: its arXiv number is an alias of the work. */
static int present(struct record *out, struct command_call *call, int64_t work, struct error *err)
{
    struct work_full full;
    int result = works_full(call->store, call->arena, work, &full, err);

    if (result != ERR_OK)
        return result;
    *out = full.record;
    out->aliases = full.aliases;
    return ERR_OK;
}

/* The title that the work has, or gets by these changes. */
static int title_of(char **title, struct command_call *call, int64_t work,
                    const struct edit_change *changes, size_t count, struct error *err)
{
    struct work_row row = { 0 };
    size_t i;
    int result = works_rows(call->store, call->arena, &work, 1, &row, err);

    *title = row.title ? row.title : "";
    for (i = 0; i < count && result == ERR_OK; i++)
        if (strcmp(changes[i].field->name, "title") == 0 && *changes[i].value)
            *title = arena_strdup(call->arena, changes[i].value);
    return result;
}

/* A mistyped identifier is another paper's, and that would be swallowed: of papers whose titles
 * differ somebody has to say that they are one. */
static int check_joined(struct command_call *call, int64_t work, const char *id, const char *title,
                        struct error *err)
{
    int64_t other;
    char *others;
    int result = works_find(call->store, &other, id, NULL);

    if (result != ERR_OK || other == work) /* nobody has it, or edit tells what is wrong with it */
        return ERR_OK;
    result = title_of(&others, call, other, NULL, 0, err);
    if (result != ERR_OK || !*title || !*others || strcmp(title, others) == 0
        || titles_likeness(title, others) >= TITLES_DIFFER)
        return result;
    return error_set(err, ERR_USAGE,
                     "%s is '%.120s', and this is '%.120s': nothing was changed; if they are one "
                     "paper, 'carrel merge %s %s' says so",
                     id, others, title, call->argv[0], id);
}

static int check_changes(struct command_call *call, const struct edit_change *changes, size_t count,
                         struct error *err)
{
    int64_t work;
    char *title;
    size_t i;
    int result = works_find(call->store, &work, call->argv[0], err);

    if (result == ERR_OK)
        result = title_of(&title, call, work, changes, count, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        if (changes[i].field->scheme && *changes[i].value)
            result = check_joined(
                call, work,
                arena_printf(call->arena, "%s:%s", changes[i].field->scheme, changes[i].value),
                title, err);
    return result;
}

static int take_changes(struct command_call *call, const struct edit_change *changes, size_t count,
                        struct error *err)
{
    char *report = NULL;
    int result = check_changes(call, changes, count, err);

    if (result == ERR_OK)
        result = library_edit(call->store, call->argv[0], changes, count, &report, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s\n", report);
    free(report);
    return result;
}

/* FIELD=VALUE... */
static int edit_words(struct command_call *call, struct error *err)
{
    struct edit_change *changes = arena_alloc(call->arena, (size_t)call->argc * sizeof *changes);
    struct str names = STR_INIT;
    size_t count = 0;
    int i, result = ERR_OK;

    edit_form_names(&names);
    for (i = 1; i < call->argc && result == ERR_OK; i++) {
        const char *equals = strchr(call->argv[i], '=');
        const struct edit_field *field =
            equals ? edit_field_find(
                arena_strndup(call->arena, call->argv[i], (size_t)(equals - call->argv[i])))
                   : NULL;

        if (field)
            changes[count++] = (struct edit_change){ .field = field, .value = equals + 1 };
        else
            result = error_set(err, ERR_USAGE, "'%.60s' is no FIELD=VALUE; fields are %s",
                               call->argv[i], names.ptr);
    }
    str_free(&names);
    return result == ERR_OK ? take_changes(call, changes, count, err) : result;
}

static int take_form(struct command_call *call, const struct record *record, const char *text,
                     struct error *err)
{
    struct edit_change *changes;
    size_t count;
    int result = edit_form_read(&changes, &count, text, record, call->arena, err);

    return result == ERR_OK ? take_changes(call, changes, count, err) : result;
}

/* "#   doi  10.… by the name of its file" */
static int hints(struct command_call *call, struct str *out, int64_t work,
                 const struct record *record, struct error *err)
{
    struct stored_document *documents;
    struct str id = STR_INIT;
    size_t count = 0, i;
    int result = documents_of(&documents, &count, call->store, call->arena, work, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        str_clear(&id);
        if (file_proposes(&id, documents[i].origin, &record->aliases))
            str_printf(out, "# Perhaps %.*s: %s, by the name of its file.\n",
                       (int)strcspn(id.ptr, ":"), id.ptr, strchr(id.ptr, ':') + 1);
    }
    str_free(&id);
    return result;
}

/* Fields of the form that somebody has said otherwise while it was open: "title, venue". */
static int others_words(struct str *out, struct command_call *call, const struct record *record,
                        int64_t work, const struct edit_change *changes, size_t count,
                        struct error *err)
{
    struct record now;
    size_t i;
    int result = present(&now, call, work, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        const struct edit_field *field = changes[i].field;
        const char *value = edit_value(&now, field, call->arena);

        if (strcmp(value, edit_value(record, field, call->arena)) != 0
            && strcmp(value, changes[i].value) != 0)
            str_printf(out, "%s%s", out->len ? ", " : "", field->name);
    }
    return result;
}

/* What was changed in the form stands; whose word goes for it is told. */
static int take_edited(struct command_call *call, const struct record *record, int64_t work,
                       const char *text, struct error *err)
{
    struct edit_change *changes;
    struct str others = STR_INIT;
    size_t count;
    int result = edit_form_read(&changes, &count, text, record, call->arena, err);

    if (result == ERR_OK)
        result = others_words(&others, call, record, work, changes, count, err);
    if (result == ERR_OK)
        result = take_changes(call, changes, count, err);
    if (result == ERR_OK && others.len > 0)
        str_printf(&call->say,
                   "changed meanwhile: %s; yours stands, 'undo' brings the other back\n",
                   others.ptr);
    str_free(&others);
    return result;
}

static void form_again(struct str *form, const char *text, const struct error *err)
{
    if (str_starts(text, "# ERROR")) { /* of the time before */
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    str_clear(form);
    str_printf(form, "# ERROR: %s\n%s", err->message, text);
}

/* A form with a fault comes back with the fault above it, until it is left as it is. */
static int edit_in_editor(struct command_call *call, const struct record *record, int64_t work,
                          struct error *err)
{
    struct str form = STR_INIT, more = STR_INIT;
    struct edited edited;
    bool again;
    int result = hints(call, &more, work, record, err);

    edit_form_write(&form, record, call->argv[0], more.ptr);
    for (again = result == ERR_OK; again;) {
        const struct edited_options options = {
            .store = call->store, .old = form.ptr, .max = FORM_MAX, .instead = "FIELD=VALUE"
        };

        result = edited_open(&edited, &options, err);
        again = false;
        if (result == ERR_OK) {
            result = take_edited(call, record, work, edited.text.ptr, err);
            again = result == ERR_USAGE && err && strcmp(edited.text.ptr, form.ptr) != 0;
        }
        if (again)
            form_again(&form, edited.text.ptr, err);
        result = edited_close(&edited, again ? ERR_OK : result, err);
    }
    str_free(&form);
    str_free(&more);
    return result;
}

int cmd_edit(struct command_call *call, struct error *err)
{
    struct str text = STR_INIT;
    struct record record;
    int64_t work;
    int result;

    if (call->argc < 1)
        return error_set(err, ERR_USAGE, "which paper? carrel edit ID [FIELD=VALUE...]");
    result = works_find(call->store, &work, call->argv[0], err);
    if (result == ERR_OK)
        result = present(&record, call, work, err);
    if (result != ERR_OK)
        return result;
    if (call->argc == 2 && strcmp(call->argv[1], "-") == 0) {
        result = stdin_text(&text, "a form", FORM_MAX, err);
        if (result == ERR_OK)
            result = take_form(call, &record, text.ptr, err);
        str_free(&text);
        return result;
    }
    return call->argc > 1 ? edit_words(call, err) : edit_in_editor(call, &record, work, err);
}
