/*
 * The tutor: ten short lessons at the desk of `carrel demo`. Each asks for one thing and goes on
 * when that was done, however it was done: by key, by command, by mouse, line by line.
 *
 * It watches two things: commands that have succeeded (tutor_done) and where the desk stands
 * (tutor_look). In a library of one's own it does not begin, since its lessons change marks.
 */
#include "desk.h"

#include "carrel/file.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

enum lesson_check {
    LESSON_DONE, /* a command that begins so has succeeded; `least`: on so many papers */
    LESSON_VIEW, /* such a view was opened; with `words`: of an argument that has them */
    LESSON_END,  /* such a view stands at its last line */
};

static const struct lesson {
    const char *title, *text;
    enum lesson_check check;
    const char *what, *words;
    int least;
} lessons[] = {
    { "Moving",
      "2 is the Library, 1 is Today. j and k (or the arrows) go down and up, 10j ten lines, G to "
      "the end and gg to the beginning. Go to the last paper of the Library: 2, then G.",
      LESSON_END, "library", NULL, 0 },
    { "Opening", "Enter opens a paper, Esc (or q) goes back. Open one.", LESSON_VIEW, "paper", NULL,
      0 },
    { "Searching",
      "/ searches the library as you type, Enter puts you into the list. In a paper / looks in its "
      "text, so go back first. Search for lanterns.",
      LESSON_VIEW, "search", "lantern", 0 },
    { "Marking", "r marks a paper read, L puts it off, x skips it, s stars it. Star one.",
      LESSON_DONE, "mark star", NULL, 1 },
    { "Several at once",
      "Space marks a line, and what you do then is for all marked ones. Mark three papers, then "
      "put them off with L.",
      LESSON_DONE, "mark later", NULL, 3 },
    { "Taking back", "u takes the last step back, on however many papers it was. Do that.",
      LESSON_DONE, "undo", NULL, 0 },
    { "Tags and notes",
      "t asks for a tag: type a word and Enter. (e opens your editor for a note.) Tag a paper.",
      LESSON_DONE, "tag", NULL, 1 },
    { "Feeds",
      ": takes commands, and Tab completes them. A saved search is a feed; the number beside it is "
      "what is unread. Make one: :query add moths moths",
      LESSON_DONE, "query add", NULL, 0 },
    { "Reading",
      "T on a paper opens its document in the Reader; ] and [ go by headings, O is the outline. "
      "Read this one: :read doi:10.5555/demo.1",
      LESSON_VIEW, "reader", NULL, 0 },
    { "Help",
      "? lists the keys of wherever you are, then all others and every command; / searches in it. "
      "Open it.",
      LESSON_VIEW, "help", NULL, 0 },
};

bool desk_is_demo(const struct desk *desk)
{
    char *folder = path_join(desk->app->library, "demo");
    bool demo = folder_exists(folder);

    free(folder);
    return demo;
}

void tutor_text(const struct desk *desk, struct str *out)
{
    const struct lesson *lesson = &lessons[desk->tutor.lesson];

    str_printf(out, "Lesson %d of %zu, %s: %s", desk->tutor.lesson + 1, ARRAY_LEN(lessons),
               lesson->title, lesson->text);
}

static void tutor_go(struct desk *desk, int lesson)
{
    desk->tutor.on = lesson < (int)ARRAY_LEN(lessons);
    desk->tutor.lesson = desk->tutor.on ? lesson : 0;
    desk->tutor.since = desk->next_id;
    desk->repaint = true;
}

static void tutor_passed(struct desk *desk)
{
    char *said = mem_strdup(desk->message.ptr); /* by the command itself */

    tutor_go(desk, desk->tutor.lesson + 1);
    desk_say(desk, STYLE_NORMAL, "%s%s%s", said, *said ? "; " : "",
             desk->tutor.on ? "that was it: on to the next lesson"
                            : "that was the last lesson; :tutor begins again");
    free(said);
}

/* ---- watching ---- */

/* "mark star" of mark, star, arxiv:1, arxiv:2; `rest` words stand behind it. */
static bool begins_with(int argc, char **argv, const char *what, int *rest)
{
    int i;

    for (i = 0; i < argc && *what; i++) {
        size_t len = strcspn(what, " ");

        if (strlen(argv[i]) != len || strncmp(argv[i], what, len) != 0)
            return false;
        what += len + (what[len] == ' ');
    }
    *rest = argc - i;
    return !*what;
}

