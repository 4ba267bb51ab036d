/*
 * Who may do what: JSON Web Tokens (RFC 7519) signed with the service's secret (HS256) or private
 * key (RS256), as serve.algorithm says.
 *
 * libjwt verifies the signature; which algorithm is used is ours to say, not the token's, and exp
 * and nbf are checked here, since libjwt 1.10 does neither. A token that was not given out by this
 * library, or was taken back, is none. Older secrets and keys still verify, so that they can be
 * changed without everybody's token ending at once.
 */
#include "internal.h"

#include "carrel/access.h"
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/sha256.h"

#include <inttypes.h>
#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#define SECRET_LEAST 32
#define ISSUER "carrel"
#define SKEW_S 30                       /* clocks of two machines */
#define TIME_MOST INT64_C(253402300799) /* the end of 9999 */
#define KEYS_MAX 4
#define LIFE_MOST_MS (INT64_C(3653) * 86400000)

static const char *const scope_names[] = { "none", "read", "events", "write", "sync", "admin" };

const char *scope_name(enum scope scope)
{
    return scope_names[scope];
}

/* What a token may hold: all but the first. */
const char *http_scope_name(size_t i)
{
    return i + 1 < ARRAY_LEN(scope_names) ? scope_names[i + 1] : NULL;
}

bool scope_from(enum scope *scope, const char *name)
{
    size_t i;

    for (i = 1; i < ARRAY_LEN(scope_names); i++)
        if (strcmp(scope_names[i], name) == 0) {
            *scope = (enum scope)i;
            return true;
        }
    return false;
}

bool scope_allows(enum scope held, enum scope needed)
{
    return needed == SCOPE_NONE || held == needed || held == SCOPE_ADMIN
           || (held == SCOPE_WRITE && (needed == SCOPE_READ || needed == SCOPE_EVENTS));
}

/* ---- secrets ---- */

struct auth_keys {
    jwt_alg_t algorithm;
    struct str signer;
    struct str keys[KEYS_MAX]; /* verify; of the first one is the signer */
    char names[KEYS_MAX][17];  /* by which a token remembers the key that signed it */
    size_t count;
};

/* Where keys come from, and what they must be. */
static const struct key_rule {
    jwt_alg_t algorithm;
    const char *name, *option;
    size_t least; /* bytes */
    const char *advice;
} key_rules[] = {
    { JWT_ALG_HS256, "HS256", "serve.secret-file", SECRET_LEAST,
      "a file with 32 or more random bytes (head -c 48 /dev/urandom >FILE; chmod 600 FILE)" },
    { JWT_ALG_RS256, "RS256", "serve.key-file", 1,
      "a file with a private key (openssl genrsa -out FILE 3072; chmod 600 FILE)" },
};

static const struct key_rule *key_rule_of(const struct app *app)
{
    const char *name = config_text(app->config, "serve.algorithm");

    return &key_rules[strcmp(name, key_rules[1].name) == 0];
}

/* Of what verifies, so that both halves of a key have one name. It tells nothing of a secret. */
static void key_name(char out[17], const struct str *key)
{
    static const char domain[] = "carrel: the name of a key";
    struct str bytes = STR_INIT;
    char hash[65];

    str_add_mem(&bytes, domain, sizeof domain);
    str_add_mem(&bytes, key->ptr, key->len);
    sha256_hex(hash, bytes.ptr, bytes.len);
    snprintf(out, 17, "%.16s", hash);
    str_forget(&bytes);
}

/* The files that are named; an empty value takes one back. */
static size_t key_files(const struct app *app, const char *option, const char *out[KEYS_MAX + 1])
{
    const char *const *files;
    size_t count = config_values(app->config, option, &files), i, len = 0;

    for (i = 0; i < count && len <= KEYS_MAX; i++)
        if (*files[i])
            out[len++] = files[i];
    return len;
}

/* No key: all is well where none is needed, unless one was meant to be. */
static int key_missing(const struct app *app, const struct key_rule *rule, bool needed,
                       struct error *err)
{
    const struct key_rule *other = &key_rules[rule == key_rules];
    const char *unused[KEYS_MAX + 1];

    if (needed || rule != key_rules)
        return error_set(err, ERR_USAGE, "%s is not set: %s", rule->option, rule->advice);
    if (key_files(app, other->option, unused) > 0)
        return error_set(err, ERR_USAGE, "%s is set, but serve.algorithm is %s", other->option,
                         rule->name);
    return ERR_OK;
}

