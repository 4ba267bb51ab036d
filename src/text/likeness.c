/*
 * Likeness of names, titles and abstracts: see likeness.h. All of it is about folded words, so
 * case, accents, punctuation and TeX make no difference.
 */
#include "carrel/likeness.h"

#include "carrel/hash.h"
#include "carrel/mem.h"
#include "carrel/str.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

#define WORDS_MAX 24 /* of a name; of a title */
#define WORD_MAX 32  /* bytes; longer ones are cut there */

struct words {
    char items[WORDS_MAX][WORD_MAX];
    size_t len;
};

static int words_add(void *ctx, const struct text_token *token)
{
    struct words *words = ctx;
    size_t len = token->term_len < WORD_MAX - 1 ? token->term_len : WORD_MAX - 1;

    if (words->len == WORDS_MAX)
        return 1;
    memcpy(words->items[words->len], token->term, len);
    words->items[words->len++][len] = '\0';
    return 0;
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool is_number(const char *word)
{
    return *word && strspn(word, "0123456789") == strlen(word);
}

/* ---- people ---- */

/* Given names, then the family name last. */
static void rotate(struct words *name, size_t by)
{
    struct words old = *name;
    size_t i;

    for (i = 0; i < old.len; i++)
        memcpy(name->items[i], old.items[(i + by) % old.len], WORD_MAX);
}

/* "HAZEL JR", "Smith AB": the last word is initials. */
static size_t trailing_initials(const char *text, size_t len)
{
    size_t start = len, i;

    while (start > 0 && text[start - 1] != ' ')
        start--;
    if (start == 0 || len - start > 3)
        return 0;
    for (i = 0; i < start && !(text[i] >= 'a' && text[i] <= 'z'); i++)
        ;
    if (i == start) /* capitals throughout say nothing */
        return 0;
    for (i = start; i < len; i++)
        if (text[i] < 'A' || text[i] > 'Z')
            return 0;
    return len - start;
}

static void read_name(struct words *name, const char *text, size_t len)
{
    static const char *const suffixes[] = { "jr", "sr", "ii", "iii", "iv", "phd", "md", NULL };
    const char *comma = memchr(text, ',', len);
    size_t initials = trailing_initials(text, len), family = 0, i;
    struct words head = { .len = 0 };

    name->len = 0;
    text_tokenize(text, len, words_add, name);
    if (name->len > 2 && !initials && is_one_of(name->items[name->len - 1], suffixes))
        name->len--;
    if (comma) {
        text_tokenize(text, (size_t)(comma - text), words_add, &head);
        family = head.len < name->len ? head.len : 0;
    } else if (initials > 0 && name->len > 1) {
        family = name->len - 1;
    }
    if (family > 0)
        rotate(name, family);
    if (initials > 1 && family > 0 && name->len + initials <= WORDS_MAX) {
        /* "AB" are two given names. */
        memmove(name->items[initials], name->items[1], (name->len - 1) * WORD_MAX);
        for (i = initials; i-- > 0;) {
            name->items[i][0] = name->items[0][i];
            if (i > 0)
                name->items[i][1] = '\0';
        }
        name->items[0][1] = '\0';
        name->len += initials - 1;
    }
}

/* "tom" and "thomas": the letters of the short one stand in the long one in that order. */
static bool is_short_for(const char *brief, const char *whole)
{
    if (strlen(brief) < 3 || brief[0] != whole[0])
        return false;
    for (; *whole && *brief; whole++)
        brief += *brief == *whole;
    return !*brief;
}

static bool given_fits(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);

    if (la == 1 || lb == 1)
        return a[0] == b[0];
    return strcmp(a, b) == 0 || is_short_for(a, b) || is_short_for(b, a);
}

static bool has_word(const struct words *words, const char *word)
{
    size_t i;

    for (i = 0; i < words->len; i++)
        if (strcmp(words->items[i], word) == 0)
            return true;
    return false;
}

/* The shorter name is the longer one without some of its words: middle names, a second family
 * name, another order. One word alone is a family name, or the name of a group. */
static bool is_part_of(const struct words *few, const struct words *many)
{
    size_t i, whole = 0;

    for (i = 0; i < few->len; i++) {
        if (!has_word(many, few->items[i]))
            return false;
        whole += strlen(few->items[i]) > 1;
    }
    return whole > 1 || few->len == many->len
           || (few->len == 1 && strcmp(few->items[0], many->items[many->len - 1]) == 0);
}

static bool names_fit(const struct words *a, const struct words *b)
{
    const struct words *few = a->len <= b->len ? a : b, *many = few == a ? b : a;

    if (few->len == 0)
        return false;
    if (is_part_of(few, many))
        return true;
    /* The same family name, and first given names that fit; or a double family name that one
     * source writes whole and the other after initials. */
    return few->len > 1 && strcmp(few->items[few->len - 1], many->items[many->len - 1]) == 0
           && given_fits(few->items[0], many->items[0]);
}

bool person_same(const char *a, const char *b)
{
    struct words x, y;

    read_name(&x, a, strlen(a));
    read_name(&y, b, strlen(b));
    return names_fit(&x, &y);
}

