/*
 * Chunks: see chunks.h. Blocks of running text are read as a row of sentences; sentences are laid
 * side by side until about two hundred words stand together, then the next chunk begins with the
 * last one or two of them again. A heading ends a chunk at once.
 */
#include "carrel/chunks.h"

#include "carrel/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct sentence {
    uint32_t start, end, words;
};

struct cutter {
    const struct document *doc;
    struct sentence *run; /* sentences of the present stretch, in order */
    size_t len, cap;
    uint32_t section; /* of the stretch */
    struct chunk *chunks;
    size_t count, chunk_cap;
};

/* ---- sentences ---- */

/* Is the word that ends before `at` (with its full stop) one that sentences do not end with? */
static bool is_abbreviation(const char *text, size_t at)
{
    static const char *const words[] = { "al",   "approx", "cf",    "ch",   "dr",   "e.g", "eq",
                                         "eqs",  "etc",    "fig",   "figs", "i.e",  "no",  "nos",
                                         "p",    "pp",     "mr",    "mrs",  "prof", "ref", "refs",
                                         "resp", "sec",    "secs",  "st",   "tab",  "thm", "lem",
                                         "vol",  "vs",     "w.r.t", "viz" };
    size_t start = at, i, len;
    char word[8];

    while (start > 0 && (isalpha((unsigned char)text[start - 1]) || text[start - 1] == '.'))
        start--;
    len = at - start;
    if (len == 1 && isupper((unsigned char)text[start]))
        return true; /* an initial */
    if (len == 0 || len >= sizeof word)
        return false;
    for (i = 0; i < len; i++)
        word[i] = (char)tolower((unsigned char)text[start + i]);
    word[len] = '\0';
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool begins_sentence(const char *text, size_t len, size_t at)
{
    unsigned char c;

    if (at >= len)
        return true;
    c = (unsigned char)text[at];
    return isupper(c) || isdigit(c) || c == '(' || c == '[' || c == '"' || c == '\'' || c >= 0xC2;
}

size_t sentence_length(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        size_t stop = i, next;

        if (text[i] == '\n' && i + 1 < len && text[i + 1] == '\n')
            stop = i;
        else if (text[i] != '.' && text[i] != '!' && text[i] != '?')
            continue;
        else if (text[i] == '.' && is_abbreviation(text, i))
            continue;
        next = stop + 1;
        while (next < len && strchr(")]\"'", text[next]) && text[next])
            next++;
        if (next < len && text[next] != ' ' && text[next] != '\n')
            continue;
        while (next < len && (text[next] == ' ' || text[next] == '\n'))
            next++;
        if (begins_sentence(text, len, next))
            return next;
    }
    return len;
}

static uint32_t count_words(const char *text, size_t len)
{
    uint32_t words = 0;
    size_t i;

    for (i = 0; i < len; i++)
        words +=
            !isspace((unsigned char)text[i]) && (i == 0 || isspace((unsigned char)text[i - 1]));
    return words;
}

/* ---- chunks ---- */

static const char *section_title(const struct document *doc, uint32_t section)
{
    return section < doc->section_count ? doc->sections[section].title : "";
}

/* Lines of the document tell where each page's text begins. */
static const char *page_turns(const struct document *doc, const struct chunk *chunk)
{
    size_t low = 0, high = doc->line_count;
    struct str turns = STR_INIT;
    uint32_t page = chunk->page;
    const char *kept;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (doc->lines[middle].start <= chunk->start)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < doc->line_count && doc->lines[low].start < chunk->end; low++)
        for (; page < doc->lines[low].page; page++)
            str_printf(&turns, "%s%u", turns.len ? " " : "", doc->lines[low].start - chunk->start);
    kept = arena_strndup(doc->arena, turns.ptr, turns.len);
    str_free(&turns);
    return kept;
}

static void chunk_add(struct cutter *cutter, size_t from, size_t to)
{
    const struct document *doc = cutter->doc;
    struct chunk chunk = { .start = cutter->run[from].start, .end = cutter->run[to - 1].end };

    while (chunk.end > chunk.start && isspace((unsigned char)doc->text[chunk.end - 1]))
        chunk.end--;
    chunk.page = document_page_of(doc, chunk.start, NULL);
    chunk.heading = section_title(doc, cutter->section);
    chunk.turns = page_turns(doc, &chunk);
    if (chunk.end > chunk.start)
        VEC_PUSH(cutter->chunks, cutter->count, cutter->chunk_cap, chunk);
}

