"""Asks every route that the OpenAPI document describes, rightly and in all the wrong ways, and checks that only
documented answers come back, of the documented type, and that errors have their form. Standard library alone.

    exercise.py URL SECRET_FILE TOKENS...     TOKENS: SCOPE=TOKEN
Prints TAP.
"""
import base64, hashlib, hmac, http.client, json, sys, time, urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
secret = open(sys.argv[2], "rb").read()
if secret.endswith(b"\n"):
    secret = secret[:-1]
tokens = dict(word.split("=", 1) for word in sys.argv[3:])
failures = []
asked = 0
SCOPES = {"read": {"read", "write", "admin"}, "events": {"events", "write", "admin"}, "write": {"write", "admin"},
          "sync": {"sync", "admin"}, "admin": {"admin"}}


def ask(method, path, headers=None, body=None):
    """Status, headers, body; a fresh connection, so that no answer can be that of an earlier question."""
    global asked
    asked += 1
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    except (ConnectionError, http.client.HTTPException) as gone:
        return 0, {}, repr(gone).encode()
    finally:
        connection.close()


def fail(what, *more):
    failures.append(" ".join([what, *map(str, more)]))


status, headers, text = ask("GET", "/openapi.json")
document = json.loads(text)
schemas = document["components"]["schemas"]


def resolve(schema):
    return schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def fits(schema, value, where="answer"):
    """The part of JSON Schema that the document uses; yields what does not fit."""
    schema = resolve(schema)
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is not among {schema['enum']}"
    if "oneOf" in schema and sum(not list(fits(one, value)) for one in schema["oneOf"]) != 1:
        yield f"{where}: fits not exactly one of its shapes"
    if "type" in schema:
        wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not any(number and (kind == "number" or kind == "integer" and float(value).is_integer())
                   if kind in ("integer", "number") else isinstance(value, kinds[kind]) for kind in wanted):
            yield f"{where}: {str(value)[:40]!r} is no {wanted}"
            return
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}: has no {name}"
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from fits(inner, value[name], f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value[:50]):
            yield from fits(schema["items"], item, f"{where}[{i}]")


def check(what, operation, answer, allowed=None):
    """One answer against the operation's documentation. `allowed`: the only statuses that are right here."""
    status, headers, text = answer
    if allowed and status not in allowed:
        fail(what, "answered", status, "not", sorted(allowed), text[:200])
    documented = operation["responses"].get(str(status)) if operation else None
    if operation and not documented:
        fail(what, "answered", status, "which is not documented;", text[:200])
    if status == 0:
        return
    if not headers.get("X-Request-Id"):
        fail(what, status, "has no X-Request-Id")
    content = (documented or {}).get("content", {})
    media = (headers.get("Content-Type") or "").split(";")[0]
    if content and text and media not in content:
        fail(what, status, "is", media, "not", list(content))
    if status >= 400 and status != 503 or documented and "application/json" in content and text:
        if media != "application/json":
            if status >= 400:
                fail(what, status, "is an error in", media)
            return
        schema = content.get("application/json", {}).get("schema")
        if not schema and status >= 400:
            schema = {"$ref": "#/components/schemas/Error"}
        try:
            value = json.loads(text.decode("utf-8"))
        except ValueError as why:
            fail(what, status, "is no JSON:", why, text[:100])
            return
        for why in fits(schema or {}, value):
            fail(what, status, why)


def bearer(token):
    return {"Authorization": "Bearer " + token}


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forge(header, claims, key):
    body = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
    return body + "." + b64(hmac.new(key, body.encode(), hashlib.sha256).digest())


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def wrong_tokens():
    real = claims_of(tokens["admin"])
    now = int(time.time())
    head = {"alg": "HS256", "typ": "JWT"}
    yield "expired", forge(head, {**real, "exp": now - 100}, secret)
    yield "not valid yet", forge(head, {**real, "nbf": now + 1000}, secret)
    yield "without an end", forge(head, {k: v for k, v in real.items() if k != "exp"}, secret)
    yield "forged", forge(head, real, b"another secret of thirty-two bytes")
    yield "of a short key", forge(head, real, b"short")
    yield "of an empty key", forge(head, real, b"")
    yield "of another algorithm", forge({**head, "alg": "HS384"}, real, secret)
    yield "RS256 in name", forge({**head, "alg": "RS256"}, real, secret)
    yield "of none", b64(b'{"alg":"none"}') + "." + tokens["admin"].split(".")[1] + "."
    yield "never given out", forge(head, {**real, "jti": "0" * 32}, secret)
    yield "of an unknown scope", forge(head, {**real, "scope": "root"}, secret)
    yield "cut", tokens["admin"][:-5]
    yield "no token", "x"


