/*
 * How a process goes on in place: it executes a program anew and keeps its pid, its children and its open files.
 *
 * This is C because it must work where managed code cannot: in the handler of a signal that a fault raised, with the
 * heap, the stack or the runtime broken. So everything it needs is made ready beforehand, and a handler calls nothing
 * but system calls. The rules are in docs/design/supervision.md, "Going on in place".
 *
 * One variable of the environment tells the next image what it is. It is written in place, since a handler cannot
 * allocate:
 *
 *   MEDUZA_CONTINUATION=KIND STATE BINARY PREVIOUS FAULTS RECENT SINCE CAUSE
 *
 *   KIND      why the image was executed: one of enum kind
 *   STATE     descriptor of the file with what the process knew; it keeps its number from image to image
 *   BINARY    descriptor of the program that runs
 *   PREVIOUS  descriptor of the one before, as long as this one has not proved itself; else -1
 *   FAULTS    faults survived since the process was made
 *   RECENT    of these, in the present minute, which began at
 *   SINCE     seconds of CLOCK_MONOTONIC
 *   CAUSE     of the last fault, in words, to the end of the text
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define NAME "MEDUZA_CONTINUATION="
#define CAUSE_LENGTH 200
#define WITHOUT_DELAY 3   /* faults in a minute that are followed at once */
#define LONGEST_DELAY 30  /* seconds between faults after that */
#define MINUTE 60
#define CLOEXEC_RANGE 4   /* CLOSE_RANGE_CLOEXEC of <linux/close_range.h> */

enum kind { PLANNED, FAULT, NEW_PROGRAM, BACK_TO_PREVIOUS };

struct image {
    int kind, state, binary, previous;
    long faults, recent, since;
};

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};

static struct image now = {PLANNED, -1, -1, -1, 0, 0, 0};
static volatile int armed;
static int executing; /* the thread that does, 0 for none */
static uint64_t mask;
static char *const arguments[] = {"meduza-init", NULL};
static char **environment;
static char cause[CAUSE_LENGTH];
static char variable[sizeof NAME + 128 + CAUSE_LENGTH];

/* For a fault that the stack itself has: the handler then runs here. */
static char fault_stack[64 << 10] __attribute__((aligned(16)));

/* ---- texts, without stdio ---- */

static char *put_text(char *to, const char *end, const char *text) {
    while (*text && to < end)
        *to++ = *text++;
    *to = 0;
    return to;
}

static char *put_number(char *to, const char *end, long value, unsigned base) {
    char digits[24];
    int count = 0;
    unsigned long rest = value < 0 && base == 10 ? -(unsigned long)value : (unsigned long)value;
    do
        digits[count++] = "0123456789abcdef"[rest % base];
    while (rest /= base);
    if (value < 0 && base == 10)
        to = put_text(to, end, "-");
    while (count && to < end)
        *to++ = digits[--count];
    *to = 0;
    return to;
}

static void write_variable(const struct image *image) {
    const char *end = variable + sizeof variable - 1;
    const long fields[] = {image->kind, image->state, image->binary, image->previous, image->faults, image->recent, image->since};
    char *at = put_text(variable, end, NAME);
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
        at = put_number(at, end, fields[i], 10);
        at = put_text(at, end, " ");
    }
    put_text(at, end, cause);
}

/* One line of plain characters, whatever the text has. */
static void set_cause(const char *text) {
    char *end = put_text(cause, cause + CAUSE_LENGTH - 1, text);
    for (char *at = cause; at < end; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = ' ';
    }
}

static const char *name_of(int signal) {
    switch (signal) {
        case SIGSEGV: return "SIGSEGV";
        case SIGBUS: return "SIGBUS";
        case SIGFPE: return "SIGFPE";
        case SIGILL: return "SIGILL";
        case SIGABRT: return "SIGABRT";
        case SIGTRAP: return "SIGTRAP";
        default: return "SIGSYS";
    }
}

static void describe(int signal, const siginfo_t *info, const ucontext_t *context) {
    const char *end = cause + CAUSE_LENGTH - 1;
    char *at = put_text(cause, end, name_of(signal));
    if (info->si_code <= 0) {
        if (info->si_pid == getpid()) {
            put_text(at, end, ", raised by itself");
            return;
        }
        at = put_text(at, end, ", sent by process ");
        put_number(at, end, info->si_pid, 10);
        return;
    }
    at = put_text(at, end, " at address 0x");
    at = put_number(at, end, (long)(uintptr_t)info->si_addr, 16);
    at = put_text(at, end, ", instruction 0x");
#if defined(__x86_64__)
    put_number(at, end, (long)context->uc_mcontext.gregs[REG_RIP], 16);
#elif defined(__aarch64__)
    put_number(at, end, (long)context->uc_mcontext.pc, 16);
#else
#error "where is the instruction pointer of this processor?"
#endif
}

/* ---- execution ---- */

struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* Lets every open file but the standard ones live through the execution. */
static void inherit_all(void) {
    char entries[2048] __attribute__((aligned(8)));
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long length;
    if (folder < 0) {
        for (int number = 3; number < 1024; number++)
            fcntl(number, F_SETFD, 0);
        return;
    }
    while ((length = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0) {
        for (long at = 0; at < length; at += ((struct entry *)(entries + at))->length) {
            int number = 0;
            for (const char *digit = ((struct entry *)(entries + at))->name; *digit >= '0' && *digit <= '9'; digit++)
                number = number * 10 + (*digit - '0');
            if (number > 2 && number != folder)
                fcntl(number, F_SETFD, 0);
        }
    }
    close(folder);
}

/* Returns only when it failed, with errno. */
static int execute(const struct image *image) {
    uint64_t before;
    int error;
    write_variable(image);
    inherit_all();
    /* A handler runs with its own signal blocked: the next image must be able to have a fault too. */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &before, sizeof mask);
    syscall(SYS_execveat, image->binary, "", arguments, environment, AT_EMPTY_PATH);
    error = errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof mask);
    syscall(SYS_close_range, 3, ~0U, CLOEXEC_RANGE);
    return error;
}

