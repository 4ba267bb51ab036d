/*
 * Tab at the command prompt and in a query that is typed. What may stand there is asked on a
 * reader's thread, since tags, feeds and papers lie in the library; the answer counts only while
 * the line is still the one that was asked about. What all candidates share is put in; when there
 * are several, they are listed, and wildmenu.c chooses among them.
 */
#include "desk.h"

#include "carrel/complete.h"
#include "carrel/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct completion_task {
    struct task task;
    const struct app *app;
    enum prompt prompt;
    char *line;
    size_t word; /* where the last word begins in it */
    char *typed; /* that word, without its quotes */
    bool quoted; /* it has some */
    bool files;  /* names of files may stand there */
    char **found;
    size_t len, cap;
};

static void completion_add(void *ctx, const char *text)
{
    struct completion_task *t = ctx;
    size_t i;

    for (i = 0; i < t->len; i++)
        if (strcmp(t->found[i], text) == 0)
            return;
    VEC_PUSH(t->found, t->len, t->cap, mem_strdup(text));
}

/* Files that begin like the word; folders with a slash behind. */
static void completion_files(struct completion_task *t)
{
    const char *typed = t->typed, *slash = strrchr(typed, '/');
    const char *name = slash ? slash + 1 : typed;
    char *head = mem_strndup(typed, (size_t)(name - typed));
    char *folder = path_expand(*head ? head : ".");
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) && t->len < 1000) {
        struct stat st;
        char *path, *text;

        if (strncmp(entry->d_name, name, strlen(name)) != 0
            || (entry->d_name[0] == '.' && name[0] != '.'))
            continue;
        path = path_join(folder, entry->d_name);
        text = mem_printf("%s%s%s", head, entry->d_name,
                          stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? "/" : "");
        completion_add(t, text);
        free(text);
        free(path);
    }
    t->files = true;
    if (dir)
        closedir(dir);
    free(folder);
    free(head);
}

static int completion_by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A word of a query, as behind "carrel search" in a shell; an option it is none. */
static void query_add(void *ctx, const char *text)
{
    if (!str_starts(text, "--"))
        completion_add(ctx, text);
}

static int query_run(struct completion_task *t, struct store *store)
{
    struct complete complete = { .app = t->app, .store = store, .each = query_add, .ctx = t };
    char search[] = "search", *words[] = { search, t->typed };

    complete_words(&complete, 2, words);
    if (t->len > 0)
        qsort(t->found, t->len, sizeof *t->found, completion_by_name);
    return ERR_OK;
}

/* What may stand at the last of these words. The desk's own commands are in no table of usages:
 * the name behind "feed" is one of those behind "query rm". */
static void command_words_offer(struct completion_task *t, struct complete *complete, int count,
                                char **words)
{
    char query[] = "query", rm[] = "rm", *feed[] = { query, rm, words[count - 1] };
    bool one = count == 2;

    if (one && strcmp(words[0], "feed") == 0)
        complete_words(complete, (int)ARRAY_LEN(feed), feed);
    else if (!(one && desk_words_of(words[0], words[1], completion_add, t))
             && complete_words(complete, count, words))
        completion_files(t);
}

static int command_run(struct completion_task *t, struct store *worker, struct error *err)
{
    struct complete complete = {
        .app = t->app, .store = worker, .desk = true, .each = completion_add, .ctx = t
    };
    struct arena *arena = arena_new();
    char *before = mem_strndup(t->line, t->word), **words, **all;
    int count;
    const char *name;
    size_t i;
    int result = words_of_line(arena, before, &words, &count, err);

    free(before);
    if (result == ERR_OK) {
        all = arena_alloc(arena, ((size_t)count + 1) * sizeof *all);
        for (i = 0; i < (size_t)count; i++)
            all[i] = words[i];
        all[count] = t->typed;
        for (i = 0; count == 0 && (name = desk_command_name(i)); i++)
            if (strncmp(name, all[0], strlen(all[0])) == 0)
                completion_add(t, name);
        command_words_offer(t, &complete, count + 1, all);
        if (t->len > 0)
            qsort(t->found, t->len, sizeof *t->found, completion_by_name);
    }
    arena_free(arena);
    return result;
}

static int completion_run(struct task *task, void *worker, struct error *err)
{
    struct completion_task *t = (struct completion_task *)task;

    return t->prompt == PROMPT_COMMAND ? command_run(t, worker, err) : query_run(t, worker);
}

static size_t completion_common(const struct completion_task *t)
{
    size_t common = strlen(t->found[0]), i, same;

    for (i = 1; i < t->len; i++) {
        for (same = 0; same < common && t->found[i][same] == t->found[0][same]; same++)
            ;
        common = same;
    }
    while (common > 0 && ((unsigned char)t->found[0][common] & 0xC0) == 0x80)
        common--; /* not inside a character */
    return common;
}

