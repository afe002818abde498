/* Loaded into a child process with LD_PRELOAD: counts the system calls that change files below one folder, and at the chosen
   one kills the process or lets the disk be full from then on. Before `fault_arm` it passes everything through. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT, KILL_BEFORE, KILL_HALFWAY, KILL_AFTER, FULL, FULL_HALFWAY };

static long steps, chosen = -1;
static int mode = COUNT, full, armed;
static char folder[4096];

void fault_arm(const char *path, long at, int how) {
    strncpy(folder, path, sizeof folder - 1);
    steps = 0, chosen = at, mode = how, full = 0, armed = 1;
}
long fault_steps(void) { return steps; }

static int below(const char *path) { return armed && strncmp(path, folder, strlen(folder)) == 0; }
static int counted(int descriptor) {
    char link[64], path[4096];
    if (!armed) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}
/* 0: go on; 1: this is the chosen call; 2: the disk is full */
static int step(int grows) {
    if (full) return grows ? 2 : 0;
    if (steps++ != chosen) return 0;
    if (mode == KILL_BEFORE) kill(getpid(), SIGKILL);
    if (mode == FULL || mode == FULL_HALFWAY) {
        full = 1;
        return mode == FULL && grows ? 2 : 1;
    }
    return 1;
}
static void after(int state) {
    if (state == 1 && (mode == KILL_AFTER || mode == KILL_HALFWAY)) kill(getpid(), SIGKILL);
}
#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)
#define NO_SPACE { errno = ENOSPC; return -1; }

#define WRITES(name, parameters, extra) \
    ssize_t name parameters { \
        REAL(ssize_t, name, int, const void *, size_t EXTRA_##extra); \
        int state = counted(fd) ? step(1) : 0; \
        if (state == 2) NO_SPACE \
        size_t some = state == 1 && (mode == KILL_HALFWAY || mode == FULL_HALFWAY) ? (size + 1) / 2 : size; \
        ssize_t done = real(fd, data, some ARG_##extra); \
        after(state); \
        return done; \
    }
#define EXTRA_plain
#define ARG_plain
#define EXTRA_at , off_t
#define ARG_at , offset
WRITES(write, (int fd, const void *data, size_t size), plain)
WRITES(pwrite, (int fd, const void *data, size_t size, off_t offset), at)
WRITES(pwrite64, (int fd, const void *data, size_t size, off_t offset), at)

#define CHANGES(name, condition, grows, parameters, types, arguments) \
    int name parameters { \
        REAL(int, name, types); \
        int state = (condition) ? step(grows) : 0; \
        if (state == 2) NO_SPACE \
        int done = real arguments; \
        after(state); \
        return done; \
    }
#define TYPES(...) __VA_ARGS__
CHANGES(fsync, counted(fd), 1, (int fd), TYPES(int), (fd))
CHANGES(fdatasync, counted(fd), 1, (int fd), TYPES(int), (fd))
CHANGES(ftruncate, counted(fd), 1, (int fd, off_t size), TYPES(int, off_t), (fd, size))
CHANGES(ftruncate64, counted(fd), 1, (int fd, off_t size), TYPES(int, off_t), (fd, size))
CHANGES(rename, below(to), 0, (const char *from, const char *to), TYPES(const char *, const char *), (from, to))
CHANGES(renameat, below(to), 0, (int a, const char *from, int b, const char *to), TYPES(int, const char *, int, const char *), (a, from, b, to))
CHANGES(link, below(to), 1, (const char *from, const char *to), TYPES(const char *, const char *), (from, to))
CHANGES(linkat, below(to), 1, (int a, const char *from, int b, const char *to, int flags), TYPES(int, const char *, int, const char *, int), (a, from, b, to, flags))
CHANGES(unlink, below(path), 0, (const char *path), TYPES(const char *), (path))
CHANGES(unlinkat, below(path), 0, (int a, const char *path, int flags), TYPES(int, const char *, int), (a, path, flags))
CHANGES(mkdir, below(path), 1, (const char *path, mode_t bits), TYPES(const char *, mode_t), (path, bits))

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        int bits = flags & O_CREAT ? va_arg(rest, int) : 0; \
        va_end(rest); \
        int state = (flags & O_CREAT) && below(path) && access(path, F_OK) ? step(1) : 0; \
        if (state == 2) NO_SPACE \
        int done = real(path, flags, bits); \
        after(state); \
        return done; \
    }
OPENS(open)
OPENS(open64)
