/*
 * Another internet for a program under test, as a library that is loaded before all others
 * (LD_PRELOAD): names lead where a file says, and some addresses to this machine. So the program
 * sees public addresses, and is the one that its users have; nothing in it knows of this.
 *
 *     ELSEWHERE_NAMES=FILE     lines "NAME ADDRESS...": the first look-up of the name gives the
 *                              first address, the next the next; the last one stays. How often
 *                              each was looked up is the size of FILE.NAME, so all processes count
 *                              together.
 *     ELSEWHERE_HERE=ADDRESS   of IPv4; connections to it go to 127.0.0.1, to the same port.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 500

/* How often the name was looked up before this time. */
static int times_before(const char *names, const char *name)
{
    char path[4096];
    struct stat facts = { 0 };
    int fd;

    snprintf(path, sizeof path, "%s.%s", names, name);
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1 || fstat(fd, &facts) != 0)
        abort();
    close(fd);
    return (int)facts.st_size - 1;
}

/* The address of the line for this time; the last one when there are no more. */
static char *pick(char *addresses, int time)
{
    char *rest = NULL, *address = strtok_r(addresses, " \n", &rest), *next;

    while (time-- > 0 && address && (next = strtok_r(NULL, " \n", &rest)))
        address = next;
    return address;
}

/* NULL: the file says nothing of it. */
static char *address_of(const char *name, char line[LINE_MAX_BYTES])
{
    const char *names = getenv("ELSEWHERE_NAMES");
    size_t len = strlen(name);
    FILE *file = names ? fopen(names, "re") : NULL;
    char *found = NULL;

    while (file && !found && fgets(line, LINE_MAX_BYTES, file))
        if (strncmp(line, name, len) == 0 && line[len] == ' ')
            found = line + len + 1;
    if (file)
        fclose(file);
    return found ? pick(found, times_before(names, name)) : NULL;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    char line[LINE_MAX_BYTES];
    const char *address = name ? address_of(name, line) : NULL;

    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(address ? address : name, service, hints, out);
}

int connect(int fd, const struct sockaddr *to, socklen_t len)
{
    int (*real)(int, const struct sockaddr *, socklen_t);
    const char *here = getenv("ELSEWHERE_HERE");
    struct sockaddr_in v4;

    *(void **)&real = dlsym(RTLD_NEXT, "connect");
    if (!here || to->sa_family != AF_INET || len < sizeof v4)
        return real(fd, to, len);
    memcpy(&v4, to, sizeof v4);
    if (v4.sin_addr.s_addr == inet_addr(here))
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return real(fd, (const struct sockaddr *)&v4, sizeof v4);
}
