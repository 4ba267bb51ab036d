/*
 * Keys and hosts of SSH, as far as libgit2 does not tell: it says that a host's key is not the
 * known one, but not whether the host is a new one or its key has changed; and a key with a
 * passphrase ends all trying. ~/.ssh/config is not read.
 */
#include "ssh.h"

#include "carrel/base64.h"
#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/sha1.h"

#include <stdlib.h>
#include <string.h>

#define HOSTS_MAX (4u << 20)
#define KEY_MAX (64u << 10)

/* ---- known hosts ---- */

/* "|1|salt|hash": a name that is not told to who reads the file. */
static bool is_hashed_name(const char *field, size_t len, const char *name)
{
    const char *bar = memchr(field + 3, '|', len - 3);
    struct str salt = STR_INIT, hash = STR_INIT;
    unsigned char made[SHA1_BYTES];
    bool same = false;

    if (bar && base64_decode(&salt, field + 3, (size_t)(bar - field - 3))
        && base64_decode(&hash, bar + 1, (size_t)(field + len - bar - 1))) {
        sha1_hmac(made, salt.ptr, salt.len, name, strlen(name));
        same = hash.len == sizeof made && memcmp(hash.ptr, made, sizeof made) == 0;
    }
    str_free(&salt);
    str_free(&hash);
    return same;
}

/* Names are separated by commas. Patterns are for ssh: libssh2 takes each as a name. */
static bool names_host(const char *field, size_t len, const char *name)
{
    const char *end = field + len;

    if (len > 3 && strncmp(field, "|1|", 3) == 0)
        return is_hashed_name(field, len, name);
    while (field < end) {
        size_t part = strcspn(field, ", \t");

        if (part == strlen(name) && strncmp(field, name, part) == 0)
            return true;
        field += part + 1;
    }
    return false;
}

bool ssh_knows(const char *host, const char *port)
{
    char *path = path_expand("~/.ssh/known_hosts");
    char *name = strcmp(port, "22") == 0 ? mem_strdup(host) : mem_printf("[%s]:%s", host, port);
    struct str text = STR_INIT;
    const char *at;
    bool known = false;

    if (file_read(&text, path, HOSTS_MAX, NULL) == ERR_OK)
        for (at = text.ptr; *at && !known; at += at[0] == '\n') {
            at += strspn(at, " \t");
            known = *at != '@' && *at != '#' && names_host(at, strcspn(at, " \t\r\n"), name);
            at += strcspn(at, "\n");
        }
    str_free(&text);
    free(path);
    free(name);
    return known;
}

/* ---- keys ---- */

char *ssh_key_usual(size_t i)
{
    static const char *const files[] = { "~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa" };

    return i < ARRAY_LEN(files) ? path_expand(files[i]) : NULL;
}

/* In OpenSSH's own form the cipher's name stands at the beginning, here "none" in Base64. */
enum ssh_key ssh_key_look(const char *file)
{
    static const char own[] = "BEGIN OPENSSH PRIVATE KEY";
    static const char none[] = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
    struct str text = STR_INIT;
    enum ssh_key found = SSH_KEY_NONE;

    if (file_read(&text, file, KEY_MAX, NULL) == ERR_OK && strstr(text.ptr, "PRIVATE KEY-----")) {
        bool locked =
            strstr(text.ptr, own) ? !strstr(text.ptr, none) : strstr(text.ptr, "ENCRYPTED") != NULL;

        found = locked ? SSH_KEY_LOCKED : SSH_KEY_OPEN;
    }
    str_free(&text);
    return found;
}
