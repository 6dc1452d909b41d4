namespace Meduza.Gateway.Render;

/// <summary>How PID 1 learns that a started service does its work.</summary>
public enum ReadinessKind
{
    /// <summary>Ready as soon as its program was executed.</summary>
    Started,

    /// <summary>Ready when a connection to the unix stream socket at the target path is accepted.</summary>
    UnixSocket,

    /// <summary>Ready when a TCP connection to the target (<c>127.0.0.1:53</c>) is accepted, in PID 1's own network namespace.</summary>
    TcpPort,

    /// <summary>Ready when the network device named by the target exists.</summary>
    Device,

    /// <summary>Ready when the file named by the target exists.</summary>
    File,

    /// <summary>Ready when a TCP socket of the service's network namespace listens on the target (<c>127.0.0.1:53</c>), on that address or on all. Nothing connects.</summary>
    BoundTcpPort,

    /// <summary>The same for a UDP socket that is bound.</summary>
    BoundUdpPort,

    /// <summary>Ready when it writes a line into the descriptor whose number (from 3) is the target, as s6 has it.</summary>
    NotifyDescriptor,

    /// <summary>Ready when it sends <c>READY=1</c> to the socket that <c>NOTIFY_SOCKET</c> names (sd_notify(3)).</summary>
    NotifySocket,

    /// <summary>Ready when the agent says so over the control socket; not ready when it says that.</summary>
    Agent,
}

/// <summary>The sign by which a service shows that it is ready, and where to look for it.</summary>
public sealed record Readiness(ReadinessKind Kind, string Target)
{
    public string Target { get; init => field = value ?? ""; } = Target;

    public static Readiness Started { get; } = new(ReadinessKind.Started, "");
}
