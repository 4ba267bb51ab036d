/*
 * The full text of one paper, on demand, from the service that has it: sent under the ledger like
 * everything else, and given back as bytes. What becomes of it is the caller's.
 */
#include "internal.h"

#include <string.h>
#include <strings.h>

#define TEXT_MAX (16u << 20)

static const struct source_ops *text_ops(enum id_scheme scheme)
{
    size_t i;

    for (i = 0; source_at(i); i++)
        if (source_at(i)->text && (scheme == ID_ARXIV || source_at(i)->lookup_scheme == scheme))
            return source_at(i);
    return NULL;
}

const char *harvest_has_text(enum id_scheme scheme)
{
    const struct source_ops *ops = text_ops(scheme);

    return ops ? ops->title : NULL;
}

/* A page of a browser, or a service's complaint, in place of a text. */
static int text_check(void *ctx, const struct net_answer *answer, struct error *err)
{
    const char *at = answer->body.ptr + strspn(answer->body.ptr, " \t\r\n");

    (void)ctx;
    if (!*at)
        return error_set(err, ERR_PARSE, "an empty answer in place of a text");
    if (strncasecmp(at, "<!doctype", 9) == 0 || strncasecmp(at, "<html", 5) == 0)
        return error_set(err, ERR_PARSE, "a web page (HTML) in place of a text");
    if (str_starts(at, "{\"error\""))
        return error_set(err, ERR_PARSE, "a complaint in place of a text: %.100s", at);
    return ERR_OK;
}

static int text_send(const struct harvest_options *options, const struct harvest_source *source,
                     struct store *store, const struct source_request *request, struct str *text,
                     struct str *url, struct error *err)
{
    const struct net_origin origin = { .name = source->origin.name,
                                       .interval_ms = source->origin.interval_ms,
                                       .window_requests = source->ops->text_window,
                                       .window_ms = source->origin.window_ms };
    const struct net_request send = {
        .origin = &origin,
        .note = { .source = source->name, .purpose = request->purpose.ptr },
        .url = request->url.ptr,
        .max_bytes = TEXT_MAX,
        .tries = (int)config_int(options->config, "harvest.tries"),
        .check = text_check,
        .cancel = options->cancel,
    };
    struct net *net = harvest_net(options);
    struct pace *pace = pace_new(options->config, options->version, options->cancel);
    struct paced *paced = paced_new(pace, store);
    struct net_client *client = net_client_new(net, paced_ledger(), paced);
    struct net_answer answer = { 0 };
    int result = net_send(client, &send, &answer, err);

    if (result == ERR_OK) {
        str_add_mem(text, answer.body.ptr, answer.body.len);
        str_add(url, request->url.ptr);
    } else if (result == ERR_NOTFOUND) {
        error_set(err, result, "%s has no %s", source->ops->title, request->purpose.ptr);
    }
    net_answer_free(&answer);
    net_client_free(client);
    paced_free(paced);
    pace_free(pace);
    net_free(net);
    return result;
}

/* As it is configured, else as it is without a word. */
static int text_source(struct harvest_plan *plan, const struct harvest_source **source,
                       const struct config *config, const struct source_ops *ops, struct error *err)
{
    const char *const names[] = { ops->kind };
    int pass, result = ERR_OK;
    size_t i;

    *source = NULL;
    for (pass = 0; pass < 2 && !*source && result == ERR_OK; pass++) {
        harvest_plan_free(plan);
        result = harvest_plan_new(plan, config, names, (size_t)pass, err);
        for (i = 0; result == ERR_OK && i < plan->count && !*source; i++)
            if (plan->sources[i].ops == ops)
                *source = &plan->sources[i];
    }
    return result;
}

int harvest_text(const struct harvest_options *options, const struct ident *id, struct str *text,
                 struct str *url, struct error *err)
{
    const struct store_options create = { .create = true };
    const struct source_ops *ops = text_ops(id->scheme);
    struct harvest_plan plan = { 0 };
    const struct harvest_source *source;
    struct source_request request;
    struct store *store = NULL;
    int result;

    if (!ops)
        return error_set(err, ERR_USAGE, "no text is to be had of %s:%s",
                         ident_scheme_name(id->scheme), id->value);
    source_request_init(&request);
    plan.arena = arena_new();
    result = text_source(&plan, &source, options->config, ops, err);
    if (result == ERR_OK)
        result = ops->text(&source->settings, id, &request, err);
    if (result == ERR_OK)
        result = store_open(&store, options->library, &create, err);
    if (result == ERR_OK)
        result = text_send(options, source, store, &request, text, url, err);
    store_close(store);
    source_request_free(&request);
    harvest_plan_free(&plan);
    return result;
}
