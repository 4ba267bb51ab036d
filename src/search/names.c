/*
 * Is what was typed the name of an author?
 *
 * The words must stand next to each other among a work's authors. FTS5 answers that by walking
 * every place of every word, and for words that are frequent in abstracts that took longer than the
 * search itself. Segments know in a byte a block whether anybody is called so: works whose authors
 * have all the words are few or none, and are looked at one by one. FTS5 is left with works that no
 * segment covers, and with names so frequent that it finds one at once.
 */
#include "hybrid.h"
#include "retrieve.h"

#include "carrel/segments.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WORDS 4
#define NAME_STEMS 16 /* a word may be several tokens */
#define LOOKED_AT 64  /* works at most, then FTS5 is asked */

struct name {
    struct store *store;
    char stems[NAME_STEMS][TEXT_TOKEN_MAX + 8];
    size_t count;
    int64_t works[LOOKED_AT]; /* whose authors have all the words */
    size_t len;
    bool more; /* there are others */
    /* of a text that is being compared */
    bool backwards;
    size_t at; /* how many of the stems have just been met in a row */
    bool met;
};

static int add_stem(void *ctx, const struct text_token *token)
{
    struct name *name = ctx;

    if (name->count == NAME_STEMS)
        return 1;
    memcpy(name->stems[name->count], token->stem, token->stem_len);
    name->stems[name->count++][token->stem_len] = '\0';
    return 0;
}

/* False: it is no name by its form. */
static bool read_stems(struct name *name, const struct node *root)
{
    size_t i;

    if (root->kind != NODE_AND || root->len < 2 || root->len > NAME_WORDS)
        return false;
    for (i = 0; i < root->len; i++) {
        const struct node *word = root->kids[i];
        struct str key = STR_INIT;
        int stop;

        if (word->kind != NODE_WORD || word->columns != COLUMN_ANY || word->prefix)
            return false;
        text_key(&key, word->text);
        stop = text_tokenize(key.ptr, key.len, add_stem, name);
        str_free(&key);
        if (stop != 0)
            return false;
    }
    return name->count > 0;
}

/* ---- works whose authors have all the words ---- */

static bool authors_have(struct posting_cursor *cursor)
{
    unsigned counts[3];

    if (cursor->block.authors_bits == 0)
        return false;
    cursor_counts(cursor, counts);
    return counts[2] > 0;
}

/* Blocks in which the word is among authors. */
static uint32_t author_blocks(const struct postings_term *term)
{
    uint32_t block, count = 0;

    for (block = 0; block < term->blocks; block++)
        count += postings_block_authors(term, block);
    return count;
}

/* The works of one block of the leading word. */
static void take_block(struct name *name, const struct segment *segment,
                       struct posting_cursor *lead, struct posting_cursor *others, size_t count)
{
    size_t i;

    for (lead->at = 0; lead->at < lead->block.count && !name->more; lead->at++) {
        uint32_t doc = lead->block.docs[lead->at];

        if (!authors_have(lead))
            continue;
        for (i = 0; i < count; i++) {
            cursor_seek(&others[i], doc);
            if (others[i].doc != doc || !authors_have(&others[i]))
                break;
        }
        if (i < count || (segment->dead && (segment->dead[doc / 64] >> (doc % 64) & 1)))
            continue;
        if (name->len == LOOKED_AT)
            name->more = true;
        else
            name->works[name->len++] = postings_info(segment->postings)->first_id + doc;
    }
}

static void walk_segment(struct name *name, const struct segment *segment)
{
    struct posting_cursor *cursors = mem_alloc(name->count * sizeof *cursors), lead;
    uint32_t least = UINT32_MAX, block;
    size_t i, best = 0;

    for (i = 0; i < name->count; i++) {
        uint32_t blocks = 0;

        if (cursor_open(&cursors[i], segment->postings, name->stems[i]))
            blocks = author_blocks(&cursors[i].term);
        if (blocks < least) {
            least = blocks;
            best = i;
        }
        if (least == 0)
            break;
    }
    if (least > 0) {
        lead = cursors[best];
        cursors[best] = cursors[name->count - 1];
        for (block = 0; block < lead.term.blocks && !name->more; block++) {
            if (!postings_block_authors(&lead.term, block))
                continue;
            lead.counted = false;
            if (!postings_docs(&lead.term, block, &lead.block))
                break; /* damaged: the search itself will find out and say so */
            take_block(name, segment, &lead, cursors, name->count - 1);
        }
    }
    free(cursors);
}

/* ---- are they next to each other? ---- */

