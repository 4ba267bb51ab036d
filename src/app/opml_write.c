/*
 * The feeds of the settings as OPML, for other readers of feeds.
 */
#include "opml.h"

#include <stdlib.h>
#include <string.h>

struct feeds_seen {
    struct str *out;
    const struct config *config;
    size_t feeds;
};

/* "source.NAME.kind" that is "feed": its address stands beside it. */
static void feed_seen(void *ctx, const char *key, const char *value, const char *from)
{
    struct feeds_seen *seen = ctx;
    const char *end = strrchr(key, '.');
    size_t name = end > key + 7 ? (size_t)(end - key) - 7 : 0;
    char *beside;
    const char *url;

    (void)from;
    if (!str_starts(key, "source.") || name == 0 || strcmp(end, ".kind") != 0
        || strcmp(value, "feed") != 0)
        return;
    beside = mem_printf("source.%.*s.url", (int)name, key + 7);
    url = config_text(seen->config, beside);
    if (url) {
        char *title = mem_strndup(key + 7, name);

        str_add(seen->out, "    <outline type=\"rss\" text=\"");
        str_add_markup(seen->out, title);
        str_add(seen->out, "\" title=\"");
        str_add_markup(seen->out, title);
        str_add(seen->out, "\" xmlUrl=\"");
        str_add_markup(seen->out, url);
        str_add(seen->out, "\"/>\n");
        seen->feeds++;
        free(title);
    }
    free(beside);
}

size_t opml_write(struct str *out, const struct config *config)
{
    struct feeds_seen seen = { .out = out, .config = config };

    str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n"
                 "  <head><title>carrel</title></head>\n  <body>\n");
    config_each(config, feed_seen, &seen);
    str_add(out, "  </body>\n</opml>\n");
    return seen.feeds;
}
