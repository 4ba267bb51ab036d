/*
 * Addresses of repositories: what people type and pages show, made one that libgit2 takes and a
 * name for the library. Those that are neither encrypted nor on this machine are not served.
 */
#include "internal.h"

#include "carrel/file.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PART_BYTES 100

/* Hosts whose pages below owner/name belong to the repository. */
static const char *const forges[] = { "github.com", "gitlab.com", "codeberg.org", "bitbucket.org" };

static bool is_forge(const char *host)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(forges); i++)
        if (strcasecmp(host, forges[i]) == 0)
            return true;
    return false;
}

static bool is_repository(const char *folder)
{
    static const char *const marks[] = { "HEAD", "objects", "refs" };
    char *dot_git = path_join(folder, ".git");
    bool found = folder_exists(dot_git) || file_exists(dot_git);
    size_t i, here = 0;

    free(dot_git);
    for (i = 0; i < ARRAY_LEN(marks) && !found; i++) {
        char *path = path_join(folder, marks[i]);

        here += file_exists(path) || folder_exists(path);
        free(path);
    }
    return found || here == ARRAY_LEN(marks);
}

/* "git@host:path": a name, no "//", and a colon before any slash. */
static const char *scp_path(const char *text)
{
    const char *at = strchr(text, '@'), *colon = strchr(text, ':');
    size_t slash = strcspn(text, "/");

    return at && colon && at < colon && (size_t)(colon - text) < slash && colon[1] ? colon + 1
                                                                                   : NULL;
}

bool vcs_is_address(const char *text)
{
    char *path;
    const char *host;
    bool yes;

    if (strpbrk(text, " \t\n"))
        return folder_exists(text) && is_repository(text);
    if (str_istarts(text, "ssh://") || str_istarts(text, "file://") || str_istarts(text, "git://"))
        return true;
    if (str_istarts(text, "https://") || str_istarts(text, "http://")) {
        size_t len = strcspn(text, "?#");

        while (len > 0 && text[len - 1] == '/')
            len--;
        host = strstr(text, "://") + 3;
        return (len > 4 && strncasecmp(text + len - 4, ".git", 4) == 0)
               || (str_istarts(host, "codeberg.org/") || str_istarts(host, "bitbucket.org/"));
    }
    if (scp_path(text))
        return true;
    path = path_expand(text);
    yes = folder_exists(path) && is_repository(path);
    free(path);
    return yes;
}

/* ---- names ---- */

/* Lower case, with what a key may not have made '-'; cut, and not all dots. */
static char *key_part(struct arena *arena, const char *text, size_t len)
{
    char *part;
    size_t i;

    if (len > 4 && strncasecmp(text + len - 4, ".git", 4) == 0)
        len -= 4;
    part = arena_strndup(arena, text, len < PART_BYTES ? len : PART_BYTES);
    for (i = 0; part[i]; i++)
        if (!isalnum((unsigned char)part[i]) && !strchr("-_.", part[i]))
            part[i] = '-';
        else
            part[i] = (char)tolower((unsigned char)part[i]);
    return strspn(part, ".") == strlen(part) ? arena_strdup(arena, "-") : part;
}

/* The last segment of a path is its name; what stands before, of a host, its owner. */
static void name_it(struct arena *arena, struct vcs_address *out, const char *host,
                    const char *path, size_t len)
{
    const char *last;
    size_t i, owner = 0;
    char *shown;

    while (len > 0 && path[len - 1] == '/')
        len--;
    while (len > 0 && *path == '/') {
        path++;
        len--;
    }
    for (last = path + len; last > path && last[-1] != '/'; last--)
        ;
    if (last > path)
        owner = (size_t)(last - path) - 1;
    if (!out->host) /* of a folder only the one it lies in */
        for (i = owner; i > 0; i--)
            if (path[i - 1] == '/') {
                path += i;
                len -= i;
                owner -= i;
                break;
            }
    out->key = arena_printf(arena, "%s/%s/%s", host, key_part(arena, path, owner),
                            key_part(arena, last, (size_t)(path + len - last)));
    for (i = 0; out->key[i]; i++)
        out->key[i] = (char)tolower((unsigned char)out->key[i]);
    shown = vcs_clean_line(arena, path, len);
    if (str_ends(shown, ".git"))
        shown[strlen(shown) - 4] = '\0';
    out->name = shown;
}

