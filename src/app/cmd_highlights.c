/*
 * The command `highlights`: what was highlighted in documents, with its notes, as text, Markdown or
 * data, all of it or what is asked for; their notes and their end by command.
 */
#include "commands.h"
#include "own_file.h"

#include "carrel/clock.h"
#include "carrel/document.h"
#include "carrel/documents.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/reading.h"
#include "carrel/search.h"
#include "carrel/text.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include <stdio.h>
#include <string.h>

/* The document that a row belongs to; the last one stays open, since rows come by document. */
struct highlighted {
    char *name;           /* NULL: none yet */
    struct document *doc; /* NULL: it is not here, or nothing was read of it */
    struct anchor_text *text;
    struct work_row work; /* id 0: none */
    size_t shown;
};

/* What is asked for, and how it is told. */
struct asked {
    const char *find;       /* words in quote, note or title; NULL: any */
    struct hashmap *papers; /* works; NULL: any */
    struct jsonw *json;     /* NULL: no data */
    bool markdown;
    size_t told;
};

static void highlighted_close(struct highlighted *in)
{
    anchor_text_free(in->text);
    document_free(in->doc);
    *in = (struct highlighted){ 0 };
}

/* A document that is gone is no error: its highlights are told all the same. */
static int highlighted_open(struct highlighted *in, struct command_call *call, const char *name,
                            struct error *err)
{
    struct stored_document which;
    struct str packed = STR_INIT;
    int result;

    if (str_eq(in->name, name))
        return ERR_OK;
    highlighted_close(in);
    in->name = arena_strdup(call->arena, name);
    result = documents_find(&which, call->store, call->arena, name, NULL);
    if (result == ERR_NOTFOUND)
        return ERR_OK;
    if (result == ERR_OK && which.work)
        result = works_rows(call->store, call->arena, &which.work, 1, &in->work, err);
    if (result == ERR_OK)
        result = documents_packed(&packed, call->store, which.id, NULL);
    if (result == ERR_OK)
        result = document_unpack(&in->doc, packed.ptr, packed.len, err);
    if (result == ERR_OK)
        in->text = anchor_text_new(in->doc->text, in->doc->reading_len);
    str_free(&packed);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

struct placed {
    enum anchor_found found;
    uint32_t start, end, page;
};

static struct placed highlight_place(const struct highlighted *in, const struct highlight *row)
{
    struct placed place = {
        .found = ANCHOR_LOST, .start = row->anchor.start, .end = row->anchor.end, .page = row->page
    };

    if (in->text)
        place.found = anchor_find(&place.start, &place.end, &row->anchor, in->text);
    if (place.found != ANCHOR_LOST)
        place.page = document_page_of(in->doc, place.start, NULL);
    return place;
}

static void highlight_json(struct jsonw *w, const struct highlighted *in,
                           const struct highlight *row)
{
    struct placed place = highlight_place(in, row);
    char document[8 + DOCUMENT_NAME_LEN];

    jsonw_object(w);
    jsonw_key_string(w, "id", row->uid);
    jsonw_key_string(w, "paper", in->work.id ? in->work.key : NULL);
    jsonw_key_string(w, "title", in->work.id ? in->work.title : NULL);
    snprintf(document, sizeof document, "file:%s", row->document);
    jsonw_key_string(w, "document", document);
    jsonw_key_string(w, "state", anchor_found_name(place.found));
    jsonw_key_int(w, "page", place.page + 1);
    jsonw_key_int(w, "start", place.start);
    jsonw_key_int(w, "end", place.end);
    jsonw_key_string(w, "quote", row->anchor.quote);
    jsonw_key_string(w, "prefix", row->anchor.prefix);
    jsonw_key_string(w, "suffix", row->anchor.suffix);
    jsonw_key_string(w, "note", *row->note ? row->note : NULL);
    jsonw_key_time(w, "created", row->created);
    jsonw_key_time(w, "changed", row->changed);
    jsonw_end(w);
}

static void highlight_text(struct str *out, struct highlighted *in, const struct highlight *row)
{
    struct placed place = highlight_place(in, row);
    struct str quote = STR_INIT, title = STR_INIT;

    if (in->shown++ == 0) {
        text_from_latex(&title, in->work.id ? in->work.title : "a document that is not here");
        str_printf(out, "%s%s%s  %s\n", out->len ? "\n" : "",
                   in->work.id ? "" : "file:", in->work.id ? in->work.key : row->document,
                   title.ptr);
    }
    utf8_squeeze(&quote, row->anchor.quote, strlen(row->anchor.quote));
    str_printf(out, "  p. %-4u “%s”%s\n", place.page + 1, quote.ptr,
               place.found == ANCHOR_LOST   ? "  (these words are not there any more)"
               : place.found == ANCHOR_NEAR ? "  (it reads a little otherwise now)"
                                            : "");
    if (*row->note)
        str_printf(out, "          %s\n", row->note);
    str_free(&quote);
    str_free(&title);
}

/* What Markdown would take for a sign of its own. */
static void markdown_add(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_[]<>#|", *text))
            str_add_char(out, '\\');
        str_add_char(out, *text);
    }
}

