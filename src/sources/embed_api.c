/*
 * The embeddings API's bodies. An answer is outside input: every number in it is checked, and
 * nothing in it decides how much is allocated beyond what was asked for.
 */
#include "carrel/embed_api.h"

#include "carrel/jsonw.h"
#include "carrel/mem.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIM_MAX 4096

void embed_api_request(struct str *out, const char *model, const char *const *texts, size_t count)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "model", model);
    jsonw_key(&w, "input");
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        jsonw_string(&w, texts[i]);
    jsonw_end(&w);
    jsonw_key_string(&w, "encoding_format", "float");
    jsonw_end(&w);
}

void embed_api_url(struct str *out, const char *base)
{
    str_add(out, base);
    while (out->len > 0 && out->ptr[out->len - 1] == '/')
        str_cut(out, out->len - 1);
    str_add(out, "/embeddings");
}

/* {"error":{"message":...}} or {"error":"..."}: what the server says about itself. */
static const char *api_complaint(const json_t *root)
{
    const json_t *error = json_object_get(root, "error");
    const char *text = json_string_value(json_object_get(error, "message"));

    return text ? text : json_string_value(error);
}

/* One vector into its place; its size is everybody's. */
static int api_vector(struct embed_api_answer *out, const json_t *item, size_t at, size_t count,
                      size_t dim, struct error *err)
{
    const json_t *vector = json_object_get(item, "embedding");
    size_t len = json_array_size(vector), i;

    if (len == 0 || len > DIM_MAX)
        return error_set(err, ERR_PARSE, "vector %zu has %zu numbers", at, len);
    if (out->dim == 0 && dim != 0 && len != dim)
        return error_set(err, ERR_PARSE, "the vectors have %zu numbers, not %zu as before", len,
                         dim);
    if (out->dim == 0) {
        out->dim = len;
        out->vectors = mem_alloc(count * len * sizeof *out->vectors);
    }
    if (len != out->dim)
        return error_set(err, ERR_PARSE, "vectors of %zu and %zu numbers in one answer", out->dim,
                         len);
    for (i = 0; i < len; i++) {
        const json_t *number = json_array_get(vector, i);
        double value = json_number_value(number);

        if (!json_is_number(number) || !isfinite((float)value))
            return error_set(err, ERR_PARSE, "vector %zu holds something that is no number", at);
        out->vectors[at * len + i] = (float)value;
    }
    return ERR_OK;
}

static int api_vectors(struct embed_api_answer *out, const json_t *data, size_t count, size_t dim,
                       struct error *err)
{
    bool *seen = mem_zalloc(count * sizeof *seen + 1);
    const json_t *item;
    size_t i;
    int result = ERR_OK;

    json_array_foreach(data, i, item)
    {
        const json_t *index = json_object_get(item, "index");
        json_int_t at = json_is_integer(index) ? json_integer_value(index) : (json_int_t)i;

        if (at < 0 || (size_t)at >= count || seen[at])
            result = error_set(err, ERR_PARSE, "the answer's vectors are numbered wrongly");
        else
            result = api_vector(out, item, (size_t)at, count, dim, err);
        if (result != ERR_OK)
            break;
        seen[at] = true;
    }
    free(seen);
    return result;
}

int embed_api_parse(struct embed_api_answer *out, const char *bytes, size_t len, size_t count,
                    size_t dim, struct error *err)
{
    json_error_t why;
    json_t *root = json_loadb(bytes, len, 0, &why);
    const json_t *data = json_object_get(root, "data");
    const char *complaint = api_complaint(root);
    int result;

    memset(out, 0, sizeof *out);
    if (!root)
        result = error_set(err, ERR_PARSE, "no JSON: %s", why.text);
    else if (complaint)
        result = error_set(err, ERR_PARSE, "the server says: %.200s", complaint);
    else if (!json_is_array(data) || json_array_size(data) != count)
        result = error_set(err, ERR_PARSE, "%zu vectors were asked for and %zu came", count,
                           json_array_size(data));
    else
        result = api_vectors(out, data, count, dim, err);
    if (result == ERR_OK)
        out->tokens =
            json_integer_value(json_object_get(json_object_get(root, "usage"), "total_tokens"));
    json_decref(root);
    if (result != ERR_OK) {
        free(out->vectors);
        memset(out, 0, sizeof *out);
    }
    return result;
}
