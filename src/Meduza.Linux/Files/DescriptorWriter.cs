using System.Text;

namespace Meduza.Linux.Files;

/// <summary>
/// Text to a descriptor, as UTF-8, when it is flushed. For standard output without <c>Console</c>, which on a terminal
/// would make the runtime handle SIGCHLD.
/// </summary>
/// <param name="descriptor">Stays open when this is disposed.</param>
/// <param name="name">For the exception: <c>standard output</c>.</param>
public sealed class DescriptorWriter(Descriptor descriptor, string name) : TextWriter
{
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override string NewLine => "\n";

    /// <summary>True when it is a terminal (isatty(3)).</summary>
    public bool IsTerminal => Tmds.Linux.LibC.isatty(descriptor.Number) == 1;

    public override void Write(char value) => _text.Append(value);

    public override void Write(string? value) => _text.Append(value);

    public override void Write(char[] buffer, int index, int count) => _text.Append(buffer, index, count);

    /// <exception cref="LinuxException"><c>EPIPE</c>: nobody reads any more.</exception>
    public override void Flush()
    {
        if (_text.Length == 0)
            return;
        var bytes = Encoding.UTF8.GetBytes(_text.ToString());
        _text.Clear();
        DescriptorIO.Write(descriptor, bytes, name);
    }
}