/* As it stands in a line; `whole`: nothing follows within its quotes. */
static char *completion_word(const struct completion_task *t, const char *word, bool whole)
{
    struct str out = STR_INIT;

    if (t->quoted || (t->files && word_needs_quotes(word)))
        word_quote(&out, word, whole);
    else
        str_add(&out, word);
    return str_take(&out);
}

/* With all that the candidates share; a single one is done, and a blank stands behind it. */
static char *completion_line(const struct completion_task *t)
{
    size_t common = completion_common(t);
    char *shared = mem_strndup(t->found[0], common), *word, *line;
    bool done = t->len == 1 && !str_ends(shared, "/") && !str_ends(shared, ":");

    if (t->len > 1 && common <= strlen(t->typed)) {
        free(shared);
        return mem_strdup(t->line);
    }
    word = completion_word(t, shared, done);
    line = mem_printf("%.*s%s%s", (int)t->word, t->line, word, done ? " " : "");
    free(shared);
    free(word);
    return line;
}

/* Each as it would stand in the line. */
static void completion_words(struct completion_task *t)
{
    size_t i;

    for (i = 0; i < t->len; i++) {
        char *word = completion_word(t, t->found[i], true);

        free(t->found[i]);
        t->found[i] = word;
    }
}

/* What can be anything is no fault: "author:" */
static void say_none(struct desk *desk, const struct completion_task *t)
{
    const char *word = t->typed + (*t->typed == '-');

    if (t->prompt != PROMPT_COMMAND && str_ends(word, ":"))
        desk_refuse(desk, "no values are listed for %s type one", word);
    else
        desk_refuse(desk, "nothing known begins like that");
}

static void completion_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct completion_task *t = (struct completion_task *)task;
    struct line_edit *edit = &desk->edits[t->prompt];
    char *line;

    if (desk->wildmenu.task != task->id) /* another key has come since */
        return;
    desk->wildmenu.task = 0;
    if (desk->prompt != t->prompt || strcmp(edit->text.ptr, t->line) != 0
        || edit->at != edit->text.len)
        return;
    desk->repaint = true;
    if (t->len == 0) {
        wildmenu_close(desk);
        say_none(desk, t);
        return;
    }
    line = completion_line(t);
    line_edit_start(edit, line);
    desk_prompt_changed(desk);
    if (t->len > 1) {
        completion_words(t);
        wildmenu_open(desk, t->line, line, t->word, t->found, t->len);
        t->found = NULL;
        t->len = 0;
    } else {
        wildmenu_close(desk);
    }
    free(line);
}

static void completion_free(struct task *task)
{
    struct completion_task *t = (struct completion_task *)task;
    size_t i;

    for (i = 0; i < t->len; i++)
        free(t->found[i]);
    free(t->found);
    free(t->line);
    free(t->typed);
    free(t);
}

/* Is the line a text from there on, whose quotes are its own? */
static bool is_in_text(const char *line, size_t word)
{
    struct arena *arena = arena_new();
    char **words;
    int count, i;
    bool text =
        words_of_line(arena, arena_strndup(arena, line, word), &words, &count, NULL) != ERR_OK;

    for (i = 1; i <= count && !text; i++)
        text = words_text_follows(i, words);
    arena_free(arena);
    return text;
}

/* The word at the end; false: it has quotes of which nothing is known. */
static bool completion_begin(struct completion_task *t)
{
    struct str typed = STR_INIT;
    bool known = true;

    if (t->prompt == PROMPT_COMMAND) {
        t->word = word_begun(t->line);
        known = word_unquote(&typed, t->line + t->word)
                && !((strchr(t->line, '"') || t->line[t->word] == '\'')
                     && is_in_text(t->line, t->word));
        t->quoted = strcmp(typed.ptr, t->line + t->word) != 0;
    } else {
        known = !strchr(t->line, '"');
        t->word = strlen(t->line);
        while (t->word > 0 && !strchr(" (", t->line[t->word - 1]))
            t->word--;
        str_add(&typed, t->line + t->word);
    }
    t->typed = str_take(&typed);
    return known;
}

static void completion_ask(struct desk *desk)
{
    const struct line_edit *edit = &desk->edits[desk->prompt];
    struct completion_task *t;

    if (edit->at != edit->text.len)
        return; /* only at the end */
    t = mem_zalloc(sizeof *t);
    t->task.name = "completion";
    t->task.run = completion_run;
    t->task.done = completion_done;
    t->task.free = completion_free;
    t->app = desk->app;
    t->prompt = desk->prompt;
    t->line = mem_strdup(edit->text.ptr);
    if (!completion_begin(t)) {
        completion_free(&t->task);
        return;
    }
    desk->wildmenu.ahead = 0;
    desk->wildmenu.task = pool_post(desk->readers, &t->task);
}

void desk_complete(struct desk *desk, int step)
{
    if (desk->wildmenu.typed)
        wildmenu_step(desk, step);
    else if (desk->wildmenu.task) /* the list is on its way */
        desk->wildmenu.ahead += step;
    else
        completion_ask(desk);
}
