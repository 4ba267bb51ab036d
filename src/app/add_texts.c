/* add --text: full texts that a source gives by the paper's id. */
#include "add.h"

#include "keep.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/harvest.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <unistd.h>

/* Of the work's names the one that a text is to be had by. */
static int add_text_id(struct command_call *call, struct add_item *item, struct ident *id,
                       char **name, struct error *err)
{
    struct work_row row;
    int result = works_rows(call->store, call->arena, &item->work, 1, &row, err);

    if (result != ERR_OK)
        return result;
    *name = row.key;
    if (!ident_parse(id, row.key) || !harvest_has_text(id->scheme)) {
        item->why = "no full text is to be had by its id (of arXiv's papers Hugging Face has some)";
        return ERR_NOTFOUND;
    }
    return ERR_OK;
}

/* The text lies in a file of its own while it is read: the reader takes files. */
static int add_text_keep(struct command_call *call, struct keeper *keeper, struct add_item *item,
                         const struct str *text, const char *url, const char *name,
                         struct error *err)
{
    char *folder = path_join(call->app->library, "cache");
    char *path = mem_printf("%s/text-%ld.md", folder, (long)getpid());
    struct kept kept = { 0 };
    int result = folder_make(folder, err);

    if (result == ERR_OK)
        result = file_write(path, text->ptr, text->len, err);
    if (result == ERR_OK)
        result = keeper_keep(keeper, path, url, name, false, call->arena, &kept, err);
    if (result == ERR_OK && !kept.text)
        item->why = arena_printf(call->arena, "its text: %s: %s", kept.state, kept.message);
    unlink(path);
    free(path);
    free(folder);
    return result;
}

static int add_text(struct command_call *call, struct keeper *keeper, struct add_item *item,
                    struct error *err)
{
    const struct harvest_options options = { .library = call->app->library,
                                             .config = call->app->config,
                                             .version = CARREL_VERSION,
                                             .since = DAY_NONE,
                                             .cancel = call->cancel };
    struct str text = STR_INIT, url = STR_INIT;
    struct error why = { 0 };
    struct ident id;
    char *name;
    int result = add_text_id(call, item, &id, &name, err);

    if (result != ERR_OK)
        return result == ERR_NOTFOUND ? ERR_OK : result;
    result = harvest_text(&options, &id, &text, &url, &why);
    if (result == ERR_OK)
        result = add_text_keep(call, keeper, item, &text, url.ptr, name, err);
    else if (result == ERR_CANCELLED || result == ERR_USAGE || result == ERR_IO
             || result == ERR_FULL || result == ERR_READONLY)
        error_set(err, result, "%s", why.message);
    else {
        item->why = arena_strdup(call->arena, why.message);
        result = ERR_OK;
    }
    str_free(&text);
    str_free(&url);
    return result;
}

int add_texts(struct command_call *call, struct adding *adding, struct error *err)
{
    struct document_reader_options options = { .config = call->app->config,
                                               .cancel = call->cancel };
    struct keeper *keeper = NULL;
    size_t i;
    int result = keeper_open(&keeper, call->app, &options, err);

    for (i = 0; i < adding->count && result == ERR_OK; i++)
        if (adding->items[i].work && !adding->items[i].why && !adding->items[i].file)
            result = add_text(call, keeper, &adding->items[i], err);
    keeper_close(keeper);
    return result;
}
