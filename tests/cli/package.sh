# What is installed, and the Debian package: the same bytes each time, and no complaint that docs/DEPLOY.md does not list.
. "$(dirname "$0")/lib.sh"
skipped() { echo "ok - # SKIP $1"; }
if command -v desktop-file-validate >/dev/null; then
    same "the desktop entry is valid" "" "$(desktop-file-validate data/carrel.desktop 2>&1)"
else
    skipped "there is no desktop-file-validate"
fi
case $CARREL in "$PWD/build/carrel") ;; *) skipped "packages are made of the release"; finish ;; esac
if ! command -v dpkg-shlibdeps >/dev/null || ! command -v dpkg-deb >/dev/null; then
    skipped "there is no dpkg-dev"
    finish
fi
# Two packages of this build; deploy/reproducible.sh builds twice.
made() { (umask "$1"; TZ=$2 LANG=$3 DEB=$4 LEVEL=0 sh deploy/deb.sh 0.1.0 2026-11-29 >/dev/null 2>"$T/err") || bad "package" "$(cat "$T/err")"; }
made 022 UTC C "$T/one.deb"
sleep 1
made 077 Pacific/Auckland C.UTF-8 "$T/two.deb"
same "the same bytes twice" "$(sha256sum <"$T/one.deb")" "$(sha256sum <"$T/two.deb")"
dpkg-deb --contents "$T/one.deb" >"$T/contents"
same "all of it is root's" "" "$(grep -v ' root/root ' "$T/contents")"
for file in bin/carrel share/man/man1/carrel.1.gz share/man/man5/carrel-config.5.gz share/man/man7/carrel-query.7.gz share/man/man7/carrel-api.7.gz \
    share/bash-completion/completions/carrel share/zsh/vendor-completions/_carrel share/fish/vendor_completions.d/carrel.fish \
    share/applications/carrel.desktop share/icons/hicolor/scalable/apps/carrel.svg share/doc/carrel/copyright lib/systemd/system/carrel.service; do
    if grep -q " ./usr/$file\$" "$T/contents"; then good "has $file"; else bad "has $file" "$(cat "$T/contents")"; fi
done
dpkg-deb --extract "$T/one.deb" "$T/root"
run "its program runs" 0 "$T/root/usr/bin/carrel" --version
same "nothing in it names this folder" "" "$(grep -rlF "$PWD" "$T/root")"
if command -v lintian >/dev/null; then
    lintian --no-cfg "$T/one.deb" 2>/dev/null | sed -n 's/^\([EW]\): carrel: \([a-z-]*\).*/\1 \2/p' | sort -u >"$T/complaints"
    sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' docs/DEPLOY.md | sort -u >"$T/listed"
    same "lintian says nothing that is not listed" "" "$(cut -d' ' -f2 "$T/complaints" | grep -vxF -f "$T/listed")"
else
    skipped "there is no lintian"
fi
finish
