/*
 * The answers of `repo`, each as text and as JSON.
 */
#include "cmd_repo.h"
#include "log_words.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_SHOWN 6
#define NAME_COLUMNS 16

/* ---- as data ---- */

void repo_json(struct repo_call *repo, struct jsonw *w)
{
    jsonw_start(w, &repo->call->out);
    jsonw_object(w);
    jsonw_key_int(w, "version", 1);
    jsonw_key_string(w, "id", repo->id);
    if (!repo->at[0])
        return;
    jsonw_key(w, "commit");
    jsonw_object(w);
    repo_json_commit(w, &repo->commit);
    jsonw_end(w);
}

void repo_json_end(struct repo_call *repo, struct jsonw *w)
{
    jsonw_end(w);
    str_add_char(&repo->call->out, '\n');
}

static void json_time(struct jsonw *w, const char *key, int64_t ms)
{
    char text[32];

    time_format(text, ms);
    jsonw_key_string(w, key, text);
}

void repo_json_commit(struct jsonw *w, const struct vcs_commit *commit)
{
    jsonw_key_string(w, "hash", commit->id);
    jsonw_key_string(w, "author", commit->author);
    json_time(w, "at", commit->at);
    jsonw_key_string(w, "summary", commit->summary);
    jsonw_key_int(w, "parents", commit->parents);
}

static void day_text(char day[16], int64_t ms)
{
    date_format(day, (int32_t)(ms / 86400000));
}

static const char *kind_name(enum vcs_kind kind)
{
    return kind == VCS_FOLDER      ? "folder"
           : kind == VCS_LINK      ? "link"
           : kind == VCS_SUBMODULE ? "submodule"
                                   : "file";
}

/* ---- log ---- */

static void log_line(struct str *out, const struct vcs_commit *commit, const char *words)
{
    struct str author = STR_INIT;
    char day[16];

    day_text(day, commit->at);
    text_ellipsis(&author, commit->author, NAME_COLUMNS, false);
    str_add_repeat(&author, ' ', (size_t)(NAME_COLUMNS - text_width(author.ptr)));
    str_printf(out, "%.10s  %s  %s  %s\n", commit->id, day, author.ptr, words);
    str_free(&author);
}

