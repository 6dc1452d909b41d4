/*
 * What the collector commits gets its pages at once.
 *
 * A page of memory that is used first costs a fault, and in a virtual machine inside another that is 17 us. The heap grows by 64 kB, page after page, and a command's to a megabyte: that were 4 ms of it.
 * One call of the kernel's gives as many pages for 0.9 us each.
 *
 * This is C because it happens inside the collector.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>

#define COMMITTED_AT_ONCE (64UL << 10)

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14, <linux/mman.h>; an older kernel refuses it, and pages come by faults */
#endif

/* Of a process that lives long each page counts, and PID 1 lives longest: it has no arguments. */
static int lives_long;

__attribute__((constructor)) static void begin(int count) { lives_long = count == 1; }

/* The linker gives the runtime this one for mprotect(2), by which the collector commits. */
int __real_mprotect(void *start, size_t length, int protection);

int __wrap_mprotect(void *start, size_t length, int protection) {
    const int result = __real_mprotect(start, length, protection);
    if (result == 0 && protection == (PROT_READ | PROT_WRITE) && length <= COMMITTED_AT_ONCE && !lives_long)
        madvise(start, length, MADV_POPULATE_WRITE);
    return result;
}
