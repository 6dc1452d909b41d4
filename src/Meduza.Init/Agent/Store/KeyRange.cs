using System.Text;
using Google.Protobuf;

namespace Meduza.Init.Agent.Store;

/// <summary>Ranges of keys as etcd counts them: from a key up to, not including, an end.</summary>
internal static class KeyRange
{
    /// <summary>The end of the range of all keys that begin with <paramref name="prefix"/>: its last byte plus one.</summary>
    /// <remarks>The prefixes here end in <c>/</c>, so the last byte can be counted up.</remarks>
    public static ByteString EndOfPrefix(string prefix)
    {
        var bytes = Encoding.UTF8.GetBytes(prefix);
        bytes[^1]++;
        return ByteString.CopyFrom(bytes);
    }
}
