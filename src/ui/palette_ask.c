/*
 * The palette's questions to the library: once all tags and the papers that came last, which are
 * then found by any of their letters; and while one types what the index finds in the whole
 * library. They are asked on the readers' threads; a question that was typed over is taken back,
 * and an answer that comes too late is dropped.
 */
#include "palette.h"

#include "carrel/names.h"
#include "carrel/search.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define PAPERS 20
#define LATEST 2000
#define TAGS 1000
#define PAPERS_FROM 2 /* bytes typed */

struct palette_task {
    struct task task;
    char *text; /* NULL: tags and the latest papers */
    struct palette_list found;
};

static void found_add(struct palette_list *found, enum palette_kind kind, const char *text,
                      const char *more, char *line)
{
    struct palette_item item = { .kind = kind,
                                 .text = mem_strdup(text),
                                 .more = mem_strdup(more),
                                 .line = line,
                                 .place = (int)found->len };

    palette_add(found, &item);
}

static void tag_add(void *ctx, const char *name)
{
    found_add(ctx, PALETTE_TAG, name, "", mem_printf("search tag:%s", name));
}

static int ask_papers(struct palette_task *t, struct store *store, const char *query,
                      const struct search_options *options, struct error *err)
{
    struct search_result *result = NULL;
    size_t i;
    int code = search_run(&result, store, query, options, err);

    for (i = 0; code == ERR_OK && i < result->len; i++) {
        const struct work_row *row = &result->hits[i].row;
        struct str title = STR_INIT;

        text_from_latex(&title, row->title);
        found_add(&t->found, PALETTE_PAPER, title.ptr, row->key, mem_printf("open %s", row->key));
        str_free(&title);
    }
    search_result_free(result);
    return code;
}

static int ask_run(struct task *task, void *worker, struct error *err)
{
    struct search_options typed = { .limit = PAPERS, .typing = true, .mode = SEARCH_LEXICAL };
    struct search_options latest = { .limit = LATEST, .sort = SORT_ADDED };
    struct palette_task *t = (struct palette_task *)task;
    int result;

    if (!worker) /* no library, no papers */
        return ERR_OK;
    store_set_cancel(worker, &task->cancel);
    if (t->text) {
        result = ask_papers(t, worker, t->text, &typed, err);
    } else {
        result = ask_papers(t, worker, "", &latest, err);
        if (result == ERR_OK)
            result = names_each(worker, NAME_TAG, "", TAGS, tag_add, &t->found, err);
    }
    store_set_cancel(worker, NULL);
    return result;
}

static void take_names(struct palette *palette, struct palette_task *t)
{
    size_t i;

    for (i = 0; i < t->found.len; i++) {
        t->found.items[i].place = -1;
        palette_add(&palette->items, &t->found.items[i]);
    }
    free(t->found.items);
    t->found = (struct palette_list){ 0 };
}

/* What is being typed may be no query yet: that is no error here. */
static void ask_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct palette_task *t = (struct palette_task *)task;
    struct palette *palette = desk->palette;
    uint64_t *due = t->text ? &palette->search : &palette->names;

    if (*due != task->id)
        return;
    *due = 0;
    if (task->status != ERR_OK || desk->prompt != PROMPT_PALETTE)
        return;
    if (t->text) {
        palette_clear(&palette->papers);
        palette->papers = t->found;
        t->found = (struct palette_list){ 0 };
    } else {
        take_names(palette, t);
    }
    palette_rank(desk);
    desk->repaint = true;
}

static void ask_free(struct task *task)
{
    struct palette_task *t = (struct palette_task *)task;

    palette_clear(&t->found);
    free(t->text);
    free(t);
}

static uint64_t ask(struct desk *desk, const char *text)
{
    struct palette_task *t = mem_zalloc(sizeof *t);

    t->task.name = "palette";
    t->task.run = ask_run;
    t->task.done = ask_done;
    t->task.free = ask_free;
    t->text = mem_strdup(text);
    return pool_post(desk->readers, &t->task);
}

void palette_ask_papers(struct desk *desk, struct palette *palette, const char *text)
{
    if (palette->search)
        desk_cancel(desk, palette->search);
    palette->search = 0;
    if (strlen(text) >= PAPERS_FROM)
        palette->search = ask(desk, text);
    else
        palette_clear(&palette->papers);
}

void palette_ask_names(struct desk *desk, struct palette *palette)
{
    palette->names = ask(desk, NULL);
}
