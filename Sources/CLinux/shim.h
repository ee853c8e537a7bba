#pragma once
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* prctl and syscall take a variable number of arguments, which Swift cannot call. */
static inline int holdfast_forbid_dumping(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
static inline int holdfast_allows_dumping(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }
static inline int holdfast_forbid_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

/* Every thread of the process gets the filter, and every one that it starts. 0, or an errno. */
static inline int holdfast_install_filter(const struct sock_filter *steps, unsigned short count) {
  struct sock_fprog program = {count, (struct sock_filter *)steps};
  long status = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  return status == 0 ? 0 : status < 0 ? errno : ESRCH;
}

/* Tries one system call with three arguments; the errno, or 0 when it succeeded. */
static inline int holdfast_try_call(long number, long a, long b, long c) {
  return syscall(number, a, b, c) < 0 ? errno : 0;
}

/* The architecture that the filter is written for, and calls that Swift cannot name. */
#if defined(__x86_64__)
static const unsigned int holdfast_audit_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
static const unsigned int holdfast_audit_architecture = AUDIT_ARCH_AARCH64;
#else
#error "the filter of system calls knows x86-64 and AArch64 only"
#endif
