/*
 * What the table of routes says, as an OpenAPI 3.1 document and as a page for people.
 */
#include "internal.h"

#include <inttypes.h>
#include <string.h>

static void write_key_header(struct jsonw *w)
{
    static const struct param key = { .name = "Idempotency-Key",
                                      .help = "a name for this request: sent again within a day, "
                                              "it answers with the same job" };

    jsonw_object(w);
    jsonw_key_string(w, "name", key.name);
    jsonw_key_string(w, "in", "header");
    jsonw_key_bool(w, "required", false);
    jsonw_key_string(w, "description", key.help);
    schema_param(w, &key);
    jsonw_end(w);
}

/* What a signed request carries beside its body. */
static void write_signed_headers(struct jsonw *w)
{
    static const struct param headers[] = {
        { .name = SIGNATURE_HEADER,
          .required = true,
          .help = "t=SECONDS,v1=DIGITS: HMAC-SHA256 of the seconds, a dot and the body" },
        { .name = "Idempotency-Key",
          .required = true,
          .help = "a name for this delivery: sent again, it is answered with the first answer" },
        { .name = "X-Carrel-Event", .help = "the event, or ping" },
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(headers); i++) {
        jsonw_object(w);
        jsonw_key_string(w, "name", headers[i].name);
        jsonw_key_string(w, "in", "header");
        jsonw_key_bool(w, "required", headers[i].required);
        jsonw_key_string(w, "description", headers[i].help);
        schema_param(w, &headers[i]);
        jsonw_end(w);
    }
}

static void write_params(struct jsonw *w, const struct route *route)
{
    const struct param *param;

    jsonw_key(w, "parameters");
    jsonw_array(w);
    for (param = route->params; param->name; param++) {
        jsonw_object(w);
        jsonw_key_string(w, "name", param->name);
        jsonw_key_string(w, "in", param->in_path ? "path" : "query");
        jsonw_key_bool(w, "required", param->required);
        jsonw_key_string(w, "description", param->help);
        schema_param(w, param);
        jsonw_end(w);
    }
    if (route->flags & ROUTE_JOB)
        write_key_header(w);
    if (route->flags & ROUTE_SIGNED)
        write_signed_headers(w);
    jsonw_end(w);
}

static void write_media(struct jsonw *w, const char *media, const char *schema)
{
    struct str ref = STR_INIT;

    jsonw_key(w, media);
    jsonw_object(w);
    if (schema) {
        str_printf(&ref, "#/components/schemas/%s", schema);
        jsonw_key(w, "schema");
        jsonw_object(w);
        jsonw_key_string(w, "$ref", ref.ptr);
        jsonw_end(w);
    }
    jsonw_end(w);
    str_free(&ref);
}

static void write_content(struct jsonw *w, const char *media, const char *schema)
{
    jsonw_key(w, "content");
    jsonw_object(w);
    write_media(w, media, schema);
    jsonw_end(w);
}

static void write_answer(struct jsonw *w, const char *status, const char *what, const char *media,
                         const char *schema)
{
    jsonw_key(w, status);
    jsonw_object(w);
    jsonw_key_string(w, "description", what);
    if (media)
        write_content(w, media, schema);
    jsonw_end(w);
}

/* The types that a route takes: JSON by its table, others as they come. */
static void write_body(struct jsonw *w, const struct route *route)
{
    const char *at = route->body->media ? route->body->media : "";
    struct str media = STR_INIT;

    jsonw_key(w, "requestBody");
    jsonw_object(w);
    jsonw_key_bool(w, "required", !route->body->optional);
    jsonw_key(w, "content");
    jsonw_object(w);
    write_media(w, "application/json", route->body->name);
    if (route->body->plain)
        write_media(w, "text/plain", route->body->name);
    while (*at) {
        size_t len = strcspn(at, "|");

        str_clear(&media);
        str_add_mem(&media, at, len);
        write_media(w, media.ptr, NULL);
        at += len + (at[len] == '|');
    }
    jsonw_end(w);
    jsonw_end(w);
    str_free(&media);
}

static bool takes_id(const struct route *route)
{
    return strchr(route->path, '{') != NULL;
}