static const char *stem_at(const struct name *name, size_t i)
{
    return name->stems[name->backwards ? name->count - 1 - i : i];
}

/* Names are short: on a mismatch it starts again at the present token, which misses nothing unless
 * a name repeats its own beginning ("li li wei" in "li li li wei"); then the run is tried anew. */
static int compare_token(void *ctx, const struct text_token *token)
{
    struct name *name = ctx;

    while (name->at > 0 && strcmp(stem_at(name, name->at), token->stem) != 0) {
        size_t shift = 1, k;

        /* The longest beginning that what was met also ends with. */
        for (; shift < name->at; shift++) {
            for (k = 0; shift + k < name->at; k++)
                if (strcmp(stem_at(name, shift + k), stem_at(name, k)) != 0)
                    break;
            if (shift + k == name->at)
                break;
        }
        name->at -= shift;
    }
    if (strcmp(stem_at(name, name->at), token->stem) == 0)
        name->at++;
    name->met = name->at == name->count;
    return name->met;
}

static int look_at(struct name *name, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, name->store, "SELECT authors FROM work_text WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result == 1) {
        const char *authors = stmt_text(stmt, 0);

        for (name->backwards = false;; name->backwards = true) {
            name->at = 0;
            text_tokenize(authors, strlen(authors), compare_token, name);
            if (name->met || name->backwards)
                break;
        }
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* ---- asking FTS5 ---- */

/* `rows` narrows the works; NULL: all. */
static int ask_index(struct name *name, const char *rows, bool backwards, struct error *err)
{
    struct str match = STR_INIT, sql = STR_INIT;
    struct stmt *stmt = NULL;
    size_t i;
    int result;

    name->backwards = backwards;
    str_add(&match, "{authors} : \"\x01");
    for (i = 0; i < name->count; i++)
        str_printf(&match, "%s%s", i ? "\x1F" : "", stem_at(name, i));
    str_add_char(&match, '"');
    str_printf(&sql, "SELECT 1 FROM fts WHERE fts MATCH ?1%s%s LIMIT 1", rows ? " AND " : "",
               rows ? rows : "");
    result = stmt_prepare(&stmt, name->store, sql.ptr, err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, match.ptr);
        result = stmt_step(stmt, err);
        name->met |= result == 1;
        stmt_reset(stmt);
    }
    str_free(&sql);
    str_free(&match);
    return result < 0 ? result : ERR_OK;
}

static int ask_both_ways(struct name *name, const char *rows, struct error *err)
{
    int result = ask_index(name, rows, false, err);

    return result == ERR_OK && !name->met ? ask_index(name, rows, true, err) : result;
}

/* Works that no segment covers. */
static int ask_rest(struct name *name, const struct segment_set *set, struct error *err)
{
    char rows[140];
    int64_t newest = 0;
    int result = store_query_int(name->store, "SELECT ifnull(max(id), 0) FROM work", &newest, err);

    snprintf(rows, sizeof rows, "rowid > %" PRId64, set->to);
    if (result == ERR_OK && newest > set->to)
        result = ask_both_ways(name, rows, err);
    rows_pending(rows, sizeof rows, "rowid", set);
    if (result == ERR_OK && !name->met && set->pending_count > 0)
        result = ask_both_ways(name, rows, err);
    return result;
}

static int ask_segments(struct name *name, const struct segment_set *set, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < set->count && !name->more; i++)
        walk_segment(name, &set->items[i]);
    for (i = 0; i < name->len && !name->met && result == ERR_OK; i++)
        result = look_at(name, name->works[i], err);
    if (result == ERR_OK && !name->met && name->more)
        return ask_both_ways(name, NULL, err);
    return result == ERR_OK && !name->met ? ask_rest(name, set, err) : result;
}

int understand_name(bool *is_name, const struct query *query, struct store *store,
                    struct error *err)
{
    struct name *name = mem_zalloc(sizeof *name);
    const struct segment_set *set;
    struct error why = { 0 };
    bool own = false;
    int result = ERR_OK;

    *is_name = false;
    name->store = store;
    if (read_stems(name, query->root)) {
        own = !store_in_transaction(store);
        result = own ? store_begin_read(store, err) : ERR_OK;
        own &= result == ERR_OK;
        if (result == ERR_OK)
            result = segments_get(&set, store, &why) == ERR_OK ? ask_segments(name, set, err)
                                                               : ask_both_ways(name, NULL, err);
    }
    if (own)
        store_rollback(store);
    *is_name = result == ERR_OK && name->met;
    free(name);
    return result;
}
