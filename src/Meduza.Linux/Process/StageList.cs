using System.Buffers.Binary;

namespace Meduza.Linux.Process;

/// <summary>An argument of a system call: a number, or the place of something in the list's data.</summary>
internal readonly record struct StageArgument(ulong Value, bool IsPlace = false)
{
    public static implicit operator StageArgument(int value) => new(unchecked((ulong)value));

    public static implicit operator StageArgument(uint value) => new(value);
}

/// <summary>
/// The list of system calls that <c>exec-stage.c</c> makes, and the data that they point at, as that file describes it.
/// </summary>
internal sealed class StageList
{
    /// <summary>Of <c>struct call</c>, and of the two numbers before the first.</summary>
    internal const int CallLength = 64, HeadLength = 8;
    internal const int ArgumentsOffset = 16, Arguments = 6;

    private readonly List<Entry> _calls = [];
    private readonly List<byte> _data = new(2048);
    private readonly List<int> _pointers = [];

    /// <summary>The next call.</summary>
    /// <param name="step">Where it failed, if it fails.</param>
    /// <param name="subject">On what.</param>
    /// <param name="tolerated">An errno with which it goes on, leaving out the next <paramref name="skip"/> calls; 0 is none.</param>
    public void Call(StageCall call, ExecStep step, string subject, StageUse use, int tolerated, byte skip, params ReadOnlySpan<StageArgument> arguments)
    {
        Span<byte> report = stackalloc byte[ExecReport.Longest];
        var length = new ExecReport(step, 0, subject).Write(report);
        _calls.Add(new(call, use, skip, tolerated, Bytes(report[..length]), length, arguments.ToArray()));
    }

    /// <inheritdoc cref="Call(StageCall, ExecStep, string, StageUse, int, byte, ReadOnlySpan{StageArgument})"/>
    public void Call(StageCall call, ExecStep step, string subject, params ReadOnlySpan<StageArgument> arguments) =>
        Call(call, step, subject, StageUse.None, 0, 0, arguments);

    /// <summary>Something that has failed already.</summary>
    public void Failure(ExecStep step, int errno, string subject) => Call(StageCall.Failure, step, subject, errno);

    /// <summary>A text with its closing zero.</summary>
    /// <exception cref="ArgumentException">It has a zero in it.</exception>
    public StageArgument Text(string text) => Bytes(NativeText.Terminated(text));

    /// <summary>A <c>char *[]</c> that ends with NULL.</summary>
    /// <exception cref="ArgumentException">A text has a zero in it.</exception>
    public StageArgument Texts(IReadOnlyList<string> texts)
    {
        var places = new ulong[texts.Count + 1];
        for (var i = 0; i < texts.Count; i++)
            places[i] = Text(texts[i]).Value;
        var array = Align();
        Span<byte> word = stackalloc byte[8];
        for (var i = 0; i < places.Length; i++)
        {
            if (i < texts.Count)
                _pointers.Add(_data.Count);
            BinaryPrimitives.WriteUInt64LittleEndian(word, places[i]);
            _data.AddRange(word);
        }
        return array;
    }

    /// <summary>Bytes at a place that is aligned for every type.</summary>
    public StageArgument Bytes(ReadOnlySpan<byte> bytes)
    {
        var place = Align();
        _data.AddRange(bytes);
        return place;
    }

    /// <summary>All of it, for the file that the stage finds.</summary>
    public byte[] ToArray()
    {
        var inCalls = _calls.Sum(c => c.Arguments.Count(a => a.IsPlace));
        var data = (HeadLength + _calls.Count * CallLength + (inCalls + _pointers.Count) * sizeof(uint) + 7) / 8 * 8;
        var file = new byte[data + _data.Count];
        var pointers = new List<int>(inCalls + _pointers.Count);
        BinaryPrimitives.WriteInt32LittleEndian(file, _calls.Count);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), inCalls + _pointers.Count);
        _data.CopyTo(file, data);
        for (var i = 0; i < _calls.Count; i++)
        {
            var call = _calls[i];
            var at = HeadLength + i * CallLength;
            var to = file.AsSpan(at, CallLength);
            (to[0], to[1], to[2]) = ((byte)call.Call, (byte)call.Use, call.Skip);
            BinaryPrimitives.WriteInt32LittleEndian(to[4..], call.Tolerated);
            BinaryPrimitives.WriteInt32LittleEndian(to[8..], data + (int)call.Report.Value);
            BinaryPrimitives.WriteInt32LittleEndian(to[12..], call.Length);
            for (var n = 0; n < call.Arguments.Length; n++)
            {
                var argument = call.Arguments[n];
                if (argument.IsPlace)
                    pointers.Add(at + ArgumentsOffset + n * 8);
                BinaryPrimitives.WriteUInt64LittleEndian(to[(ArgumentsOffset + n * 8)..], argument.Value + (argument.IsPlace ? (ulong)data : 0));
            }
        }
        foreach (var pointer in _pointers)
        {
            var word = file.AsSpan(data + pointer);
            BinaryPrimitives.WriteUInt64LittleEndian(word, BinaryPrimitives.ReadUInt64LittleEndian(word) + (ulong)data);
            pointers.Add(data + pointer);
        }
        for (var i = 0; i < pointers.Count; i++)
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(HeadLength + _calls.Count * CallLength + i * sizeof(uint)), pointers[i]);
        return file;
    }

    private sealed record Entry(StageCall Call, StageUse Use, byte Skip, int Tolerated, StageArgument Report, int Length, StageArgument[] Arguments);

    private StageArgument Align()
    {
        while (_data.Count % 8 != 0)
            _data.Add(0);
        return new((ulong)_data.Count, IsPlace: true);
    }
}