static void pause_for(long seconds) {
    struct timespec left = {seconds, 0};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

static _Noreturn void go_on_after_fault(void) {
    struct timespec time;
    struct image next = now;
    const int self = (int)syscall(SYS_gettid);
    int other = 0;
    if (!__atomic_compare_exchange_n(&executing, &other, self, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) && other != self) {
        for (;;)
            pause(); /* that thread is at it, and its execution ends this one */
    }
    clock_gettime(CLOCK_MONOTONIC, &time);
    if (time.tv_sec - next.since >= MINUTE) {
        next.since = time.tv_sec;
        next.recent = 0;
    }
    next.kind = FAULT;
    next.faults++;
    next.recent++;
    if (next.previous >= 0) {
        next.kind = BACK_TO_PREVIOUS;
        next.binary = next.previous;
        next.previous = -1;
    }
    if (next.recent > WITHOUT_DELAY) {
        long delay = 1;
        for (long n = WITHOUT_DELAY + 1; n < next.recent && delay < LONGEST_DELAY; n++)
            delay *= 2;
        pause_for(delay < LONGEST_DELAY ? delay : LONGEST_DELAY);
    }
    for (;;) {
        execute(&next);
        pause_for(1); /* no memory just now, or no file: PID 1 has nothing else that it could do */
    }
}

static void on_fault(int signal, siginfo_t *info, void *context) {
    if (!armed) {
        /* Somebody else's process, or one that is ending: the fault is what it would have been. */
        struct sigaction standard = {0};
        sigaction(signal, &standard, NULL);
        raise(signal);
        return;
    }
    /* Somebody sends one more while this thread already waits to execute: that changes nothing. */
    if (info->si_code <= 0 && executing == (int)syscall(SYS_gettid))
        return;
    describe(signal, info, context);
    go_on_after_fault();
}

/* ---- what managed code calls ---- */

/* From now on a fault is followed by the program of `binary`, which finds what is known in `state`. */
int continuation_arm(int state, int binary, char **variables) {
    int count = 0, kept = 0;
    while (variables[count])
        count++;
    char **all = malloc(sizeof *all * (count + 2));
    if (!all)
        return ENOMEM;
    for (int i = 0; i < count; i++) {
        if (strncmp(variables[i], NAME, sizeof NAME - 1) == 0)
            continue;
        all[kept] = strdup(variables[i]);
        if (!all[kept++])
            return ENOMEM;
    }
    all[kept++] = variable;
    all[kept] = NULL;
    environment = all;
    now.state = state;
    now.binary = binary;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &mask, sizeof mask);
    armed = 1;
    return 0;
}

/* From now on a fault is the end, as it is for every other process. */
void continuation_disarm(void) { armed = 0; }

/* Executes a program now. Returns only when that failed, with errno, and all is as it was. */
int continuation_execute(int binary, int is_new) {
    struct image next = now;
    next.kind = is_new ? NEW_PROGRAM : PLANNED;
    if (is_new)
        next.previous = now.binary;
    next.binary = binary;
    return execute(&next);
}

/* A fault that managed code has seen. Returns where none is survived. */
void continuation_fault(const char *text) {
    if (!armed)
        return;
    set_cause(text);
    go_on_after_fault();
}

/* The program has proved itself: a fault no longer goes back to the previous one. */
void continuation_prove(void) { now.previous = -1; }

/* ---- the beginning and the end of an image ---- */

static long take_number(const char **text) {
    char *end;
    long value = strtol(*text, &end, 10);
    *text = end;
    return value;
}

/*
 * Before the runtime begins: it calls the handler that it finds for faults that are not managed code's own, and takes
 * over SA_ONSTACK from it. An image that goes on is armed at once, so that a fault of the runtime's own start counts.
 */
__attribute__((constructor)) static void begin(int count, char **values, char **variables) {
    (void)values;
    if (count != 1)
        return; /* the supervisor has no arguments: this is one of the others */

    stack_t stack = {.ss_sp = fault_stack, .ss_size = sizeof fault_stack};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaltstack(&stack, NULL);
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &action, NULL);

    const char *text = getenv("MEDUZA_CONTINUATION");
    if (!text)
        return;
    now.kind = take_number(&text);
    int state = take_number(&text);
    int binary = take_number(&text);
    now.previous = take_number(&text);
    now.faults = take_number(&text);
    now.recent = take_number(&text);
    now.since = take_number(&text);
    set_cause(*text ? text + 1 : text);
    /* What came from somewhere else than a predecessor names nothing that is open. */
    if (state > 2 && binary > 2 && fcntl(state, F_GETFD) >= 0 && fcntl(binary, F_GETFD) >= 0)
        continuation_arm(state, binary, variables);
    else
        now.previous = -1;
}

/* exit(3) while armed was meant by nobody: the runtime's way out of a start without memory. */
__attribute__((destructor)) static void end(void) {
    if (!armed)
        return;
    set_cause("it exited");
    go_on_after_fault();
}