/* A heading for each paper, a quotation for each highlight, its note below. */
static void highlight_markdown(struct str *out, struct highlighted *in, const struct highlight *row)
{
    struct placed place = highlight_place(in, row);
    struct str quote = STR_INIT, title = STR_INIT;

    if (in->shown++ == 0) {
        text_from_latex(&title, in->work.id ? in->work.title : "A document that is not here");
        str_printf(out, "%s## ", out->len ? "\n" : "");
        markdown_add(out, title.ptr);
        str_printf(out, "\n\n%s%s\n",
                   in->work.id ? "" : "file:", in->work.id ? in->work.key : row->document);
    }
    utf8_squeeze(&quote, row->anchor.quote, strlen(row->anchor.quote));
    str_add(out, "\n> ");
    markdown_add(out, quote.ptr);
    str_printf(out, " (p. %u)\n", place.page + 1);
    if (*row->note)
        str_printf(out, "\n%s\n", row->note);
    str_free(&quote);
    str_free(&title);
}

static bool is_asked(const struct asked *asked, const struct highlighted *in,
                     const struct highlight *row)
{
    int64_t work = in->work.id;

    if (asked->papers && !(work && hashmap_get(asked->papers, (const char *)&work, sizeof work)))
        return false;
    return !asked->find || strcasestr(row->anchor.quote, asked->find)
           || strcasestr(row->note, asked->find)
           || (work && strcasestr(in->work.title, asked->find));
}

static int print_rows(struct command_call *call, struct asked *asked, const struct highlight *rows,
                      size_t count, struct error *err)
{
    struct highlighted in = { 0 };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++) {
        result = highlighted_open(&in, call, rows[i].document, err);
        if (result != ERR_OK || !is_asked(asked, &in, &rows[i]))
            continue;
        asked->told++;
        if (asked->json)
            highlight_json(asked->json, &in, &rows[i]);
        else if (asked->markdown)
            highlight_markdown(&call->out, &in, &rows[i]);
        else
            highlight_text(&call->out, &in, &rows[i]);
    }
    highlighted_close(&in);
    return result;
}

/* All of them, or those in the documents of one paper. */
static int print_of(struct command_call *call, struct asked *asked, struct error *err)
{
    struct stored_document *documents = NULL;
    struct highlight *rows;
    size_t count = 0, found = 0, i;
    int64_t work;
    int result;

    if (call->argc == 0) {
        result = highlights_of(&rows, &found, call->store, call->arena, NULL, err);
        return result == ERR_OK ? print_rows(call, asked, rows, found, err) : result;
    }
    result = works_find(call->store, &work, call->argv[0], err);
    if (result == ERR_OK)
        result = documents_of(&documents, &count, call->store, call->arena, work, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        result = highlights_of(&rows, &found, call->store, call->arena, documents[i].name, err);
        if (result == ERR_OK)
            result = print_rows(call, asked, rows, found, err);
    }
    return result;
}

