/*
 * Identifiers: what people type and sources send, made canonical.
 *
 * arXiv numbers by arXiv's own scheme: YYMM.NNNN (0704-1412), YYMM.NNNNN (since 1501), and
 * archive/YYMMNNN with an optional subject class (math.GT/0309136, which means math/0309136) before
 * April 2007. DOIs are case-insensitive (DOI Handbook 2.4), so they are kept in lower case.
 */
#include "carrel/record.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    enum id_scheme scheme;
} ident_names[] = {
    { "arxiv", ID_ARXIV }, { "doi", ID_DOI },   { "hf", ID_HF },
    { "repo", ID_REPO },   { "file", ID_FILE }, { "openreview", ID_OPENREVIEW },
    { "pwc", ID_PWC },     { "oai", ID_OAI },   { "url", ID_URL },
    { "local", ID_LOCAL },
};

const char *ident_scheme_name(enum id_scheme scheme)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(ident_names); i++)
        if (ident_names[i].scheme == scheme)
            return ident_names[i].name;
    return "";
}

enum id_scheme ident_scheme_from(const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(ident_names); i++)
        if (strlen(ident_names[i].name) == len && strncasecmp(ident_names[i].name, name, len) == 0)
            return ident_names[i].scheme;
    return ID_NONE;
}

void ident_print(struct str *out, const struct ident *ident)
{
    str_printf(out, "%s:%s", ident_scheme_name(ident->scheme), ident->value);
}

static size_t ident_digits(const char *text)
{
    return strspn(text, "0123456789");
}

static bool ident_month(const char *yymm)
{
    int month = (yymm[2] - '0') * 10 + yymm[3] - '0';

    return month >= 1 && month <= 12;
}

/* "" or "v12", with an optional ".pdf" behind; moves nothing, says whether that is all there is. */
static bool ident_version(const char *text, int *version)
{
    size_t digits;

    *version = 0;
    if (*text == 'v' || *text == 'V') {
        digits = ident_digits(text + 1);
        if (digits < 1 || digits > 3)
            return false;
        *version = atoi(text + 1);
        text += 1 + digits;
    }
    if (str_starts(text, " [") && strchr(text, ']') && !strchr(text, ']')[1])
        return true; /* "1706.03762v5 [cs.CL]", as papers are cited */
    return *text == '\0' || strcasecmp(text, ".pdf") == 0;
}

static bool ident_arxiv_new(struct ident *out, const char *text)
{
    size_t tail;

    if (ident_digits(text) != 4 || text[4] != '.' || !ident_month(text))
        return false;
    tail = ident_digits(text + 5);
    if ((tail != 4 && tail != 5) || !ident_version(text + 5 + tail, &out->version))
        return false;
    snprintf(out->value, sizeof out->value, "%.*s", (int)(5 + tail), text);
    out->scheme = ID_ARXIV;
    return true;
}

static bool ident_arxiv_old(struct ident *out, const char *text)
{
    static const char *const archives[] = {
        "acc-phys", "adap-org", "alg-geom", "ao-sci",   "astro-ph", "atom-ph",  "bayes-an",
        "chao-dyn", "chem-ph",  "cmp-lg",   "comp-gas", "cond-mat", "cs",       "dg-ga",
        "funct-an", "gr-qc",    "hep-ex",   "hep-lat",  "hep-ph",   "hep-th",   "math",
        "math-ph",  "mtrl-th",  "nlin",     "nucl-ex",  "nucl-th",  "patt-sol", "physics",
        "plasm-ph", "q-alg",    "q-bio",    "quant-ph", "solv-int", "supr-con",
    };
    const char *slash = strchr(text, '/');
    size_t archive = strcspn(text, "./"), i;

    if (!slash || ident_digits(slash + 1) != 7 || !ident_month(slash + 1)
        || !ident_version(slash + 8, &out->version))
        return false;
    if (text[archive] == '.' && slash - (text + archive) > 4)
        return false;
    for (i = 0; i < ARRAY_LEN(archives); i++)
        if (strlen(archives[i]) == archive && strncasecmp(text, archives[i], archive) == 0)
            break;
    if (i == ARRAY_LEN(archives))
        return false;
    snprintf(out->value, sizeof out->value, "%s/%.7s", archives[i], slash + 1);
    out->scheme = ID_ARXIV;
    return true;
}

static bool ident_arxiv(struct ident *out, const char *text)
{
    return ident_arxiv_new(out, text) || ident_arxiv_old(out, text);
}

static bool ident_has_sici(const char *text, size_t len)
{
    const char *found = strcasestr(text, "(SICI)");

    return found && (size_t)(found - text) < len;
}

