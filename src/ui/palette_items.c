/*
 * What the palette offers: commands with their keys, rooms, feeds, and what was used lately. Tags
 * and papers come from the library (palette_ask.c).
 */
#include "palette.h"

#include <stdlib.h>
#include <string.h>

const char *palette_kind_name(enum palette_kind kind)
{
    static const char *const names[] = { "command", "room", "feed", "tag", "paper" };

    return names[kind];
}

void palette_add(struct palette_list *list, const struct palette_item *item)
{
    VEC_PUSH(list->items, list->len, list->cap, *item);
    list->items[list->len - 1].order = (int)list->len;
}

void palette_clear(struct palette_list *list)
{
    while (list->len > 0) {
        struct palette_item *item = &list->items[--list->len];

        free(item->text);
        free(item->more);
        free(item->line);
    }
    free(list->items);
    *list = (struct palette_list){ 0 };
}

static bool has_line(const struct palette_list *list, const char *line)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        if (strcmp(list->items[i].line, line) == 0)
            return true;
    return false;
}

static void add(struct palette_list *list, enum palette_kind kind, const char *text,
                const char *more, const char *line)
{
    struct palette_item item = { .kind = kind,
                                 .text = mem_strdup(text),
                                 .more = mem_strdup(more ? more : ""),
                                 .line = mem_strdup(line),
                                 .place = -1 };

    palette_add(list, &item);
}

/* What a key runs here or everywhere, in words: "mark star". Keys that only move are no subject. */
static void add_bound(struct desk *desk, struct palette_list *list, const char *context)
{
    const struct keymap *keymap = &desk->keymap;
    size_t i;

    for (i = 0; i < keymap->len; i++) {
        const struct binding *binding = &keymap->items[i];
        const char *line = binding->command;

        if (strcmp(binding->context, context) != 0 || str_starts(line, "view ")
            || str_starts(line, "prompt") || desk_is_motion(line) || strcmp(line, "palette") == 0
            || strstr(binding->keys, "<Char>") || has_line(list, line)
            || !keymap_keys_of(keymap, desk_view(desk)->ops->name, line))
            continue;
        add(list, PALETTE_COMMAND, line, desk_words(context, line), line);
    }
}

/* A command that wants words behind it is put into the prompt. */
static void add_command(struct palette_list *list, const char *name, const char *args,
                        const char *help)
{
    bool wants = *args && *args != '[' && !str_starts(args, "ID");
    char *line = wants ? mem_printf("prompt %s", name) : mem_strdup(name);
    char *more = mem_printf("%s%s%s", help ? help : "", wants ? "; takes " : "", wants ? args : "");

    if (!has_line(list, line) && !has_line(list, name))
        add(list, PALETTE_COMMAND, name, more, line);
    free(line);
    free(more);
}

static void add_commands(struct palette_list *list)
{
    const struct command *command;
    const char *name;
    size_t i;

    for (i = 0; (name = desk_command_name(i)); i++)
        if (name[1] && strcmp(name, "palette") != 0 && strcmp(name, "prompt") != 0
            && strcmp(name, "view") != 0)
            add_command(list, name, "", desk_command_help(name));
    for (i = 0; (command = command_at(i)); i++)
        if ((command->flags & CMD_DESK) && !desk_view_ops(command->name))
            add_command(list, command->name, command->args, command->summary);
}

/* Rooms that want to be told of what they are to show are opened by other ways. */
static void add_rooms(struct palette_list *list)
{
    static const char needs[] = " paper reader page job source repository code answer ";
    const struct view_ops *ops;
    size_t i;

    for (i = 0; (ops = desk_view_at(i)); i++) {
        char *padded = mem_printf(" %s ", ops->name), *line = mem_printf("view %s", ops->name);

        if (!strstr(needs, padded))
            add(list, PALETTE_ROOM, ops->title, "", line);
        free(padded);
        free(line);
    }
}

static void add_feeds(const struct desk *desk, struct palette_list *list)
{
    size_t i;

    for (i = 0; i < desk->feed_len; i++) {
        const struct feed *feed = &desk->feeds[i];
        char *line = mem_printf("open-feed %s", feed->name);

        if (feed->ops == &view_search)
            add(list, PALETTE_FEED, feed->name, feed->query, line);
        free(line);
    }
}

/* What is kept of a paper that was used is its line and, behind a tab, its title. */
static void add_used(const struct desk *desk, struct palette_list *list)
{
    const struct remembered *kept = &desk->remembered;
    size_t i, k;

    for (i = 0; i < kept->used_len; i++) {
        const char *title = strchr(kept->used[i], '\t');
        char *line = mem_strndup(kept->used[i], strcspn(kept->used[i], "\t"));

        if (title && !has_line(list, line))
            add(list, PALETTE_PAPER, title + 1, strchr(line, ' ') ? strchr(line, ' ') + 1 : "",
                line);
        for (k = 0; k < list->len; k++)
            if (strcmp(list->items[k].line, line) == 0)
                list->items[k].recent = (int)i + 1;
        free(line);
    }
}

/* What other programs call them. */
static void add_synonyms(struct palette_list *list)
{
    static const struct {
        const char *line, *words;
    } known[] = { { "view queue", "reading list, to read, read later" },
                  { "open-feed Reading", "reading list, currently reading" },
                  { "prompt collect", "reading list, folder, project" },
                  { "prompt import", "bibtex, ris, zotero, mendeley" },
                  { "export", "bibtex, biblatex, ris, csl" },
                  { "cite", "bibtex, biblatex, citation, reference" },
                  { "view bin", "trash, deleted papers" } };
    size_t i, k;

    for (i = 0; i < list->len; i++)
        for (k = 0; k < ARRAY_LEN(known); k++)
            if (strcmp(list->items[i].line, known[k].line) == 0)
                list->items[i].also = known[k].words;
}

void palette_fill(struct desk *desk, struct palette *palette)
{
    struct palette_list *list = &palette->items;
    struct view *view = desk_view(desk);
    size_t i;

    palette_clear(list);
    palette_clear(&palette->papers);
    if (view)
        add_bound(desk, list, view->ops->name);
    add_bound(desk, list, "global");
    add_commands(list);
    add_rooms(list);
    add_feeds(desk, list);
    add_used(desk, list);
    add_synonyms(list);
    for (i = 0; i < list->len; i++)
        list->items[i].keys =
            view ? keymap_keys_of(&desk->keymap, view->ops->name, list->items[i].line) : NULL;
}
