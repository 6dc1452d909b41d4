using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Cli.KeyFiles;

/// <summary>
/// Keys as a file holds them, for every verb that reads them from one. Three forms, told apart by what is in it:
/// <list type="bullet">
/// <item>a flat JSON object: <c>{"/nodes/gw1/lan": "10.0.0.0/24"}</c>;</item>
/// <item>a flat YAML map of the same;</item>
/// <item>what <c>etcdctl get --prefix "" -w json</c> prints, with its keys and values in base64.</item>
/// </list>
/// A value is text as it is written, <c>1400</c> and <c>"1400"</c> alike: etcd knows no types.
/// </summary>
internal static class KeyFile
{
    /// <summary>What the argument says for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Longest file accepted, in bytes: etcd itself holds no more than some gigabytes, a fleet's keys a few megabytes.</summary>
    private const int LongestFile = 256 << 20;

    /// <summary>Reads a file, or standard input.</summary>
    /// <param name="path">A path, or <see cref="StandardInput"/>.</param>
    /// <param name="session">Whose standard input.</param>
    /// <returns>The keys; the revision is 0 unless the file tells one.</returns>
    /// <exception cref="CommandException">It cannot be read, or holds no keys in one of the three forms.</exception>
    public static Snapshot Read(string path, Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        try
        {
            if (path == StandardInput)
                return Parse("standard input", session.Input());
            using var file = Descriptor.Open(path, O_RDONLY);
            return Parse(path, DescriptorIO.ReadToEnd(file, path));
        }
        catch (LinuxException e)
        {
            throw new CommandException($"{e.Message}: name a file of keys, or - for standard input");
        }
    }

    /// <param name="name">Of the file, for messages.</param>
    /// <param name="content">All of it.</param>
    /// <inheritdoc cref="Read"/>
    internal static Snapshot Parse(string name, ReadOnlyMemory<byte> content)
    {
        if (content.Length > LongestFile)
            throw new CommandException($"{name} is longer than {LongestFile >> 20} MiB: this is no file of keys");
        if (content.Span.StartsWith(Encoding.UTF8.Preamble))
            content = content[Encoding.UTF8.Preamble.Length..];
        var start = content.Span.TrimStart(" \t\r\n"u8);
        if (start.IsEmpty)
            throw new CommandException($"{name} is empty: write {{}} where there is no key");
        return start[0] is (byte)'{' or (byte)'[' ? JsonKeys.Parse(name, content) : YamlKeys.Parse(name, content);
    }
}

/// <summary>The keys of one file as they are found in it, each once.</summary>
/// <param name="name">Of the file, for messages.</param>
internal sealed class KeyCollection(string name)
{
    private readonly KeySpace.Builder _keys = KeySpace.Empty.ToBuilder();

    /// <param name="where">Its place, as <c>line 3</c>; empty where nothing tells it.</param>
    /// <exception cref="CommandException">It is no key, or there already.</exception>
    public void Add(string key, ReadOnlyMemory<byte> value, string where)
    {
        if (!key.StartsWith('/'))
            throw Wrong(where, $"{Quoted.Of(key)} is no key: every key begins with /, and the file is a flat map of them");
        if (!_keys.TryAdd(key, value))
            throw Wrong(where, $"{Quoted.Of(key)} is there twice: leave one");
    }

    public Snapshot At(long revision) => new(revision, _keys.ToImmutable());

    /// <summary>One line that names the file, the place and the fault.</summary>
    public CommandException Wrong(string where, string problem) =>
        new(where.Length > 0 ? $"{name}, {where}: {problem}" : $"{name}: {problem}");
}
