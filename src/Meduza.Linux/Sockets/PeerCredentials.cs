using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Sockets;

/// <summary>struct ucred (unix(7)).</summary>
[CStruct("struct ucred", "sys/socket.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct PeerCredentials
{
    [CName("pid")] public int Pid;
    [CName("uid")] public uint Uid;
    [CName("gid")] public uint Gid;
}
