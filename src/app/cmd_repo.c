/*
 * repo: what is in a clone. The word behind the repository says what is looked at, --at at which
 * commit: a branch, tag or hash, a day, or a paper, whose day is meant.
 */
#include "cmd_repo.h"
#include "repositories.h"

#include "carrel/code.h"
#include "carrel/file.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_USUAL 100

static const struct {
    const char *name;
    int (*run)(struct repo_call *repo, struct error *err);
    int most; /* arguments behind it */
} words[] = {
    { "log", repo_log, 1 },       { "tree", repo_tree, 1 },         { "file", repo_file, 1 },
    { "diff", repo_diff, 1 },     { "blame", repo_blame, 1 },       { "refs", repo_refs, 0 },
    { "readme", repo_readme, 0 }, { "activity", repo_activity, 0 },
};

/* ---- at which commit ---- */

static int find_commit(struct repo_call *repo, struct error *err)
{
    struct command_call *call = repo->call;
    const char *at = call_option(call, "--at");
    const char *said = code_day_said(call->store, call->arena, at);
    int result = code_resolve(repo->vcs, call->store, call->arena, at, repo->at, call->cancel, err);

    if (result == ERR_OK && said)
        str_printf(&call->say, "%s is of %s; 'carrel edit %s date=...' makes it finer\n", at, said,
                   at);
    return result == ERR_OK ? vcs_commit(repo->vcs, call->arena, repo->at, &repo->commit, err)
                            : result;
}

/* ---- the clone by itself ---- */

/* Anew: its folder goes before its rows, so that one that is broken off can be done again. */
static int repo_remove(struct command_call *call, const char *id, struct error *err)
{
    struct clone clone;
    int64_t repository;
    char *place, *repos = path_join(call->app->library, "repos");
    int held = -1, result = repositories_find(call->store, &repository, id, err);

    if (result == ERR_OK)
        result = clones_get(call->store, call->arena, repository, &clone, err);
    if (result != ERR_OK)
        goto out;
    held = vcs_hold(repos, false, call->cancel);
    place = path_join(call->app->library, clone.folder);
    result = vcs_remove(place, err);
    free(place);
    if (result == ERR_OK)
        result = clone_forget(call->store, repository, err);
    if (result == ERR_OK)
        str_printf(&call->say, "the clone of %s is gone; what is known of it stays\n", id);
out:
    vcs_release(held);
    free(repos);
    return result;
}

static int repo_fetch(struct command_call *call, const char *id, struct error *err)
{
    struct clone_options options = { .cancel = call->cancel };
    struct clone_progress_line line;
    struct cloned cloned;
    int64_t job;
    int result;

    if (call->desk) {
        result = clone_ask(call->store, id, NULL, &job, err);
        if (result == ERR_OK)
            str_printf(&call->say, "job %lld fetches %s\n", (long long)job, id);
        return result;
    }
    clone_progress_begin(&line, call, &options);
    result = clone_repository(call->app, call->arena, id, &options, &cloned, err);
    clone_progress_end(&line);
    if (result == ERR_OK)
        str_printf(&call->say, "repo:%s: %s\n", cloned.key,
                   cloned.cloned    ? "cloned"
                   : cloned.changed ? "fetched what is new"
                                    : "nothing is new");
    return result;
}

static int repo_overview(struct repo_call *repo)
{
    struct jsonw w;

    if (!repo->json) {
        str_printf(&repo->call->out, "%-11s %s\n", "cloned from", repo->clone.url);
        clone_show(&repo->call->out, &repo->clone, repo->call->app->ascii);
        return ERR_OK;
    }
    repo_json(repo, &w);
    jsonw_key(&w, "clone");
    clone_json(&w, &repo->clone);
    repo_json_end(repo, &w);
    return ERR_OK;
}

/* ---- the command ---- */

static int usage(struct error *err, const char *word)
{
    return error_set(err, ERR_USAGE,
                     "'%.40s': log, tree, file, diff, blame, refs, readme, activity, fetch or "
                     "remove",
                     word);
}

static int open_and_run(struct repo_call *repo, int (*run)(struct repo_call *, struct error *),
                        struct error *err)
{
    struct command_call *call = repo->call;
    int result = clone_open(&repo->vcs, &repo->clone, call->store, call->arena, repo->id, err);

    if (result == ERR_OK && run && run != repo_refs)
        result = find_commit(repo, err);
    if (result == ERR_OK)
        result = run ? run(repo, err) : repo_overview(repo);
    vcs_close(repo->vcs);
    return result;
}

int cmd_repo(struct command_call *call, struct error *err)
{
    struct repo_call repo = { .call = call,
                              .id = call->argc > 0 ? call->argv[0] : "",
                              .path =
                                  vcs_typed_path(call->arena, call->argc > 2 ? call->argv[2] : ""),
                              .json = call_has(call, "--json"),
                              .plain = call_has(call, "--plain"),
                              .limit = LIMIT_USUAL };
    const char *word = call->argc > 1 ? call->argv[1] : NULL;
    size_t i;
    int result;

    if (call->argc == 0)
        return error_set(err, ERR_USAGE, "which repository? carrel repo ID [log|tree|file ...]");
    result = call_number(call, "--limit", 1, 100000, &repo.limit, err);
    if (result == ERR_OK)
        result = call_number(call, "--skip", 0, 100000000, &repo.skip, err);
    if (result == ERR_OK && !word && call_has(call, "--at"))
        return error_set(err, ERR_USAGE,
                         "--at is for what is looked at: carrel repo %s tree --at %s", repo.id,
                         call_option(call, "--at"));
    if (result != ERR_OK || !word)
        return result == ERR_OK ? open_and_run(&repo, NULL, err) : result;
    if (strcmp(word, "fetch") == 0 && call->argc == 2)
        return repo_fetch(call, repo.id, err);
    if (strcmp(word, "remove") == 0 && call->argc == 2)
        return repo_remove(call, repo.id, err);
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i].name, word) == 0) {
            if (call->argc - 2 > words[i].most)
                return error_set(err, ERR_USAGE, "%s takes no more than %d argument%s", word,
                                 words[i].most, words[i].most == 1 ? "" : "s");
            return open_and_run(&repo, words[i].run, err);
        }
    return usage(err, word);
}
