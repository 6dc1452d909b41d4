using System.Reflection;
using Meduza.Init.Supervise.Processes;
using Meduza.Init.Supervise.States;
using Meduza.Linux.Events;

namespace Meduza.Init.Tests.Supervise.Continuation;

/// <summary>Whoever gives a service another thing to remember is reminded here to say what the next image of PID 1 does with it.</summary>
public class KeptFieldsTests
{
    /// <summary>Of <see cref="Service"/>, each of them in <c>Service.Continuation.cs</c>.</summary>
    private static readonly string[] OfServices =
    [
        "Definition", "State", "Wanted", "Serial", "Restarts", "LastExit", "_running", "_restart", "_failure", "_unasked", "_process",
        "_removed", "_reloadSince", "_reloadDelay", "_probe", "_probeDelay", "_waitingFor", "_startedOn", "_held",
        "_check", "_health", "_complaint", "StatusText",
    ];

    private static readonly string[] Timers = ["_retry", "_probing", "_startLimit", "_stopLimit", "_reloading", "_checking"];

    [Fact]
    public void All_that_changes_in_a_service_is_kept()
    {
        var fields = typeof(Service).GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);

        Assert.Equal(OfServices.Order(), fields.Where(f => !f.IsInitOnly).Select(NameOf).Order());
        Assert.Equal(Timers.Order(), fields.Where(f => f.FieldType == typeof(LoopTimer)).Select(NameOf).Order());
    }

    [Fact]
    public void All_that_changes_in_a_process_is_kept() => Assert.Equal(
        ["_failure", "_stageDone"],
        typeof(StagedProcess).GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Where(f => !f.IsInitOnly).Select(NameOf).Order());

    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}