/* "10.1145/3292500.3330701"; what cannot end a DOI in running text is cut. */
static bool ident_doi(struct ident *out, const char *text)
{
    size_t prefix = strncmp(text, "10.", 3) == 0 ? strspn(text + 3, "0123456789.") : 0;
    size_t len, i;

    if (prefix < 4 || text[3 + prefix] != '/')
        return false;
    /* The old form of serials (SICI) has angle brackets inside; elsewhere they are a page's. */
    len = strcspn(text, " \t\r\n\"");
    if (!ident_has_sici(text, len))
        len = strcspn(text, " \t\r\n\"<>");
    while (len > 0 && strchr(".,;)", text[len - 1])
           && !(text[len - 1] == ')' && memchr(text, '(', len)))
        len--;
    if (len <= 3 + prefix + 1 || len >= sizeof out->value)
        return false;
    for (i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x21)
            return false;
        out->value[i] = (char)tolower((unsigned char)text[i]);
    }
    out->value[len] = '\0';
    out->version = 0;
    /* arXiv's own DOIs name the arXiv paper. */
    if (strncmp(out->value, "10.48550/arxiv.", 15) == 0) {
        char inner[sizeof out->value];

        snprintf(inner, sizeof inner, "%s", out->value + 15);
        if (ident_arxiv(out, inner))
            return true;
    }
    out->scheme = ID_DOI;
    return true;
}

/* Of github.com: what lies behind these is no owner's. */
static bool ident_is_reserved(const char *owner, size_t len)
{
    static const char *const reserved[] = {
        "about",
        "account",
        "apps",
        "blog",
        "collections",
        "contact",
        "customer-stories",
        "dashboard",
        "enterprise",
        "events",
        "explore",
        "features",
        "gist",
        "gists",
        "issues",
        "join",
        "login",
        "logout",
        "marketplace",
        "notifications",
        "organizations",
        "orgs",
        "pricing",
        "pulls",
        "readme",
        "resources",
        "search",
        "security",
        "sessions",
        "settings",
        "signup",
        "site",
        "solutions",
        "sponsors",
        "stars",
        "team",
        "topics",
        "trending",
        "users",
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(reserved); i++)
        if (strlen(reserved[i]) == len && strncasecmp(owner, reserved[i], len) == 0)
            return true;
    return false;
}

/* "github.com/owner/name" out of what stands behind the host. */
static bool ident_repo(struct ident *out, const char *host, const char *path)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t owner = strspn(path, allowed), name, i;

    if (owner == 0 || path[owner] != '/')
        return false;
    name = strspn(path + owner + 1, allowed);
    while (name > 4 && strncasecmp(path + owner + 1 + name - 4, ".git", 4) == 0)
        name -= 4;
    if (strcmp(host, "github.com") == 0 && ident_is_reserved(path, owner))
        return false;
    if (name == 0 || owner + name > 200 || strspn(path, ".") == owner
        || strspn(path + owner + 1, ".") >= name)
        return false;
    snprintf(out->value, sizeof out->value, "%s/%.*s/%.*s", host, (int)owner, path, (int)name,
             path + owner + 1);
    for (i = 0; out->value[i]; i++)
        out->value[i] = (char)tolower((unsigned char)out->value[i]);
    out->scheme = ID_REPO;
    out->version = 0;
    return true;
}

/* An address of Git's: "host[:port]/group/sub/name[.git]"; what stands before the name is its
 * owner, as one word. */
static bool ident_git(struct ident *out, const char *host, size_t host_len, const char *path)
{
    static const char host_letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
    size_t len = strcspn(path, "?#"), i;
    char name[300], plain[128];
    const char *last;

    while (len > 0 && path[len - 1] == '/')
        len--;
    while (len > 0 && *path == '/') {
        path++;
        len--;
    }
    if (len == 0 || len >= sizeof name - 2 || host_len >= sizeof plain
        || !isalnum((unsigned char)*host) || strspn(host, host_letters) < host_len)
        return false;
    memcpy(plain, host, host_len);
    plain[host_len] = '\0';
    for (last = path + len; last > path && last[-1] != '/'; last--)
        ;
    if (last == path) {
        snprintf(name, sizeof name, "-/%.*s", (int)len, path);
    } else {
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        for (i = 0; i + 1 < (size_t)(last - path); i++)
            if (name[i] == '/')
                name[i] = '-';
    }
    return ident_repo(out, plain, name);
}

/* "git@host:path", "ssh://git@host/path" */
static bool ident_ssh(struct ident *out, const char *text)
{
    const char *host = str_istarts(text, "ssh://") ? text + 6 : text, *at = strchr(host, '@');
    bool url = host != text;
    size_t len;

    /* Without "ssh://" somebody stands before the host: "doi:10.1000/a@b" is none. */
    if (!url && (!at || (size_t)(at - host) >= strcspn(host, "/:")))
        return false;
    if (at && (size_t)(at - host) < strcspn(host, "/"))
        host = at + 1;
    len = strcspn(host, url ? "/" : ":");
    return host[len] && (url || len < strcspn(host, "/ "))
           && ident_git(out, host, len, host + len + 1);
}

/* A paper's name at Papers with Code: "attention-is-all-you-need". */
static bool ident_slug(struct ident *out, const char *slug)
{
    size_t len = strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-_");

    if (len == 0 || slug[len] || len >= sizeof out->value)
        return false;
    memcpy(out->value, slug, len + 1);
    out->scheme = ID_PWC;
    out->version = 0;
    return true;
}

