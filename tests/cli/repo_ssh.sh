# Clones over ssh: from a server of our own on 127.0.0.1, with keys and hosts that are known, unknown and changed.
. "$(dirname "$0")/lib.sh"
SSHD=$(PATH="$PATH:/usr/sbin:/sbin" command -v sshd) || { echo "ok - clones over ssh # SKIP there is no sshd"; finish; }
for need in ssh-keygen ssh-agent git python3; do
    command -v $need >/dev/null || { echo "ok - clones over ssh # SKIP there is no $need"; finish; }
done
GITMAKER="$(dirname "${REPLAY:?}")/gitmaker"
ME=$(id -un)
mkdir -p "$T/made" "$HOME/.ssh"
chmod 700 "$T" "$HOME" "$HOME/.ssh"
printf '%s\n' 'put lamp.py def lantern():\n    return 1\n' 'commit 1767225600 Ann Lee: Begin' | "$GITMAKER" "$T/made/lamps.git" || bad "gitmaker"
key() { ssh-keygen -q -t "${3:-ed25519}" -N "${2:-}" -f "$T/$1"; } # NAME [PASSPHRASE [TYPE]]
key host
key host2
key mine
key locked secret
key ecdsa "" ecdsa
cat "$T/mine.pub" "$T/ecdsa.pub" "$T/locked.pub" >"$T/authorized"
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$T/sshd_config" <<X
Port $PORT
ListenAddress 127.0.0.1
HostKey $T/host
AuthorizedKeysFile $T/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*
X
# Its folder for a process without rights is made by the system's own start.
[ -d /run/sshd ] || mkdir -p /run/sshd 2>/dev/null || { echo "ok - clones over ssh # SKIP /run/sshd cannot be made"; finish; }
"$SSHD" -D -e -f "$T/sshd_config" 2>"$T/sshd.log" &
replays="$replays $!"
waited=0
while ! grep -q 'Server listening' "$T/sshd.log" && [ $waited -lt 500 ]; do sleep 0.01; waited=$((waited + 1)); done
grep -q 'Server listening' "$T/sshd.log" || { echo "ok - clones over ssh # SKIP sshd does not run here: $(tail -n 1 "$T/sshd.log")"; finish; }
unset SSH_AUTH_SOCK
U="ssh://$ME@127.0.0.1:$PORT$T/made/lamps.git"
known() { echo "[127.0.0.1]:$PORT $(cut -d' ' -f1,2 "$T/$1.pub")" >"$HOME/.ssh/known_hosts"; }
fingerprint() { ssh-keygen -lf "$T/$1.pub" | cut -d' ' -f2; }
cp "$T/mine" "$HOME/.ssh/id_ed25519"

run "a host that is not known" 1 "$CARREL" add "$U"
has "is told with its key" err "the key of 127.0.0.1 is not known: if $(fingerprint host) is right, connect once with 'ssh -p $PORT 127.0.0.1'"
known host2
run "a host whose key has changed" 1 "$CARREL" add "$U"
has "is told as that" err "the key of 127.0.0.1 has changed: $(fingerprint host) is not what ~/.ssh/known_hosts has"
ssh-keygen -q -H -f "$HOME/.ssh/known_hosts" >/dev/null 2>&1
run "also where names are hidden" 1 "$CARREL" add "$U"
has "as that" err "has changed"
known host
ssh-keygen -q -H -f "$HOME/.ssh/known_hosts" >/dev/null 2>&1
run "a host that is known" 0 "$CARREL" add "$U"
R=$(cut -d' ' -f1 "$T/out")
run "it is cloned" 0 "$CARREL" repo "$R" file lamp.py
has "its file" out "def lantern"
printf '%s\n' 'put wick.py def wick():\n    return 2\n' 'commit 1768435200 Bo Ray: Wick' | "$GITMAKER" "$T/made/lamps.git"
run "what is new" 0 "$CARREL" repo "$R" fetch
has "is fetched" err "fetched what is new"
known host2
run "a key that changes later" 1 "$CARREL" repo "$R" fetch
has "is told" err "has changed"
known host
run "the clone is as it was" 0 "$CARREL" repo "$R" file wick.py

# Which key.
rm "$HOME/.ssh/id_ed25519"
run "without a key" 1 "$CARREL" repo "$R" fetch
has "is told" err "it wants a key, and takes none of your agent's or of ~/.ssh"
cp "$T/ecdsa" "$HOME/.ssh/id_ecdsa"
run "another kind of key" 0 "$CARREL" repo "$R" fetch
cp "$T/host2" "$HOME/.ssh/id_ed25519"
run "the second key, when the first is not taken" 0 "$CARREL" repo "$R" fetch
cp "$T/locked" "$HOME/.ssh/id_ed25519"
run "one with a passphrase is passed over" 0 "$CARREL" repo "$R" fetch
rm "$HOME/.ssh/id_ecdsa"
run "alone" 1 "$CARREL" repo "$R" fetch
has "it is told" err "id_ed25519 has a passphrase; 'ssh-add' gives it to your agent"
run "a file that is named" 0 "$CARREL" -c "repository.ssh-key=$T/mine" repo "$R" fetch
run "one with a passphrase" 2 "$CARREL" -c "repository.ssh-key=$T/locked" repo "$R" fetch
has "is told" err "$T/locked has a passphrase (repository.ssh-key)"
run "one that is not there" 2 "$CARREL" -c "repository.ssh-key=$T/nothing" repo "$R" fetch
has "is told" err "$T/nothing is no private key (repository.ssh-key)"
run "one that is not taken" 1 "$CARREL" -c "repository.ssh-key=$T/host2" repo "$R" fetch
has "is told" err "it does not take the key $T/host2 (repository.ssh-key)"
rm -f "$HOME/.ssh/id_ed25519"
eval "$(ssh-agent)" >/dev/null
replays="$replays $SSH_AGENT_PID"
run "an agent without keys" 1 "$CARREL" repo "$R" fetch
ssh-add -q "$T/mine" 2>/dev/null
run "an agent's key" 0 "$CARREL" repo "$R" fetch
run "a repository that is not there" 4 "$CARREL" add "ssh://$ME@127.0.0.1:$PORT$T/made/nothing.git"
has "is told" err "there is no such repository"
run "as people write it" 1 "$CARREL" add "$ME@127.0.0.1:$T/made/lamps.git"
same "nothing is left" "" "$(find "$CARREL_LIBRARY/repos" -name '*cloning*' -o -name 'nothing*')"
run "the library is sound" 0 "$CARREL" doctor
finish