def signature(body):
    """Of a webhook's delivery, each with a key of its own."""
    at = str(int(time.time()))
    mac = hmac.new(secret, at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Carrel-Signature": f"t={at},v1={mac}", "Idempotency-Key": f"exercise-{asked}"}


def fill(path):
    return path.replace("{id}", "arxiv:2602.00001")


def example(schema):
    schema = resolve(schema)
    if "oneOf" in schema:
        return example(schema["oneOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: example(inner) for name, inner in schema.get("properties", {}).items()
                if name in schema.get("required", [])}
    return {"string": {"date": "2026-03-01", "uuid": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
                       "date-time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                       "uri": "https://paper.example/x.pdf"}.get(schema.get("format"), "text"),
            "integer": schema.get("minimum", 1), "boolean": True, "array": []}[kind]


WRONG = [None, True, -1, 10**30, 1.5, "", "x" * 5000, [], [[]], {}, {"a": 1}, "\u0000", "💡"]


def wrong_bodies(schema):
    """Bodies that are nearly right: each member of each wrong type, one that is unknown, none at all."""
    good = example(schema)
    shape = resolve(schema)
    shape = shape["oneOf"][0] if "oneOf" in shape else shape
    for name in shape.get("properties", {}):
        for value in WRONG:
            yield f"{name}={str(value)[:12]!r}", json.dumps({**good, name: value}).encode()
    for name in shape.get("required", []):
        yield f"without {name}", json.dumps({k: v for k, v in good.items() if k != name}).encode()
    yield "with a stranger", json.dumps({**good, "stranger": 1}).encode()
    for raw in (b"", b"{", b"[]", b"null", b"7", b'"x"', b"[" * 3000, b'{"a":1,"a":2}', b"\xff\xfe", b"{}" * 2, b"[{}]", b"[1]"):
        yield f"{raw[:8]!r}", raw


for path, operations in document["paths"].items():
    known = {method.upper() for method in operations}
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW"):
        if method in known or method == "HEAD" and "GET" in known:
            continue
        status, headers, text = ask(method, fill(path), bearer(tokens["admin"]), b"" if method in ("PUT", "PATCH", "POST") else None)
        if status != (204 if method == "OPTIONS" else 405) or "Allow" not in headers:
            fail(method, path, "answered", status, text[:100])
    for method, operation in operations.items():
        name = f"{method.upper()} {path}"
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        raw = json.dumps(example(body)).encode() if body else None
        kind = {"Content-Type": "application/json"} if body else {}
        security = operation.get("security", [])
        scope = next((need["token"][0] for need in security if need.get("token")), None)
        target = fill(path)

        is_signed = any(param["name"] == "X-Carrel-Signature" for param in operation.get("parameters", []))

        def go(what, allowed=None, headers=None, body=raw, target=target):
            if is_signed:
                headers = {**signature(body or b""), **(headers or {})}
            check(f"{name}, {what}", operation, ask(method.upper(), target, {**kind, **(headers or {})}, body), allowed)

        if scope:
            go("no token", {401} if {} not in security else None)
            for what, token in wrong_tokens():
                go("a token " + what, {401}, bearer(token))
            for held, token in tokens.items():
                go("scope " + held, None if held in SCOPES[scope] else {403}, bearer(token))
        admin = bearer(tokens["admin"])
        for param in operation.get("parameters", []):
            if param["in"] != "query":
                continue
            for value in ("", "x", "-1", "99999999999999999999", "%00", "%ff%fe", "../../etc/passwd", "' OR 1=1 --", "a" * 5000, "💡"):
                go(f"{param['name']}={value[:20]}", None, admin,
                   target=f"{target}?{param['name']}={urllib.parse.quote(value, safe='%')}")
        go("an unknown parameter", {400}, admin, target=target + "?stranger=1")
        go("a long address", {414}, admin, target=target + "?" + "a" * 9000)
        if "{id}" in path:
            for value in ("x", "%00", "..%2f..%2fetc%2fpasswd", "arxiv:", "1", "0", "-1", "999999999", "a" * 3000, "%ff"):
                go(f"id {value[:20]}", None, admin, target=path.replace("{id}", value))
        if not body:
            go("a body", {400, 413}, admin, body=b"x" * 100)
            continue
        for what, wrong in wrong_bodies(body):
            go("body " + what, None, admin, body=wrong)
        go("another type", {415}, {**admin, "Content-Type": "application/xml"}, body=b"<x/>")
        go("too long", {413}, {**admin, "Content-Length": str(1 << 31)}, body=b"")

print(f"{'not ok' if failures else 'ok'} - {asked} questions to {sum(map(len, document['paths'].values()))} operations: only documented answers")
for line in failures[:60]:
    print("#  ", line)
sys.exit(bool(failures))