static void write_answers(struct jsonw *w, const struct route *route)
{
    bool upgrades = route->flags & ROUTE_UPGRADES;
    struct str status = STR_INIT, media = STR_INIT;

    str_add(&media, route->media ? route->media : "application/json");
    str_cut(&media, strcspn(media.ptr, ";"));

    str_printf(&status, "%d", route->status ? route->status : 200);
    jsonw_key(w, "responses");
    jsonw_object(w);
    write_answer(w, status.ptr, upgrades ? "a WebSocket from here on" : "as asked",
                 upgrades ? NULL : media.ptr, route->answer);
    if (strcmp(route->method, "GET") == 0 && !upgrades)
        write_answer(w, "304", "as the ETag in If-None-Match says", NULL, NULL);
    write_answer(w, "400", "a parameter or body that is wrong; `field` names it",
                 "application/json", "Error");
    if (route->scope != SCOPE_NONE) {
        write_answer(w, "401", "a token is missing or refused", "application/json", "Error");
        write_answer(w, "403", "the token's scope is another one", "application/json", "Error");
    }
    if (route->flags & ROUTE_SIGNED)
        write_answer(w, "401", "the signature is missing, old or wrong", "application/json",
                     "Error");
    if (takes_id(route) || route->command || (route->flags & ROUTE_FINDS))
        write_answer(w, "404", "there is no such thing", "application/json", "Error");
    if (route->flags & (ROUTE_JOB | ROUTE_CONFLICTS))
        write_answer(w, "409",
                     route->flags & (ROUTE_JOB | ROUTE_SIGNED)
                         ? "the Idempotency-Key was that of another request"
                         : "its state does not allow it",
                     "application/json", "Error");
    if (route->body_max > 0) {
        write_answer(w, "413", "the body is too large", "application/json", "Error");
        write_answer(w, "415", "the body is of another type", "application/json", "Error");
        write_answer(w, "507", "the disk is full", "application/json", "Error");
    }
    write_answer(w, "414", "the address is too long", "application/json", "Error");
    if (upgrades)
        write_answer(w, "426", "the request asks for no upgrade to a WebSocket of version 13",
                     "application/json", "Error");
    if (!(route->flags & ROUTE_PROBED))
        write_answer(w, "429", "too many requests; Retry-After says when", "application/json",
                     "Error");
    write_answer(w, "500", "something is wrong here", "application/json", "Error");
    write_answer(w, "503", "busy or stopping", "application/json",
                 strcmp(route->path, "/health") == 0 ? "Health" : "Error");
    jsonw_end(w);
    str_free(&status);
    str_free(&media);
}

static void write_operation(struct jsonw *w, const struct route *route)
{
    struct str method = STR_INIT;
    const char *at;

    for (at = route->method; *at; at++)
        str_add_char(&method, (char)(*at | 32));
    jsonw_key(w, method.ptr);
    jsonw_object(w);
    jsonw_key_string(w, "operationId", route->name);
    jsonw_key(w, "tags");
    jsonw_array(w);
    jsonw_string(w, route->tag);
    jsonw_end(w);
    jsonw_key_string(w, "summary", route->summary);
    write_params(w, route);
    if (route->body)
        write_body(w, route);
    write_answers(w, route);
    if (route->scope != SCOPE_NONE) {
        jsonw_key(w, "security");
        jsonw_array(w);
        if (route->scope == SCOPE_READ) { /* reads may be open */
            jsonw_object(w);
            jsonw_end(w);
        }
        jsonw_object(w);
        jsonw_key(w, "token");
        jsonw_array(w);
        jsonw_string(w, scope_name(route->scope));
        jsonw_end(w);
        jsonw_end(w);
        jsonw_end(w);
    }
    jsonw_end(w);
    str_free(&method);
}

static bool is_first_of_path(size_t at)
{
    size_t i;

    for (i = 0; i < at; i++)
        if (strcmp(route_at(i)->path, route_at(at)->path) == 0)
            return false;
    return true;
}

