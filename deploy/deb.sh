#!/bin/sh
# Makes build/carrel_VERSION_ARCH.deb of what `make install` installs below /usr. The same source gives the same bytes: times are
# SOURCE_DATE_EPOCH (default: the day in the Makefile), owners are root, and nothing of this machine is in it.
#   deploy/deb.sh VERSION DAY        called by `make deb`; $MAINTAINER is who makes it, $LEVEL how hard it is packed (0-9, default 6)
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C TZ=UTC
umask 022
version=$1-1 day=$2
maintainer=${MAINTAINER:-carrel <carrel@localhost>}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date -u -d "$day 12:00" +%s)}
export SOURCE_DATE_EPOCH
arch=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage
doc=$stage/usr/share/doc/carrel

make -s --no-print-directory install DESTDIR="$stage" PREFIX=/usr ZSH=share/zsh/vendor-completions >/dev/null
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$stage/usr/bin/carrel"
find "$stage/usr/share/man" -type f -exec gzip -9n {} +

# sed's own signs in a name would be a nuisance: it is put in by awk.
fill() { awk -v version="$version" -v maintainer="$maintainer" -v arch="$arch" -v size="${size:-0}" -v depends="${depends:-}" \
    -v date="$(date -u -R -d "@$SOURCE_DATE_EPOCH")" '
    function put(name, value,   at) { while ((at = index($0, name))) $0 = substr($0, 1, at - 1) value substr($0, at + length(name)) }
    { put("@VERSION@", version); put("@MAINTAINER@", maintainer); put("@ARCH@", arch); put("@SIZE@", size); put("@DEPENDS@", depends); put("@DATE@", date); print }' "$1"; }
mv "$doc/CHANGELOG.md" "$doc/changelog"
fill deploy/debian/changelog >"$doc/changelog.Debian"
gzip -9n "$doc/changelog" "$doc/changelog.Debian" "$doc/LICENSE"
cp deploy/debian/copyright "$doc/copyright"
chmod 644 "$doc"/*
mkdir -p "$stage/DEBIAN" "$work/debian"

# Which packages the program's libraries are in is asked of dpkg, where dpkg-dev is there.
printf 'Source: carrel\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "stage/usr/bin/carrel" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "deploy/deb.sh: dpkg-shlibdeps has no answer (apt-get install dpkg-dev)" >&2; exit 1; }
size=$(find "$stage/usr" -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
fill deploy/debian/control.in >"$stage/DEBIAN/control"
cp deploy/debian/postinst deploy/debian/postrm "$stage/DEBIAN"
(cd "$stage" && find usr -type f | sort | xargs -d '\n' md5sum) >"$stage/DEBIAN/md5sums"
chmod 644 "$stage/DEBIAN"/*
chmod 755 "$stage/DEBIAN/postinst" "$stage/DEBIAN/postrm"
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

deb=${DEB:-build/carrel_${version}_$arch.deb}
dpkg-deb --root-owner-group -Zxz "-z${LEVEL:-6}" --build "$stage" "$deb" >/dev/null
echo "$deb"
