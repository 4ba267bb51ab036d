/*
 * Feeds into sections of the settings (opml.h).
 *
 * Whatever a title or an address holds, a section must come out as this one source: a name is made
 * of letters, digits and '-', an address that could end its line or its quotes is none, and titles
 * stand in comments.
 */
#include "opml.h"

#include "carrel/source.h"
#include "carrel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_LEN 32

/* ---- addresses ---- */

static const char *url_setting(void *ctx, const char *key)
{
    return strcmp(key, "url") == 0 ? ctx : NULL;
}

/* Would a section with this address be accepted? */
static bool url_serves(char *url)
{
    const struct source_ops *ops = source_find("feed");
    const struct source_settings settings = { .ctx = url, .name = "feed", .text = url_setting };
    struct source_origin origin;

    return ops->origin(&settings, &origin, NULL) == ERR_OK;
}

/* "https://host/path" of the several ways feeds are written, in the arena; NULL: not one. */
static char *url_clean(struct opml *opml, const char *url, bool *secured)
{
    const char *rest;
    char *clean;
    size_t i;

    if (str_istarts(url, "feed:") && !str_istarts(url, "feed://"))
        url += 5;
    rest = strstr(url, "://");
    if (!rest)
        return NULL;
    *secured = str_istarts(url, "http://") && !source_is_loopback(url);
    clean = arena_printf(opml->arena, "%s%s",
                         str_istarts(url, "http://") && !*secured ? "http" : "https", rest);
    if (!str_istarts(url, "http://") && !str_istarts(url, "https://")
        && !str_istarts(url, "feed://"))
        return NULL;
    clean[strcspn(clean, "#")] = '\0';
    for (i = 0; clean[i]; i++)
        if ((unsigned char)clean[i] <= ' ' || (unsigned char)clean[i] >= 0x7F
            || strchr("\"\\<>^`{|}", clean[i]))
            return NULL;
    return url_serves(clean) ? clean : NULL;
}

/* Do two addresses lead to the same feed? Their scheme, the case of the host and a last slash do
 * not tell. */
static bool url_same(const char *a, const char *b)
{
    const char *one = strstr(a, "://"), *two = strstr(b, "://");
    size_t host, len, other;

    if (!one || !two)
        return strcmp(a, b) == 0;
    one += 3;
    two += 3;
    host = strcspn(one, "/?#");
    len = strcspn(one, "#");
    other = strcspn(two, "#");
    len -= len > 0 && one[len - 1] == '/';
    other -= other > 0 && two[other - 1] == '/';
    if (len < host)
        host = len;
    return len == other && strncasecmp(one, two, host) == 0
           && strncmp(one + host, two + host, len - host) == 0;
}

struct look_for {
    const char *url, *name;
    bool found, any;
};

static void look_at(void *ctx, const char *key, const char *value, const char *from)
{
    struct look_for *look = ctx;
    const char *end = strrchr(key, '.');

    (void)from;
    if (!str_istarts(key, "source.") || end <= key + 6)
        return;
    look->any = true;
    if (look->url && strcasecmp(end, ".url") == 0)
        look->found |= url_same(value, look->url);
    if (look->name && strlen(look->name) == (size_t)(end - key) - 7)
        look->found |= strncasecmp(key + 7, look->name, strlen(look->name)) == 0;
}

static bool url_known(const struct opml *opml, const char *url)
{
    struct look_for look = { .url = url };
    size_t i;

    config_each(opml->config, look_at, &look);
    for (i = 0; i < opml->len && !look.found; i++)
        look.found = url_same(opml->feeds[i].url, url);
    return look.found;
}

/* ---- names ---- */

static bool name_known(const struct opml *opml, const char *name)
{
    struct look_for look = { .name = name };
    size_t i;

    config_each(opml->config, look_at, &look);
    for (i = 0; i < opml->len && !look.found; i++)
        look.found = strcmp(opml->feeds[i].name, name) == 0;
    return look.found || source_find(name);
}

/* Words joined by '-', as many as fit. */
static void name_from(struct str *out, const char *text, size_t len)
{
    size_t i;

    str_clear(out);
    for (i = 0; i < len; i++) {
        if (isalnum((unsigned char)text[i]))
            str_add_char(out, (char)tolower((unsigned char)text[i]));
        else if (out->len > 0 && out->ptr[out->len - 1] != '-')
            str_add_char(out, '-');
    }
    if (out->len > NAME_MAX_LEN) {
        size_t cut = NAME_MAX_LEN;

        while (cut > NAME_MAX_LEN / 2 && out->ptr[cut] != '-')
            cut--;
        str_cut(out, out->ptr[cut] == '-' ? cut : NAME_MAX_LEN);
    }
    while (out->len > 0 && out->ptr[out->len - 1] == '-')
        str_cut(out, out->len - 1);
}

static char *name_new(struct opml *opml, const char *title, const char *url)
{
    const char *host = strstr(url, "://") + 3;
    struct str folded = STR_INIT, base = STR_INIT;
    char *name;
    int i;

    text_key(&folded, title);
    name_from(&base, folded.ptr, folded.len);
    if (base.len == 0) {
        if (str_istarts(host, "www."))
            host += 4;
        name_from(&base, host, strcspn(host, "/?:"));
    }
    if (base.len == 0)
        str_add(&base, "feed");
    name = arena_strdup(opml->arena, base.ptr);
    for (i = 2; name_known(opml, name); i++)
        name = arena_printf(opml->arena, "%s-%d", base.ptr, i);
    str_free(&folded);
    str_free(&base);
    return name;
}

/* ---- feeds ---- */

const char *opml_take(struct opml *opml, const struct parse_feed *feed)
{
    struct opml_feed one = { 0 };
    bool secured = false;

    opml->seen++;
    one.url = url_clean(opml, feed->url, &secured);
    if (one.url && url_known(opml, one.url)) {
        opml->known++;
        return NULL;
    }
    if (!one.url || opml->len >= OPML_FEEDS_MAX) {
        opml->rejected++;
        return one.url ? "more than 2,000 new feeds in one import"
                       : "not the address of a feed (https://...)";
    }
    one.title = arena_strdup(opml->arena, feed->title);
    one.name = name_new(opml, feed->title, one.url);
    opml->secured += secured;
    ARENA_PUSH(opml->arena, opml->feeds, opml->len, opml->cap, one);
    return NULL;
}

void opml_sections(struct str *out, const struct opml *opml)
{
    struct look_for look = { 0 };
    size_t i;

    config_each(opml->config, look_at, &look);
    if (!look.any && opml->len > 0)
        str_add(out, "# What is harvested where no source is named.\n"
                     "[source \"arxiv\"]\n    enabled = true\n"
                     "[source \"huggingface\"]\n    enabled = true\n");
    for (i = 0; i < opml->len; i++) {
        const struct opml_feed *feed = &opml->feeds[i];
        const char *quote = strchr(feed->url, ';') ? "\"" : ""; /* it would begin a comment */
        size_t title = strlen(feed->title);

        while (title > 0 && feed->title[title - 1] == '\\')
            title--;
        if (title > 0)
            str_printf(out, "# %.*s\n", (int)title, feed->title);
        str_printf(out, "[source \"%s\"]\n    kind = feed\n    url = %s%s%s\n", feed->name, quote,
                   feed->url, quote);
    }
}
