/*
 * Texts that are marked up in the way of CSL, which Zotero's titles are written in and which
 * publishers' RIS has, too: a few tags of HTML as the commands of TeX that say the same.
 */
#include "cited.h"

#include "carrel/text.h"

#include <string.h>
#include <strings.h>

#define RICH_DEPTH 32

static const struct {
    const char *tag, *tex;
} rich[] = {
    { "i", "\\emph{" },
    { "em", "\\emph{" },
    { "b", "\\textbf{" },
    { "strong", "\\textbf{" },
    { "sup", "\\textsuperscript{" },
    { "sub", "\\textsubscript{" },
    { "sc", "\\textsc{" },
    { "span", "" }, /* by its attributes */
};

/* The tags that are open, by their row, each with whether it is a group of TeX. */
struct rich_stack {
    size_t row[RICH_DEPTH];
    bool group[RICH_DEPTH];
    size_t depth;
};

/* Behind the tag at `at`, and its row; NULL: it is none of these. */
static const char *rich_tag(const char *at, size_t *row)
{
    const char *name = at + 1 + (at[1] == '/'), *end;
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (*row = 0; *row < ARRAY_LEN(rich); ++*row)
        if (strlen(rich[*row].tag) == len && strncasecmp(name, rich[*row].tag, len) == 0)
            break;
    if (*row == ARRAY_LEN(rich))
        return NULL;
    end = name + len;
    if (*end == ' ' && at[1] != '/' && !*rich[*row].tex)
        end += strcspn(end, "<>");
    return *end == '>' ? end + 1 : NULL;
}

/* What a span says, "" nothing that TeX need know. */
static const char *rich_span(const char *at, size_t len)
{
    if (memmem(at, len, "nocase", strlen("nocase")))
        return "{";
    return memmem(at, len, "small-caps", strlen("small-caps")) ? "\\textsc{" : "";
}

/* False: it closes what is not open, or they are too many. */
static bool rich_turn(struct str *out, struct rich_stack *open, const char *at, const char *end,
                      size_t row)
{
    const char *tex = *rich[row].tex ? rich[row].tex : rich_span(at, (size_t)(end - at));

    if (at[1] == '/') {
        if (open->depth == 0 || open->row[open->depth - 1] != row)
            return false;
        str_add(out, open->group[--open->depth] ? "}" : "");
        return true;
    }
    if (open->depth == RICH_DEPTH)
        return false;
    open->row[open->depth] = row;
    open->group[open->depth++] = *tex != '\0';
    str_add(out, tex);
    return true;
}

/* False when its tags do not pair. */
static bool rich_tex(struct str *out, struct arena *arena, const char *text)
{
    struct rich_stack open = { .depth = 0 };

    while (*text) {
        size_t plain = strcspn(text + 1, "<") + 1, row;
        const char *end = *text == '<' ? rich_tag(text, &row) : NULL;

        if (end && !rich_turn(out, &open, text, end, row))
            return false;
        if (!end)
            text_to_latex(out, arena_strndup(arena, text, plain));
        text = end ? end : text + plain;
    }
    return open.depth == 0;
}

void cited_add_rich(struct citation *entry, struct arena *arena, const char *name, const char *text)
{
    char *clean = cited_value(arena, text, strlen(text));
    struct str tex = STR_INIT;

    if (clean && rich_tex(&tex, arena, clean) && entry->len < CITED_FIELDS)
        citation_add(entry, arena, name, tex.ptr);
    else if (clean)
        cited_add_plain(entry, arena, name, text);
    str_free(&tex);
}

void cited_add_text(struct citation *entry, struct arena *arena, const char *name, const char *text)
{
    static const char *const marked[] = { "title",        "shorttitle",     "subtitle",
                                          "abstract",     "booktitle",      "journaltitle",
                                          "shortjournal", "series",         "eventtitle",
                                          "maintitle",    "translatedtitle" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(marked) && strcmp(marked[i], name) != 0; i++)
        ;
    if (i < ARRAY_LEN(marked))
        cited_add_rich(entry, arena, name, text);
    else
        cited_add_plain(entry, arena, name, text);
}
