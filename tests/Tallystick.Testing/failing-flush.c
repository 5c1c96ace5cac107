/* Preloaded into a writer: the k-th flush fails, as on a disk that is dying. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

static int flushes;

static int fails(void)
{
    const char *at = getenv("TALLY_TEST_FAILING_FLUSH");
    if (!at || __sync_add_and_fetch(&flushes, 1) != atoi(at)) return 0;
    errno = EIO;
    return 1;
}

int fsync(int fd)
{
    return fails() ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd)
{
    return fails() ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
