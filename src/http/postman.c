/*
 * The table of routes as a collection of requests (Postman Collection v2.1, which Bruno, Insomnia
 * and Hoppscotch read, too): one folder a tag, {{url}} and {{token}} as variables.
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

#define SCHEMA "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

/* ---- examples ---- */

static void example_value(struct jsonw *w, const struct field *field)
{
    static const char *const texts[] = {
        [FIELD_DAY] = "2026-03-01",
        [FIELD_TIME] = "2026-03-01T12:00:00Z",
        [FIELD_UUID] = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        [FIELD_URL] = "https://example.org/paper.pdf",
        [FIELD_TEXT] = "text",
    };
    struct str first = STR_INIT;

    if (field->values)
        str_add_mem(&first, field->values, strcspn(field->values, "|"));
    if (field->type == FIELD_INT) {
        jsonw_int(w, field->least);
    } else if (field->type == FIELD_BOOL) {
        jsonw_bool(w, false);
    } else if (field->type == FIELD_TEXTS) {
        jsonw_array(w);
        if (field->example || first.len > 0)
            jsonw_string(w, field->example ? field->example : first.ptr);
        jsonw_end(w);
    } else if (field->type == FIELD_OBJECT) {
        jsonw_object(w);
        jsonw_end(w);
    } else if (field->type == FIELD_OBJECTS) {
        jsonw_array(w);
        jsonw_end(w);
    } else {
        jsonw_string(w, field->example  ? field->example
                        : first.len > 0 ? first.ptr
                                        : texts[field->type]);
    }
    str_free(&first);
}

static void write_body(struct jsonw *w, const struct body *body)
{
    struct str raw = STR_INIT;
    const struct field *field;
    struct jsonw inner;

    jsonw_start(&inner, &raw);
    jsonw_object(&inner);
    for (field = body->fields; field->name; field++) {
        if (field->instead)
            continue;
        jsonw_key(&inner, field->name);
        example_value(&inner, field);
    }
    jsonw_end(&inner);
    jsonw_key(w, "body");
    jsonw_object(w);
    jsonw_key_string(w, "mode", "raw");
    jsonw_key_string(w, "raw", raw.ptr);
    jsonw_end(w);
    str_free(&raw);
}

/* ---- addresses ---- */

static void write_query(struct jsonw *w, const struct route *route)
{
    const struct param *param;

    jsonw_key(w, "query");
    jsonw_array(w);
    for (param = route->params; param->name; param++) {
        if (param->in_path)
            continue;
        jsonw_object(w);
        jsonw_key_string(w, "key", param->name);
        jsonw_key_string(w, "value", "");
        jsonw_key_string(w, "description", param->help);
        jsonw_key_bool(w, "disabled", !param->required);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* "/papers/{id}" is "{{url}}/papers/:id" there. */
static void path_text(struct str *out, const char *path)
{
    for (; *path; path++)
        if (*path == '{')
            str_add_char(out, ':');
        else if (*path != '}')
            str_add_char(out, *path);
}

static void write_segments(struct jsonw *w, const char *path)
{
    struct str segment = STR_INIT;
    size_t len;

    jsonw_key(w, "path");
    jsonw_array(w);
    for (path++; *path; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        str_clear(&segment);
        str_add_mem(&segment, path, len);
        jsonw_string(w, segment.ptr);
    }
    jsonw_end(w);
    str_free(&segment);
}

static void write_path_variables(struct jsonw *w, const struct route *route)
{
    const struct param *param;

    jsonw_key(w, "variable");
    jsonw_array(w);
    for (param = route->params; param->name; param++) {
        if (!param->in_path)
            continue;
        jsonw_object(w);
        jsonw_key_string(w, "key", param->name);
        jsonw_key_string(w, "value", "");
        jsonw_key_string(w, "description", param->help);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_url(struct jsonw *w, const struct route *route)
{
    struct str path = STR_INIT, raw = STR_INIT;

    path_text(&path, route->path);
    str_printf(&raw, "{{url}}%s", path.ptr);
    jsonw_key(w, "url");
    jsonw_object(w);
    jsonw_key_string(w, "raw", raw.ptr);
    jsonw_key(w, "host");
    jsonw_array(w);
    jsonw_string(w, "{{url}}");
    jsonw_end(w);
    write_segments(w, path.ptr);
    write_query(w, route);
    write_path_variables(w, route);
    jsonw_end(w);
    str_free(&path);
    str_free(&raw);
}

/* ---- requests, folders, the whole ---- */

/* A form with the one file that is sent along. */
static void write_form(struct jsonw *w)
{
    jsonw_key(w, "body");
    jsonw_object(w);
    jsonw_key_string(w, "mode", "formdata");
    jsonw_key(w, "formdata");
    jsonw_array(w);
    jsonw_object(w);
    jsonw_key_string(w, "key", "file");
    jsonw_key_string(w, "type", "file");
    jsonw_key_string(w, "src", "paper.pdf");
    jsonw_end(w);
    jsonw_end(w);
    jsonw_end(w);
}

static void write_request(struct jsonw *w, const struct route *route, bool form)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", form ? "The same with a file that is sent along" : route->summary);
    jsonw_key(w, "request");
    jsonw_object(w);
    jsonw_key_string(w, "method", route->method);
    jsonw_key(w, "header");
    jsonw_array(w);
    if (route->body && !form) {
        jsonw_object(w);
        jsonw_key_string(w, "key", "Content-Type");
        jsonw_key_string(w, "value", "application/json");
        jsonw_end(w);
    }
    jsonw_end(w);
    if (form)
        write_form(w);
    else if (route->body)
        write_body(w, route->body);
    write_url(w, route);
    jsonw_end(w);
    jsonw_end(w);
}

static bool is_first_of_tag(size_t at)
{
    size_t i;

    for (i = 0; i < at; i++)
        if (strcmp(route_at(i)->tag, route_at(at)->tag) == 0)
            return false;
    return true;
}

static void write_folder(struct jsonw *w, const char *tag)
{
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "name", tag);
    jsonw_key(w, "item");
    jsonw_array(w);
    for (i = 0; route_at(i); i++)
        if (strcmp(route_at(i)->tag, tag) == 0) {
            write_request(w, route_at(i), false);
            if (route_at(i)->flags & ROUTE_STREAMS)
                write_request(w, route_at(i), true);
        }
    jsonw_end(w);
    jsonw_end(w);
}

static void write_variable(struct jsonw *w, const char *name, const char *value)
{
    jsonw_object(w);
    jsonw_key_string(w, "key", name);
    jsonw_key_string(w, "value", value);
    jsonw_end(w);
}

static void write_auth(struct jsonw *w)
{
    jsonw_key(w, "auth");
    jsonw_object(w);
    jsonw_key_string(w, "type", "bearer");
    jsonw_key(w, "bearer");
    jsonw_array(w);
    write_variable(w, "token", "{{token}}");
    jsonw_end(w);
    jsonw_end(w);
}

void postman_write(struct str *out)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key(&w, "info");
    jsonw_object(&w);
    jsonw_key_string(&w, "name", "carrel");
    jsonw_key_string(&w, "schema", SCHEMA);
    jsonw_end(&w);
    write_auth(&w);
    jsonw_key(&w, "variable");
    jsonw_array(&w);
    write_variable(&w, "url", "http://127.0.0.1:8577");
    write_variable(&w, "token", "");
    jsonw_end(&w);
    jsonw_key(&w, "item");
    jsonw_array(&w);
    for (i = 0; route_at(i); i++)
        if (is_first_of_tag(i))
            write_folder(&w, route_at(i)->tag);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(out, '\n');
}
