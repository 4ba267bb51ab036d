#!/bin/sh
# Builds program and package twice, in different folders, at different times, in different languages and time zones and with another umask and number
# of jobs, and compares the bytes.  deploy/reproducible.sh; exit 1 when they differ. Some minutes.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MAKELEVEL MFLAGS
export CCACHE_DISABLE=1

# build FOLDER: what is in git's index, with the files as they are now.
build() {
    mkdir -p "$1"
    git ls-files -z | tar --null -T - -cf - | tar -xmf - -C "$1"
    (cd "$1" && make -s -j"$2" all && make -s deb) >"$1.log" 2>&1 || { tail -n 20 "$1.log" >&2; exit 1; }
}
(umask 022; LC_ALL=C TZ=UTC build "$work/one" 2)
sleep 2
(umask 027; LC_ALL=C.UTF-8 TZ=Pacific/Auckland build "$work/another folder with a much longer name"/two 3)

same=0
for file in build/carrel $(cd "$work/one" && ls build/*.deb); do
    first=$(sha256sum <"$work/one/$file" | cut -d' ' -f1)
    second=$(sha256sum <"$work/another folder with a much longer name/two/$file" | cut -d' ' -f1)
    echo "$first  $file"
    if [ "$first" != "$second" ]; then
        echo "$second  $file, the second time: not the same" >&2
        same=1
    fi
done
exit $same
