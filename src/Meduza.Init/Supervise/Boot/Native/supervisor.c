/*
 * What a supervisor needs before there is a runtime.
 *
 * It reads its signals from a descriptor, for which they must be blocked in every thread, and the runtime makes threads of its own before any
 * managed code runs. A constructor runs before that, and every thread is born with its mask.
 *
 * The runtime's settings are read once, too. It lets garbage grow to the size of the processor's last cache before it collects: tens of
 * megabytes on a server.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first file system of a machine (initramfs) has it. */
#define FIRST_ROOT_MARK "/etc/initrd-release"

/* Those that a fault raises, and those that cannot be blocked; the real-time ones are libc's and the runtime's. */
static const int left_alone[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGKILL, SIGSTOP };

static int is_this;

/* Without arguments, and not under the operator's tool's name unless it is PID 1. A kernel gives its init the words of its command line that
 * it does not know itself. */
static int is_supervisor(int count, char **arguments) {
    if (getpid() == 1 && access(FIRST_ROOT_MARK, F_OK) == 0)
        return 1;
    if (count > 1)
        return 0;
    return getpid() == 1 || count == 0 || strcmp(basename(arguments[0]), "meduza") != 0;
}

__attribute__((constructor)) static void begin(int count, char **arguments) {
    is_this = is_supervisor(count, arguments);
    if (!is_this)
        return;
    sigset_t blocked;
    sigemptyset(&blocked);
    for (int number = 1; number < 32; number++)
        sigaddset(&blocked, number);
    for (size_t i = 0; i < sizeof left_alone / sizeof *left_alone; i++)
        sigdelset(&blocked, left_alone[i]);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    /* An inherited SIG_IGN would make the kernel throw exit statuses away. */
    signal(SIGCHLD, SIG_DFL);
    setenv("DOTNET_GCgen0size", "40000", 0);
}

/* True where this process is to supervise. */
int supervisor_is_this(void) { return is_this; }