static size_t read_names(struct words *names, const char *list)
{
    size_t count = 0;

    while (*list && count < PEOPLE_MAX) {
        size_t len = strcspn(list, "\n");

        read_name(&names[count], list, len);
        count += names[count].len > 0;
        list += len + (list[len] == '\n');
    }
    return count;
}

struct people_shared people_compare(const char *a, const char *b)
{
    struct words *x = mem_alloc(2 * PEOPLE_MAX * sizeof *x), *y = x + PEOPLE_MAX;
    size_t x_len = read_names(x, a), y_len = read_names(y, b), i, k;
    struct people_shared out = { .fewest = x_len < y_len ? x_len : y_len };
    bool taken[PEOPLE_MAX] = { false };

    for (i = 0; i < x_len; i++)
        for (k = 0; k < y_len; k++)
            if (!taken[k] && names_fit(&x[i], &y[k])) {
                taken[k] = true;
                out.shared++;
                break;
            }
    free(x);
    return out;
}

/* ---- titles ---- */

bool title_is_generic(const char *title)
{
    static const char *const heads[] = { "editorial",
                                         "editorials",
                                         "introduction",
                                         "preface",
                                         "foreword",
                                         "afterword",
                                         "erratum",
                                         "errata",
                                         "corrigendum",
                                         "corrigenda",
                                         "correction",
                                         "corrections",
                                         "retraction",
                                         "addendum",
                                         "reply",
                                         "response",
                                         "comment",
                                         "comments",
                                         "discussion",
                                         "rejoinder",
                                         "conclusion",
                                         "conclusions",
                                         "summary",
                                         "index",
                                         "contents",
                                         "obituary",
                                         "announcement",
                                         "news",
                                         "overview",
                                         "appendix",
                                         "cover",
                                         "welcome",
                                         "conversation",
                                         "interview",
                                         "letter",
                                         "letters",
                                         "note",
                                         "notes",
                                         "message",
                                         "abstracts",
                                         "references",
                                         "bibliography",
                                         "acknowledgments",
                                         "acknowledgements",
                                         "masthead",
                                         "report",
                                         "panel",
                                         "keynote",
                                         "supplement",
                                         NULL };
    static const char *const fillers[] = { "the",         "a",
                                           "an",          "of",
                                           "to",          "from",
                                           "for",         "and",
                                           "in",          "on",
                                           "with",        "by",
                                           "at",          "this",
                                           "our",         "guest",
                                           "editor",      "editors",
                                           "s",           "special",
                                           "issue",       "section",
                                           "session",     "chair",
                                           "chairs",      "general",
                                           "program",     "programme",
                                           "book",        "review",
                                           "reviews",     "front",
                                           "back",        "matter",
                                           "title",       "page",
                                           "pages",       "list",
                                           "table",       "author",
                                           "authors",     "annual",
                                           "invited",     "talk",
                                           "poster",      "brief",
                                           "short",       "part",
                                           "volume",      "number",
                                           "proceedings", "year",
                                           "new",         "concluding",
                                           "opening",     "closing",
                                           "remarks",     "supplementary",
                                           "material",    "materials",
                                           "information", "i",
                                           "ii",          "iii",
                                           "iv",          "president",
                                           "secretary",   "board",
                                           "editorial",   "workshop",
                                           "conference",  "symposium",
                                           NULL };
    struct words words = { .len = 0 };
    bool head = false;
    size_t i;

    text_tokenize(title, strlen(title), words_add, &words);
    for (i = 0; i < words.len; i++) {
        bool is_head = is_one_of(words.items[i], heads);

        if (!is_head && !is_one_of(words.items[i], fillers) && !is_number(words.items[i]))
            return false;
        head = head || is_head;
    }
    return head || words.len == 0;
}

bool title_is_serial(const char *title)
{
    static const char *const first[] = { "proceedings", "annual",  "yearly", "yearbook",
                                         "report",      "minutes", "annals", "tutorial",
                                         "lectures",    "lecture", NULL };
    struct words words = { .len = 0 };

    text_tokenize(title, strlen(title), words_add, &words);
    return words.len > 0
           && (is_one_of(words.items[0], first) || is_one_of(words.items[words.len - 1], first));
}

size_t title_words(const char *title)
{
    struct words words = { .len = 0 };

    text_tokenize(title, strlen(title), words_add, &words);
    return words.len;
}

/* Words that say which of a series it is: "2", "ii", "v3", "2015". */
static bool is_ordinal(const char *word)
{
    static const char *const names[] = { "i",     "ii",     "iii",   "iv",     "v",      "vi",
                                         "vii",   "viii",   "ix",    "x",      "xi",     "xii",
                                         "one",   "two",    "three", "four",   "first",  "second",
                                         "third", "fourth", "fifth", "spring", "summer", "autumn",
                                         "fall",  "winter", NULL };
    size_t len = strlen(word);

    return is_one_of(word, names) || strcspn(word, "0123456789") < len;
}

