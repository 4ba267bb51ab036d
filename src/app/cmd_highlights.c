/*
 * The command `highlights`: what was highlighted in documents, with its notes, as text or data.
 */
#include "commands.h"

#include "carrel/clock.h"
#include "carrel/document.h"
#include "carrel/documents.h"
#include "carrel/jsonw.h"
#include "carrel/reading.h"
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

static int print_rows(struct command_call *call, struct jsonw *w, const struct highlight *rows,
                      size_t count, struct error *err)
{
    struct highlighted in = { 0 };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++) {
        result = highlighted_open(&in, call, rows[i].document, err);
        if (result == ERR_OK && w)
            highlight_json(w, &in, &rows[i]);
        else if (result == ERR_OK)
            highlight_text(&call->out, &in, &rows[i]);
    }
    highlighted_close(&in);
    return result;
}

/* All of them, or those in the documents of one paper. */
static int print_of(struct command_call *call, struct jsonw *w, size_t *total, struct error *err)
{
    struct stored_document *documents = NULL;
    struct highlight *rows;
    size_t count = 0, found = 0, i;
    int64_t work;
    int result;

    if (call->argc == 0) {
        result = highlights_of(&rows, total, call->store, call->arena, NULL, err);
        return result == ERR_OK ? print_rows(call, w, rows, *total, err) : result;
    }
    result = works_find(call->store, &work, call->argv[0], err);
    if (result == ERR_OK)
        result = documents_of(&documents, &count, call->store, call->arena, work, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        result = highlights_of(&rows, &found, call->store, call->arena, documents[i].name, err);
        if (result == ERR_OK)
            result = print_rows(call, w, rows, found, err);
        *total += found;
    }
    return result;
}

int cmd_highlights(struct command_call *call, struct error *err)
{
    bool json = call_has(call, "--json");
    struct jsonw w;
    size_t total = 0;
    int result;

    if (call->argc > 1)
        return error_set(err, ERR_USAGE, "of which paper? carrel highlights [ID]");
    if (json) {
        jsonw_items(&w, &call->out);
    }
    result = print_of(call, json ? &w : NULL, &total, err);
    if (json) {
        jsonw_items_end(&w);
    }
    if (result == ERR_OK && total == 0 && !json)
        str_add(&call->say, "nothing is highlighted; in the Reader (T on a paper) v selects and H "
                            "highlights\n");
    return result;
}
