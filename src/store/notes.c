/*
 * Texts of notes that were written beside each other: on several machines (carrel/ops.h), or in an
 * editor while the note became another one. All of them stay, one below the other, each under a
 * line that says when and on which machine it was written.
 *
 * Lines with which a text begins as one above it does are not told twice, and a text that another
 * one goes on from is not told beside it: who only adds a line has that line alone below the
 * other's. What comes of it depends on the texts and their order alone, so all machines have the
 * same.
 */
#include "ops_internal.h"

#include "carrel/clock.h"

#include <string.h>

/* Texts that each is compared with: a stranger may send 200 of them, each of 1 MiB. */
#define NEAR 8

struct note_edit {
    struct op op; /* stamp, machine, value */
    bool within;  /* another one goes on from it */
};

void note_add(struct note_text *note, const struct op *op)
{
    struct note_edit edit = { .op = { .stamp = op->stamp } };
    size_t i;

    if (op_stamp_ms(op->stamp) > note->changed)
        note->changed = op_stamp_ms(op->stamp);
    if (!op->value || !*op->value)
        return;
    for (i = 0; i < note->count; i++)
        if (strcmp(note->edits[i].op.value, op->value) == 0)
            return;
    edit.op.machine = arena_strdup(note->arena, op->machine);
    edit.op.value = arena_strdup(note->arena, op->value);
    ARENA_PUSH(note->arena, note->edits, note->count, note->cap, edit);
}

/* Bytes of whole lines with which both begin. */
static size_t common_lines(const char *a, const char *b)
{
    size_t at = 0, lines = 0;

    while (a[at] && a[at] == b[at])
        if (a[at++] == '\n')
            lines = at;
    return (!a[at] || a[at] == '\n') && (!b[at] || b[at] == '\n') ? at : lines;
}

/* What stands behind so many bytes of lines, from the first line that is not empty. */
static const char *behind(const char *text, size_t lines)
{
    text += lines;
    return text + strspn(text, "\n");
}

static void find_within(struct note_text *note)
{
    size_t i, k;

    for (i = 1; i < note->count; i++)
        for (k = 0; k < i && k < NEAR && !note->edits[i].within; k++) {
            const char *one = note->edits[k].op.value, *other = note->edits[i].op.value;
            size_t lines = common_lines(one, other);

            if (str_blank(other + lines))
                note->edits[i].within = true;
            else if (str_blank(one + lines))
                note->edits[k].within = true;
        }
}

/* What of that text none of those above it begins with. */
static const char *own_part(const struct note_text *note, size_t i)
{
    const char *value = note->edits[i].op.value;
    size_t most = 0, k;

    for (k = 0; k < i && k < NEAR; k++) {
        size_t lines = note->edits[k].within ? 0 : common_lines(note->edits[k].op.value, value);

        most = lines > most ? lines : most;
    }
    return behind(value, most);
}

size_t note_compose(struct str *out, struct note_text *note)
{
    size_t told = 0, i;
    char at[32];

    find_within(note);
    for (i = 0; i < note->count; i++) {
        const struct op *op = &note->edits[i].op;

        if (note->edits[i].within)
            continue;
        time_format(at, op_stamp_ms(op->stamp));
        if (told > 0)
            str_printf(out, "\n\n-- also written on %.8s, %.10s %.5s:\n\n", op->machine, at,
                       at + 11);
        str_add(out, told++ > 0 ? own_part(note, i) : op->value);
    }
    return told;
}

/* ---- written in an editor ---- */

static int write_both(struct str *out, enum note_met *met, struct store *store, const char *now,
                      const char *text, struct error *err)
{
    struct note_text note = { .arena = arena_new() };
    struct op op = { .value = now, .stamp = clock_now_ms() << STAMP_COUNTER_BITS };
    char own[MACHINE_HEX];
    int result = ops_machine(store, own, err);

    op.machine = own;
    if (result == ERR_OK) {
        note_add(&note, &op);
        op.value = text;
        note_add(&note, &op);
        *met = note_compose(out, &note) > 1 ? NOTE_BOTH : NOTE_LONGER;
    }
    arena_free(note.arena);
    return result;
}

const char *note_met_words(enum note_met met)
{
    static const char *const words[] = {
        [NOTE_BOTH] = "the note was changed meanwhile; both texts are in it",
        [NOTE_LONGER] =
            "the note was changed meanwhile; of both texts the longer one, which has the "
            "other in it, stands",
        [NOTE_STAYS] = "the note was changed meanwhile, and stays as it is now",
        [NOTE_AGAIN] = "the note was deleted meanwhile; yours stands there again",
    };

    return words[met];
}

int note_meet(struct str *out, enum note_met *met, struct store *store, const char *before,
              const char *now, const char *text, struct error *err)
{
    *met = NOTE_YOURS;
    if (!before || strcmp(now, before) == 0 || strcmp(now, text) == 0) {
        str_add(out, text);
    } else if (!*text || strcmp(text, before) == 0) {
        *met = NOTE_STAYS;
        str_add(out, now);
    } else if (!*now) {
        *met = NOTE_AGAIN;
        str_add(out, text);
    } else {
        return write_both(out, met, store, now, text, err);
    }
    return ERR_OK;
}