static int paper_add(void *ctx, int64_t work)
{
    hashmap_put(ctx, (const char *)&work, sizeof work, NULL);
    return 0;
}

static int ask(struct command_call *call, struct asked *asked, struct error *err)
{
    const char *format = call_option(call, "--format"), *query = call_option(call, "--query");
    int result = ERR_OK;

    if (format && strcmp(format, "text") != 0 && strcmp(format, "md") != 0
        && strcmp(format, "json") != 0)
        return error_set(err, ERR_USAGE, "--format %.40s: it is text, md or json", format);
    asked->markdown = format && strcmp(format, "md") == 0;
    asked->find = call_option(call, "--find");
    if (!query)
        return ERR_OK;
    asked->papers = hashmap_new();
    result = search_each(call->store, query, paper_add, asked->papers, err);
    if (result == ERR_PARSE && err)
        err->code = result = ERR_USAGE;
    return result;
}

/* To the file that is named. */
static int put_out(struct command_call *call, const struct own_file *own, size_t told,
                   struct error *err)
{
    int result = own_file_write(own, call->out.ptr, call->out.len, err);

    str_clear(&call->out);
    if (result == ERR_OK)
        str_printf(&call->say, "%zu highlight%s in %s\n", told, told == 1 ? "" : "s", own->path);
    return result;
}

/* None: that is said, and a file of nothing takes the place of none. */
static int told_none(struct command_call *call, const struct asked *asked,
                     const struct own_file *own, struct error *err)
{
    bool some = asked->find || asked->papers; /* only some were asked for */

    if (own->path) {
        str_clear(&call->out);
        return error_set(err, ERR_NOTFOUND, "%s, so %s was not written",
                         some ? "nothing like that is highlighted" : "nothing is highlighted",
                         own->path);
    }
    if (!asked->json)
        str_add(&call->say, some ? "nothing like that is highlighted\n"
                                 : "nothing is highlighted; in the Reader (T on a paper) v "
                                   "selects and H highlights\n");
    return ERR_OK;
}

static int print_asked(struct command_call *call, struct error *err)
{
    const char *format = call_option(call, "--format");
    bool json = call_has(call, "--json") || (format && strcmp(format, "json") == 0);
    const struct own_file own = call_own_file(call, "-o", "highlights");
    struct asked asked = { 0 };
    struct jsonw w;
    int result = ask(call, &asked, err);

    if (result == ERR_OK && json) {
        asked.json = &w;
        jsonw_items(&w, &call->out);
    }
    if (result == ERR_OK)
        result = print_of(call, &asked, err);
    if (result == ERR_OK && json)
        jsonw_items_end(&w);
    if (result == ERR_OK && asked.told == 0)
        result = told_none(call, &asked, &own, err);
    else if (result == ERR_OK && own.path)
        result = put_out(call, &own, asked.told, err);
    hashmap_free(asked.papers);
    return result;
}

/* `note` and `rm`, of one that is named as --json does. */
static int change(struct command_call *call, const char *note, struct error *err)
{
    struct highlight row;
    int result = highlight_get(&row, call->store, call->arena, call->argv[1], err);

    if (result == ERR_OK)
        result = note ? highlight_note(call->store, row.uid, note, err)
                      : highlight_remove(call->store, row.uid, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s; 'undo' takes it back\n",
                   !note   ? "no longer highlighted"
                   : *note ? "the note is written"
                           : "the note is gone");
    return result;
}

int cmd_highlights(struct command_call *call, struct error *err)
{
    const char *what = call->argc > 0 ? call->argv[0] : "";

    if (strcmp(what, "note") == 0 && call->argc == 3)
        return change(call, call->argv[2], err);
    if (strcmp(what, "rm") == 0 && call->argc == 2)
        return change(call, NULL, err);
    if (call->argc > 1)
        return error_set(err, ERR_USAGE,
                         "of which paper? carrel highlights [ID]; or highlights "
                         "note HIGHLIGHT TEXT, highlights rm HIGHLIGHT");
    return print_asked(call, err);
}
