/*
 * What a job was asked for and what came of it, both JSON objects, as words for people: "source:
 * arxiv; max: 100". Programs read the JSON (jobs show --json, /jobs/ID).
 */
#include "carrel/kinds.h"

#include "carrel/utf8.h"

#include <jansson.h>
#include <string.h>

#define TOLD "told"  /* what a result tells line by line */
#define WORDS_DEEP 8 /* objects in objects; ours have two */

static void add_value(struct str *out, const json_t *value, int deep);

/* Of another program, perhaps: what would move the cursor goes, as it does of values. */
static void add_name(struct str *out, const char *name)
{
    size_t at = out->len;

    utf8_squeeze(out, name, strlen(name));
    for (; at < out->len; at++)
        if (out->ptr[at] == '_')
            out->ptr[at] = ' ';
}

static void add_members(struct str *out, const json_t *object, int deep)
{
    const char *name, *between = "";
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (deep == 0 && strcmp(name, TOLD) == 0) /* lines of their own */
            continue;
        str_add(out, between);
        add_name(out, name);
        str_add(out, ": ");
        add_value(out, value, deep);
        between = "; ";
    }
}

static void add_items(struct str *out, const json_t *array, int deep)
{
    size_t i;

    for (i = 0; i < json_array_size(array); i++) {
        str_add(out, i ? ", " : "");
        add_value(out, json_array_get(array, i), deep);
    }
}

static void add_inner(struct str *out, const json_t *value, int deep)
{
    str_add_char(out, '(');
    if (deep < WORDS_DEEP)
        (json_is_object(value) ? add_members : add_items)(out, value, deep + 1);
    else
        str_add(out, "…");
    str_add_char(out, ')');
}

static void add_value(struct str *out, const json_t *value, int deep)
{
    if (json_is_string(value))
        utf8_squeeze(out, json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        str_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        str_printf(out, "%.6g", json_real_value(value));
    else if (json_is_boolean(value))
        str_add(out, json_is_true(value) ? "yes" : "no");
    else if (json_is_array(value) && deep == 0)
        add_items(out, value, deep + 1);
    else if (json_is_array(value) || json_is_object(value))
        add_inner(out, value, deep);
    else
        str_add(out, "none");
}

void job_words(struct str *out, const char *json)
{
    json_t *object = json_loads(json, 0, NULL);

    if (json_is_object(object))
        add_members(out, object, 0);
    else /* of another carrel, perhaps */
        utf8_squeeze(out, json, strlen(json));
    json_decref(object);
}

void job_told(struct text_list *out, struct arena *arena, const struct job *job)
{
    json_t *result = job->state == JOB_DONE ? json_loads(job->result, 0, NULL) : NULL;
    const json_t *told = json_object_get(result, TOLD);
    struct str line = STR_INIT;
    size_t i;

    for (i = 0; i < json_array_size(told); i++) {
        const char *text = json_string_value(json_array_get(told, i));

        str_clear(&line);
        utf8_squeeze(&line, text ? text : "", text ? strlen(text) : 0);
        if (line.len > 0)
            text_list_add(out, arena, line.ptr, line.len);
    }
    str_free(&line);
    json_decref(result);
}

/* ---- an import ---- */

static json_t *import_result(const struct job *job)
{
    return job->state == JOB_DONE && strcmp(job->kind, "import") == 0
               ? json_loads(job->result, 0, NULL)
               : NULL;
}

bool job_import_words(struct str *out, const struct job *job)
{
    static const struct {
        const char *member, *words;
    } counts[] = { { "added", "new" },
                   { "updated", "updated" },
                   { "unchanged", "unchanged" },
                   { "binned", "in the bin" },
                   { "two_keys", "by a second key (carrel lint --only two-keys)" },
                   { "same_key", "by a key of another paper (carrel lint --only same-key)" } };
    json_t *result = import_result(job);
    const char *between = "";
    size_t i;

    for (i = 0; i < ARRAY_LEN(counts); i++) {
        json_int_t count = json_integer_value(json_object_get(result, counts[i].member));

        if (count <= 0)
            continue;
        str_add(out, between);
        number_format(out, count);
        str_printf(out, " %s", counts[i].words);
        between = ", ";
    }
    json_decref(result);
    return *between != '\0';
}

void job_import_query(struct str *out, const struct job *job)
{
    json_t *result = import_result(job);
    const char *query = json_string_value(json_object_get(result, "query"));

    if (query)
        utf8_squeeze(out, query, strlen(query));
    json_decref(result);
}