static void write_paths(struct jsonw *w)
{
    size_t i, k;

    jsonw_key(w, "paths");
    jsonw_object(w);
    for (i = 0; route_at(i); i++) {
        if (!is_first_of_path(i))
            continue;
        jsonw_key(w, route_at(i)->path);
        jsonw_object(w);
        for (k = i; route_at(k); k++)
            if (strcmp(route_at(k)->path, route_at(i)->path) == 0)
                write_operation(w, route_at(k));
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_components(struct jsonw *w)
{
    jsonw_key(w, "components");
    jsonw_object(w);
    jsonw_key(w, "schemas");
    jsonw_object(w);
    schemas_write(w);
    jsonw_end(w);
    jsonw_key(w, "securitySchemes");
    jsonw_object(w);
    jsonw_key(w, "token");
    jsonw_object(w);
    jsonw_key_string(w, "type", "http");
    jsonw_key_string(w, "scheme", "bearer");
    jsonw_key_string(w, "bearerFormat", "JWT");
    jsonw_key_string(w, "description", "made by `carrel token new --scope SCOPE`");
    jsonw_end(w);
    jsonw_end(w);
    jsonw_end(w);
}

void openapi_write(struct str *out)
{
    struct jsonw w;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "openapi", "3.1.0");
    jsonw_key(&w, "info");
    jsonw_object(&w);
    jsonw_key_string(&w, "title", "carrel");
    jsonw_key_string(&w, "version", CARREL_VERSION);
    jsonw_key_string(&w, "description", "A library of research papers and code, served.");
    jsonw_key(&w, "license");
    jsonw_object(&w);
    jsonw_key_string(&w, "name", "AGPL-3.0-or-later");
    jsonw_key_string(&w, "identifier", "AGPL-3.0-or-later");
    jsonw_end(&w);
    jsonw_end(&w);
    jsonw_key(&w, "servers");
    jsonw_array(&w);
    jsonw_object(&w);
    jsonw_key_string(&w, "url", "/");
    jsonw_end(&w);
    jsonw_end(&w);
    write_paths(&w);
    write_components(&w);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

int handle_openapi(struct exchange *x, struct error *err)
{
    (void)err;
    openapi_write(&x->out);
    return ERR_OK;
}

/* ---- the page ---- */

static void page_param(struct str *out, const struct param *param)
{
    str_printf(out, "<tr><td><code>%s</code></td><td>", param->name);
    if (param->type == PARAM_INT)
        str_printf(out, "%" PRId64 " to %" PRId64, param->least, param->most);
    else if (param->type == PARAM_CHOICE)
        str_add_markup(out, param->values);
    else
        str_add(out, "text");
    str_add(out, param->in_path ? ", in the path</td><td>" : "</td><td>");
    str_add_markup(out, param->help);
    str_add(out, "</td></tr>");
}

static void page_body(struct str *out, const struct body *body)
{
    const struct field *field;

    str_printf(out, "<p>Body: <code>%s</code>, an object", body->name);
    if (body->batch > 0)
        str_printf(out, " or an array of at most %zu", body->batch);
    if (body->plain)
        str_add(out, ", as <code>application/json</code> or <code>text/plain</code>");
    if (body->media)
        str_printf(out, ", or as <code>%s</code>", body->media);
    str_add(out, ".</p><table><thead><tr><th>member</th><th>values</th><th>what</th></tr></thead>"
                 "<tbody>");
    for (field = body->fields; field->name; field++) {
        str_printf(out, "<tr><td><code>%s</code></td><td>", field->name);
        str_add_markup(out, field->values ? field->values : field_type_name(field->type));
        str_add(out, field->required ? ", required</td><td>" : "</td><td>");
        str_add_markup(out, field->help);
        str_add(out, "</td></tr>");
    }
    str_add(out, "</tbody></table>");
}

static void page_route(struct str *out, const struct route *route)
{
    const struct param *param = route->params;

    str_printf(out, "<section><h2 id=\"%s\"><code>%s %s</code></h2><p>", route->name, route->method,
               route->path);
    str_add_markup(out, route->summary);
    str_printf(out, ".%s%s%s</p>", route->scope != SCOPE_NONE ? " Scope: <code>" : "",
               route->scope != SCOPE_NONE ? scope_name(route->scope) : "",
               route->scope != SCOPE_NONE ? "</code>" : "");
    if (param->name) {
        str_add(out, "<table><thead><tr><th>parameter</th><th>values</th><th>what</th></tr></thead>"
                     "<tbody>");
        for (; param->name; param++)
            page_param(out, param);
        str_add(out, "</tbody></table>");
    }
    if (route->body)
        page_body(out, route->body);
    if (route->answer)
        str_printf(out, "<p>Answer: <code>%s</code></p>", route->answer);
    str_add(out, "</section>");
}

/* Its style stands in its head; nothing else is its. */
#define DOCS_POLICY                                                                                \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "              \
    "form-action 'none'; frame-ancestors 'none'"

int handle_docs(struct exchange *x, struct error *err)
{
    struct str *out = &x->out;
    size_t i;

    (void)err;
    exchange_header(x, "Content-Security-Policy", DOCS_POLICY);
    str_add(out,
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
            "name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>carrel: the "
            "service</title><link rel=\"icon\" href=\"data:,\"><style>:root{color-scheme:light "
            "dark}body{font:16px/1.5 "
            "system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}table{border-"
            "collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .5rem;border-bottom:"
            "1px solid #8884;vertical-align:top}h2{margin-top:2rem;font-size:1.1rem}</style></head>"
            "<body><h1>carrel " CARREL_VERSION ": the service</h1><p>Described for programs in "
            "<a href=\"openapi.json\">openapi.json</a>. Errors are "
            "<code>{\"error\":{\"code\",\"message\",\"field\"}}</code>; every answer carries "
            "<code>X-Request-Id</code>, which the log has, too. A token (<code>carrel token new "
            "--scope read</code>) goes into <code>Authorization: Bearer …</code>.</p><ul>");
    for (i = 0; route_at(i); i++)
        str_printf(out, "<li><a href=\"#%s\"><code>%s %s</code></a></li>", route_at(i)->name,
                   route_at(i)->method, route_at(i)->path);
    str_add(out, "</ul>");
    for (i = 0; route_at(i); i++)
        page_route(out, route_at(i));
    str_add(out, "</body></html>\n");
    return ERR_OK;
}