int repo_log(struct repo_call *repo, struct error *err)
{
    const struct vcs_log_options options = { .from = repo->at,
                                             .path = repo->path,
                                             .skip = (size_t)repo->skip,
                                             .most = (size_t)repo->limit,
                                             .cancel = repo->call->cancel };
    struct arena *arena = repo->call->arena;
    struct log_names names;
    struct vcs_log log;
    struct jsonw w;
    size_t i;
    int result = vcs_log(repo->vcs, arena, &options, &log, err);

    if (result == ERR_OK)
        result = log_names_read(&names, repo->vcs, arena, repo->call->cancel, err);
    if (result != ERR_OK)
        return result;
    if (!repo->json) {
        for (i = 0; i < log.count; i++)
            log_line(&repo->call->out, &log.commits[i], log_words(arena, &names, &log.commits[i]));
        if (log.count == 0)
            str_add(&repo->call->say, "no commit changes that\n");
        else if (log.more)
            str_printf(&repo->call->say, "there are more: --skip %ld\n",
                       repo->skip + (long)log.count);
        return ERR_OK;
    }
    repo_json(repo, &w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < log.count; i++) {
        jsonw_object(&w);
        repo_json_commit(&w, &log.commits[i]);
        jsonw_key_string(&w, "body", log.commits[i].body);
        jsonw_key_string(&w, "was", log.commits[i].was);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_key_bool(&w, "more", log.more);
    repo_json_end(repo, &w);
    return ERR_OK;
}

/* ---- tree ---- */

static void tree_line(struct str *out, const struct vcs_entry *entry)
{
    if (entry->size >= 0)
        str_printf(out, "%10" PRId64 "  ", entry->size);
    else
        str_printf(out, "%10s  ", entry->kind == VCS_SUBMODULE ? "submodule" : "");
    str_printf(out, "%s%s\n", entry->shown,
               entry->kind == VCS_FOLDER ? "/"
               : entry->kind == VCS_LINK ? "@"
                                         : "");
}

int repo_tree(struct repo_call *repo, struct error *err)
{
    struct command_call *call = repo->call;
    struct vcs_entry *entries;
    struct jsonw w;
    size_t count, from, until, i;
    bool cut, limited = call_has(call, "--limit") || repo->skip > 0;
    int result =
        vcs_tree(repo->vcs, call->arena, repo->at, repo->path, &entries, &count, &cut, err);

    if (result != ERR_OK)
        return result;
    from = (size_t)repo->skip < count ? (size_t)repo->skip : count;
    until = limited && (size_t)repo->limit < count - from ? from + (size_t)repo->limit : count;
    result = vcs_sizes(repo->vcs, entries + from, until - from, call->cancel, err);
    if (result != ERR_OK)
        return result;
    if (!repo->json) {
        for (i = from; i < until && result == ERR_OK; i++) {
            tree_line(&call->out, &entries[i]);
            result = call_out(call, err);
        }
        if (until < count || cut)
            str_printf(&call->say, "%zu of %zu%s\n", until - from, count, cut ? " and more" : "");
        return result;
    }
    repo_json(repo, &w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = from; i < until && result == ERR_OK; i++) {
        jsonw_object(&w);
        jsonw_key_string(&w, "name", entries[i].shown);
        jsonw_key_string(&w, "kind", kind_name(entries[i].kind));
        jsonw_key_string(&w, "hash", entries[i].id);
        if (entries[i].size >= 0)
            jsonw_key_int(&w, "size", entries[i].size);
        jsonw_end(&w);
        result = call_out(call, err);
    }
    jsonw_end(&w);
    jsonw_key_bool(&w, "more", until < count || cut);
    repo_json_end(repo, &w);
    return result;
}

/* ---- file ---- */

/* The line that begins at *at, clean and without its end, and *at behind that. */
static void next_line(struct str *line, const char **at, const char *end)
{
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    size_t len = (size_t)((stop ? stop : end) - *at);

    str_clear(line);
    utf8_clean(line, *at, len);
    if (line->len > 0 && line->ptr[line->len - 1] == '\n') /* of "\r\n" */
        str_cut(line, line->len - 1);
    *at += len + (stop != NULL);
}

static int file_text(struct repo_call *repo, const struct vcs_blob *blob, struct error *err)
{
    struct str line = STR_INIT;
    const char *at = blob->bytes, *end = blob->bytes + blob->len;
    size_t number = 0;
    int result = ERR_OK;

    while (at < end && result == ERR_OK) {
        next_line(&line, &at, end);
        if (repo->plain)
            str_printf(&repo->call->out, "%s\n", line.ptr);
        else
            str_printf(&repo->call->out, "%6zu  %s\n", ++number, line.ptr);
        result = call_out(repo->call, err);
    }
    str_free(&line);
    return result;
}

static void file_json(struct repo_call *repo, const struct vcs_blob *blob)
{
    struct str text = STR_INIT;
    struct jsonw w;

    if (!blob->binary)
        utf8_clean(&text, blob->bytes, blob->len);
    repo_json(repo, &w);
    jsonw_key_string(&w, "path", repo->path);
    jsonw_key_string(&w, "kind", kind_name(blob->kind));
    jsonw_key_int(&w, "size", blob->size);
    jsonw_key_bool(&w, "binary", blob->binary);
    jsonw_key_bool(&w, "cut", blob->cut);
    jsonw_key_string(&w, "language", vcs_language_of(repo->path));
    jsonw_key_string(&w, "text", blob->binary ? NULL : text.ptr);
    repo_json_end(repo, &w);
    str_free(&text);
}

int repo_file(struct repo_call *repo, struct error *err)
{
    struct command_call *call = repo->call;
    struct vcs_blob blob;
    int result;

    if (!*repo->path)
        return error_set(err, ERR_USAGE, "which file? carrel repo ID file PATH");
    result = vcs_blob(repo->vcs, call->arena, repo->at, repo->path, 0, &blob, err);
    if (result != ERR_OK)
        return result;
    if (repo->json) {
        file_json(repo, &blob);
        return ERR_OK;
    }
    if (blob.kind == VCS_SUBMODULE)
        str_printf(&call->say, "a submodule, at commit %.12s of another repository\n", blob.id);
    else if (blob.kind == VCS_LINK)
        str_add(&call->say, "a link; it leads to:\n");
    else if (blob.binary)
        str_printf(&call->say, "%" PRId64 " bytes that are no text\n", blob.size);
    if (!blob.binary)
        result = file_text(repo, &blob, err);
    if (blob.cut && !blob.binary)
        str_printf(&call->say, "the first %zu of %" PRId64 " bytes\n", blob.len, blob.size);
    return result;
}

/* ---- diff ---- */

static void diff_text(struct repo_call *repo, const struct vcs_diff *diff)
{
    struct str *out = &repo->call->out;
    char at[32];
    size_t i;

    time_format(at, repo->commit.at);
    str_printf(out, "commit %s\n%s <%s>\n%s\n\n%s\n", repo->commit.id, repo->commit.author,
               repo->commit.email, at, repo->commit.summary);
    if (*repo->commit.body)
        str_printf(out, "\n%s", repo->commit.body);
    for (i = 0; i < diff->count; i++) {
        const struct vcs_diff_file *file = &diff->files[i];

        str_printf(out, "\n%c  %s%s%s  ", file->status, file->was ? file->was : "",
                   file->was ? " -> " : "", file->path);
        str_printf(out, file->binary ? "(not compared)\n" : "+%zu -%zu\n", file->added,
                   file->removed);
        str_add_mem(out, diff->text + file->start, file->end - file->start);
    }
    if (diff->cut)
        str_printf(&repo->call->say, "cut: %zu of %zu files, or some of their lines\n", diff->count,
                   diff->total);
}

static void diff_json(struct repo_call *repo, const struct vcs_diff *diff)
{
    struct jsonw w;
    size_t i;

    repo_json(repo, &w);
    jsonw_key(&w, "files");
    jsonw_array(&w);
    for (i = 0; i < diff->count; i++) {
        const struct vcs_diff_file *file = &diff->files[i];
        char *text = mem_strndup(diff->text + file->start, file->end - file->start);

        jsonw_object(&w);
        jsonw_key_string(&w, "path", file->path);
        jsonw_key_string(&w, "was", file->was);
        jsonw_key_string(&w, "status", (char[]){ file->status, '\0' });
        jsonw_key_int(&w, "added", (int64_t)file->added);
        jsonw_key_int(&w, "removed", (int64_t)file->removed);
        jsonw_key_bool(&w, "compared", !file->binary);
        jsonw_key_bool(&w, "cut", file->cut);
        jsonw_key_string(&w, "text", text);
        jsonw_end(&w);
        free(text);
    }
    jsonw_end(&w);
    jsonw_key_int(&w, "total", (int64_t)diff->total);
    jsonw_key_bool(&w, "cut", diff->cut);
    repo_json_end(repo, &w);
}

int repo_diff(struct repo_call *repo, struct error *err)
{
    struct command_call *call = repo->call;
    struct vcs_diff diff;
    int result = ERR_OK;

    if (*repo->path) {
        result = vcs_resolve(repo->vcs, repo->at, repo->path, call->cancel, err);
        if (result == ERR_OK)
            result = vcs_commit(repo->vcs, call->arena, repo->at, &repo->commit, err);
    }
    if (result == ERR_OK)
        result = vcs_diff(repo->vcs, call->arena, NULL, repo->at, &diff, call->cancel, err);
    if (result != ERR_OK)
        return result;
    if (repo->json)
        diff_json(repo, &diff);
    else
        diff_text(repo, &diff);
    return ERR_OK;
}

/* ---- blame ---- */

static void blame_text(struct repo_call *repo, const struct vcs_blame *blame)
{
    const char *at = blame->blob.bytes, *end = at + blame->blob.len;
    struct str line = STR_INIT, author = STR_INIT;
    char day[16];
    size_t i;

    for (i = 0; i < blame->lines; i++) {
        const struct vcs_commit *commit = &blame->commits[blame->who[i]];

        str_clear(&author);
        next_line(&line, &at, end);
        text_ellipsis(&author, commit->author, NAME_COLUMNS, false);
        str_add_repeat(&author, ' ', (size_t)(NAME_COLUMNS - text_width(author.ptr)));
        day_text(day, commit->at);
        str_printf(&repo->call->out, "%.10s  %s  %s  %5zu  %s\n", commit->id, day, author.ptr,
                   i + 1, line.ptr);
    }
    str_free(&line);
    str_free(&author);
}

static void blame_json(struct repo_call *repo, const struct vcs_blame *blame)
{
    struct jsonw w;
    size_t i;

    repo_json(repo, &w);
    jsonw_key_string(&w, "path", repo->path);
    jsonw_key(&w, "commits");
    jsonw_array(&w);
    for (i = 0; i < blame->commit_count; i++) {
        jsonw_object(&w);
        repo_json_commit(&w, &blame->commits[i]);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_key(&w, "lines"); /* of each line the commit's place in the list above */
    jsonw_array(&w);
    for (i = 0; i < blame->lines; i++)
        jsonw_int(&w, blame->who[i]);
    jsonw_end(&w);
    jsonw_key_bool(&w, "cut", blame->cut);
    repo_json_end(repo, &w);
}

int repo_blame(struct repo_call *repo, struct error *err)
{
    struct vcs_blame blame;
    int result;

    if (!*repo->path)
        return error_set(err, ERR_USAGE, "which file? carrel repo ID blame PATH");
    result = vcs_blame(repo->vcs, repo->call->arena, repo->at, repo->path, &blame,
                       repo->call->cancel, err);
    if (result != ERR_OK)
        return result;
    if (repo->json)
        blame_json(repo, &blame);
    else
        blame_text(repo, &blame);
    return ERR_OK;
}

/* ---- refs, README ---- */

int repo_refs(struct repo_call *repo, struct error *err)
{
    struct command_call *call = repo->call;
    struct vcs_ref *refs;
    struct jsonw w;
    size_t count, i;
    char day[16];
    bool cut;
    int result = vcs_refs(repo->vcs, call->arena, &refs, &count, &cut, call->cancel, err);

    if (result != ERR_OK)
        return result;
    if (!repo->json) {
        for (i = 0; i < count; i++) {
            day_text(day, refs[i].at);
            str_printf(&call->out, "%-6s  %.10s  %s  %s%s  %s\n",
                       refs[i].kind == VCS_TAG ? "tag" : "branch", refs[i].id, day, refs[i].name,
                       refs[i].is_default ? " (default)" : "", refs[i].summary);
        }
        if (cut)
            str_add(&call->say, "there are more\n");
        return ERR_OK;
    }
    repo_json(repo, &w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++) {
        jsonw_object(&w);
        jsonw_key_string(&w, "kind", refs[i].kind == VCS_TAG ? "tag" : "branch");
        jsonw_key_string(&w, "name", refs[i].name);
        jsonw_key_string(&w, "hash", refs[i].id);
        json_time(&w, "at", refs[i].at);
        jsonw_key_bool(&w, "default", refs[i].is_default);
        jsonw_key_string(&w, "summary", refs[i].summary);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_key_bool(&w, "more", cut);
    repo_json_end(repo, &w);
    return ERR_OK;
}

int repo_readme(struct repo_call *repo, struct error *err)
{
    char *path;
    int result = vcs_readme(repo->vcs, repo->call->arena, repo->at, &path, err);

    if (result != ERR_OK)
        return result;
    if (!*path)
        return error_set(err, ERR_NOTFOUND, "it has no README at that commit");
    repo->path = path;
    repo->plain = true;
    return repo_file(repo, err);
}

/* ---- what is known of a clone ---- */

static void bytes_text(struct str *out, int64_t bytes)
{
    if (bytes < 10 << 10)
        str_printf(out, "%" PRId64 " bytes", bytes);
    else if (bytes < 10 << 20)
        str_printf(out, "%" PRId64 " KiB", bytes >> 10);
    else
        str_printf(out, "%" PRId64 " MiB", bytes >> 20);
}

static void show_languages(struct str *out, const struct clone *clone)
{
    int64_t all = 0;
    size_t i;

    for (i = 0; i < clone->language_count; i++)
        all += clone->languages[i].bytes;
    for (i = 0; i < clone->language_count && i < LANGUAGES_SHOWN; i++)
        str_printf(out, "%s%s %.0f%%", i ? ", " : "languages   ", clone->languages[i].name,
                   100 * (double)clone->languages[i].bytes / (double)all);
    if (clone->language_count > 0)
        str_add(out, i < clone->language_count ? ", ...\n" : "\n");
}

/* A week without a commit is the lowest step, not a gap. */
static void show_activity(struct str *out, const struct clone *clone, bool ascii)
{
    double *values = mem_alloc((clone->weeks + 1) * sizeof *values);
    int64_t recent = 0;
    size_t i, pairs = clone->weeks / 2;

    for (i = 0; i < clone->weeks; i++)
        recent += clone->activity[i];
    for (i = 0; i < pairs; i++) /* two weeks a column: two years fit a line */
        values[i] = clone->activity[2 * i] + clone->activity[2 * i + 1];
    str_printf(out, "%-11s %" PRId64 " commit%s in two years  ", "activity", recent,
               recent == 1 ? "" : "s");
    if (recent > 0)
        text_sparkline(out, values, pairs, ascii);
    str_add_char(out, '\n');
    free(values);
}

void clone_show(struct str *out, const struct clone *clone, bool ascii)
{
    char at[32];

    time_format(at, clone->fetched);
    str_printf(out, "%-11s %.10s", "fetched", at);
    if (!*clone->head) {
        str_add(out, "; it has no commit yet\n");
        return;
    }
    str_add(out, "; ");
    number_format(out, clone->commits);
    str_printf(out, "%s commits, ", clone->commits_cut ? " or more" : "");
    number_format(out, clone->files);
    str_printf(out, "%s files, ", clone->files_cut ? " or more" : "");
    bytes_text(out, clone->bytes);
    str_printf(out, ", %" PRId64 " branch%s, %" PRId64 " tag%s\n", clone->branches,
               clone->branches == 1 ? "" : "es", clone->tags, clone->tags == 1 ? "" : "s");
    time_format(at, clone->at);
    str_printf(out, "%-11s %.10s  %.10s  %s, by %s\n", "last commit", at, clone->head,
               clone->summary, clone->author);
    show_languages(out, clone);
    show_activity(out, clone, ascii);
}

void clone_json(struct jsonw *w, const struct clone *clone)
{
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "url", clone->url);
    json_time(w, "fetched", clone->fetched);
    jsonw_key_string(w, "head", *clone->head ? clone->head : NULL);
    jsonw_key_string(w, "branch", clone->branch);
    jsonw_key_string(w, "summary", clone->summary);
    jsonw_key_string(w, "author", clone->author);
    json_time(w, "at", clone->at);
    jsonw_key_int(w, "commits", clone->commits);
    jsonw_key_int(w, "files", clone->files);
    jsonw_key_int(w, "bytes", clone->bytes);
    jsonw_key_int(w, "branches", clone->branches);
    jsonw_key_int(w, "tags", clone->tags);
    jsonw_key_bool(w, "exact", !clone->files_cut && !clone->commits_cut);
    jsonw_key_string(w, "license", clone->license);
    jsonw_key_int(w, "indexed_files", clone->indexed);
    jsonw_key(w, "languages");
    jsonw_array(w);
    for (i = 0; i < clone->language_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "name", clone->languages[i].name);
        jsonw_key_int(w, "bytes", clone->languages[i].bytes);
        jsonw_key_int(w, "files", clone->languages[i].files);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key(w, "activity");
    jsonw_array(w);
    for (i = 0; i < clone->weeks; i++)
        jsonw_int(w, clone->activity[i]);
    jsonw_end(w);
    jsonw_end(w);
}

int repo_activity(struct repo_call *repo, struct error *err)
{
    const struct clone *clone = &repo->clone;
    struct jsonw w;
    char day[16];
    size_t i;

    (void)err;
    if (repo->json) {
        repo_json(repo, &w);
        jsonw_key(&w, "weeks");
        jsonw_array(&w);
        for (i = 0; i < clone->weeks; i++) {
            date_format(day, clone->week_end - 7 * (int32_t)(clone->weeks - 1 - i));
            jsonw_object(&w);
            jsonw_key_string(&w, "ends", day);
            jsonw_key_int(&w, "commits", clone->activity[i]);
            jsonw_end(&w);
        }
        jsonw_end(&w);
        repo_json_end(repo, &w);
        return ERR_OK;
    }
    show_activity(&repo->call->out, clone, repo->call->app->ascii);
    for (i = clone->weeks; i > 0; i--) {
        if (clone->activity[i - 1] == 0)
            continue;
        date_format(day, clone->week_end - 7 * (int32_t)(clone->weeks - i));
        str_printf(&repo->call->out, "%6" PRIu32 "  in the week to %s\n", clone->activity[i - 1],
                   day);
    }
    return ERR_OK;
}
