# The service's description: valid OpenAPI 3.1, the collection of requests in docs/ is that of this build, and every
# route, asked rightly and wrongly, gives only documented answers.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/service.sh"
here=$(dirname "$0")
echo '{"id":"arxiv:2602.00001","title":"Reading lamps","authors":["Ann Lee"],"published":"2026-02-20"}' >"$T/papers.jsonl"
run "papers" 0 "$CARREL" -L "$LIB" import "$T/papers.jsonl"
run "the description" 0 "$CARREL" serve --describe openapi
cp "$T/out" "$T/openapi.json"
if command -v openapi-spec-validator >/dev/null && openapi-spec-validator --version >/dev/null 2>&1; then
    run "is valid" 0 openapi-spec-validator "$T/openapi.json"
else
    echo "ok - the description is valid # SKIP there is no openapi-spec-validator"
fi
run "the collection" 0 "$CARREL" serve --describe postman
same "is the one in docs (make describe)" "$(sha256sum <"$T/out")" "$(sha256sum <"$here/../../docs/carrel.postman.json")"
cp "$T/out" "$T/postman"
has "sends a file" postman '"formdata":[{"key":"file","type":"file"'
has "a scrape names a source" postman '{\"sources\":[\"arxiv\"]'
lacks "and not what is refused" postman '\"url\":\"https://example.org/paper.pdf\",\"id\"'
has "a repository is one" postman '{\"url\":\"https://github.com/owner/name\"}'
run "another form" 2 "$CARREL" serve --describe wsdl
if ! command -v python3 >/dev/null; then
    echo "ok - every route # SKIP there is no python3"
    finish
fi
head -c 36 /dev/urandom | base64 -w 0 >"$T/secret"
printf '[serve]\n\tsecret-file = %s\n\trate = 0\n[harvest]\n\tbackground = false\n[webhook-in "exercise"]\n\tsecret-file = %s\n' "$T/secret" "$T/secret" >"$T/config/service"
tokens=
for scope in read events write sync admin; do
    tokens="$tokens $scope=$("$CARREL" --config "$T/config/service" -L "$LIB" token --scope $scope)"
done
serve --config "$T/config/service"
# shellcheck disable=SC2086
python3 "$here/exercise.py" "$URL" "$T/secret" $tokens
stop
same "and it ends cleanly" 0 $ended
finish
