/*
 * The answers of `repo` about history: log, diff, blame, each as text and as JSON.
 */
#include "cmd_repo.h"
#include "log_words.h"

#include "carrel/clock.h"
#include "carrel/code.h"
#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define NAME_COLUMNS 16

/* ---- log ---- */

static void log_line(struct str *out, const struct vcs_commit *commit, const char *words)
{
    const char *graph = commit->graph ? commit->graph : "";
    struct str author = STR_INIT;
    char day[16];

    repo_day(day, commit->at);
    text_ellipsis(&author, commit->author, NAME_COLUMNS, false);
    str_add_repeat(&author, ' ', (size_t)(NAME_COLUMNS - text_width(author.ptr)));
    str_printf(out, "%.10s  %s  %s  %s%s%s\n", commit->id, day, author.ptr, graph,
               *graph ? " " : "", words);
    str_free(&author);
}

/* What is not there, or not all. */
static void log_say(const struct repo_call *repo, const struct vcs_log *log)
{
    struct str *say = &repo->call->say;

    if (log->more && log->count < (size_t)repo->limit)
        str_printf(say, "only the newest %zu commits were looked at\n", log->scanned - 1);
    else if (log->more)
        str_printf(say, "there are more: --skip %ld\n", repo->skip + (long)log->count);
    else if (log->count == 0)
        str_printf(say, "no commit %s\n", *repo->path ? "changes that" : "is like that");
}

static void log_json(struct repo_call *repo, const struct vcs_log *log)
{
    struct jsonw w;
    size_t i;

    repo_json(repo, &w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < log->count; i++) {
        jsonw_object(&w);
        repo_json_commit(&w, &log->commits[i]);
        jsonw_key_string(&w, "body", log->commits[i].body);
        jsonw_key_string(&w, "was", log->commits[i].was);
        if (log->commits[i].graph)
            jsonw_key_string(&w, "graph", log->commits[i].graph);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_key_bool(&w, "more", log->more);
    repo_json_end(repo, &w);
}

int repo_log(struct repo_call *repo, struct error *err)
{
    struct command_call *call = repo->call;
    enum vcs_graph_kind lines = call->app->ascii ? VCS_GRAPH_ASCII : VCS_GRAPH_LINES;
    const struct vcs_log_options options = { .from = repo->at,
                                             .all = call_has(call, "--all"),
                                             .path = repo->path,
                                             .author = call_option(call, "--author"),
                                             .graph =
                                                 call_has(call, "--graph") ? lines : VCS_GRAPH_NONE,
                                             .skip = (size_t)repo->skip,
                                             .most = (size_t)repo->limit,
                                             .cancel = call->cancel };
    struct log_names names;
    struct vcs_log log;
    size_t i;
    int result;

    if (options.graph && (*repo->path || options.author))
        return error_set(err, ERR_USAGE, "--graph is of a whole log: leave out %s",
                         *repo->path ? "the path" : "--author");
    result = vcs_log(repo->vcs, call->arena, &options, &log, err);
    if (result == ERR_OK)
        result = log_names_read(&names, repo->vcs, call->arena, call->cancel, err);
    if (result != ERR_OK)
        return result;
    if (repo->json)
        log_json(repo, &log);
    for (i = 0; i < log.count && !repo->json; i++)
        log_line(&call->out, &log.commits[i], log_words(call->arena, &names, &log.commits[i]));
    if (!repo->json)
        log_say(repo, &log);
    return ERR_OK;
}

/* ---- diff ---- */

static void diff_head(struct repo_call *repo, const struct vcs_commit *before)
{
    struct str *out = &repo->call->out;
    char at[32];

    if (before) {
        repo_day(at, before->at);
        str_printf(out, "from %.10s  %s  %s\n", before->id, at, before->summary);
        repo_day(at, repo->commit.at);
        str_printf(out, "to   %.10s  %s  %s\n", repo->commit.id, at, repo->commit.summary);
        return;
    }
    time_format(at, repo->commit.at);
    str_printf(out, "commit %s\n%s <%s>\n%s\n\n%s\n", repo->commit.id, repo->commit.author,
               repo->commit.email, at, repo->commit.summary);
    if (*repo->commit.body)
        str_printf(out, "\n%s", repo->commit.body);
}

static void diff_text(struct repo_call *repo, const struct vcs_diff *diff)
{
    struct str *out = &repo->call->out;
    size_t i;

    for (i = 0; i < diff->count; i++) {
        const struct vcs_diff_file *file = &diff->files[i];

        str_printf(out, "\n%c  %s%s%s  ", file->status, file->was ? file->was : "",
                   file->was ? " -> " : "", file->path);
        str_printf(out, file->binary ? "(not compared)\n" : "+%zu -%zu\n", file->added,
                   file->removed);
        str_add_mem(out, diff->text + file->start, file->end - file->start);
    }
    if (diff->total == 0)
        str_add(&repo->call->say, "no file differs\n");
    if (diff->cut)
        str_printf(&repo->call->say, "cut: %zu of %zu files, or some of their lines\n", diff->count,
                   diff->total);
}

static void diff_json(struct repo_call *repo, const struct vcs_diff *diff,
                      const struct vcs_commit *before)
{
    struct jsonw w;
    size_t i;

    repo_json(repo, &w);
    if (before) {
        jsonw_key(&w, "from");
        jsonw_object(&w);
        repo_json_commit(&w, before);
        jsonw_end(&w);
    }
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

/* The argument is a revision, or two of them; without it, what --at says. */
static int diff_ends(struct repo_call *repo, char from[VCS_ID], struct vcs_commit *before,
                     struct error *err)
{
    struct command_call *call = repo->call;
    const char *revision = call->argc > 2 ? call->argv[2] : "";
    int result = ERR_OK;

    from[0] = '\0';
    if (*revision) {
        result = code_resolve_two(repo->vcs, call->store, call->arena, revision, from, repo->at,
                                  call->cancel, err);
        if (result == ERR_OK)
            result = vcs_commit(repo->vcs, call->arena, repo->at, &repo->commit, err);
    }
    if (result == ERR_OK && from[0])
        result = vcs_commit(repo->vcs, call->arena, from, before, err);
    return result;
}

int repo_diff(struct repo_call *repo, struct error *err)
{
    struct command_call *call = repo->call;
    struct vcs_commit before;
    struct vcs_diff diff;
    char from[VCS_ID];
    bool two;
    int result = diff_ends(repo, from, &before, err);

    if (result == ERR_OK)
        result = vcs_diff(repo->vcs, call->arena, from, repo->at, &diff, call->cancel, err);
    if (result != ERR_OK)
        return result;
    two = from[0] != '\0';
    if (repo->json) {
        diff_json(repo, &diff, two ? &before : NULL);
    } else {
        diff_head(repo, two ? &before : NULL);
        diff_text(repo, &diff);
    }
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
        repo_next_line(&line, &at, end);
        text_ellipsis(&author, commit->author, NAME_COLUMNS, false);
        str_add_repeat(&author, ' ', (size_t)(NAME_COLUMNS - text_width(author.ptr)));
        repo_day(day, commit->at);
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
