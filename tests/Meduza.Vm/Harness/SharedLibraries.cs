using Meduza.Linux.Process;

namespace Meduza.Vm.Harness;

/// <summary>What a program must find to start.</summary>
internal static class SharedLibraries
{
    /// <summary>The libraries and the loader that programs of this machine name, as ldd(1) finds them.</summary>
    public static IReadOnlyList<string> Of(params IReadOnlyList<string> programs)
    {
        var result = Command.Run("ldd", programs, TimeSpan.FromSeconds(30));
        Assert.True(result.ExitCode == 0, result.Error);
        // "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)", or "/lib64/ld-linux-x86-64.so.2 (0x…)"
        return
        [
            .. result.Output.Split('\n')
                .Where(line => line.StartsWith('\t'))
                .Select(line => line.Split(' ', StringSplitOptions.TrimEntries).FirstOrDefault(word => word.StartsWith('/')))
                .OfType<string>()
                .Distinct(),
        ];
    }
}
