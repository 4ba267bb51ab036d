/*
 * GitHub's answers: a repository, its README, and the words of an error. Any field may be missing
 * or null, and there are some seventy of them; what is not text or number where it should be is
 * passed over.
 */
#include "github.h"

#include "carrel/base64.h"
#include "carrel/utf8.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define TEXT_MAX 2000

static json_t *github_object(const void *bytes, size_t len, struct error *err)
{
    json_error_t why;
    json_t *root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &why);

    if (root && json_is_object(root))
        return root;
    json_decref(root);
    error_set(err, ERR_PARSE, root ? "not an object" : "no JSON: %s", why.text);
    return NULL;
}

/* Clean, on one line and bounded; NULL when there is nothing. */
static char *github_text(const json_t *object, const char *key, struct arena *arena)
{
    const json_t *value = json_object_get(object, key);
    struct str text = STR_INIT;
    char *out = NULL;
    size_t len;

    if (!json_is_string(value))
        return NULL;
    len = json_string_length(value);
    utf8_squeeze(&text, json_string_value(value), len < TEXT_MAX ? len : TEXT_MAX);
    if (text.len > 0)
        out = arena_strdup(arena, text.ptr);
    str_free(&text);
    return out;
}

static int64_t github_count(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    double number = json_number_value(value);

    return json_is_number(value) && isfinite(number) && number >= 0 && number < 1e15
               ? (int64_t)number
               : -1;
}

/* "https://api.github.com/..." and "git://..." are for programs; a homepage is for people. */
static char *github_address(const json_t *object, const char *key, struct arena *arena)
{
    char *url = github_text(object, key, arena);

    if (!url || (!str_istarts(url, "https://") && !str_istarts(url, "http://"))
        || strpbrk(url, " \"<>\\"))
        return NULL;
    return url;
}

static void github_topics(struct repository *out, const json_t *root, struct arena *arena)
{
    const json_t *topics = json_object_get(root, "topics");
    size_t i;

    for (i = 0; i < json_array_size(topics) && i < REPOSITORY_TOPICS; i++) {
        const char *topic = json_string_value(json_array_get(topics, i));

        if (topic && *topic && strlen(topic) <= 60
            && strspn(topic, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(topic))
            text_list_add(&out->topics, arena, topic, strlen(topic));
    }
}

/* "MIT"; of a licence that GitHub does not know the name it shows. */
static char *github_license(const json_t *root, struct arena *arena)
{
    const json_t *license = json_object_get(root, "license");
    char *spdx = github_text(license, "spdx_id", arena);

    return spdx && strcmp(spdx, "NOASSERTION") != 0 ? spdx : github_text(license, "name", arena);
}

char *github_key(const char *full_name, struct arena *arena)
{
    struct str key = STR_INIT;
    char *url = arena_printf(arena, "https://github.com/%s", full_name);
    bool whole = repository_key(&key, url) && str_ieq(key.ptr + strlen("github.com/"), full_name);
    char *out = whole ? arena_strdup(arena, key.ptr) : NULL;

    str_free(&key);
    return out;
}

int github_facts(struct repository *out, struct arena *arena, const void *bytes, size_t len,
                 struct error *err)
{
    json_t *root = github_object(bytes, len, err);
    char *parent;
    int result = ERR_OK;

    if (!root)
        return ERR_PARSE;
    *out = (struct repository){ .says = REPOSITORY_FACTS, .state = REPOSITORY_KNOWN };
    out->name = github_text(root, "full_name", arena);
    out->key = out->name ? github_key(out->name, arena) : NULL;
    if (!out->key) {
        result = error_set(err, ERR_PARSE, "it names no repository (full_name)");
        goto out;
    }
    out->number = github_count(root, "id");
    out->url = github_address(root, "html_url", arena);
    out->description = github_text(root, "description", arena);
    out->homepage = github_address(root, "homepage", arena);
    out->language = github_text(root, "language", arena);
    out->license = github_license(root, arena);
    out->branch = github_text(root, "default_branch", arena);
    out->created = github_text(root, "created_at", arena);
    out->pushed = github_text(root, "pushed_at", arena);
    out->stars = github_count(root, "stargazers_count");
    out->forks = github_count(root, "forks_count");
    out->issues = github_count(root, "open_issues_count");
    out->archived = json_is_true(json_object_get(root, "archived"));
    out->fork = json_is_true(json_object_get(root, "fork"));
    parent = github_text(json_object_get(root, "parent"), "full_name", arena);
    out->parent = parent ? github_key(parent, arena) : NULL;
    github_topics(out, root, arena);
out:
    json_decref(root);
    return result;
}

int github_readme(struct repository *out, struct arena *arena, const void *bytes, size_t len,
                  struct error *err)
{
    json_t *root = github_object(bytes, len, err);
    struct str raw = STR_INIT, clean = STR_INIT;
    const json_t *content;
    const char *encoding;
    int result = ERR_OK;

    if (!root)
        return ERR_PARSE;
    content = json_object_get(root, "content");
    encoding = json_string_value(json_object_get(root, "encoding"));
    /* One of more than a megabyte comes without its content ("none"): it counts as empty. */
    if (!json_is_string(content) || !encoding
        || (strcmp(encoding, "base64") != 0 && strcmp(encoding, "none") != 0))
        result = error_set(err, ERR_PARSE, "it holds no README (content)");
    else if (strcmp(encoding, "base64") == 0
             && !base64_decode(&raw, json_string_value(content), json_string_length(content)))
        result = error_set(err, ERR_PARSE, "its content is no Base64");
    if (result == ERR_OK) {
        utf8_clean(&clean, raw.ptr, raw.len < REPOSITORY_README ? raw.len : REPOSITORY_README);
        out->says = REPOSITORY_README_IS;
        out->readme = arena_strdup(arena, clean.ptr);
        out->readme_name = github_text(root, "name", arena);
        readme_papers(out, arena, out->readme);
    }
    str_free(&raw);
    str_free(&clean);
    json_decref(root);
    return result;
}

char *github_message(struct arena *arena, const void *bytes, size_t len)
{
    json_t *root = github_object(bytes, len, NULL);
    char *message = root ? github_text(root, "message", arena) : NULL;
    char *reason =
        root ? github_text(json_object_get(root, "block"), "reason", arena) : NULL;

    json_decref(root);
    return message && reason ? arena_printf(arena, "%s (%s)", message, reason) : message;
}
