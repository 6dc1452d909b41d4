using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Meduza.Linux.Process;

/// <summary>
/// The bytes of an <see cref="ExecSpec"/>: both ends are one binary, so there is no version.
/// <code>
/// | command: list | environment: list | program: text? | folder: text | umask: i32
/// | user: text? | group: text? | groups: u8 given, list | capabilities: u64? | no new privileges: u8
/// | limits: i32 count, each: resource: i32, soft: u64?, hard: u64? | oom: i32? | nice: i32? | network namespace: text?
/// | cgroup: text? | settings: list of file and value, one after the other
/// | notify descriptor: i32? |
/// list: i32 count, texts      text: i32 length, UTF-8      ?: a byte before it, 0 where it is absent and has no more bytes
/// </code>
/// </summary>
internal static class ExecSpecFormat
{
    public static byte[] Write(ExecSpec spec)
    {
        var to = new ArrayBufferWriter<byte>(1024);
        List(to, spec.Command);
        List(to, spec.Environment);
        OptionalText(to, spec.Program);
        Text(to, spec.WorkingFolder);
        Number(to, spec.Umask);
        OptionalText(to, spec.User);
        OptionalText(to, spec.Group);
        Flag(to, spec.Groups is not null);
        List(to, spec.Groups ?? []);
        Optional(to, spec.Capabilities?.Bits);
        Flag(to, spec.NoNewPrivileges);
        Number(to, spec.Limits.Count);
        foreach (var limit in spec.Limits)
        {
            Number(to, (int)limit.Resource);
            Optional(to, limit.Soft);
            Optional(to, limit.Hard);
        }
        Optional(to, spec.OomScore);
        Optional(to, spec.Nice);
        OptionalText(to, spec.NetworkNamespace);
        OptionalText(to, spec.Cgroup);
        Number(to, spec.CgroupSettings.Count);
        foreach (var (file, value) in spec.CgroupSettings)
        {
            Text(to, file);
            Text(to, value);
        }
        Optional(to, spec.NotifyDescriptor);
        return to.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no specification.</exception>
    public static ExecSpec Read(ReadOnlySpan<byte> bytes)
    {
        var from = new Reader(bytes);
        return new(from.List(), from.List())
        {
            Program = from.OptionalText(),
            WorkingFolder = from.Text(),
            Umask = from.Number(),
            User = from.OptionalText(),
            Group = from.OptionalText(),
            Groups = from.Flag() is var given && from.List() is var groups && given ? groups : null,
            Capabilities = from.OptionalLong() is { } bits ? new CapabilitySet(bits) : null,
            NoNewPrivileges = from.Flag(),
            Limits = from.Limits(),
            OomScore = from.OptionalNumber(),
            Nice = from.OptionalNumber(),
            NetworkNamespace = from.OptionalText(),
            Cgroup = from.OptionalText(),
            CgroupSettings = from.Settings(),
            NotifyDescriptor = from.OptionalNumber(),
        };
    }

    private static void Flag(ArrayBufferWriter<byte> to, bool value) => to.Write([value ? (byte)1 : (byte)0]);

    private static void Number(ArrayBufferWriter<byte> to, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to.GetSpan(4), value);
        to.Advance(4);
    }

    private static void Optional(ArrayBufferWriter<byte> to, int? value)
    {
        Flag(to, value is not null);
        if (value is { } number)
            Number(to, number);
    }

    private static void Optional(ArrayBufferWriter<byte> to, ulong? value)
    {
        Flag(to, value is not null);
        if (value is not { } number)
            return;
        BinaryPrimitives.WriteUInt64LittleEndian(to.GetSpan(8), number);
        to.Advance(8);
    }

    private static void Text(ArrayBufferWriter<byte> to, string text)
    {
        Number(to, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, to);
    }

    private static void OptionalText(ArrayBufferWriter<byte> to, string? text)
    {
        Flag(to, text is not null);
        if (text is not null)
            Text(to, text);
    }

    private static void List(ArrayBufferWriter<byte> to, IReadOnlyList<string> texts)
    {
        Number(to, texts.Count);
        foreach (var text in texts)
            Text(to, text);
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public bool Flag() => Take(1)[0] != 0;

        public int Number() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        public int? OptionalNumber() => Flag() ? Number() : null;

        public ulong? OptionalLong() => Flag() ? BinaryPrimitives.ReadUInt64LittleEndian(Take(8)) : null;

        public string Text() => Encoding.UTF8.GetString(Take(Number()));

        public string? OptionalText() => Flag() ? Text() : null;

        public List<string> List()
        {
            var texts = new List<string>();
            for (var left = Number(); left > 0; left--)
                texts.Add(Text());
            return texts;
        }

        public List<ResourceLimit> Limits()
        {
            var limits = new List<ResourceLimit>();
            for (var left = Number(); left > 0; left--)
                limits.Add(new((Resource)Number(), OptionalLong(), OptionalLong()));
            return limits;
        }

        public List<(string, string)> Settings()
        {
            var settings = new List<(string, string)>();
            for (var left = Number(); left > 0; left--)
                settings.Add((Text(), Text()));
            return settings;
        }

        private ReadOnlySpan<byte> Take(int length)
        {
            if ((uint)length > (uint)_rest.Length)
                throw new InvalidDataException("the specification of the exec stage goes beyond its end");
            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }
    }
}