/* What one says of the other one, at either end of its title. */
static bool is_about(const struct words *words)
{
    static const char *const about[] = {
        "erratum",    "errata",       "corrigendum", "corrigenda",    "correction", "corrections",
        "retraction", "retracted",    "addendum",    "reply",         "comment",    "comments",
        "response",   "rejoinder",    "review",      "discussion",    "supplement", "supplementary",
        "supporting", "data",         "tutorial",    "poster",        "withdrawn",  "publisher",
        "author",     "supplemental", "demo",        "demonstration", "protocol",   "abstract",
        NULL
    };

    return words->len > 0
           && (is_one_of(words->items[0], about) || is_one_of(words->items[words->len - 1], about));
}

static bool ordinals_differ(const struct words *a, const struct words *b)
{
    size_t i;

    for (i = 0; i < a->len; i++)
        if (is_ordinal(a->items[i]) && !has_word(b, a->items[i]))
            return true;
    return false;
}

/* More than half of the words of the shorter title are in the other one. */
static bool are_near(const struct words *a, const struct words *b)
{
    const struct words *few = a->len <= b->len ? a : b, *many = few == a ? b : a;
    size_t shared = 0, i;

    for (i = 0; i < few->len; i++)
        shared += has_word(many, few->items[i]);
    return 2 * shared > few->len;
}

bool titles_tell_apart(const char *a, const char *b)
{
    struct words x = { .len = 0 }, y = { .len = 0 };

    text_tokenize(a, strlen(a), words_add, &x);
    text_tokenize(b, strlen(b), words_add, &y);
    return are_near(&x, &y)
           && (is_about(&x) != is_about(&y) || ordinals_differ(&x, &y) || ordinals_differ(&y, &x));
}

#define SUBTITLE_LEAST 8 /* letters of a title that may stand for itself and its subtitle */

static int letters_add(void *ctx, const struct text_token *token)
{
    str_add_mem(ctx, token->term, token->term_len);
    return 0;
}

/* Greek letters are spelled, as many sources do. */
static void letters_of(struct str *out, const char *text)
{
    struct str plain = STR_INIT;

    text_to_ascii(&plain, text);
    text_tokenize(plain.ptr, plain.len, letters_add, out);
    str_free(&plain);
}

/* Is `whole` the other one, a colon or the like, and more? */
static bool has_subtitle(const char *whole, const struct str *brief)
{
    struct str letters = STR_INIT;
    size_t len = strcspn(whole, ":?!.");
    bool yes;

    text_tokenize(whole, len, letters_add, &letters);
    yes = whole[len] && brief->len >= SUBTITLE_LEAST && letters.len == brief->len
          && memcmp(letters.ptr, brief->ptr, brief->len) == 0;
    str_free(&letters);
    return yes;
}

static double trigrams_shared(const struct str *a, const struct str *b)
{
    struct hashmap *runs = hashmap_new();
    size_t i, shared = 0;

    for (i = 0; i + 3 <= a->len; i++)
        ++*hashmap_put(runs, a->ptr + i, 3, NULL);
    for (i = 0; i + 3 <= b->len; i++) {
        uint64_t *left = hashmap_get(runs, b->ptr + i, 3);

        if (left && *left > 0) {
            --*left;
            shared++;
        }
    }
    hashmap_free(runs);
    return a->len < 3 || b->len < 3 ? 0 : 2 * (double)shared / (double)(a->len + b->len - 4);
}

double titles_likeness(const char *a, const char *b)
{
    struct str x = STR_INIT, y = STR_INIT;
    double likeness;

    letters_of(&x, a);
    letters_of(&y, b);
    likeness = has_subtitle(a, &y) || has_subtitle(b, &x) ? 1 : trigrams_shared(&x, &y);
    str_free(&x);
    str_free(&y);
    return likeness;
}

/* ---- abstracts ---- */

#define LONG_WORD 5    /* letters: shorter words say little about what a text is about */
#define FEWEST_WORDS 8 /* such words, to tell anything */

struct overlap {
    struct hashmap *words;
    bool second;
    size_t count[2], shared;
};

static int overlap_see(void *ctx, const struct text_token *token)
{
    struct overlap *overlap = ctx;
    uint64_t *seen, mark = overlap->second ? 2 : 1;
    bool added;

    if (token->term_len < LONG_WORD)
        return 0;
    seen = hashmap_put(overlap->words, token->stem, token->stem_len, &added);
    if (*seen & mark)
        return 0;
    overlap->count[overlap->second]++;
    overlap->shared += *seen != 0;
    *seen |= mark;
    return 0;
}

double texts_overlap(const char *a, const char *b)
{
    struct overlap overlap = { .words = hashmap_new() };
    size_t fewest;

    text_tokenize(a, strlen(a), overlap_see, &overlap);
    overlap.second = true;
    text_tokenize(b, strlen(b), overlap_see, &overlap);
    hashmap_free(overlap.words);
    fewest = overlap.count[0] < overlap.count[1] ? overlap.count[0] : overlap.count[1];
    return fewest < FEWEST_WORDS ? -1 : (double)overlap.shared / (double)fewest;
}
