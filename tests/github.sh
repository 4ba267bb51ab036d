# Answers of GitHub for replay scripts (tests/replay). Sourced.
# repo OWNER/NAME STARS PUSHED: facts as GitHub sends them; $about, $language, $fork, $archived and $topics may be set,
# and $number, its id there (by default each name has one of its own; null: none is said).
repo() {
    printf '{"id":%s,"name":"%s","full_name":"%s","private":false,"owner":{"login":"%s"},"html_url":"https://github.com/%s",' "${number-$(echo "$1" | tr A-Z a-z | cksum | cut -d' ' -f1)}" "${1#*/}" "$1" "${1%/*}" "$1"
    printf '"description":"%s","fork":%s,"homepage":"","created_at":"2024-05-01T10:00:00Z","pushed_at":"%s",' "${about-Lamps   for\\nreading}" "${fork:-false}" "$3"
    printf '"stargazers_count":%s,"forks_count":12,"open_issues_count":3,"language":"%s","license":{"key":"mit","spdx_id":"MIT"},' "$2" "${language:-C}"
    printf '"topics":[%s],"archived":%s,"default_branch":"main"}' "${topics-\"reading-lamps\",\"desks\"}" "${archived:-false}"
}
readme() { printf '{"name":"README.md","path":"README.md","size":10,"encoding":"base64","content":"%s"}' "$(printf '%b' "$1" | base64 -w 60 | sed 's/$/\\n/' | tr -d '\n')"; }
# answer STATUS BODY [WHAT]
answer() { printf 'answer %s type="application/json; charset=utf-8" %s body=<<END\n%s\nEND\n' "$1" "${3:-}" "$2"; }
