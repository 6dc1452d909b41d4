using System.Globalization;
using System.Text;
using Meduza.Linux.Process;

namespace Meduza.Abi.Tests;

/// <summary>A C program, made and compiled here, that says of each claim whether C agrees.</summary>
internal static class CProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <returns>One line for each claim that C does not share; empty when it shares all.</returns>
    public static IReadOnlyList<string> Disagreements(IReadOnlyList<Claim> claims, CTarget target)
    {
        var folder = Directory.CreateTempSubdirectory("meduza-abi-").FullName;
        try
        {
            var source = Path.Combine(folder, "claims.c");
            var program = Path.Combine(folder, "claims");
            File.WriteAllText(source, Source(claims));

            var compiled = Command.Run(target.Compiler, ["-std=gnu11", "-Wall", "-Werror", "-static", "-o", program, source], Limit);
            Assert.True(compiled.ExitCode == 0, $"the C compiler refuses:\n{compiled.Error}");
            var ran = target.Emulator is { } emulator ? Command.Run(emulator, [program], Limit) : Command.Run(program, [], Limit);
            Assert.Equal(0, ran.ExitCode);

            var lines = ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal($"{claims.Count} claims", lines[^1]);
            return lines[..^1];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Source(IReadOnlyList<Claim> claims)
    {
        var source = new StringBuilder("#define _GNU_SOURCE\n#include <stddef.h>\n#include <stdio.h>\n");
        foreach (var header in claims.SelectMany(c => c.Header.Split(' ')).Distinct())
            source.Append(CultureInfo.InvariantCulture, $"#include <{header}>\n");
        source.Append(
            """
            static int claims;
            static void claim(const char *name, long long ours, long long theirs)
            {
                claims++;
                if (ours != theirs)
                    printf("%s: ours %lld (0x%llx), C %lld (0x%llx)\n", name, ours, ours, theirs, theirs);
            }
            int main(void)
            {

            """);
        foreach (var claim in claims)
            source.Append(CultureInfo.InvariantCulture, $"    claim(\"{claim.Name}\", {claim.Value}LL, (long long)({claim.Expression}));\n");
        return source.Append("    printf(\"%d claims\\n\", claims);\n    return 0;\n}\n").ToString();
    }
}
