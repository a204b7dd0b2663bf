/*
 * Preloaded into revgraph: at the N-th call that reaches a file or the server it ends the process, or sends it SIGTERM
 * and holds it until that must have been noticed, or from then on has no space left for files. REVGRAPH_FAULT is
 * kill:N, term:N or full:N.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* In microseconds. */
#define NOTICED 50000

static atomic_long calls;
static long moment = -1;
static int full;
static int term;

__attribute__((constructor)) static void read_fault(void) {
    const char *fault = getenv("REVGRAPH_FAULT");
    if (fault != NULL && strchr(fault, ':') != NULL) {
        full = strncmp(fault, "full:", 5) == 0;
        term = strncmp(fault, "term:", 5) == 0;
        moment = atol(strchr(fault, ':') + 1);
    }
    /* Programs that it starts are let alone. */
    unsetenv("LD_PRELOAD");
}

static int is_now(void) {
    long call = atomic_fetch_add(&calls, 1);
    if (term && call == moment) {
        kill(getpid(), SIGTERM);
        usleep(NOTICED);
    }
    return moment >= 0 && !term && (full ? call >= moment : call == moment);
}

static int is_file(int fd) {
    struct stat status;
    return fd > STDERR_FILENO && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static void die(void) { kill(getpid(), SIGKILL); }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Half of what was to be written is written before the process dies. */
#define WRITING(name, fd, size, call_with)                                                                          \
    if (is_file(fd) && is_now()) {                                                                                  \
        if (full) {                                                                                                 \
            errno = ENOSPC;                                                                                         \
            return -1;                                                                                              \
        }                                                                                                           \
        size_t half = (size) / 2;                                                                                   \
        if (half > 0) { (void)!call_with(half); }                                                                   \
        die();                                                                                                      \
    }

ssize_t write(int fd, const void *data, size_t size) {
#define HALF(n) REAL(write)(fd, data, n)
    WRITING(write, fd, size, HALF)
#undef HALF
    return REAL(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
#define HALF(n) REAL(pwrite)(fd, data, n, at)
    WRITING(pwrite, fd, size, HALF)
#undef HALF
    return REAL(pwrite)(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
#define HALF(n) REAL(pwrite64)(fd, data, n, at)
    WRITING(pwrite64, fd, size, HALF)
#undef HALF
    return REAL(pwrite64)(fd, data, size, at);
}

/* What only reads a file counts for signals alone: a process that is killed there has changed nothing more. */
ssize_t read(int fd, void *data, size_t size) {
    if (term && is_file(fd)) { is_now(); }
    return REAL(read)(fd, data, size);
}

ssize_t pread(int fd, void *data, size_t size, off_t at) {
    if (term && is_file(fd)) { is_now(); }
    return REAL(pread)(fd, data, size, at);
}

ssize_t pread64(int fd, void *data, size_t size, off64_t at) {
    if (term && is_file(fd)) { is_now(); }
    return REAL(pread64)(fd, data, size, at);
}

int fsync(int fd) {
    if (is_file(fd) && is_now() && !full) { die(); }
    return REAL(fsync)(fd);
}

int fdatasync(int fd) {
    if (is_file(fd) && is_now() && !full) { die(); }
    return REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t size) {
    if (is_now() && !full) { die(); }
    return REAL(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    if (is_now() && !full) { die(); }
    return REAL(ftruncate64)(fd, size);
}

int unlink(const char *path) {
    if (is_now() && !full) { die(); }
    return REAL(unlink)(path);
}

/* What changes which files there are, but for those that a library makes and takes away behind our back. */
int rename(const char *from, const char *to) {
    if (is_now() && !full) { die(); }
    return REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) {
    if (is_now() && !full) { die(); }
    return REAL(mkdir)(path, mode);
}

int rmdir(const char *path) {
    if (is_now() && !full) { die(); }
    return REAL(rmdir)(path);
}

int unlinkat(int folder, const char *path, int flags) {
    if (is_now() && !full) { die(); }
    return REAL(unlinkat)(folder, path, flags);
}

ssize_t send(int socket, const void *data, size_t size, int flags) {
    if (!full && is_now()) {
        size_t half = size / 2;
        if (half > 0) { (void)!REAL(send)(socket, data, half, flags); }
        die();
    }
    return REAL(send)(socket, data, size, flags);
}

ssize_t recv(int socket, void *data, size_t size, int flags) {
    if (!full && is_now()) { die(); }
    return REAL(recv)(socket, data, size, flags);
}