/* %2F and its like, in place. */
static char *ident_unescape(char *text)
{
    char *from, *to = text;
    unsigned code;

    for (from = text; *from; from++) {
        if (*from == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2])
            && sscanf(from + 1, "%2x", &code) == 1 && code > 0x20) {
            *to++ = (char)code;
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return text;
}

/* export.arxiv.org, de.arxiv.org, ... */
static bool ident_is_mirror(const char *host)
{
    size_t label = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    return label > 0 && strncasecmp(host + label, ".arxiv.org/", 11) == 0;
}

static bool ident_url(struct ident *out, const char *url)
{
    static const char *const arxiv_paths[] = {
        "abs/", "pdf/", "html/", "ps/", "e-print/", "format/"
    };
    const char *host = strstr(url, "://") + 3;
    char path[600];
    size_t i;

    if (strncasecmp(host, "www.", 4) == 0)
        host += 4;
    if (!strchr(host, '/'))
        return false;
    snprintf(path, sizeof path, "%s", strchr(host, '/') + 1);
    path[strcspn(path, "?#")] = '\0';
    if (strncasecmp(host, "doi.org/", 8) == 0 || strncasecmp(host, "dx.doi.org/", 11) == 0)
        return ident_doi(out, ident_unescape(path));
    if (*path && path[strlen(path) - 1] == '/')
        path[strlen(path) - 1] = '\0';
    if (strncasecmp(host, "arxiv.org/", 10) == 0 || ident_is_mirror(host)) {
        for (i = 0; i < ARRAY_LEN(arxiv_paths); i++)
            if (str_starts(path, arxiv_paths[i]))
                return ident_arxiv(out, path + strlen(arxiv_paths[i]));
        return false;
    }
    if (strncasecmp(host, "huggingface.co/papers/", 22) == 0)
        return ident_arxiv(out, path + 7);
    if (strncasecmp(host, "paperswithcode.com/paper/", 25) == 0)
        return ident_slug(out, path + 6);
    if (strncasecmp(host, "github.com/", 11) == 0)
        return ident_repo(out, "github.com", path);
    if (strncasecmp(host, "gitlab.com/", 11) == 0)
        return ident_repo(out, "gitlab.com", path);
    if (str_ends(path, ".git"))
        return ident_git(out, host, strcspn(host, "/"), path);
    return false;
}

/* A value behind "scheme:" that has no form of its own: printable, no blanks. */
static bool ident_plain(struct ident *out, enum id_scheme scheme, const char *value)
{
    size_t len = strlen(value), i;

    if (len == 0 || len >= sizeof out->value)
        return false;
    for (i = 0; i < len; i++)
        if ((unsigned char)value[i] <= 0x20 || value[i] == 0x7F)
            return false;
    memcpy(out->value, value, len + 1);
    out->scheme = scheme;
    out->version = 0;
    return true;
}

static bool ident_scheme(struct ident *out, const char *text)
{
    const char *colon = strchr(text, ':');
    enum id_scheme scheme = colon ? ident_scheme_from(text, (size_t)(colon - text)) : ID_NONE;
    const char *value = colon ? colon + 1 : NULL;

    if (scheme == ID_ARXIV || scheme == ID_DOI) /* "DOI: 10.…" */
        value += strspn(value, " ");
    switch (scheme) {
    case ID_NONE:
        return false;
    case ID_ARXIV:
        return ident_arxiv(out, value);
    case ID_DOI:
        return ident_doi(out, value);
    case ID_OAI:
        if (strncasecmp(value, "arxiv.org:", 10) == 0)
            return ident_arxiv(out, value + 10);
        return ident_plain(out, ID_OAI, value);
    case ID_REPO: {
        const char *path = strchr(value, '/');
        char host[128];

        if (!path || path == value || (size_t)(path - value) >= sizeof host
            || strcspn(value, " \t\\@") < strlen(value) || value[0] == '.')
            return false;
        snprintf(host, sizeof host, "%.*s", (int)(path - value), value);
        return ident_repo(out, host, path + 1);
    }
    default:
        return ident_plain(out, scheme, value);
    }
}

/* "github.com/owner/name" as people copy it, without what stands before it. */
static bool ident_is_forge(const char *text)
{
    const char *host = text + (strncasecmp(text, "www.", 4) == 0 ? 4 : 0);

    return strncasecmp(host, "github.com/", 11) == 0 || strncasecmp(host, "gitlab.com/", 11) == 0;
}

bool ident_parse(struct ident *out, const char *text)
{
    char clean[700];
    size_t len;

    while (isspace((unsigned char)*text))
        text++;
    len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    if (len == 0 || len >= sizeof clean)
        return false;
    memcpy(clean, text, len);
    clean[len] = '\0';
    memset(out, 0, sizeof *out);
    if (strncasecmp(clean, "http://", 7) == 0 || strncasecmp(clean, "https://", 8) == 0)
        return ident_url(out, clean);
    if (ident_is_forge(clean)) {
        char url[sizeof clean + 8];

        snprintf(url, sizeof url, "https://%s", clean);
        return ident_url(out, url);
    }
    if (ident_ssh(out, clean))
        return true;
    return ident_scheme(out, clean) || ident_arxiv(out, clean) || ident_doi(out, clean);
}