static int key_read(struct str *out, const struct key_rule *rule, const char *file,
                    struct error *err)
{
    int result = file_read_secret(out, file, rule->least, err);

    if (result != ERR_OK && result != ERR_USAGE && err)
        error_context(err, "%s", rule->option);
    return result;
}

int auth_open(struct auth_keys **out, const struct app *app, bool needed, struct error *err)
{
    const struct key_rule *rule = key_rule_of(app);
    const char *files[KEYS_MAX + 1];
    size_t count = key_files(app, rule->option, files), i;
    struct auth_keys *keys;
    int result = ERR_OK;

    *out = NULL;
    if (count == 0)
        return key_missing(app, rule, needed, err);
    if (count > KEYS_MAX)
        return error_set(err, ERR_USAGE, "%s: %d files at most", rule->option, KEYS_MAX);
    keys = mem_zalloc(sizeof *keys);
    keys->algorithm = rule->algorithm;
    str_init(&keys->signer);
    for (i = 0; i < count && result == ERR_OK; i++) {
        str_init(&keys->keys[i]);
        keys->count++;
        result = key_read(&keys->keys[i], rule, files[i], err);
        if (result == ERR_OK && i == 0)
            str_add_mem(&keys->signer, keys->keys[0].ptr, keys->keys[0].len);
        if (result == ERR_OK && rule->algorithm == JWT_ALG_RS256)
            result = rsa_public(&keys->keys[i], i == 0, files[i], err);
        if (result == ERR_OK)
            key_name(keys->names[i], &keys->keys[i]);
    }
    if (result == ERR_OK)
        *out = keys;
    else
        auth_free(keys);
    return result;
}

void auth_free(struct auth_keys *keys)
{
    size_t i;

    if (!keys)
        return;
    for (i = 0; i < keys->count; i++)
        str_forget(&keys->keys[i]);
    str_forget(&keys->signer);
    free(keys);
}

/* ---- a token ---- */

/* Seconds since 1970, of years that a clock may come to see; 0: it says nothing. False: it says
 * something else. */
static bool time_claim(jwt_t *jwt, const char *name, int64_t *seconds)
{
    char *written = jwt_get_grants_json(jwt, name);
    long number = 0;
    bool good = !written || str_to_long(written, 1, TIME_MOST, &number);

    *seconds = number;
    free(written);
    return good;
}

/* NULL: it holds; else why it does not. */
static const char *claims_check(jwt_t *jwt, struct caller *out)
{
    int64_t now = clock_real_ms() / 1000;
    const char *scope = jwt_get_grant(jwt, "scope"), *id = jwt_get_grant(jwt, "jti"),
               *issuer = jwt_get_grant(jwt, "iss");
    int64_t exp = 0, nbf = 0;

    if (!issuer || strcmp(issuer, ISSUER) != 0 || !id || strlen(id) >= sizeof out->id || !scope
        || !scope_from(&out->scope, scope))
        return "it is not one of ours";
    if (!time_claim(jwt, "exp", &exp) || !time_claim(jwt, "nbf", &nbf))
        return "its times are none";
    if (exp + SKEW_S <= now)
        return "it has expired";
    if (nbf > now + SKEW_S)
        return "it does not hold yet";
    snprintf(out->id, sizeof out->id, "%s", id);
    out->ends = (exp + SKEW_S) * 1000;
    return NULL;
}

/* What the token says of itself. False: it is none. */
static bool token_algorithm(jwt_alg_t *algorithm, const char *token)
{
    const char *name;
    jwt_t *jwt = NULL;
    bool good = jwt_decode(&jwt, token, NULL, 0) == 0;

    *algorithm = JWT_ALG_INVAL;
    if (good && (name = jwt_get_header(jwt, "alg")))
        *algorithm = jwt_str_alg(name);
    jwt_free(jwt);
    return good;
}

static const char *token_check(const struct auth_keys *keys, const char *token, struct caller *out)
{
    const char *why = "its signature is not ours";
    jwt_alg_t algorithm;
    size_t i;

    if (!token_algorithm(&algorithm, token))
        return "it is no JSON Web Token";
    /* Before the key is used at all: a public key must never be taken for a secret. */
    if (algorithm != keys->algorithm)
        return "it is signed in another way than ours";
    for (i = 0; i < keys->count; i++) {
        jwt_t *jwt = NULL;

        if (jwt_decode(&jwt, token, (const unsigned char *)keys->keys[i].ptr,
                       (int)keys->keys[i].len)
            != 0)
            continue;
        why = claims_check(jwt, out);
        jwt_free(jwt);
        return why;
    }
    return why;
}

