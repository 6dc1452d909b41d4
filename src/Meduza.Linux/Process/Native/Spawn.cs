using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Process.Native;

/// <summary>
/// &lt;spawn.h&gt; of glibc. These return the error number instead of setting errno. The two types are opaque: 80 and
/// 336 bytes on every 64-bit machine, and given more room than that here.
/// </summary>
internal static unsafe partial class SpawnHeader
{
    [CName("sizeof(posix_spawn_file_actions_t) <= 256 ? 256 : -1")]
    public const int FileActionsSize = 256;

    [CName("sizeof(posix_spawnattr_t) <= 512 ? 512 : -1")]
    public const int AttributesSize = 512;

    public const short POSIX_SPAWN_SETSIGDEF = 0x04;
    public const short POSIX_SPAWN_SETSIGMASK = 0x08;
    public const short POSIX_SPAWN_SETSID = 0x80;

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawnp(int* pid, byte* file, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(LibC.Name)]
    public static partial void posix_spawnattr_destroy(void* attributes);

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawnattr_setsigmask(void* attributes, ulong* mask);

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawnattr_setsigdefault(void* attributes, ulong* signals);

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(LibC.Name)]
    public static partial void posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int descriptor, int target);

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawn_file_actions_addchdir_np(void* actions, byte* path);

    [LibraryImport(LibC.Name)]
    public static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);
}
