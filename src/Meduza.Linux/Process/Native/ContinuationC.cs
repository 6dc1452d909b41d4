using System.Runtime.InteropServices;

namespace Meduza.Linux.Process.Native;

/// <summary><c>continuation.c</c>, which is linked into the native binary: there is no such library to load elsewhere.</summary>
internal static unsafe partial class ContinuationC
{
    private const string Name = "meduza_continuation";

    [LibraryImport(Name)]
    public static partial int continuation_arm(int state, int binary, byte** environment);

    [LibraryImport(Name)]
    public static partial void continuation_disarm();

    [LibraryImport(Name)]
    public static partial int continuation_execute(int binary, int isNew);

    [LibraryImport(Name)]
    public static partial void continuation_fault(byte* cause);

    [LibraryImport(Name)]
    public static partial void continuation_prove();
}
