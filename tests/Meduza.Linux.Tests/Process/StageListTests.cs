using System.Buffers.Binary;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

/// <summary>The bytes that <c>exec-stage.c</c> reads.</summary>
public sealed class StageListTests
{
    [Fact]
    public void A_list_is_its_calls_its_pointers_and_its_data()
    {
        var list = new StageList();
        list.Call(StageCall.Chdir, ExecStep.WorkingFolder, "/x", StageUse.OnFile | StageUse.GivesFile, 2, 1, list.Text("/x"), 7);

        var bytes = list.ToArray();

        // One call and one pointer; 8 + 64 + 4 bytes, filled up to 80; the text, and behind it the report.
        Assert.Equal("0100000001000000", Convert.ToHexStringLower(bytes.AsSpan(0, 8)));
        Assert.Equal($"{(byte)StageCall.Chdir:x2}050100020000005800000009000000", Convert.ToHexStringLower(bytes.AsSpan(8, 16)));
        Assert.Equal("50000000000000000700000000000000", Convert.ToHexStringLower(bytes.AsSpan(24, 16)));
        Assert.Equal("18000000", Convert.ToHexStringLower(bytes.AsSpan(72, 4)));
        Assert.Equal("2f78000000000000", Convert.ToHexStringLower(bytes.AsSpan(80, 8)));
        Assert.Equal($"{(byte)ExecStep.WorkingFolder:x2}0000000002002f78", Convert.ToHexStringLower(bytes.AsSpan(88)));
    }

    [Fact]
    public void Texts_are_pointers_that_end_with_none()
    {
        var list = new StageList();
        list.Call(StageCall.Execve, ExecStep.Execute, "", list.Texts(["a", "bc"]));

        var bytes = list.ToArray();

        var array = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(24));
        var first = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(array));
        var second = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(array + 8));
        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(array + 16)));
        Assert.Equal("a\0"u8, bytes.AsSpan(first, 2));
        Assert.Equal("bc\0"u8, bytes.AsSpan(second, 3));
        int[] pointers = [.. Enumerable.Range(0, 3).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(72 + i * 4)))];
        Assert.Equal([24, array, array + 8], pointers);
    }

    [Fact]
    public void Calls_are_those_of_the_program_and_in_its_order()
    {
        using var reader = new StreamReader(typeof(StageListTests).Assembly.GetManifestResourceStream("exec-stage.c")!);
        var source = reader.ReadToEnd();
        var begin = source.IndexOf("calls[] = {", StringComparison.Ordinal);
        var names = source[begin..source.IndexOf("};", begin, StringComparison.Ordinal)].Split(["{", ",", " ", "\n"], StringSplitOptions.None)
            .Where(word => word.StartsWith("SYS_", StringComparison.Ordinal)).Select(word => word[4..].Replace("_", "", StringComparison.Ordinal));

        Assert.Equal(
            Enum.GetValues<StageCall>().Where(c => c != StageCall.Failure).Select(c => c.ToString().ToLowerInvariant()), names);
    }
}
