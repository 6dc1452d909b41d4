using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza restart SERVICE</c>: done when the new process is ready.</summary>
internal sealed class RestartVerb(Session session) : ServiceVerb(
    Verbs.Restart, ServiceStates.IsUp, "Stop a service, start it again, and wait until it is ready", session,
    ("meduza restart bgpd", "one service, and nothing else"),
    ("meduza restart agent", "the part that talks to etcd: no daemon is touched"));
