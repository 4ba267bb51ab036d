/*
 * carrel-api(7): the service's routes, from the same rows as everything else about them.
 */
#include "internal.h"

#include "carrel/man.h"

#include <stdlib.h>
#include <string.h>

static void param_row(struct str *out, const struct param *param)
{
    struct str what = STR_INIT;

    if (param->values)
        str_printf(&what, "%s", param->values);
    else if (param->type == PARAM_INT && param->most)
        str_printf(&what, "%lld..%lld", (long long)param->least, (long long)param->most);
    if (param->in_path)
        str_printf(&what, "%s(in the path)", what.len ? " " : "");
    else if (param->required)
        str_printf(&what, "%s(required)", what.len ? " " : "");
    man_item(out, param->name, what.ptr, param->help);
    str_free(&what);
}

static const char *field_type(const struct field *field)
{
    static const char *const names[] = {
        [FIELD_TEXT] = "text",
        [FIELD_INT] = "integer",
        [FIELD_BOOL] = "boolean",
        [FIELD_CHOICE] = "",
        [FIELD_DAY] = "day",
        [FIELD_TIME] = "time (RFC 3339)",
        [FIELD_UUID] = "UUID",
        [FIELD_URL] = "URL",
        [FIELD_TEXTS] = "array of texts",
        [FIELD_OBJECT] = "object",
        [FIELD_OBJECTS] = "array of objects",
    };

    return names[field->type];
}

static void field_row(struct str *out, const struct field *field)
{
    struct str what = STR_INIT;

    str_printf(&what, "%s", field_type(field));
    if (field->values)
        str_printf(&what, "%s%s", what.len ? ": " : "", field->values);
    if (field->required)
        str_add(&what, " (required)");
    man_item(out, field->name, what.ptr, field->help ? field->help : "a member of the body");
    str_free(&what);
}

static void body_rows(struct str *out, const struct body *body)
{
    const struct field *field;
    struct str text = STR_INIT;

    str_printf(&text, "Body: %s, a JSON object%s%s%s.", body->name,
               body->batch ? " or an array of them" : "", body->optional ? "; may be left out" : "",
               body->media ? "; or a document as it is" : "");
    str_add(out, ".PP\n");
    man_text(out, text.ptr);
    for (field = body->fields; field && field->name; field++)
        field_row(out, field);
    str_free(&text);
}

static void route_page(struct str *out, const struct route *route)
{
    const struct param *param;
    struct str text = STR_INIT;
    char *title = mem_printf("%s %s", route->method, route->path);

    man_heading(out, title);
    str_printf(&text, "%s. ", route->summary);
    if (route->flags & ROUTE_SIGNED)
        str_add(&text, "Takes a signature instead of a token. ");
    else if (route->scope != SCOPE_NONE)
        str_printf(&text, "Scope %s. ", scope_name(route->scope));
    str_printf(&text, "Answers %d", route->status ? route->status : 200);
    if (route->answer || route->media)
        str_printf(&text, ", %s", route->answer ? route->answer : route->media);
    str_add_char(&text, '.');
    if (route->flags & ROUTE_JOB)
        str_add(&text, " Takes an Idempotency-Key.");
    man_text(out, text.ptr);
    for (param = route->params; param && param->name; param++)
        param_row(out, param);
    if (route->body)
        body_rows(out, route->body);
    str_free(&text);
    free(title);
}

void http_man(struct str *out)
{
    const struct route *route;
    size_t i;

    man_page(out, "carrel-api", 7, "the interface of carrel serve over HTTP");
    man_section(out, "DESCRIPTION");
    man_flow(
        out,
        "'carrel serve' puts the library on HTTP, on this machine alone unless it is told "
        "otherwise; /docs and /openapi.json describe the same routes. On the loopback address "
        "reading needs no token; whatever else does takes one ('carrel help token') as "
        "Authorization: Bearer TOKEN, or as ?token= where no header can be sent. The scope "
        "write implies read and events, admin is all of them.\n\n"
        "Answers are JSON in UTF-8. Lists that go by pages have next, which is the cursor of "
        "the next page. What makes a job answers 202 with {\"job\": {\"id\", \"kind\", "
        "\"state\"}}. "
        "Errors are {\"error\": {\"code\", \"message\", \"field\"}}: 400 for what is wrong with a "
        "request, 401 and 403 for who asks, 404, 409, 413 and 414 for what is too long, 429 "
        "with Retry-After, 503 while the service stops.\n\n"
        "    carrel serve --listen 127.0.0.1:8577\n"
        "    curl 'http://127.0.0.1:8577/search?q=attention&limit=3'\n");
    man_section(out, "ROUTES");
    for (i = 0; (route = route_at(i)); i++)
        route_page(out, route);
    man_see_also(out, "carrel-api");
}
