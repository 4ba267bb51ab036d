/*
 * The child's confinement. Behind it there is no way to open a file, make a process, or speak to
 * anybody but the parent over the socket that is open already. Every call that is not listed fails
 * with EPERM. Memory and processor time are limited from outside, by the parent, for each file.
 */
#include "sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* mmap and mprotect are here only without PROT_EXEC: see below. `sysinfo` is glibc's qsort asking
 * how much memory there is; without it sorting fails in MuPDF. */
static const int allowed[] = {
    SCMP_SYS(read),         SCMP_SYS(write),        SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),      SCMP_SYS(close),        SCMP_SYS(lseek),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),       SCMP_SYS(brk),
    SCMP_SYS(madvise),      SCMP_SYS(futex),        SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(time),         SCMP_SYS(exit),
    SCMP_SYS(exit_group),   SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),       SCMP_SYS(sysinfo),
    SCMP_SYS(getrandom),    SCMP_SYS(sched_yield),
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(CARREL_SANITIZED)
    SCMP_SYS(sigaltstack),  SCMP_SYS(rt_sigaction), SCMP_SYS(nanosleep),
#endif
};

static int add_rules(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp no_exec = { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 };
    const struct scmp_arg_cmp ourselves = { 0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0 };
    int result = 0;
    size_t i;

    for (i = 0; i < sizeof allowed / sizeof *allowed && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
    /* abort() raises a signal for itself, and nobody else. */
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, ourselves);
    return result;
}

static int set_limit(__rlimit_resource_t what, rlim_t value, struct error *err)
{
    struct rlimit limit = { value, value };

    return setrlimit(what, &limit) == 0 ? ERR_OK : error_errno(err, "cannot limit the reader");
}

int sandbox_enter(bool *confined, struct error *err)
{
    scmp_filter_ctx filter;
    int result = set_limit(RLIMIT_FSIZE, 0, err);

    *confined = false;
    if (result == ERR_OK)
        result = set_limit(RLIMIT_CORE, 0, err);
    if (result == ERR_OK)
        result = set_limit(RLIMIT_NOFILE, 8, err);
    if (result != ERR_OK)
        return result;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0
        || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return error_errno(err, "cannot confine the reader");
    filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return error_set(err, ERR_FAILED, "cannot confine the reader: no memory");
    *confined = add_rules(filter) == 0 && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ERR_OK;
}
