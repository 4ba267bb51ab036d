#!/bin/sh
# Installs the Debian packages that building (running, testing, measuring, proving the deployment of) carrel
# needs and that are missing here.
#   deploy/packages.sh build|run|test|bench|browser|prove|deb
# Asks for sudo only when something is missing and we are not root. Prints nothing when all is there.
set -eu

build="gcc make pkg-config ca-certificates libc6-dev libncurses-dev libjansson-dev libsqlite3-dev libgit2-dev
       libexpat1-dev libcurl4-openssl-dev libutf8proc-dev libssl-dev zlib1g-dev
       libmupdf-dev libmujs-dev libgumbo-dev libopenjp2-7-dev libjbig2dec0-dev libharfbuzz-dev libjpeg-dev
       libfreetype-dev libseccomp-dev libmd4c-dev libmicrohttpd-dev libwslay-dev libjwt-dev"
test="$build libcmocka-dev clang libclang-rt-14-dev tmux procps zstd sqlite3 curl openssl git python3 python3-yaml"
run="libcurl4 libexpat1 libfreetype6 libgit2-1.5 libgumbo1 libharfbuzz0b libjansson4 libjbig2dec0 libjpeg62-turbo
     libjwt0 libmd4c0 libmicrohttpd12 libmujs2 libncursesw6 libopenjp2-7 libseccomp2 libsqlite3-0 libssl3 libtinfo6
     libutf8proc2 libwslay1 zlib1g ca-certificates"
deb="$build dpkg-dev"
prove="debootstrap systemd-container python3"
bench="$build g++ libxapian-dev libfaiss-dev libopenblas-dev zstd time mupdf-tools poppler-utils git tig newsboat
       wrk python3-fastapi python3-uvicorn python3-uvloop python3-httptools sqlite3 curl"

browser="chromium chromium-driver python3-selenium fonts-dejavu-core"

case "${1:-build}" in
build) wanted=$build ;;
run) wanted=$run ;;
prove) wanted=$prove ;;
deb) wanted=$deb ;;
test) wanted=$test ;;
bench) wanted=$bench ;;
browser) wanted=$browser ;;
*) echo "usage: $0 build|run|test|bench|browser|prove|deb" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "carrel: these packages are missing, and there is no sudo to install them:$missing" >&2
        exit 1
    }
    as_root=sudo
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
if ! { $as_root apt-get update && $as_root apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "carrel: could not install$missing (is there a way to the internet?)" >&2
    exit 1
fi
