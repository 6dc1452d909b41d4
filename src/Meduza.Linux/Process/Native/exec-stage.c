/*
 * What a service's process is between the spawn and its program: it makes the system calls of a list, in order, of which
 * execve(2) is the last. Everything is decided beforehand, by managed code (ExecStage.cs), which may not run here: a
 * runtime takes ten times as long to start as all of this to run.
 *
 * No libc and no data of its own: one page, mapped and gone again. The list lies in the file at descriptor 3, reports go
 * to descriptor 4. See docs/design/supervision.md, "The exec stage".
 *
 *   file:    | calls: u32 | pointers: u32 | struct call * calls | offset: u32 * pointers | data |
 *   pointer: an offset of eight bytes of the file that hold an offset into it, and are to hold its address in memory
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum { LIST = 3, REPORT = 4, FAILURE = 127 };

/* What a call begins with, and what becomes of its result. */
enum { ON_FILE = 1, ON_REPORT = 2, GIVES_FILE = 4, GIVES_REPORT = 8 };

struct call {
    uint8_t number;     /* an index into calls[]; behind them, a failure with the errno of the first argument */
    uint8_t flags;
    uint8_t skip;       /* calls to leave out after the tolerated failure */
    uint8_t unused;
    uint32_t tolerated; /* errno */
    uint32_t report;    /* offset of what is written when it fails; its second to fifth byte become the errno */
    uint32_t length;
    uint64_t arguments[6];
};

struct list {
    uint32_t calls, pointers;
    struct call call[];
};

/* In the order of enum StageCall. */
static const short calls[] = {
    SYS_write, SYS_close, SYS_openat, SYS_close_range, SYS_fcntl, SYS_dup3, SYS_setns, SYS_setpriority, SYS_prlimit64,
    SYS_prctl, SYS_capset, SYS_setgroups, SYS_setresgid, SYS_setresuid, SYS_chdir, SYS_umask, SYS_execve,
};

#if defined __x86_64__
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tand $-16, %rsp\n\tcall stage\n\thlt\n");

static long invoke(long number, const uint64_t *a)
{
    long result;
    register uint64_t r10 __asm__("r10") = a[3];
    register uint64_t r8 __asm__("r8") = a[4];
    register uint64_t r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined __aarch64__
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tbl stage\n\tbrk #0\n");

static long invoke(long number, const uint64_t *a)
{
    register uint64_t x8 __asm__("x8") = (uint64_t)number;
    register uint64_t x0 __asm__("x0") = a[0];
    register uint64_t x1 __asm__("x1") = a[1];
    register uint64_t x2 __asm__("x2") = a[2];
    register uint64_t x3 __asm__("x3") = a[3];
    register uint64_t x4 __asm__("x4") = a[4];
    register uint64_t x5 __asm__("x5") = a[5];
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return (long)x0;
}
#else
#error "its system calls are not known on this machine"
#endif

static _Noreturn void leave(void)
{
    const uint64_t arguments[6] = {FAILURE};
    while (1)
        invoke(SYS_exit_group, arguments);
}

/* The errno at the place that ExecReport has for it. */
static void fail(uint8_t *base, const struct call *call, int report, uint32_t error)
{
    uint8_t *text = base + call->report;
    for (int i = 0; i < 4; i++)
        text[1 + i] = (uint8_t)(error >> 8 * i);
    const uint64_t arguments[6] = {(uint64_t)report, (uint64_t)text, call->length};
    invoke(SYS_write, arguments);
    leave();
}

__attribute__((used)) static _Noreturn void stage(void)
{
    const uint64_t end[6] = {LIST, 0, 2}; /* SEEK_END */
    const long size = invoke(SYS_lseek, end);
    const uint64_t mapping[6] = {0, (uint64_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, LIST, 0};
    const long address = size < (long)sizeof(struct list) ? -1 : invoke(SYS_mmap, mapping);
    if (address < 0 && address > -4096)
        leave();

    uint8_t *const base = (uint8_t *)address;
    struct list *const list = (struct list *)base;
    const uint32_t *const pointers = (const uint32_t *)&list->call[list->calls];
    for (uint32_t i = 0; i < list->pointers; i++)
        *(uint64_t *)(base + pointers[i]) += (uint64_t)address;

    long file = -1, report = REPORT;
    for (uint32_t i = 0; i < list->calls; i++) {
        struct call *const call = &list->call[i];
        if (call->flags & ON_FILE)
            call->arguments[0] = (uint64_t)file;
        if (call->flags & ON_REPORT)
            call->arguments[0] = (uint64_t)report;
        const long result = call->number < sizeof calls / sizeof *calls
            ? invoke(calls[call->number], call->arguments)
            : -(long)call->arguments[0];
        const int failed = call->number >= sizeof calls / sizeof *calls || (result < 0 && result > -4096);
        if (failed && result != 0 && (uint32_t)-result == call->tolerated) {
            i += call->skip;
            continue;
        }
        if (failed)
            fail(base, call, (int)report, (uint32_t)-result);
        if (call->flags & GIVES_FILE)
            file = result;
        if (call->flags & GIVES_REPORT)
            report = result;
    }
    leave();
}
