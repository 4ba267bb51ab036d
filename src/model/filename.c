/*
 * Identifiers in names of files: "1706.03762v5.pdf", "10.1145_3292500.3330701.pdf", and those of
 * the ACL Anthology, whose numbers are the ends of DOIs.
 */
#include "carrel/mentions.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ACL_DOI "10.18653/v1/"

/* Years in which names of the old form ("P19-1423") have DOIs that end in them. */
static const struct {
    char letter;
    int from, to;
} acl_old[] = { { 'D', 15, 19 }, { 'K', 16, 19 }, { 'N', 16, 19 }, { 'P', 16, 19 } };

/* "P19-1423" */
static bool is_acl_old(const char *name)
{
    int year;
    size_t i;

    if (strlen(name) != 8 || strspn(name + 1, "0123456789") != 2 || name[3] != '-'
        || strspn(name + 4, "0123456789") != 4)
        return false;
    year = (name[1] - '0') * 10 + name[2] - '0';
    for (i = 0; i < ARRAY_LEN(acl_old); i++)
        if (name[0] == acl_old[i].letter && year >= acl_old[i].from && year <= acl_old[i].to)
            return true;
    return false;
}

/* "2020.acl-main.207", of the meetings whose volumes all have DOIs. */
static bool is_acl_new(const char *name)
{
    static const char *const venues[] = { "acl-", "emnlp-", "naacl-", "eacl-", "findings-" };
    size_t digits = strspn(name, "0123456789"), i;
    const char *number = strrchr(name, '.');

    if (digits != 4 || strncmp(name, "2020", 4) < 0 || name[4] != '.' || number <= name + 5
        || !isdigit((unsigned char)number[1]) || number[1 + strspn(number + 1, "0123456789")])
        return false;
    if (strspn(name + 5, "abcdefghijklmnopqrstuvwxyz0123456789-") != (size_t)(number - name - 5))
        return false;
    for (i = 0; i < ARRAY_LEN(venues); i++)
        if (str_starts(name + 5, venues[i]))
            return true;
    return false;
}

/* "10.1145_3292500.3330701": a slash cannot stand in a name of a file. */
static bool doi_name(struct ident *out, const char *name)
{
    size_t prefix = strncmp(name, "10.", 3) == 0 ? 3 + strspn(name + 3, "0123456789") : 0;
    const char *rest = name + prefix;
    char doi[300];

    if (prefix < 7 || (*rest != '_' && *rest != '-' && strncasecmp(rest, "%2f", 3) != 0))
        return false;
    rest += *rest == '%' ? 3 : 1;
    snprintf(doi, sizeof doi, "%.*s/%s", (int)prefix, name, rest);
    return ident_parse(out, doi) && out->scheme == ID_DOI;
}

bool ident_of_file(struct ident *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    char name[256], doi[300];
    size_t len;

    snprintf(name, sizeof name, "%s", slash ? slash + 1 : path);
    len = strlen(name);
    if (len > 4 && strcasecmp(name + len - 4, ".pdf") == 0)
        name[len - 4] = '\0';
    if (is_acl_old(name) || is_acl_new(name)) {
        snprintf(doi, sizeof doi, ACL_DOI "%s", name);
        return ident_parse(out, doi);
    }
    /* An arXiv number with nothing around it; of old ones the archive is missing. */
    return (isdigit((unsigned char)name[0]) && strspn(name, "0123456789.v") == strlen(name)
            && ident_parse(out, name) && out->scheme == ID_ARXIV)
           || doi_name(out, name);
}

bool ident_is_acl(const struct ident *ident)
{
    return ident->scheme == ID_DOI && str_starts(ident->value, ACL_DOI);
}

bool file_proposes(struct str *id, const char *path, const struct text_list *aliases)
{
    struct ident ident;
    const char *scheme;
    size_t i;

    if (!ident_of_file(&ident, path))
        return false;
    scheme = ident_scheme_name(ident.scheme);
    for (i = 0; i < aliases->len; i++)
        if (str_starts(aliases->items[i], scheme))
            return false;
    ident_print(id, &ident);
    return true;
}