/* ---- kinds ---- */

static int of_folder(struct arena *arena, const char *text, struct vcs_address *out,
                     struct error *err)
{
    char *expanded = path_expand(text), *whole = realpath(expanded, NULL);
    size_t len;

    free(expanded);
    if (!whole)
        return error_errno(err, "%.200s", text);
    if (!is_repository(whole)) {
        free(whole);
        return error_set(err, ERR_NOTFOUND, "%.200s: there is no Git repository in it", text);
    }
    out->url = arena_strdup(arena, whole);
    free(whole);
    len = strlen(out->url);
    if (str_ends(out->url, "/.git"))
        len -= 5;
    name_it(arena, out, "local", out->url, len);
    return ERR_OK;
}

/* By its number or the one name; "127.example.org" may be anybody's. */
static bool is_loopback_host(const char *host)
{
    size_t len = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    struct in_addr address;
    char name[64];
    bool loopback;

    if (len >= sizeof name || (host[len] && host[len] != ':'))
        return false;
    memcpy(name, host, len);
    name[len] = '\0';
    loopback = inet_pton(AF_INET, name, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
    return loopback || strcmp(name, "[::1]") == 0 || strcasecmp(name, "localhost") == 0;
}

/* Of a page in a forge's repository: the repository. */
static size_t forge_path(const char *path, size_t len)
{
    const char *slash = memchr(path, '/', len);

    if (!slash)
        return len;
    slash = memchr(slash + 1, '/', len - (size_t)(slash + 1 - path));
    return slash ? (size_t)(slash - path) : len;
}

static int of_host(struct arena *arena, const char *scheme, const char *text,
                   struct vcs_address *out, struct error *err)
{
    size_t authority = strcspn(text, "/"), len;
    const char *path = text + authority + (text[authority] == '/');
    char *host = arena_strndup(arena, text, authority), *user = strrchr(host, '@');
    bool plain = strcmp(scheme, "http") == 0;

    if (user) {
        *user = '\0';
        if (strchr(host, ':') || strcmp(scheme, "ssh") != 0)
            return error_set(err, ERR_USAGE,
                             "an address may hold no name and password: use ssh, or a public one");
        host = user + 1;
    }
    len = strcspn(path, "?#");
    while (len > 0 && path[len - 1] == '/')
        len--;
    if (is_forge(host))
        len = forge_path(path, len);
    if (!*host || len == 0 || (is_forge(host) && !memchr(path, '/', len)))
        return error_set(err, ERR_USAGE, "it names no repository");
    if (plain && !is_loopback_host(host))
        return error_set(err, ERR_USAGE, "http:// is not encrypted: use https:// or ssh://");
    out->host = host;
    out->secure = !plain;
    out->url = arena_printf(arena, "%s://%.*s/%.*s", scheme, (int)authority, text, (int)len, path);
    name_it(arena, out, host, path, len);
    return ERR_OK;
}

int vcs_address(struct arena *arena, const char *text, struct vcs_address *out, struct error *err)
{
    static const char *const schemes[] = { "https", "http", "ssh" };
    const char *path = scp_path(text);
    size_t i;
    int result;

    *out = (struct vcs_address){ 0 };
    if (strlen(text) > 2000)
        return error_set(err, ERR_USAGE, "an address of more than 2,000 bytes");
    for (i = 0; i < ARRAY_LEN(schemes); i++) {
        size_t len = strlen(schemes[i]);

        if (str_istarts(text, schemes[i]) && strncmp(text + len, "://", 3) == 0)
            return of_host(arena, schemes[i], text + len + 3, out, err);
    }
    if (str_istarts(text, "file://"))
        return of_folder(arena, text + 7, out, err);
    if (strstr(text, "://"))
        return error_set(err, ERR_USAGE, "%.*s:// is not served: https, ssh, file or a folder are",
                         (int)strcspn(text, ":"), text);
    if (!path)
        return of_folder(arena, text, out, err);
    result = of_host(arena, "ssh",
                     arena_printf(arena, "%.*s/%s", (int)(path - 1 - text), text, path), out, err);
    out->url = arena_strdup(arena, text); /* its path may be one below the user's home */
    return result;
}
