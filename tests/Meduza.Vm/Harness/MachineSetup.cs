namespace Meduza.Vm.Harness;

/// <summary>What a machine has besides its kernel and its first file system.</summary>
internal sealed record MachineSetup
{
    /// <summary>In MiB.</summary>
    public int Memory { get; init; } = 128;

    /// <summary>Further words of the kernel's command line.</summary>
    public string Words { get; init; } = "";

    /// <summary>The image of <c>/dev/vda</c>; null for no disk.</summary>
    public string? Disk { get; init; }

    /// <summary>What it reports before somebody presses <see cref="Keys"/>.</summary>
    public string KeysAfter { get; init; } = "";

    /// <summary>As QEMU's monitor calls them: <c>ctrl-alt-delete</c>; null for nobody at the keyboard.</summary>
    public string? Keys { get; init; }
}
