using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Meduza.Linux.Process;

/// <summary>
/// All that the exec stage needs to turn itself into the program. It travels through an anonymous file, not as
/// arguments or environment, which every process of the machine may read.
/// </summary>
/// <param name="Command">argv; the first is the path of the program, unless <see cref="Program"/> is.</param>
/// <param name="Environment"><c>NAME=value</c>, all of it.</param>
public sealed record ExecSpec(IReadOnlyList<string> Command, IReadOnlyList<string> Environment)
{
    /// <summary>The file to execute; null is the first of <see cref="Command"/>.</summary>
    public string? Program { get; init; }

    public string WorkingFolder { get; init; } = "/";

    /// <summary>The user to become, by name; null keeps root.</summary>
    public string? User { get; init; }

    /// <summary>For <c>/proc/self/oom_score_adj</c>, -1000 to 1000; null leaves it.</summary>
    public int? OomScore { get; init; }

    /// <summary>Soft limit of open files; null leaves it. PID 1 raises its own, and its children must not inherit that.</summary>
    public int? OpenFiles { get; init; }

    /// <summary>True to take from the program and all its children every way to gain privileges (prctl(2)).</summary>
    public bool NoNewPrivileges { get; init; }
}

/// <summary>
/// The bytes of an <see cref="ExecSpec"/>: both ends are one binary, so there is no version.
/// <code>
/// | command: list | environment: list | program: text, empty is none | folder: text | user: text, empty is none
/// | oom: i32, min is none | open files: i32, min is none | no new privileges: i32 |
/// list: i32 count, texts      text: i32 length, UTF-8
/// </code>
/// </summary>
internal static class ExecSpecFormat
{
    private const int None = int.MinValue;

    public static byte[] Write(ExecSpec spec)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        List(output, spec.Command);
        List(output, spec.Environment);
        Text(output, spec.Program ?? "");
        Text(output, spec.WorkingFolder);
        Text(output, spec.User ?? "");
        Number(output, spec.OomScore ?? None);
        Number(output, spec.OpenFiles ?? None);
        Number(output, spec.NoNewPrivileges ? 1 : 0);
        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no specification.</exception>
    public static ExecSpec Read(ReadOnlySpan<byte> bytes)
    {
        var command = List(ref bytes);
        var environment = List(ref bytes);
        return new(command, environment)
        {
            Program = Text(ref bytes) is { Length: > 0 } program ? program : null,
            WorkingFolder = Text(ref bytes),
            User = Text(ref bytes) is { Length: > 0 } user ? user : null,
            OomScore = Number(ref bytes) is var oom and not None ? oom : null,
            OpenFiles = Number(ref bytes) is var files and not None ? files : null,
            NoNewPrivileges = Number(ref bytes) != 0,
        };
    }

    private static void Number(ArrayBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private static void Text(ArrayBufferWriter<byte> output, string text)
    {
        Number(output, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, output);
    }

    private static void List(ArrayBufferWriter<byte> output, IReadOnlyList<string> texts)
    {
        Number(output, texts.Count);
        foreach (var text in texts)
            Text(output, text);
    }

    private static int Number(ref ReadOnlySpan<byte> bytes)
    {
        if (!BinaryPrimitives.TryReadInt32LittleEndian(bytes, out var value))
            throw new InvalidDataException("the specification of the exec stage ends early");
        bytes = bytes[4..];
        return value;
    }

    private static string Text(ref ReadOnlySpan<byte> bytes)
    {
        var length = Number(ref bytes);
        if ((uint)length > (uint)bytes.Length)
            throw new InvalidDataException("a length in the specification of the exec stage goes beyond its end");
        var text = Encoding.UTF8.GetString(bytes[..length]);
        bytes = bytes[length..];
        return text;
    }

    private static List<string> List(ref ReadOnlySpan<byte> bytes)
    {
        var texts = new List<string>();
        for (var left = Number(ref bytes); left > 0; left--)
            texts.Add(Text(ref bytes));
        return texts;
    }
}
