/*
 * GitHub's interface for any repository: /repos/OWNER/NAME and its /readme. What one is like is
 * told by the number at the end of its name: each seventh has gone, each fifth has no README, and
 * the stars are a hundred more than the number.
 */
#include "replay.h"

#include "carrel/jsonw.h"
#include "carrel/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void github_missing(struct str *out, int *status)
{
    struct jsonw w;

    *status = 404;
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "message", "Not Found");
    jsonw_key_string(&w, "status", "404");
    jsonw_end(&w);
}

void github_answer(struct str *out, const struct request *request, int *status)
{
    const char *path = request->path;
    size_t len = strlen(path);
    bool readme = len > 7 && strcmp(path + len - 7, "/readme") == 0;
    char *name;
    int number;
    struct jsonw w;

    if (strncmp(path, "/repos/", 7) != 0)
        return github_missing(out, status);
    name = mem_strndup(path + 7, len - 7 - (readme ? 7 : 0));
    number = (int)strcspn(name, "0123456789");
    number = atoi(name + number);
    if (number % 7 == 6 || (readme && number % 5 == 4)) {
        github_missing(out, status);
        free(name);
        return;
    }
    jsonw_start(&w, out);
    jsonw_object(&w);
    if (readme) {
        jsonw_key_string(&w, "name", "README.md");
        jsonw_key_string(&w, "encoding", "base64");
        jsonw_key_string(&w, "content", "IyBDb2RlCkl0IHJ1bnMuCg==\n"); /* "# Code\nIt runs.\n" */
    } else {
        jsonw_key_string(&w, "full_name", name);
        jsonw_key_string(&w, "description", "Code of a paper");
        jsonw_key_int(&w, "stargazers_count", number + 100);
        jsonw_key_int(&w, "forks_count", number % 10);
        jsonw_key_string(&w, "pushed_at", "2026-02-01T00:00:00Z");
    }
    jsonw_end(&w);
    free(name);
}
