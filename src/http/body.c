/*
 * Bodies of requests: of the right type, JSON that parses, members that the route's table knows and
 * of the types it names. What is wrong is told with the name of the member.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

bool body_is(const struct exchange *x, const char *media)
{
    const char *type = request_header(x, "Content-Type");
    size_t len = strlen(media);

    return type && strncasecmp(type, media, len) == 0 && strchr("; \t", type[len]);
}

bool body_type_is_taken(const struct exchange *x)
{
    return body_is(x, "application/json") || (x->route->body->plain && body_is(x, "text/plain"));
}

void refuse_type(struct exchange *x)
{
    const char *media = x->route->body->media;

    exchange_error(x, 415, "unsupported_media_type", "Content-Type",
                   "the body must be application/json%s%s", media ? " or " : "",
                   media ? media : "");
}

/* ---- one member ---- */

static int check_bytes(const struct field *field, size_t len, struct error *err)
{
    int64_t most = field->most ? field->most : HTTP_VALUE_MAX;

    if (len > (size_t)most)
        return error_set(err, ERR_PARSE, "longer than %" PRId64 " bytes", most);
    if (len < (size_t)field->least)
        return error_set(err, ERR_PARSE, field->least == 1 ? "it is empty" : "it is too short");
    return ERR_OK;
}

static bool is_uuid(const char *text)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i;

    for (i = 0; form[i]; i++)
        if (form[i] == 'x' ? !isxdigit((unsigned char)text[i]) : text[i] != form[i])
            return false;
    return text[i] == '\0';
}

/* "d" a digit, all else as it is, letters in either case. */
static bool has_form(const char **at, const char *form)
{
    for (; *form; form++, (*at)++)
        if (*form == 'd' ? !isdigit((unsigned char)**at)
                         : toupper((unsigned char)**at) != toupper((unsigned char)*form))
            return false;
    return true;
}

static bool is_day(const char *text)
{
    int32_t first, last;

    return strlen(text) == 10 && date_parse(text, &first, &last) && first == last;
}

static bool is_zone(const char *text)
{
    const char *at = text + 1;

    if (*text == 'Z' || *text == 'z')
        return *at == '\0';
    return (*text == '+' || *text == '-') && has_form(&at, "dd:dd") && *at == '\0';
}

/* RFC 3339 to the letter: without its zone a time would be hours off for somebody. */
static bool is_time(const char *text)
{
    const char *at = text;
    size_t digits;
    int64_t ms;

    if (!has_form(&at, "dddd-dd-ddTdd:dd:dd"))
        return false;
    digits = *at == '.' ? strspn(at + 1, "0123456789") : 0;
    return is_zone(at + (digits > 0 ? digits + 1 : 0)) && time_parse(text, &ms);
}

/* With a host, and nothing in it that is not printed. */
static bool is_url(const char *text)
{
    size_t scheme = strncasecmp(text, "https://", 8) == 0  ? 8
                    : strncasecmp(text, "http://", 7) == 0 ? 7
                                                           : 0;
    const char *at;

    for (at = text; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7F)
            return false;
    return scheme > 0 && text[scheme] && !strchr("/?#", text[scheme]);
}

static int check_form(const struct field *field, const char *text, struct error *err)
{
    if (field->type == FIELD_UUID && !is_uuid(text))
        return error_set(err, ERR_PARSE, "a UUID, not '%.60s'", text);
    if (field->type == FIELD_DAY && !is_day(text))
        return error_set(err, ERR_PARSE, "a day like 2026-03-01, not '%.60s'", text);
    if (field->type == FIELD_TIME && !is_time(text))
        return error_set(err, ERR_PARSE,
                         "a time with its zone (RFC 3339), like 2026-03-01T12:00:00Z, not '%.60s'",
                         text);
    if (field->type == FIELD_URL && !is_url(text))
        return error_set(err, ERR_PARSE, "an http or https address, not '%.60s'", text);
    if (field->values && !value_listed(field->values, text))
        return error_set(err, ERR_PARSE, "one of %s, not '%.60s'", field->values, text);
    return ERR_OK;
}

static int check_text(const struct field *field, const json_t *value, struct error *err)
{
    int result;

    if (!json_is_string(value))
        return error_set(err, ERR_PARSE, "it is no text");
    result = check_bytes(field, json_string_length(value), err);
    return result == ERR_OK ? check_form(field, json_string_value(value), err) : result;
}

