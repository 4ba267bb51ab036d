/*
 * GitHub's interface for any repository: /repos/OWNER/NAME and its /readme. What one is like is
 * told by the number at the end of its name: each seventh has gone, each fifth has no README, each
 * eleventh is archived, and the stars are a hundred more than the number.
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

static void github_facts(struct jsonw *w, const char *name, int number)
{
    static const char *const languages[] = { "Python", "C++", "Jupyter Notebook", "Rust", "C" };
    static const char *const licenses[] = { "MIT", "Apache-2.0", "GPL-3.0" };
    static const char *const topics[] = { "language-models", "lattices", "benchmarks",
                                          "retrieval" };
    char *about =
        mem_printf("Code of a paper: training, weights and figures of experiment %d", number);

    jsonw_key_string(w, "full_name", name);
    jsonw_key_string(w, "description", about);
    jsonw_key_string(w, "language", languages[number % 5]);
    jsonw_key(w, "license");
    jsonw_object(w);
    jsonw_key_string(w, "spdx_id", licenses[number % 3]);
    jsonw_end(w);
    jsonw_key(w, "topics");
    jsonw_array(w);
    jsonw_string(w, topics[number % 4]);
    jsonw_string(w, topics[(number + 1) % 4]);
    jsonw_end(w);
    jsonw_key_int(w, "stargazers_count", number + 100);
    jsonw_key_int(w, "forks_count", number % 10);
    jsonw_key_string(w, "pushed_at", "2026-02-01T00:00:00Z");
    jsonw_key_bool(w, "archived", number % 11 == 10);
    free(about);
}

/* "# Code", a sentence, how to use it, and a list. */
static void github_readme(struct jsonw *w)
{
    jsonw_key_string(w, "name", "README.md");
    jsonw_key_string(w, "encoding", "base64");
    jsonw_key_string(w, "content",
                     "IyBDb2RlCgpJdCBydW5zLCBhbmQgZHJhd3MgdGhlIGZpZ3VyZXMgb2YgdGhlICpw\n"
                     "YXBlciouCgojIyBVc2UKCmBgYHNoCm1ha2UgZGF0YSAgICAgIyBzb21lIGhvdXJz\n"
                     "Cm1ha2UgZmlndXJlcwpgYGAKCi0gYHRyYWluYCBsZWFybnMgYW5ldwotIGBkcmF3\n"
                     "YCBuZWVkcyBubyBsZWFybmluZwo=\n");
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
    if (readme)
        github_readme(&w);
    else
        github_facts(&w, name, number);
    jsonw_end(&w);
    free(name);
}
