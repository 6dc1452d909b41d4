namespace Meduza.Init.Supervise.Logs;

/// <summary>
/// Cuts a stream of bytes into lines. Only an unfinished line is kept between two reads, and a line that goes on beyond
/// <see cref="LongestLine"/> is given out in pieces of that length: no stream makes this grow.
/// </summary>
internal sealed class LineAssembler
{
    /// <summary>In bytes.</summary>
    public const int LongestLine = 8192;

    private byte[] _rest = [];
    private int _length;

    public delegate void LineHandler(ReadOnlySpan<byte> line);

    /// <summary>The line that has no end yet.</summary>
    public ReadOnlySpan<byte> Rest => _rest.AsSpan(0, _length);

    /// <summary>Takes bytes, and gives out each line that they complete, without its line end.</summary>
    public void Feed(ReadOnlySpan<byte> bytes, LineHandler line)
    {
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var piece = end >= 0 ? bytes[..end] : bytes;
            if (_length + piece.Length > LongestLine)
            {
                piece = piece[..(LongestLine - _length)];
                Give(piece, line);
                bytes = bytes[piece.Length..];
            }
            else if (end >= 0)
            {
                Give(piece, line);
                bytes = bytes[(end + 1)..];
            }
            else
            {
                Keep(piece);
                return;
            }
        }
    }

    /// <summary>The writer is gone: what it left of a line is a line too.</summary>
    public void Finish(LineHandler line)
    {
        if (_length > 0)
            Give([], line);
        _rest = [];
    }

    private void Give(ReadOnlySpan<byte> piece, LineHandler line)
    {
        if (_length == 0)
        {
            line(piece);
            return;
        }
        Keep(piece);
        var length = _length;
        _length = 0;
        line(_rest.AsSpan(0, length));
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        if (_rest.Length < _length + piece.Length)
            Array.Resize(ref _rest, Math.Min(LongestLine, Math.Max(_length + piece.Length, 2 * _rest.Length)));
        piece.CopyTo(_rest.AsSpan(_length));
        _length += piece.Length;
    }
}