/* From the header, or, where a browser can send none, from the address. */
static const char *token_given(const struct exchange *x)
{
    const char *header = request_header(x, "Authorization");

    if (header && strncasecmp(header, "Bearer ", 7) == 0)
        return header + 7 + strspn(header + 7, " ");
    return MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, "token");
}

static bool unauthorized(struct exchange *x, const char *why)
{
    exchange_error(x, 401, "unauthorized", NULL, "%s", why);
    exchange_header(x, "WWW-Authenticate", "Bearer realm=\"carrel\"");
    return false;
}

int auth_token(struct caller *out, const char **why, struct http_server *server,
               struct store **store, const char *token, struct error *err)
{
    bool holds = false;
    int result;

    *why = server->keys ? token_check(server->keys, token, out)
                        : "no secret is configured, so there are no tokens";
    if (*why)
        return ERR_OK;
    result = http_store_take(server, store, err);
    if (result == ERR_OK)
        result = access_holds(*store, out->id, &holds, err);
    if (result == ERR_OK && !holds)
        *why = "this library did not give it out, or has taken it back";
    return result;
}

bool auth_reads_open(const struct exchange *x)
{
    const struct http_server *server = x->server;

    return server->open_reads && (server->any_host || headers_host_is_ours(x));
}

static bool may_come_without(const struct exchange *x)
{
    enum scope needed = x->route->scope;

    return needed == SCOPE_NONE || (needed == SCOPE_READ && auth_reads_open(x));
}

/* Where reads are open, and yet this one is not. */
static bool misled(struct exchange *x)
{
    exchange_error(
        x, 403, "forbidden", "Host",
        "%.100s is no name of this service, so this needs a token; serve.host adds names",
        request_header(x, "Host"));
    return false;
}

bool auth_check(struct exchange *x)
{
    const char *token = token_given(x), *why = NULL;
    enum scope needed = x->route->scope;
    struct error err = { 0 };
    int result;

    if (x->route->flags & ROUTE_SIGNED)
        return signature_check(x);
    if (!token && (may_come_without(x) || ((x->route->flags & ROUTE_UPGRADES) && x->server->keys)))
        return true;
    if (!token && needed == SCOPE_READ && x->server->open_reads)
        return misled(x);
    if (!x->server->keys)
        return may_come_without(x)
               || unauthorized(x, "this service only reads: no secret is configured, so there are "
                                  "no tokens");
    if (!token)
        return unauthorized(x, "this needs a token: Authorization: Bearer ...");
    result = auth_token(&x->caller, &why, x->server, &x->store, token, &err);
    if (result != ERR_OK) {
        exchange_failed(x, result, &err);
        return false;
    }
    if (why)
        return unauthorized(x, arena_printf(x->arena, "the token is refused: %s", why));
    if (scope_allows(x->caller.scope, needed))
        return true;
    exchange_error(x, 403, "forbidden", NULL, "this needs the scope %s; the token has %s",
                   scope_name(needed), scope_name(x->caller.scope));
    return false;
}

/* ---- the command ---- */

static int token_write(struct command_call *call, const struct auth_keys *keys,
                       const struct access_token *token, struct error *err)
{
    jwt_t *jwt = NULL;
    char *text = NULL;
    int result = ERR_OK;

    if (jwt_new(&jwt) != 0 || jwt_add_grant(jwt, "iss", ISSUER) != 0
        || jwt_add_grant(jwt, "jti", token->id) != 0
        || jwt_add_grant(jwt, "scope", token->scope) != 0
        || jwt_add_grant_int(jwt, "iat", (long)(token->created / 1000)) != 0
        || jwt_add_grant_int(jwt, "exp", (long)(token->expires / 1000)) != 0
        || jwt_set_alg(jwt, keys->algorithm, (const unsigned char *)keys->signer.ptr,
                       (int)keys->signer.len)
               != 0
        || !(text = jwt_encode_str(jwt)))
        result = error_set(err, ERR_FAILED, "libjwt does not make a token");
    else
        str_printf(&call->out, "%s\n", text);
    free(text);
    jwt_free(jwt);
    return result;
}

