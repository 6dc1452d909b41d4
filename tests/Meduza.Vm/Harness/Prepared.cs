using Meduza.Image.Machine;

namespace Meduza.Vm.Harness;

/// <summary>What <c>./build.sh test</c> prepares for the machine.</summary>
internal static class Prepared
{
    public static Kernel Kernel => new(Variable("MEDUZA_VM_KERNEL"));

    /// <summary>The program of tests/Meduza.Vm/Guest, compiled.</summary>
    public static string Guest => Variable("MEDUZA_VM_GUEST");

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{name} is not set: the machine is prepared by ./build.sh test");
}