static int check_int(const struct field *field, const json_t *value, struct error *err)
{
    int64_t number = json_is_integer(value) ? (int64_t)json_integer_value(value) : 0;

    if (!json_is_integer(value) || number < field->least || number > field->most)
        return error_set(err, ERR_PARSE, "a whole number from %" PRId64 " to %" PRId64,
                         field->least, field->most);
    return ERR_OK;
}

static int check_texts(const struct field *field, const json_t *value, struct error *err)
{
    struct field each = { .type = FIELD_TEXT, .least = 1, .values = field->values };
    size_t i;
    int result = ERR_OK;

    if (!json_is_array(value) || json_array_size(value) > (size_t)field->most
        || json_array_size(value) < (size_t)field->least)
        return error_set(err, ERR_PARSE, "an array of %s%" PRId64 " texts",
                         field->least ? "1 to " : "at most ", field->most);
    for (i = 0; i < json_array_size(value) && result == ERR_OK; i++)
        result = check_text(&each, json_array_get(value, i), err);
    return result;
}

static int check_objects(const struct field *field, const json_t *value, struct error *err)
{
    size_t i, count = json_array_size(value);
    bool good = json_is_array(value) && count <= (size_t)field->most;

    for (i = 0; i < count && good; i++)
        good = json_is_object(json_array_get(value, i));
    return good ? ERR_OK
                : error_set(err, ERR_PARSE, "an array of at most %" PRId64 " objects", field->most);
}

static int check_member(const struct field *field, const json_t *value, struct error *err)
{
    if (json_is_null(value))
        return field->required ? error_set(err, ERR_PARSE, "it is missing") : ERR_OK;
    switch (field->type) {
    case FIELD_INT:
        return check_int(field, value, err);
    case FIELD_TEXTS:
        return check_texts(field, value, err);
    case FIELD_OBJECT:
        return json_is_object(value) ? ERR_OK : error_set(err, ERR_PARSE, "an object");
    case FIELD_OBJECTS:
        return check_objects(field, value, err);
    case FIELD_BOOL:
        return json_is_boolean(value) ? ERR_OK : error_set(err, ERR_PARSE, "true or false");
    default:
        return check_text(field, value, err);
    }
}

int fields_check(const struct field *fields, const json_t *object, const char **field,
                 struct error *err)
{
    const struct field *row;
    const char *name;
    json_t *value;

    *field = NULL;
    if (!json_is_object(object))
        return error_set(err, ERR_PARSE, "it is no object");
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        *field = name;
        for (row = fields; row->name && strcmp(row->name, name) != 0; row++)
            ;
        if (!row->name)
            return error_set(err, ERR_PARSE, "there is no such member");
        if (check_member(row, value, err) != ERR_OK)
            return ERR_PARSE;
    }
    for (row = fields; row->name; row++) {
        *field = row->name;
        if (row->required && !json_object_get(object, row->name))
            return error_set(err, ERR_PARSE, "it is missing");
    }
    *field = NULL;
    return ERR_OK;
}

/* ---- the whole ---- */

static int parse(struct exchange *x, struct error *err)
{
    json_error_t why;

    if (x->route->body->optional && x->body.len == 0) {
        x->json = json_object();
        return ERR_OK;
    }
    if (!body_type_is_taken(x)) {
        refuse_type(x);
        return error_set(err, ERR_PARSE, "the body is of another type");
    }
    x->json = json_loadb(x->body.ptr, x->body.len, JSON_REJECT_DUPLICATES, &why);
    if (!x->json)
        return error_set(err, ERR_PARSE, "the body is no JSON: line %d, column %d: %.100s",
                         why.line, why.column, why.text);
    return ERR_OK;
}

int body_read(struct exchange *x, struct error *err)
{
    const struct body *body = x->route->body;
    size_t count;
    int result = parse(x, err);

    if (result != ERR_OK)
        return result;
    count = json_array_size(x->json);
    if (body->batch == 0)
        return fields_check(body->fields, x->json, &x->field, err);
    if (json_is_array(x->json) && (count == 0 || count > body->batch))
        return error_set(err, ERR_PARSE, "a batch is an array of 1 to %zu, not of %zu", body->batch,
                         count);
    if (!json_is_array(x->json) && !json_is_object(x->json))
        return error_set(err, ERR_PARSE, "the body is neither an object nor an array of them");
    return ERR_OK;
}

const char *body_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

int64_t body_int(const json_t *object, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(object, name);

    return json_is_integer(value) ? (int64_t)json_integer_value(value) : otherwise;
}
