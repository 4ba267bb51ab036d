# Random schedules of whole programs: three libraries with clocks hours apart, a service that is killed, a folder that
# loses files, exchanges killed in the middle, a library put back to a copy. In the end all export the same bytes (jsonl,
# json, atom), the doctor finds nothing, and no tag is lost that somebody has said. CARREL_RANDOM=N runs so many (default
# 2), CARREL_SEED begins with that; a failure names its seed.
. "$(dirname "$0")/lib.sh"
unset CARREL_CLOCK # of lib.sh
runs=${CARREL_RANDOM:-2} first=${CARREL_SEED:-1} steps=${CARREL_STEPS:-45}
head -c 48 /dev/urandom >"$T/secret"
now=$(date +%s)

# pick N: a number below it in $r.
pick() { state=$(((state * 1103515245 + 12345) % 2147483648)); r=$((state / 65536 % $1)); }
skewed() { date -u -d "@$((now + step * 60 + $(cat "$W/skew.$1")))" +%Y-%m-%dT%H:%M:%SZ; }
on() { lib=$1; shift; CARREL_CLOCK=$(skewed "$lib") "$CARREL" -q -L "$W/$lib" --config "$W/config.$lib" "$@" >"$W/out" 2>"$W/err"; }
paper() { # NUMBER VERSION: preprints, journal versions that name them, papers of one title, one without a number
    case $1 in
    0) echo "{\"title\":\"Untitled hedges\",\"authors\":[\"Gus Hay\"],\"published\":\"2022\",\"abstract\":\"Version $2.\"}" ;;
    1 | 2 | 3) echo "{\"id\":\"arxiv:2601.0000$1\",\"title\":\"Garden $1\",\"authors\":[\"Ada Lindgren\"],\"published\":\"2026-01-0$1\",\"doi\":\"10.1145/$1\",\"abstract\":\"Version $2.\"}" ;;
    4 | 5 | 6) echo "{\"id\":\"doi:10.1145/$(($1 - 3))\",\"title\":\"Garden $(($1 - 3)), printed $2\",\"authors\":[\"A. Lindgren\"],\"published\":\"2026\"}" ;;
    *) echo "{\"id\":\"arxiv:2602.0000$1\",\"title\":\"Editorial\",\"authors\":[\"Kim Lee\"],\"published\":\"2026-02-01\",\"abstract\":\"Number $1, $2.\"}" ;;
    esac
}
name() { pick 9; case $r in 0 | 1 | 2) name=arxiv:2601.0000$((r + 1)) ;; 3 | 4) name=doi:10.1145/$((r - 2)) ;; *) name=arxiv:2602.0000$((r + 2)) ;; esac; }
serve() {
    tries=0
    while [ $tries -lt 30 ]; do
        : >"$W/serve.err"
        "$CARREL" -q -L "$W/b" --config "$W/config.b" serve --listen "${address:-127.0.0.1:0}" >"$W/serve.err" 2>&1 &
        server=$!
        replays="$replays $server"
        until grep -q 'serves http' "$W/serve.err" || ! kill -0 $server 2>/dev/null; do sleep 0.02; done
        grep -q 'serves http' "$W/serve.err" && break
        tries=$((tries + 1))
        sleep 0.1
    done
    address=$(grep -o '127.0.0.1:[0-9]*' "$W/serve.err" | head -1)
}
stop() { kill "-$1" $server 2>/dev/null; wait $server 2>/dev/null; }
begin() {
    W=$T/w$seed state=$seed step=0 address= tag=0
    mkdir -p "$W/stick"
    : >"$W/said"
    for lib in a b c; do
        pick 43200
        echo $((r - 21600)) >"$W/skew.$lib"
        printf '[harvest]\n    background = false\n    backoff = 1ms\n' >"$W/config.$lib"
        paper 1 0 >"$W/in.jsonl"
        on $lib import "$W/in.jsonl"
    done
    printf '[serve]\n    secret-file = %s\n    rate = 0\n' "$T/secret" >>"$W/config.b"
    "$CARREL" -q -L "$W/b" --config "$W/config.b" token new --scope sync >"$W/token"
    serve
    for lib in a c; do
        printf '[peer "server"]\n    url = http://%s\n    token-file = %s\n[peer "stick"]\n    url = %s\n' "$address" "$W/token" "$W/stick" >>"$W/config.$lib"
    done
}
say() { # a tag of its own that nobody takes away
    name
    tag=$((tag + 1))
    on "$1" tag "said$tag" "$name" && echo "said$tag" >>"$W/said"
}
# What a library that is put back had said since, and nobody else has heard of, is gone.
put_back() {
    [ -f "$W/$1.db" ] || { cp "$W/$1/library.db" "$W/$1.db"; return; }
    cp "$W/$1.db" "$W/$1/library.db"
    rm -f "$W/$1"/library.db-*
    for lib in a b c; do on $lib export --format jsonl -o "$W/left.$lib"; done
    cat "$W"/left.? | grep -o '"said[0-9]*"' | tr -d '"' | sort -u >"$W/left"
    sort "$W/said" | comm -12 - "$W/left" >"$W/said.new"
    # it may lie in the folder, or in operations that wait for their paper: then it comes back, and that is fine
    mv "$W/said.new" "$W/said"
}
exchange() { on "$1" sync --peer "$2"; }
killed() { # an exchange that ends in the middle
    CARREL_CLOCK=$(skewed "$1") "$CARREL" -q -L "$W/$1" --config "$W/config.$1" sync --peer "$2" >/dev/null 2>&1 &
    pid=$!
    pick 40
    sleep "0.0$(printf %02d "$r")"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
}
spoil() {
    file=$(find "$W/stick" -name '*.page' | sort | awk -v r="$1" '{ l[NR] = $0 } END { if (NR) print l[1 + r % NR] }')
    [ -n "$file" ] || return
    pick 3
    case $r in 0) rm "$file" ;; 1) head -c 50 "$file" >"$file.x" && mv "$file.x" "$file" ;; *) rm -rf "$(dirname "$file")" ;; esac
}
act() {
    pick 3
    who=$(echo abc | cut -c$((r + 1)))
    pick 100
    case $r in
    [0-9] | 1[0-4]) pick 10; paper "$r" $((step % 3)) >"$W/in.jsonl"; on "$who" import "$W/in.jsonl" ;;
    1[5-9] | 2[0-9]) say "$who" ;;
    3[0-5]) name; pick 2; on "$who" note "$name" "Note $step." ;;
    3[6-9] | 4[0-3]) name; pick 4; on "$who" mark "$(echo read later skip star | cut -d' ' -f$((r + 1)))" "$name" ;;
    4[4-7]) name; one=$name; name; on "$who" merge "$one" "$name" ;;
    48 | 49) name; on "$who" split "$name" ;;
    5[0-2]) name; on "$who" edit "$name" "title=Said $step" ;;
    53) name; on "$who" edit "$name" "doi=10.9876/$((step % 3))" ;;
    54) name; on "$who" rm "$name" ;;
    55) name; on "$who" bin restore "$name" ;;
    56) on "$who" mark read arxiv:2601.00001 && on "$who" undo ;;
    57) on "$who" query add "q$((step % 3))" "tag:said$step" ;;
    58) on "$who" query rm "q$((step % 3))" ;;
    59) pick 43200; echo $((r - 21600)) >"$W/skew.$who" ;;
    6[0-3]) stop 9; serve ;;
    6[4-6]) pick 30; spoil "$r" ;;
    67 | 68) [ "$who" = b ] || put_back "$who" ;;
    69) stop TERM; put_back b; serve ;;
    7[0-9]) [ "$who" = b ] || killed "$who" server ;;
    8[0-3]) [ "$who" = b ] || killed "$who" stick ;;
    8[4-9] | 9[0-3]) [ "$who" = b ] || exchange "$who" server ;;
    *) [ "$who" = b ] || exchange "$who" stick ;;
    esac
}
meet() {
    for round in 1 2 3 4; do
        for lib in a c; do
            exchange $lib server || bad "seed $seed: $lib meets the service" "$(cat "$W/out" "$W/err")"
            exchange $lib stick || bad "seed $seed: $lib meets the folder" "$(cat "$W/out" "$W/err")"
        done
    done
}
bring_back() { # what any of them has in its bin
    for lib in a b c; do
        on $lib bin
        awk '{ print $3 }' "$W/out" >"$W/binned"
        while read -r id; do on $lib bin restore "$id" || bad "seed $seed: $id comes back to $lib" "$(cat "$W/err")"; done <"$W/binned"
    done
}
end() {
    meet
    bring_back
    meet
    bring_back
    meet
    for lib in a c; do
        on $lib sync --peer server --json
        grep -q '"records_received":0,"operations_received":0,"records_sent":0,"operations_sent":0' "$W/out" || bad "seed $seed: it ends" "$(cat "$W/out")"
    done
    for lib in a b c; do
        on $lib export --format jsonl -o "$W/$lib.jsonl"
        on $lib export --format atom -o "$W/$lib.atom"
        on $lib export --format json -o "$W/$lib.json"
        on $lib doctor || bad "seed $seed: doctor of $lib" "$(cat "$W/out")"
    done
    for lib in b c; do
        for form in jsonl atom json; do
            diff -r -x .carrel-export "$W/a.$form" "$W/$lib.$form" >"$W/diff" || bad "seed $seed: $form of a and $lib" "$(head -c 3000 "$W/diff")"
        done
    done
    while read -r tag; do grep -q "\"$tag\"" "$W/a.jsonl" || bad "seed $seed: $tag is lost"; done <"$W/said"
    stop TERM
}
seed=$first
while [ $seed -lt $((first + runs)) ]; do
    begin
    while [ $step -lt "$steps" ]; do step=$((step + 1)); act; done
    before=$failed
    end
    [ $failed = "$before" ] && good "seed $seed: $(wc -l <"$W/a.jsonl") papers, $(wc -l <"$W/said") tags, the same on all"
    rm -rf "$W"
    seed=$((seed + 1))
done
finish
