/*
 * Routes of webhooks: those of other carrels come in here, and one's own deliveries are looked
 * after.
 */
#include "internal.h"

#define DELIVERY_MAX (16u << 20) /* bytes */

static const struct param no_params[] = { { 0 } };
static const struct param list_params[] = {
    { .name = "state",
      .type = PARAM_CHOICE,
      .values = "waiting|sending|delivered|dead|cancelled",
      .option = "--state",
      .help = "deliveries in this state alone" },
    { .name = "limit",
      .type = PARAM_INT,
      .least = 1,
      .most = 1000,
      .option = "--limit",
      .help = "deliveries, the newest first" },
    { 0 },
};
static const struct param id_params[] = {
    { .name = "id", .in_path = true, .required = true, .help = "number of a delivery" },
    { 0 },
};

#define ENVELOPE                                                                                   \
    { "version", FIELD_INT, true, 1, 1, NULL, .help = "of this form" },                            \
        { "webhook", FIELD_TEXT, false, 0, 0, NULL, .help = "its name over there" },               \
        { "part", FIELD_INT, true, 1, 1000000, NULL, .help = "number of this part, from 1" },      \
    {                                                                                              \
        "parts", FIELD_INT, true, 1, 1000000, NULL, .help = "how many there are"                   \
    }

static const struct field scraped_fields[] = {
    ENVELOPE,
    { "event", FIELD_CHOICE, true, 0, 0, "scraper-complete", .help = "what has happened" },
    { "run", FIELD_OBJECT, false, 0, 0, NULL,
      .help = "the harvest: its source, state, times and counts" },
    { "records", FIELD_OBJECTS, true, 0, WEBHOOK_RECORDS, NULL,
      .help = "papers as `import` reads them" },
    { 0 },
};
static const struct body scraped_body = { .name = "ScraperComplete", .fields = scraped_fields };
static const struct field processed_fields[] = {
    ENVELOPE,
    { "event", FIELD_CHOICE, true, 0, 0, "document-processed", .help = "what has happened" },
    { "document", FIELD_OBJECT, true, 0, 0, NULL,
      .help = "sha256, format, state, message, origin, title, pages, chars, bytes, processed" },
    { "work", FIELD_OBJECT, false, 0, 0, NULL,
      .help = "the paper it belongs to, as `import` reads it" },
    { "chunks", FIELD_OBJECTS, true, 0, WEBHOOK_CHUNKS, NULL,
      .help = "passages of its text: ordinal, page, start, end, heading, text" },
    { 0 },
};
static const struct body processed_body = { .name = "DocumentProcessed",
                                            .fields = processed_fields };

const struct route http_routes_webhooks[] = {
    { "POST", "/api/webhooks/scraper-complete", "webhooks", "hookScraped",
      "Take what another carrel has harvested", SCOPE_NONE, no_params,
      .handle = handle_hook_scraped, .answer = "Taken", .body_max = DELIVERY_MAX,
      .body = &scraped_body, .flags = ROUTE_SIGNED | ROUTE_CONFLICTS },
    { "POST", "/api/webhooks/document-processed", "webhooks", "hookProcessed",
      "Take what another carrel has read in a document", SCOPE_NONE, no_params,
      .handle = handle_hook_processed, .answer = "Taken", .body_max = DELIVERY_MAX,
      .body = &processed_body, .flags = ROUTE_SIGNED | ROUTE_CONFLICTS },
    { "GET", "/webhooks", "webhooks", "webhooks", "Webhooks and their deliveries", SCOPE_ADMIN,
      list_params, "webhook list --json", .answer = "Webhooks" },
    { "POST", "/webhooks/{id}/redeliver", "webhooks", "redeliver", "Send a delivery once more",
      SCOPE_ADMIN, id_params, "webhook redeliver --json", .answer = "Redelivered", .status = 202,
      .flags = ROUTE_CONFLICTS },
    { 0 },
};