static int token_new(struct command_call *call, struct error *err)
{
    const char *scope_text = call_option(call, "--scope"),
               *expires = call_option(call, "--expires");
    const char *note = call_option(call, "--note");
    struct access_token token = { .created = clock_real_ms() };
    struct auth_keys *keys = NULL;
    int64_t life = INT64_C(30) * 86400000;
    uint64_t random[2];
    enum scope scope = SCOPE_READ;
    int result;

    if (scope_text && !scope_from(&scope, scope_text))
        return error_set(err, ERR_USAGE, "--scope %s: one of read, events, write, sync and admin",
                         scope_text);
    if (expires && (!duration_parse(expires, &life) || life < 60000 || life > LIFE_MOST_MS))
        return error_set(err, ERR_USAGE,
                         "--expires %s: a time like 30d, from a minute to ten years", expires);
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set(err, ERR_FAILED, "the system gives no random bytes");
    token.id = arena_printf(call->arena, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
    token.scope = arena_strdup(call->arena, scope_name(scope));
    token.note = arena_strdup(call->arena, note ? note : "");
    token.expires = token.created + life;
    result = auth_open(&keys, call->app, true, err);
    token.key = keys ? keys->names[0] : NULL;
    if (result == ERR_OK)
        result = access_add(call->store, &token, err);
    if (result == ERR_OK)
        result = token_write(call, keys, &token, err);
    auth_free(keys);
    return result;
}

/* Of a token from before keys had names nothing can be said of its key. */
static bool key_is_there(const struct auth_keys *keys, const char *name)
{
    size_t i;

    for (i = 0; keys && i < keys->count; i++)
        if (strcmp(keys->names[i], name) == 0)
            return true;
    return *name == '\0';
}

static const char *token_state(const struct auth_keys *keys, const struct access_token *token)
{
    return token->revoked                      ? "taken back"
           : token->expires <= clock_real_ms() ? "expired"
           : !key_is_there(keys, token->key)   ? "its key is gone"
                                               : "holds";
}

static void list_json(struct command_call *call, const struct auth_keys *keys,
                      const struct access_token *tokens, size_t count)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++) {
        jsonw_object(&w);
        jsonw_key_string(&w, "id", tokens[i].id);
        jsonw_key_string(&w, "scope", tokens[i].scope);
        jsonw_key_string(&w, "note", *tokens[i].note ? tokens[i].note : NULL);
        jsonw_key_time(&w, "created", tokens[i].created);
        jsonw_key_time(&w, "expires", tokens[i].expires);
        jsonw_key_time(&w, "revoked", tokens[i].revoked);
        jsonw_key_string(&w, "state", token_state(keys, &tokens[i]));
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

static void list_text(struct command_call *call, const struct auth_keys *keys,
                      const struct access_token *tokens, size_t count)
{
    char at[32];
    size_t i;

    for (i = 0; i < count; i++) {
        time_format(at, tokens[i].expires);
        str_printf(&call->out, "%s  %-6s  until %.10s  %s%s%s\n", tokens[i].id, tokens[i].scope, at,
                   token_state(keys, &tokens[i]), *tokens[i].note ? "  " : "", tokens[i].note);
    }
    if (count == 0)
        str_add(&call->say, "no token was given out yet; make one with: carrel token new --scope "
                            "read\n");
}

static int token_list(struct command_call *call, struct error *err)
{
    struct access_token *tokens;
    struct auth_keys *keys = NULL;
    size_t count;
    int result = access_list(call->store, call->arena, &tokens, &count, err);

    if (result == ERR_OK)
        result = auth_open(&keys, call->app, false, err);
    if (result == ERR_OK)
        (call_has(call, "--json") ? list_json : list_text)(call, keys, tokens, count);
    auth_free(keys);
    return result;
}

static int token_revoke(struct command_call *call, struct error *err)
{
    const char *id = call->argv[1];
    int result = access_revoke(call->store, id, clock_real_ms(), err);

    if (result == ERR_OK)
        str_printf(&call->say, "the token %s holds no more; who uses it is refused\n", id);
    return result;
}

int http_token(struct command_call *call, struct error *err)
{
    const char *what = call->argc > 0 ? call->argv[0] : call_has(call, "--scope") ? "new" : "";

    if (strcmp(what, "new") == 0 && call->argc <= 1)
        return token_new(call, err);
    if (strcmp(what, "list") == 0 && call->argc == 1)
        return token_list(call, err);
    if (strcmp(what, "revoke") == 0 && call->argc == 2)
        return token_revoke(call, err);
    return error_set(err, ERR_USAGE, "token new [--scope S] [--expires 30d] | list | revoke ID");
}
