using System.Runtime.InteropServices;

namespace Meduza.Init.Supervise.Boot.Native;

/// <summary><c>supervisor.c</c>, which is linked into the native binary: there is no such library to load elsewhere.</summary>
internal static partial class SupervisorC
{
    /// <summary>The setting that it makes for the runtime of this process, and of no other.</summary>
    public const string SmallHeap = "DOTNET_GCgen0size=40000";

    /// <summary>Not 0 where this process is to supervise: then its signals are blocked in every thread.</summary>
    [LibraryImport("meduza_supervisor")]
    public static partial int supervisor_is_this();
}
