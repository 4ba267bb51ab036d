/*
 * The answers of `repo`, each as text and as JSON.
 */
#include "cmd_repo.h"

#include "carrel/clock.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

void repo_json_time(struct jsonw *w, const char *key, int64_t ms)
{
    char text[32];

    time_format(text, ms);
    jsonw_key_string(w, key, text);
}

void repo_json_commit(struct jsonw *w, const struct vcs_commit *commit)
{
    jsonw_key_string(w, "hash", commit->id);
    jsonw_key_string(w, "author", commit->author);
    repo_json_time(w, "at", commit->at);
    jsonw_key_string(w, "summary", commit->summary);
    jsonw_key_int(w, "parents", commit->parents);
}

void repo_day(char day[16], int64_t ms)
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

void repo_next_line(struct str *line, const char **at, const char *end)
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
        repo_next_line(&line, &at, end);
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
            repo_day(day, refs[i].at);
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
        repo_json_time(&w, "at", refs[i].at);
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
