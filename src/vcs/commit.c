/*
 * Commits: found and read. A message that says in which encoding it was written is read in that.
 */
#include "internal.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_BYTES 1000u
#define BODY_BYTES 65536u
#define NAME_BYTES 40u

int64_t vcs_commit_ms(const git_commit *commit)
{
    int64_t at = git_commit_time(commit);

    /* Any 64-bit number may stand there; what no calendar has is as good as none. */
    return at > 0 && at < INT64_C(253402300800) ? at * 1000 : 0;
}

/* ---- encodings ---- */

/* Of what a commit may say only names are asked for; "UTF-8" and none need no change. */
static iconv_t converter(const char *encoding)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_.:";
    size_t len = encoding ? strlen(encoding) : 0;

    if (len == 0 || len > NAME_BYTES || strspn(encoding, letters) != len
        || strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0)
        return (iconv_t)-1;
    return iconv_open("UTF-8", encoding);
}

/* As UTF-8; what is no letter of the encoding becomes U+FFFD. */
static void recode(struct str *out, iconv_t convert, const char *bytes, size_t len)
{
    char piece[512], *from = (char *)bytes;

    iconv(convert, NULL, NULL, NULL, NULL);
    while (len > 0) {
        char *to = piece;
        size_t room = sizeof piece, done = iconv(convert, &from, &len, &to, &room);
        int why = errno;

        str_add_mem(out, piece, (size_t)(to - piece));
        if (done == (size_t)-1 && why != E2BIG) { /* it stands before what it could not read */
            str_add(out, "\xEF\xBF\xBD");
            from++;
            len--;
        }
    }
}

/* The text as UTF-8, bounded; `convert` may be none. */
static void text_of(struct str *out, iconv_t convert, const char *bytes, size_t most)
{
    size_t len = bytes ? strnlen(bytes, most) : 0;

    if (convert == (iconv_t)-1)
        str_add_mem(out, bytes ? bytes : "", len);
    else
        recode(out, convert, bytes, len);
}

static char *line_of(struct arena *arena, iconv_t convert, const char *bytes)
{
    struct str text = STR_INIT;
    char *line;

    text_of(&text, convert, bytes, LINE_BYTES);
    line = vcs_clean_line(arena, text.ptr, text.len);
    str_free(&text);
    return line;
}

/* ---- reading ---- */

static void read_message(struct vcs_commit *out, struct arena *arena, iconv_t convert,
                         const char *message)
{
    struct str text = STR_INIT;
    const char *words, *rest;
    size_t line;

    text_of(&text, convert, message, BODY_BYTES + LINE_BYTES);
    words = text.ptr + strspn(text.ptr, "\n");
    line = strcspn(words, "\n");
    rest = words + line + strspn(words + line, "\n");
    out->summary = vcs_clean_line(arena, words, line < LINE_BYTES ? line : LINE_BYTES);
    out->body = vcs_clean(arena, rest, strnlen(rest, BODY_BYTES));
    str_free(&text);
}

void vcs_commit_read_ids(struct vcs_commit *out, struct arena *arena, git_commit *commit)
{
    unsigned i;

    *out = (struct vcs_commit){ .at = vcs_commit_ms(commit),
                                .parents = git_commit_parentcount(commit) };
    git_oid_tostr(out->id, VCS_ID, git_commit_id(commit));
    if (out->parents > 0)
        git_oid_tostr(out->parent, VCS_ID, git_commit_parent_id(commit, 0));
    if (out->parents > 1)
        out->others = arena_alloc(arena, (out->parents - 1) * sizeof *out->others);
    for (i = 1; i < out->parents; i++)
        git_oid_tostr(out->others[i - 1], VCS_ID, git_commit_parent_id(commit, i));
}

void vcs_commit_read(struct vcs_commit *out, struct arena *arena, git_commit *commit)
{
    const git_signature *author = git_commit_author(commit);
    iconv_t convert = converter(git_commit_message_encoding(commit));

    vcs_commit_read_ids(out, arena, commit);
    read_message(out, arena, convert, git_commit_message(commit));
    out->author = line_of(arena, convert, author->name);
    out->email = line_of(arena, convert, author->email);
    out->authored = author->when.time > 0 && author->when.time < INT64_C(253402300800)
                        ? author->when.time * 1000
                        : 0;
    if (convert != (iconv_t)-1)
        iconv_close(convert);
}

/* As it was typed, or by folded letters, so that "zak" finds "Żak". */
static bool has_words(const char *text, const char *words)
{
    struct str in = STR_INIT, part = STR_INIT;
    bool found = strcasestr(text, words) != NULL;

    if (!found) {
        text_key(&in, text);
        text_key(&part, words);
        found = part.len > 0 && strstr(in.ptr, part.ptr);
    }
    str_free(&in);
    str_free(&part);
    return found;
}

bool vcs_commit_by(const git_commit *commit, const char *words)
{
    const git_signature *author = git_commit_author(commit);
    struct str text = STR_INIT;
    iconv_t convert = converter(git_commit_message_encoding(commit));
    bool found;

    text_of(&text, convert, author->name, LINE_BYTES);
    str_add(&text, " <");
    text_of(&text, convert, author->email, LINE_BYTES);
    str_add_char(&text, '>');
    if (convert != (iconv_t)-1)
        iconv_close(convert);
    found = has_words(text.ptr, words);
    str_free(&text);
    return found;
}

int vcs_lookup(git_commit **out, struct vcs *vcs, const char *id, struct error *err)
{
    git_oid oid;
    int code = git_oid_fromstr(&oid, id);

    *out = NULL;
    if (code == 0)
        code = git_commit_lookup(out, vcs->repo, &oid);
    return code == 0 ? ERR_OK : vcs_fail(err, code, "commit %.12s", id);
}

int vcs_commit(struct vcs *vcs, struct arena *arena, const char *id, struct vcs_commit *out,
               struct error *err)
{
    git_commit *commit;
    int result = vcs_lookup(&commit, vcs, id, err);

    if (result != ERR_OK)
        return result;
    vcs_commit_read(out, arena, commit);
    git_commit_free(commit);
    return ERR_OK;
}
