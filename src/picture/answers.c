/*
 * Asking a terminal what it can do, and reading what it says. Every terminal answers the last
 * question (primary device attributes), so its answer ends the waiting; a terminal that does not
 * know the others says nothing to them.
 */
#include "carrel/terminal_pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *term, const char *const *beginnings)
{
    for (; *beginnings; beginnings++)
        if (str_starts(term, *beginnings))
            return true;
    return false;
}

void picture_ask(struct str *out, const struct picture_facts *facts)
{
    /* The Linux console and old hardware print the body of a command that is new to them. tmux and
     * GNU screen, also on the other end of an ssh, take kitty's for a title, and answer for
     * themselves. */
    static const char *const silent[] = { "dumb", "linux", "vt", "ansi", "cons", NULL };
    static const char *const within[] = { "tmux", "screen", NULL };
    const char *term = facts->term;

    if (str_blank(term) || is_one_of(term, silent))
        return;
    if (!facts->tmux && !is_one_of(term, within)) {
        str_add(out, "\033[>q");                                    /* its name */
        str_add(out, "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\"); /* kitty's protocol? */
    }
    str_add(out, "\033[16t\033[14t"); /* a cell in pixels, the text area in pixels */
    str_add(out, "\033[c");
}

static void device_attributes(struct picture_answers *answers, const char *numbers)
{
    char *end;

    for (; *numbers; numbers = *end ? end + 1 : end) {
        answers->sixel |= strtol(numbers, &end, 10) == 4;
        if (*end != ';' && *end != 'c')
            break;
    }
    answers->done = true;
}

/* "[6;16;8t": of what, height, width. */
static void window_measure(struct picture_answers *answers, const char *numbers)
{
    long values[3] = { 0 };
    char *end;
    int i;

    for (i = 0; i < 3; i++, numbers = end + 1) {
        values[i] = strtol(numbers, &end, 10);
        if (*end != (i < 2 ? ';' : 't') || values[i] < 1 || values[i] > 65535)
            return;
    }
    if (values[0] == 6) {
        answers->cell_height = (int)values[1];
        answers->cell_width = (int)values[2];
    } else if (values[0] == 4) {
        answers->height = (int)values[1];
        answers->width = (int)values[2];
    }
}

static void understand(struct picture_answers *answers)
{
    const char *sequence = answers->sequence + 1;
    char last = answers->sequence[answers->len - 1];

    if (str_starts(sequence, "[?") && last == 'c')
        device_attributes(answers, sequence + 2);
    else if (sequence[0] == '[' && last == 't')
        window_measure(answers, sequence + 1);
    else if (str_starts(sequence, "_Gi=31;OK"))
        answers->kitty = true;
    else if (str_starts(sequence, "P>|"))
        snprintf(answers->name, sizeof answers->name, "%.*s", (int)strcspn(sequence + 3, "\033\a"),
                 sequence + 3);
}

/* Control sequences end with a letter, strings with ESC \ or a bell. */
static bool is_whole(const struct picture_answers *answers)
{
    const char *sequence = answers->sequence;
    char last = sequence[answers->len - 1];

    if (answers->len < 3)
        return answers->len == 2 && !strchr("[O_P]^X", last);
    if (sequence[1] == 'O') /* a key on a keypad */
        return true;
    if (sequence[1] == '[')
        return last >= '@' && last <= '~';
    return last == '\a' || (last == '\\' && sequence[answers->len - 2] == '\033');
}

bool picture_answer(struct picture_answers *answers, char byte)
{
    if (answers->len == 0 && byte != '\033')
        return false;
    answers->sequence[answers->len++] = byte;
    answers->sequence[answers->len] = '\0';
    if (is_whole(answers)) {
        understand(answers);
        answers->len = 0;
    } else if (answers->len == sizeof answers->sequence - 1) {
        /* Whatever it is, it is no answer to us; it goes on to its end. */
        answers->sequence[answers->len - 2] = byte;
        answers->len--;
    }
    return true;
}
