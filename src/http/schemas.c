/*
 * Shapes as JSON Schema (2020-12): those of answers are written here; those of parameters and
 * bodies come from the tables that check them.
 */
#include "internal.h"

#include <string.h>

/* The shapes of answers, as JSON Schema (2020-12). */
static const struct {
    const char *name, *json;
} schemas[] = {
    { "Error", "{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":"
               "\"object\","
               "\"required\":[\"code\",\"message\",\"field\"],\"properties\":{\"code\":{\"type\":"
               "\"string\"},"
               "\"message\":{\"type\":\"string\"},\"field\":{\"type\":[\"string\",\"null\"]}}}}}" },
    { "List",
      "{\"type\":\"object\",\"required\":[\"version\",\"items\"],\"properties\":{\"version\":"
      "{\"const\":1},\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":"
      "{\"type\":[\"string\",\"null\"]}}}" },
#define LIST_OF(more, item)                                                                        \
    "{\"type\":\"object\",\"required\":[\"version\",\"items\"],\"properties\":{\"version\":"       \
    "{\"const\":1}," more "\"items\":{\"type\":\"array\",\"items\":" item "}}}"
#define PAGES_OF(more, item) LIST_OF("\"next\":" TEXT_OR_NULL "," more, item)
#define TEXT "{\"type\":\"string\"}"
#define TEXT_OR_NULL "{\"type\":[\"string\",\"null\"]}"
#define WHOLE "{\"type\":\"integer\"}"
#define NUMBER "{\"type\":[\"number\",\"null\"]}"
#define TRUTH "{\"type\":\"boolean\"}"
    { "Repositories",
      LIST_OF("", "{\"type\":\"object\",\"required\":[\"id\",\"name\",\"state\"],\"properties\":{"
                  "\"kind\":" TEXT ",\"id\":" TEXT ",\"name\":" TEXT ",\"stars\":" NUMBER
                  ",\"papers\":" WHOLE ",\"state\":" TEXT ",\"archived\":" TRUTH ",\"fork\":" TRUTH
                  "}}") },
    { "Trends",
      LIST_OF("\"metric\":" TEXT_OR_NULL ",\"day\":" TEXT_OR_NULL ",\"window_days\":" WHOLE
              ",\"sort\":" TEXT ",\"works\":" WHOLE ",\"measured\":" WHOLE ",",
              "{\"type\":\"object\",\"required\":[\"id\",\"title\",\"metric\",\"value\"],"
              "\"properties\":{\"id\":" TEXT ",\"title\":" TEXT ",\"category\":" TEXT_OR_NULL
              ",\"source\":" TEXT ",\"item\":" TEXT ",\"metric\":" TEXT ",\"value\":" NUMBER
              ",\"velocity\":" NUMBER ",\"acceleration\":" NUMBER ",\"zscore\":" NUMBER
              ",\"group\":" TEXT_OR_NULL ",\"group_size\":" WHOLE ",\"samples\":" WHOLE
              ",\"gaps\":" WHOLE ",\"points\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
              "\"properties\":{\"day\":" TEXT ",\"value\":" NUMBER "}}}}}") },
    { "Topics",
      LIST_OF("\"category\":" TEXT_OR_NULL ",\"period_days\":" WHOLE ",\"first_day\":" TEXT
              ",\"works\":" WHOLE ",\"counts\":{\"type\":\"array\",\"items\":" WHOLE "},",
              "{\"type\":\"object\",\"required\":[\"term\",\"weight\",\"works\"],\"properties\":{"
              "\"term\":" TEXT ",\"weight\":" NUMBER ",\"since\":" TEXT ",\"recent\":" WHOLE
              ",\"works\":" WHOLE ",\"counts\":{\"type\":\"array\",\"items\":" WHOLE
              "},\"papers\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
              "\"id\":" TEXT ",\"title\":" TEXT "}}}}}") },
    { "Audit",
      PAGES_OF("", "{\"type\":\"object\",\"required\":[\"at\",\"method\",\"path\",\"status\"],"
                   "\"properties\":{\"at\":" TEXT ",\"request\":" TEXT ",\"token\":" TEXT
                   ",\"client\":" TEXT ",\"method\":" TEXT ",\"path\":" TEXT ",\"status\":" WHOLE
                   ",\"subject\":" TEXT_OR_NULL "}}") },
    { "Jobs",
      PAGES_OF("\"counts\":{\"type\":\"object\"},",
               "{\"allOf\":[{\"$ref\":\"#/components/schemas/JobState\"},{\"type\":\"object\","
               "\"properties\":{\"attempts_max\":" WHOLE ",\"priority\":" WHOLE
               ",\"waits_for\":" WHOLE ",\"stopping\":" TRUTH ",\"key\":" TEXT_OR_NULL
               ",\"created\":" TEXT ",\"started\":" TEXT_OR_NULL ",\"finished\":" TEXT_OR_NULL
               ",\"payload\":{\"type\":\"object\"}}}]}") },
    { "Paper",
      "{\"type\":\"object\",\"required\":[\"title\"],\"properties\":{\"id\":{\"type\":\"string\"},"
      "\"title\":{\"type\":\"string\"},\"abstract\":{\"type\":\"string\"},\"authors\":{\"type\":"
      "\"array\",\"items\":{\"type\":\"string\"}},\"categories\":{\"type\":\"array\",\"items\":"
      "{\"type\":\"string\"}},\"published\":{\"type\":\"string\"},\"updated\":{\"type\":"
      "\"string\"},\"doi\":{\"type\":\"string\"},\"venue\":{\"type\":\"string\"},\"comment\":"
      "{\"type\":\"string\"},\"url\":{\"type\":\"string\"},\"pdf_url\":{\"type\":\"string\"},"
      "\"code_urls\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"tags\":{\"type\":"
      "\"array\",\"items\":{\"type\":\"string\"}},\"notes\":{\"type\":\"array\",\"items\":{"
      "\"type\":"
      "\"string\"}}}}" },
    { "Papers",
      "{\"type\":\"object\",\"required\":[\"version\",\"total\",\"items\",\"next\"],\"properties\":"
      "{\"version\":{\"const\":1},\"total\":{\"type\":\"integer\"},\"total_is_exact\":{\"type\":"
      "\"boolean\"},\"items\":{\"type\":\"array\",\"items\":{\"$ref\":"
      "\"#/components/schemas/Paper\"}},\"next\":{\"type\":[\"string\",\"null\"]}}}" },
    { "SearchAnswer",
      "{\"type\":\"object\",\"required\":[\"version\",\"query\",\"total\",\"hits\"],\"properties\":"
      "{\"version\":{\"const\":1},\"query\":{\"type\":\"string\"},\"mode\":{\"type\":\"string\"},"
      "\"total\":{\"type\":\"integer\"},\"total_is_exact\":{\"type\":\"boolean\"},\"note\":{"
      "\"type\":\"string\"},\"took_ms\":"
      "{\"type\":\"number\"},\"next\":{\"type\":[\"string\",\"null\"]},\"hits\":{\"type\":"
      "\"array\",\"items\":{\"type\":\"object\",\"required\":[\"kind\",\"id\",\"title\"],"
      "\"properties\":{\"kind\":{\"enum\":[\"paper\",\"passage\",\"repository\"]},\"id\":{\"type\":"
      "\"string\"},\"title\":{\"type\":\"string\"},\"authors\":{\"type\":\"array\",\"items\":"
      "{\"type\":\"string\"}},\"score\":{\"type\":\"number\"}}}}}}" },
    { "Health",
      "{\"type\":\"object\",\"required\":[\"live\",\"ready\",\"version\"],\"properties\":{\"live\":"
      "{\"type\":\"boolean\"},\"ready\":{\"type\":\"boolean\"},\"version\":{\"type\":\"string\"},"
      "\"started\":{\"type\":\"string\"},\"papers\":{\"type\":\"integer\"},\"problem\":{\"type\":"
      "[\"string\",\"null\"]}}}" },
#define JOB_MEMBERS                                                                                \
    "\"id\":{\"type\":\"integer\"},\"kind\":{\"type\":\"string\"},\"state\":{\"enum\":"            \
    "[\"queued\",\"running\",\"done\",\"failed\",\"cancelled\"]}"
#define JOB_PROGRESS                                                                               \
    "\"progress\":{\"type\":\"object\",\"required\":[\"done\",\"total\"],\"properties\":{"         \
    "\"done\":"                                                                                    \
    "{\"type\":\"integer\"},\"total\":{\"type\":\"integer\"}}},\"attempts\":{\"type\":"            \
    "\"integer\"},"                                                                                \
    "\"next\":" TEXT_OR_NULL ",\"error\":" TEXT_OR_NULL ",\"result\":{}"
    { "JobMade",
      "{\"type\":\"object\",\"required\":[\"job\"],\"properties\":{\"job\":{\"type\":"
      "\"object\",\"required\":[\"id\",\"kind\",\"state\"],\"properties\":{" JOB_MEMBERS "}}}}" },
    { "JobState",
      "{\"type\":\"object\",\"required\":[\"id\",\"kind\",\"state\",\"progress\","
      "\"attempts\",\"error\",\"result\"],\"properties\":{" JOB_MEMBERS "," JOB_PROGRESS "}}" },
    { "JobStatus", "{\"type\":\"object\",\"required\":[\"job\"],\"properties\":{\"job\":{\"$ref\":"
                   "\"#/components/schemas/JobState\"}}}" },
    { "Job", "{\"type\":\"object\",\"required\":[\"version\",\"job\"],\"properties\":{\"version\":"
             "{\"const\":1},\"job\":{\"allOf\":[{\"$ref\":\"#/components/schemas/JobState\"},{"
             "\"type\":\"object\",\"properties\":{\"payload\":{\"type\":\"object\"},\"story\":{"
             "\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}]}}}" },
    { "ScrapeStatus",
      "{\"description\":\"One job when one is asked for, else those under way and the last that "
      "ended\",\"oneOf\":[{\"$ref\":\"#/components/schemas/JobStatus\"},{\"type\":\"object\","
      "\"required\":[\"version\",\"items\",\"last\"],\"properties\":{\"version\":{\"const\":1},"
      "\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/JobState\"}},"
      "\"last\":{\"oneOf\":[{\"type\":\"null\"},{\"$ref\":\"#/components/schemas/"
      "JobState\"}]}}}]}" },
    { "Webhooks",
      "{\"type\":\"object\",\"required\":[\"version\",\"webhooks\",\"items\"],\"properties\":{"
      "\"version\":{\"const\":1},\"webhooks\":{\"type\":\"array\",\"items\":{\"type\":"
      "\"object\",\"required\":[\"name\",\"url\",\"on\",\"gone\"],\"properties\":{\"name\":" TEXT
      ",\"url\":" TEXT ",\"on\":{\"type\":\"array\",\"items\":" TEXT "},\"gone\":" TRUTH
      ",\"waiting\":" WHOLE ",\"sending\":" WHOLE ",\"delivered\":" WHOLE ",\"dead\":" WHOLE
      ",\"cancelled\":" WHOLE "}}},\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
      "\"required\":[\"id\",\"webhook\",\"event\",\"state\",\"key\"],\"properties\":{\"id\":" WHOLE
      ",\"webhook\":" TEXT ",\"event\":" TEXT ",\"state\":{\"enum\":[\"waiting\",\"sending\","
      "\"delivered\",\"dead\",\"cancelled\"]},\"part\":" WHOLE ",\"parts\":" WHOLE
      ",\"document\":" TEXT_OR_NULL ",\"key\":" TEXT ",\"job\":" WHOLE ",\"created\":" TEXT
      ",\"attempts\":" WHOLE ",\"tried\":" TEXT_OR_NULL ",\"next\":" TEXT_OR_NULL
      ",\"status\":" WHOLE ",\"answer\":" TEXT_OR_NULL ",\"error\":" TEXT_OR_NULL
      "}}},\"next\":" TEXT_OR_NULL ",\"problem\":" TEXT_OR_NULL "}}" },
    { "Redelivered",
      "{\"type\":\"object\",\"required\":[\"version\",\"redelivered\"],\"properties\":{"
      "\"version\":{\"const\":1},\"redelivered\":{\"type\":\"integer\"}}}" },
    { "ChangesTaken",
      "{\"type\":\"object\",\"required\":[\"version\",\"before\",\"after\",\"plain\",\"taken\","
      "\"refused\"],\"properties\":{\"version\":{\"const\":1},\"before\":{\"type\":\"string\"},"
      "\"after\":{\"type\":\"string\"},\"plain\":{\"type\":\"boolean\"},\"added\":{\"type\":"
      "\"integer\"},\"updated\":{\"type\":\"integer\"},\"taken\":{\"type\":\"integer\"},"
      "\"refused\":{\"type\":\"integer\"},\"ahead\":{\"type\":\"integer\"},\"told\":{\"type\":["
      "\"string\",\"null\"]}}}" },
    { "Taken",
      "{\"type\":\"object\",\"required\":[\"version\",\"event\"],\"properties\":{\"version\":"
      "{\"const\":1},\"event\":{\"type\":\"string\"},\"records\":{\"type\":\"object\","
      "\"required\":[\"seen\",\"added\",\"updated\",\"unchanged\",\"rejected\"]},"
      "\"rejected\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":["
      "\"index\",\"message\"]}},\"document\":{\"type\":\"object\",\"required\":[\"id\","
      "\"state\",\"part\",\"parts\"]}}}" },
    { "Lease", "{\"type\":\"object\",\"required\":[\"version\",\"granted\",\"lease\",\"for_ms\","
               "\"wait_ms\",\"stopped\"],\"properties\":{\"version\":{\"const\":1},\"granted\":{"
               "\"type\":\"boolean\"},\"lease\":{\"type\":\"integer\"},\"for_ms\":{\"type\":"
               "\"integer\"},\"wait_ms\":{\"type\":\"integer\"},\"stopped\":{\"type\":[\"string\","
               "\"null\"]}}}" },
    { "Accepted",
      "{\"type\":\"object\",\"required\":[\"accepted\",\"duplicate\",\"rejected\"],\"properties\":"
      "{\"accepted\":{\"type\":\"integer\"},\"duplicate\":{\"type\":\"integer\"},\"rejected\":"
      "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"index\",\"field\","
      "\"message\"],\"properties\":{\"index\":{\"type\":\"integer\"},\"field\":{\"type\":"
      "[\"string\",\"null\"]},\"message\":{\"type\":\"string\"}}}}}}" },
    { "UsageCounts",
      "{\"type\":\"object\",\"required\":[\"views\",\"clicks\",\"searches\",\"visitors\"],"
      "\"properties\":{\"at\":{\"type\":\"string\",\"format\":\"date-time\"},\"views\":{\"type\":"
      "\"integer\"},\"clicks\":{\"type\":\"integer\"},\"searches\":{\"type\":\"integer\"},"
      "\"visitors\":{\"type\":\"integer\"}}}" },
    { "PopularPapers",
      "{\"type\":\"object\",\"required\":[\"version\",\"window\",\"items\"],\"properties\":"
      "{\"version\":{\"const\":1},\"window\":{\"type\":\"string\"},\"from\":{\"type\":\"string\"},"
      "\"to\":{\"type\":\"string\"},\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
      "\"required\":[\"id\",\"title\",\"views\",\"clicks\",\"visitors\",\"change\"],\"properties\":"
      "{\"id\":{\"type\":\"string\"},\"title\":{\"type\":[\"string\",\"null\"]},\"views\":{"
      "\"type\":"
      "\"integer\"},\"clicks\":{\"type\":\"integer\"},\"visitors\":{\"type\":\"integer\"},"
      "\"before\":"
      "{\"type\":\"integer\"},\"change\":{\"type\":[\"number\",\"null\"]}}}},\"next\":{\"type\":"
      "[\"string\",\"null\"]}}}" },
    { "UsageSummary",
      "{\"type\":\"object\",\"required\":[\"version\",\"window\",\"totals\",\"before\",\"change\","
      "\"by\",\"series\",\"pages\",\"referrers\",\"searches\",\"searches_without_results\"],"
      "\"properties\":{\"version\":{\"const\":1},\"window\":{\"type\":\"string\"},\"totals\":{\"$"
      "ref\":"
      "\"#/components/schemas/UsageCounts\"},\"before\":{\"$ref\":\"#/components/schemas/"
      "UsageCounts\"},"
      "\"change\":{\"type\":[\"number\",\"null\"]},\"by\":{\"enum\":[\"hour\",\"day\"]},\"series\":"
      "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/UsageCounts\"}},\"pages\":"
      "{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"referrers\":{\"type\":\"array\","
      "\"items\":{\"type\":\"object\"}},\"searches\":{\"type\":\"array\",\"items\":{\"type\":"
      "\"object\"}},\"searches_without_results\":{\"type\":\"array\",\"items\":{\"type\":"
      "\"object\"}}}}" },
    { "UsageRealtime",
      "{\"type\":\"object\",\"required\":[\"version\",\"active_5m\",\"active_30m\",\"minutes\","
      "\"latest\"],\"properties\":{\"version\":{\"const\":1},\"active_5m\":{\"type\":\"integer\"},"
      "\"active_30m\":{\"type\":\"integer\"},\"views_5m\":{\"type\":\"integer\"},\"views_30m\":"
      "{\"type\":\"integer\"},\"minutes\":{\"type\":\"array\",\"items\":{\"$ref\":"
      "\"#/components/schemas/UsageCounts\"}},\"latest\":{\"type\":\"array\",\"items\":{\"type\":"
      "\"object\"}}}}" },
    { "Any", "{\"type\":\"object\"}" },
};

static void write_enum(struct jsonw *w, const char *values)
{
    struct str word = STR_INIT;

    jsonw_key(w, "enum");
    jsonw_array(w);
    while (*values) {
        size_t len = strcspn(values, "|");

        str_clear(&word);
        str_add_mem(&word, values, len);
        jsonw_string(w, word.ptr);
        values += len + (values[len] == '|');
    }
    jsonw_end(w);
    str_free(&word);
}

static void write_range(struct jsonw *w, int64_t least, int64_t most)
{
    jsonw_key_string(w, "type", "integer");
    jsonw_key_int(w, "minimum", least);
    jsonw_key_int(w, "maximum", most);
}

void schema_param(struct jsonw *w, const struct param *param)
{
    jsonw_key(w, "schema");
    jsonw_object(w);
    if (param->type == PARAM_INT) {
        write_range(w, param->least, param->most);
    } else {
        jsonw_key_string(w, "type", "string");
        if (param->type == PARAM_CHOICE)
            write_enum(w, param->values);
        else
            jsonw_key_int(w, "maxLength", HTTP_VALUE_MAX);
    }
    jsonw_end(w);
}

/* ---- bodies ---- */

static const struct {
    const char *name, *format;
} types[] = {
    [FIELD_TEXT] = { "text", NULL },
    [FIELD_INT] = { "whole number", NULL },
    [FIELD_BOOL] = { "true or false", NULL },
    [FIELD_CHOICE] = { "one of a list", NULL },
    [FIELD_DAY] = { "day (2026-03-01)", "date" },
    [FIELD_TIME] = { "time (RFC 3339)", "date-time" },
    [FIELD_UUID] = { "UUID", "uuid" },
    [FIELD_URL] = { "http or https address", "uri" },
    [FIELD_TEXTS] = { "array of texts", NULL },
    [FIELD_OBJECT] = { "object", NULL },
    [FIELD_OBJECTS] = { "array of objects", NULL },
};

const char *field_type_name(enum field_type type)
{
    return types[type].name;
}

static void write_texts(struct jsonw *w, const struct field *field)
{
    jsonw_key_string(w, "type", "array");
    if (field->least > 0)
        jsonw_key_int(w, "minItems", field->least);
    jsonw_key_int(w, "maxItems", field->most);
    jsonw_key(w, "items");
    jsonw_object(w);
    jsonw_key_string(w, "type", "string");
    if (field->values)
        write_enum(w, field->values);
    jsonw_end(w);
}

static void write_objects(struct jsonw *w, const struct field *field)
{
    jsonw_key_string(w, "type", "array");
    jsonw_key_int(w, "maxItems", field->most);
    jsonw_key(w, "items");
    jsonw_raw(w, "{\"type\":\"object\"}");
}

static void write_field(struct jsonw *w, const struct field *field)
{
    jsonw_key(w, field->name);
    jsonw_object(w);
    jsonw_key_string(w, "description", field->help);
    if (field->type == FIELD_INT) {
        write_range(w, field->least, field->most);
    } else if (field->type == FIELD_BOOL) {
        jsonw_key_string(w, "type", "boolean");
    } else if (field->type == FIELD_TEXTS) {
        write_texts(w, field);
    } else if (field->type == FIELD_OBJECT) {
        jsonw_key_string(w, "type", "object");
    } else if (field->type == FIELD_OBJECTS) {
        write_objects(w, field);
    } else {
        jsonw_key_string(w, "type", "string");
        if (field->values)
            write_enum(w, field->values);
        if (types[field->type].format)
            jsonw_key_string(w, "format", types[field->type].format);
        if (field->type == FIELD_TEXT && field->least > 0)
            jsonw_key_int(w, "minLength", 1);
        if (field->type == FIELD_TEXT
            || field->type == FIELD_URL) /* ours counts bytes: no more than these */
            jsonw_key_int(w, "maxLength", field->most ? field->most : HTTP_VALUE_MAX);
    }
    jsonw_end(w);
}

static void write_object(struct jsonw *w, const struct body *body)
{
    const struct field *field;

    jsonw_key_string(w, "type", "object");
    jsonw_key_bool(w, "additionalProperties", false);
    jsonw_key(w, "properties");
    jsonw_object(w);
    for (field = body->fields; field->name; field++)
        write_field(w, field);
    jsonw_end(w);
    jsonw_key(w, "required");
    jsonw_array(w);
    for (field = body->fields; field->name; field++)
        if (field->required)
            jsonw_string(w, field->name);
    jsonw_end(w);
}

static void write_batch(struct jsonw *w, const struct body *body)
{
    jsonw_key(w, "oneOf");
    jsonw_array(w);
    jsonw_object(w);
    write_object(w, body);
    jsonw_end(w);
    jsonw_object(w);
    jsonw_key_string(w, "type", "array");
    jsonw_key_int(w, "minItems", 1);
    jsonw_key_int(w, "maxItems", (int64_t)body->batch);
    jsonw_key(w, "items");
    jsonw_object(w);
    write_object(w, body);
    jsonw_end(w);
    jsonw_end(w);
    jsonw_end(w);
}

/* Several routes may take the same body. */
static bool is_first_of_body(size_t at)
{
    size_t i;

    for (i = 0; i < at; i++)
        if (route_at(i)->body == route_at(at)->body)
            return false;
    return true;
}

void schemas_write(struct jsonw *w)
{
    const struct route *route;
    size_t i;

    for (i = 0; i < ARRAY_LEN(schemas); i++) {
        jsonw_key(w, schemas[i].name);
        jsonw_raw(w, schemas[i].json);
    }
    for (i = 0; (route = route_at(i)); i++) {
        if (!route->body || !is_first_of_body(i))
            continue;
        jsonw_key(w, route->body->name);
        jsonw_object(w);
        if (route->body->batch > 0)
            write_batch(w, route->body);
        else
            write_object(w, route->body);
        jsonw_end(w);
    }
}
