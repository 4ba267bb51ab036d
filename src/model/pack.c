/*
 * Records as bytes, for keeping what a source said exactly. A field is a tag byte, its length as a
 * base-128 varint, and its bytes; lists repeat their tag. Tags are never reused for another
 * meaning.
 */
#include "carrel/catalog.h"
#include "carrel/repository.h"

#include <stddef.h>
#include <string.h>

enum { TAG_VERSION = 1, TAG_DELETED = 2, TAG_SOURCE = 3, TAG_LINK = 46 };

static const struct {
    unsigned char tag;
    size_t offset;
} pack_texts[] = {
    { 10, offsetof(struct record, id) },       { 11, offsetof(struct record, title) },
    { 12, offsetof(struct record, abstract) }, { 13, offsetof(struct record, published) },
    { 14, offsetof(struct record, updated) },  { 15, offsetof(struct record, doi) },
    { 16, offsetof(struct record, venue) },    { 17, offsetof(struct record, comment) },
    { 18, offsetof(struct record, url) },      { 19, offsetof(struct record, pdf_url) },
    { 20, offsetof(struct record, license) },  { 21, offsetof(struct record, announce) },
};

static const struct {
    unsigned char tag;
    size_t offset;
} pack_lists[] = {
    { 40, offsetof(struct record, authors) },   { 41, offsetof(struct record, categories) },
    { 42, offsetof(struct record, code_urls) }, { 43, offsetof(struct record, tags) },
    { 44, offsetof(struct record, notes) },     { 45, offsetof(struct record, aliases) },
    { 47, offsetof(struct record, tasks) },     { 48, offsetof(struct record, methods) },
    { 49, offsetof(struct record, credits) },   { 50, offsetof(struct record, cited) },
    { 51, offsetof(struct record, versions) },
};

static char **record_field(const struct record *record, size_t offset)
{
    return (char **)(void *)((char *)(uintptr_t)record + offset);
}

static struct text_list *record_list_at(const struct record *record, size_t offset)
{
    return (struct text_list *)(void *)((char *)(uintptr_t)record + offset);
}

static void copy_links(struct record *to, const struct record *from, struct arena *arena)
{
    size_t i;

    memset(&to->links, 0, sizeof to->links);
    for (i = 0; i < from->links.len; i++)
        record_link_append(&to->links, arena, &from->links.items[i]);
    memset(&to->metrics, 0, sizeof to->metrics);
    for (i = 0; i < from->metrics.len; i++)
        record_metric_add(&to->metrics, arena, &from->metrics.items[i]);
}

void record_copy(struct record *to, const struct record *from, struct arena *arena)
{
    size_t i;

    *to = *from;
    to->source = arena_strdup(arena, from->source);
    for (i = 0; i < ARRAY_LEN(pack_texts); i++) {
        char **field = record_field(to, pack_texts[i].offset);

        *field = arena_strdup(arena, *field);
    }
    for (i = 0; i < ARRAY_LEN(pack_lists); i++)
        text_list_copy(record_list_at(to, pack_lists[i].offset), arena);
    copy_links(to, from, arena);
    to->catalog = catalog_copy(from->catalog, arena);
    to->repository = repository_copy(from->repository, arena);
    to->asked = arena_strdup(arena, from->asked);
}

static void pack_text(struct str *out, unsigned char tag, const char *text)
{
    size_t len = strlen(text), rest;

    str_add_char(out, (char)tag);
    for (rest = len; rest >= 0x80; rest >>= 7)
        str_add_char(out, (char)(rest | 0x80));
    str_add_char(out, (char)rest);
    str_add_mem(out, text, len);
}

/* "code listed https://github.com/a/b said in words": only the last may hold blanks. */
static void pack_link(struct str *out, const struct record_link *link)
{
    struct str text = STR_INIT;

    str_printf(&text, "%s %s %s %s", link->kind, link->evidence, link->url, link->said);
    pack_text(out, TAG_LINK, text.ptr);
    str_free(&text);
}

static void unpack_link(struct record *out, struct arena *arena, const char *text, size_t len)
{
    char *word[4] = { arena_strndup(arena, text, len) };
    int i;

    for (i = 1; i < 4; i++) {
        word[i] = strchr(word[i - 1], ' ');
        if (!word[i])
            return;
        *word[i]++ = '\0';
    }
    record_link_append(&out->links, arena,
                       &(struct record_link){
                           .kind = word[0], .evidence = word[1], .url = word[2], .said = word[3] });
}

void record_pack(struct str *out, const struct record *record)
{
    char version[16];
    size_t i, k;

    if (record->version > 0) {
        size_t at = sizeof version - 1;
        int rest = record->version;

        version[at] = '\0';
        for (; rest > 0; rest /= 10)
            version[--at] = (char)('0' + rest % 10);
        pack_text(out, TAG_VERSION, version + at);
    }
    if (record->deleted)
        pack_text(out, TAG_DELETED, "1");
    for (i = 0; i < ARRAY_LEN(pack_texts); i++) {
        const char *text = *record_field(record, pack_texts[i].offset);

        if (text && *text)
            pack_text(out, pack_texts[i].tag, text);
    }
    for (i = 0; i < ARRAY_LEN(pack_lists); i++) {
        const struct text_list *list = record_list_at(record, pack_lists[i].offset);

        for (k = 0; k < list->len; k++)
            pack_text(out, pack_lists[i].tag, list->items[k]);
    }
    for (i = 0; i < record->links.len; i++)
        pack_link(out, &record->links.items[i]);
}

static void unpack_field(struct record *out, struct arena *arena, unsigned char tag,
                         const char *text, size_t len)
{
    size_t i;

    if (tag == TAG_DELETED)
        out->deleted = true;
    if (tag == TAG_LINK)
        unpack_link(out, arena, text, len);
    if (tag == TAG_VERSION) {
        out->version = 0;
        for (i = 0; i < len && i < 9 && text[i] >= '0' && text[i] <= '9'; i++)
            out->version = out->version * 10 + (text[i] - '0');
    }
    for (i = 0; i < ARRAY_LEN(pack_texts); i++)
        if (pack_texts[i].tag == tag)
            *record_field(out, pack_texts[i].offset) = arena_strndup(arena, text, len);
    for (i = 0; i < ARRAY_LEN(pack_lists); i++)
        if (pack_lists[i].tag == tag)
            text_list_add(record_list_at(out, pack_lists[i].offset), arena, text, len);
}

int record_unpack(struct record *out, struct arena *arena, const void *bytes, size_t len,
                  struct error *err)
{
    const unsigned char *at = bytes, *end = at + len;

    memset(out, 0, sizeof *out);
    while (at < end) {
        unsigned char tag = *at++;
        size_t size = 0;
        int shift = 0;

        do {
            if (at == end || shift > 28)
                return error_set(err, ERR_CORRUPT, "a kept record is damaged");
            size |= (size_t)(*at & 0x7F) << shift;
            shift += 7;
        } while (*at++ & 0x80);
        if (size > (size_t)(end - at))
            return error_set(err, ERR_CORRUPT, "a kept record is damaged");
        unpack_field(out, arena, tag, (const char *)at, size);
        at += size;
    }
    return ERR_OK;
}