/* A tag's first word is the tag. */
void tutor_done(struct desk *desk, int argc, char **argv)
{
    const struct lesson *lesson = &lessons[desk->tutor.lesson];
    int rest;

    if (!desk->tutor.on || lesson->check != LESSON_DONE
        || !begins_with(argc, argv, lesson->what, &rest))
        return;
    if (rest >= lesson->least + (strcmp(lesson->what, "tag") == 0))
        tutor_passed(desk);
}

static bool at_end(struct view *view)
{
    struct view_lines lines = { 0 };

    if (!view->ops->lines)
        return false;
    view->ops->lines(view, &lines);
    return lines.count > 1 && lines.cursor == lines.count - 1;
}

void tutor_look(struct desk *desk)
{
    const struct lesson *lesson = &lessons[desk->tutor.lesson];
    struct view *view = desk_view(desk);

    if (!desk->tutor.on || !view || desk->prompt != PROMPT_NONE
        || strcmp(view->ops->name, lesson->what) != 0)
        return;
    if (lesson->check == LESSON_END && at_end(view))
        tutor_passed(desk);
    else if (lesson->check == LESSON_VIEW && lesson->words
                 ? view->argument && strstr(view->argument, lesson->words)
                 : lesson->check == LESSON_VIEW && view->id > desk->tutor.since)
        tutor_passed(desk);
}

/* ---- the command ---- */

/* ":tutor", ":tutor next", ":tutor 4", ":tutor end" */
void desk_tutor(struct desk *desk, const char *word)
{
    long lesson = 1;

    if (!desk_is_demo(desk)) {
        desk_say(desk, STYLE_WARN,
                 "the lessons change marks and tags, so they are for the demo: leave, then "
                 "carrel demo --tutor");
    } else if (!word) {
        if (!desk->tutor.on)
            tutor_go(desk, 0);
        desk_say(desk, STYLE_NORMAL, ":tutor next goes on without, :tutor end leaves");
    } else if (strcmp(word, "next") == 0) {
        tutor_go(desk, desk->tutor.on ? desk->tutor.lesson + 1 : 0);
        desk_say(desk, STYLE_NORMAL, "%s",
                 desk->tutor.on ? "the next lesson" : "no more lessons; :tutor begins again");
    } else if (strcmp(word, "end") == 0) {
        desk->tutor.on = false;
        desk_say(desk, STYLE_NORMAL, "no more lessons; :tutor begins again");
    } else if (str_to_long(word, 1, (long)ARRAY_LEN(lessons), &lesson)) {
        tutor_go(desk, (int)lesson - 1);
    } else {
        desk_say(desk, STYLE_WARN, "tutor takes next, end, or a lesson from 1 to %zu, not '%s'",
                 ARRAY_LEN(lessons), word);
    }
}

void tutor_start(struct desk *desk)
{
    char *path = path_join(desk->app->library, "demo/tutor");

    if (file_exists(path))
        tutor_go(desk, 0);
    else if (desk_is_demo(desk))
        desk_say(desk, STYLE_NORMAL,
                 "This is the demo: do what you like. :tutor has ten short lessons.");
    free(path);
}

/* ---- drawing ---- */

#define STRIP_MOST 4
#define STRIP_FROM                                                                                 \
    14 /* rows of the screen; a lower one has the lessons in the status line alone                 \
        */

int tutor_rows(const struct desk *desk)
{
    struct str text = STR_INIT;
    int rows = 0;

    if (desk->tutor.on && desk->canvas.height >= STRIP_FROM) {
        tutor_text(desk, &text);
        rows = 1
               + canvas_wrapped(NULL, 0, 0, desk->canvas.width - 2, STRIP_MOST, STYLE_NORMAL,
                                text.ptr);
    }
    str_free(&text);
    return rows;
}

void tutor_draw(struct desk *desk, int rows)
{
    struct canvas *canvas = &desk->canvas;
    int y = canvas->height - 1 - rows, i;
    struct str text = STR_INIT;

    if (rows == 0)
        return;
    tutor_text(desk, &text);
    canvas_fill(canvas, 0, y, canvas->width, STYLE_DIM, canvas->ascii ? "-" : "─");
    canvas_right(canvas, canvas->width - 1, y, STYLE_DIM, " :tutor next  :tutor end ");
    for (i = 1; i < rows; i++)
        canvas_fill(canvas, 0, y + i, canvas->width, STYLE_NORMAL, " ");
    canvas_wrapped(canvas, 1, y + 1, canvas->width - 2, rows - 1, STYLE_HEADING, text.ptr);
    str_free(&text);
}
