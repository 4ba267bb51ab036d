/*
 * A word of the index is folded: "süßkartoffeln" lies there as "susskartoffeln". A person is shown
 * it as a title has it, where that is another.
 */
#include "hybrid.h"

#include "carrel/fts.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define TITLES 20 /* that are looked at */

struct written {
    const char *term, *title;
    struct str *out;
};

/* The first token that is this word; one of plain letters is as good as folded. */
static int written_token(void *ctx, const struct text_token *token)
{
    struct written *written = ctx;
    size_t len = token->end - token->start, i;

    if (strlen(written->term) != token->term_len
        || memcmp(written->term, token->term, token->term_len) != 0)
        return 0;
    for (i = token->start; i < token->end && (unsigned char)written->title[i] < 0x80; i++)
        ;
    str_clear(written->out);
    if (i < token->end)
        str_add_mem(written->out, written->title + token->start, len);
    else
        str_add(written->out, written->term);
    return 1;
}

static int stem_token(void *ctx, const struct text_token *token)
{
    str_add_mem(ctx, token->stem, token->stem_len);
    return 1;
}

int understand_writing(struct str *out, struct store *store, const char *term, struct error *err)
{
    struct written written = { .term = term, .out = out };
    struct str match = STR_INIT;
    struct stmt *stmt = NULL;
    bool found = false;
    int result = stmt_prepare(&stmt, store,
                              "SELECT title FROM work_text WHERE id IN "
                              "(SELECT rowid FROM fts WHERE fts MATCH ?1 LIMIT ?2)",
                              err);

    str_clear(out);
    str_add(out, term);
    if (result != ERR_OK)
        return result;
    str_add(&match, "{title} : \"\x01");
    text_tokenize(term, strlen(term), stem_token, &match);
    str_add_char(&match, '"');
    stmt_bind_text(stmt, 1, match.ptr);
    stmt_bind_int(stmt, 2, TITLES);
    while (!found && (result = stmt_step(stmt, err)) == 1) {
        written.title = stmt_text(stmt, 0);
        found = text_tokenize(written.title, strlen(written.title), written_token, &written) != 0;
    }
    stmt_reset(stmt);
    str_free(&match);
    return result < 0 ? result : ERR_OK;
}
