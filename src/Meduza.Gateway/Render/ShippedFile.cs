using System.Text;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render;

/// <summary>
/// A file of <c>rootfs/usr/share/meduza</c>. The program carries a copy, for machines that have the program alone; where the
/// image has the file, that one is read, so that an image can have its own.
/// </summary>
public static class ShippedFile
{
    public const string Folder = "/usr/share/meduza";

    public const string Mihomo = "mihomo.yaml";

    public const string Mosdns = "mosdns.yaml";

    /// <summary>Why a file cannot be used in place of the copy; null where it can.</summary>
    public static string? Problem(string name, ReadOnlyMemory<byte> text)
    {
        try
        {
            return MosdnsKinds.ReadDocument(Encoding.UTF8.GetString(text.Span)) is YamlMap map && (name != Mosdns || map["plugins"] is YamlSequence)
                ? null
                : "it is not a map" + (name == Mosdns ? " with a list of plugins" : "");
        }
        catch (YamlReadException e)
        {
            return e.Message;
        }
    }

    /// <summary>The copy that the program carries.</summary>
    public static ReadOnlyMemory<byte> Carried(string name)
    {
        using var stream = typeof(ShippedFile).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"{name} is not among the files that are carried", nameof(name));
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
