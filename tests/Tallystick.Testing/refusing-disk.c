/* Preloaded into a server: as long as the file TALLY_TEST_REFUSAL is there, no write to the books is taken; it has the
   error's number. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refusal(void)
{
    const char *path = getenv("TALLY_TEST_REFUSAL");
    char text[8] = "";
    int before = errno;
    int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) : -1;
    if (file >= 0) {
        if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
        close(file);
    }
    errno = before;
    return atoi(text);
}

static int is_of_the_books(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "/tally.db") != NULL;
}

static int is_refused(int fd)
{
    int error = refusal();
    if (!error || !is_of_the_books(fd)) return 0;
    errno = error;
    return 1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    if (is_refused(fd)) return -1;
    return ((ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(fd, bytes, count, at);
}

int ftruncate64(int fd, off64_t length)
{
    if (is_refused(fd)) return -1;
    return ((int (*)(int, off64_t))dlsym(RTLD_NEXT, "ftruncate64"))(fd, length);
}

/* A read-only file system opens nothing for writing. */
int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    int mode = va_arg(more, int);
    va_end(more);
    if ((flags & O_ACCMODE) != O_RDONLY && strstr(path, "/tally.db") && refusal() == EROFS) {
        errno = EROFS;
        return -1;
    }
    return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64"))(path, flags, mode);
}