/* Where the chunk that begins with sentence `from` ends. */
static size_t chunk_reach(const struct cutter *cutter, size_t from)
{
    uint32_t words = 0;
    size_t to = from;

    while (to < cutter->len && (to == from || words < CHUNK_WORDS)
           && (to == from || words + cutter->run[to].words <= CHUNK_WORDS_MAX)
           && (to == from || cutter->run[to].end - cutter->run[from].start <= CHUNK_BYTES_MAX)) {
        words += cutter->run[to].words;
        to++;
    }
    return to;
}

/* How many of the last sentences before `to` the next chunk repeats: one or two short ones. */
static size_t chunk_overlap(const struct cutter *cutter, size_t from, size_t to)
{
    uint32_t words = 0;
    size_t back = 0;

    while (back < 2 && to - back - 1 > from
           && words + cutter->run[to - back - 1].words <= CHUNK_OVERLAP_WORDS) {
        words += cutter->run[to - back - 1].words;
        back++;
    }
    return back;
}

static uint32_t words_between(const struct cutter *cutter, size_t from, size_t to)
{
    uint32_t words = 0;

    for (; from < to; from++)
        words += cutter->run[from].words;
    return words;
}

/* The stretch is over: it becomes chunks. A short rest goes with the one before it. */
static void cut_stretch(struct cutter *cutter)
{
    size_t from = 0;

    while (from < cutter->len) {
        size_t to = chunk_reach(cutter, from);

        if (to < cutter->len && words_between(cutter, to, cutter->len) < CHUNK_WORDS / 5
            && cutter->run[cutter->len - 1].end - cutter->run[from].start <= CHUNK_BYTES_MAX)
            to = cutter->len;
        chunk_add(cutter, from, to);
        from = to < cutter->len ? to - chunk_overlap(cutter, from, to) : to;
    }
    cutter->len = 0;
}

static void add_sentence(struct cutter *cutter, uint32_t start, uint32_t len)
{
    const char *text = cutter->doc->text;

    /* What has no sentences (a table, a text without stops) is cut at blanks, or where it must. */
    while (len > 0) {
        uint32_t take = len < CHUNK_BYTES_MAX ? len : CHUNK_BYTES_MAX;
        struct sentence sentence = { .start = start };

        while (take < len && ((unsigned char)text[start + take] & 0xC0) == 0x80)
            take--;
        if (count_words(text + start, take) > CHUNK_WORDS_MAX) {
            uint32_t words = 0, i;

            for (i = 0; i < take && words <= CHUNK_WORDS; i++)
                words += isspace((unsigned char)text[start + i])
                         && !(i > 0 && isspace((unsigned char)text[start + i - 1]));
            take = i;
        }
        sentence.end = start + take;
        sentence.words = count_words(text + start, take);
        VEC_PUSH(cutter->run, cutter->len, cutter->cap, sentence);
        start += take;
        len -= take;
    }
}

static bool is_running_text(const struct document_block *block)
{
    switch (block->kind) {
    case BLOCK_PARAGRAPH:
    case BLOCK_CAPTION:
    case BLOCK_FOOTNOTE:
    case BLOCK_EQUATION:
    case BLOCK_FIGURE:
    case BLOCK_CODE:
        return true;
    default:
        return false;
    }
}

void chunks_cut(struct chunk **out, size_t *count, const struct document *doc)
{
    struct cutter cutter = { .doc = doc, .section = DOCUMENT_NONE };
    size_t i;

    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];
        uint32_t section = document_section_of(doc, block->start), at = block->start;

        if (block->start >= doc->reading_len)
            break;
        if (section != cutter.section || block->kind == BLOCK_HEADING) {
            cut_stretch(&cutter);
            cutter.section = section;
        }
        if (!is_running_text(block))
            continue;
        while (at < block->end) {
            uint32_t len = (uint32_t)sentence_length(doc->text + at, block->end - at);

            add_sentence(&cutter, at, len);
            at += len;
        }
    }
    cut_stretch(&cutter);
    *out = arena_alloc(doc->arena, (cutter.count + 1) * sizeof **out);
    if (cutter.count > 0)
        memcpy(*out, cutter.chunks, cutter.count * sizeof **out);
    *count = cutter.count;
    free(cutter.chunks);
    free(cutter.run);
}
