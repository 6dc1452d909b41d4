using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza start SERVICE</c>: done when it is ready.</summary>
internal sealed class StartVerb(Session session) : ServiceVerb(
    Verbs.Start, ServiceStates.IsUp, "Start a service that was stopped, and wait until it is ready", session,
    ("meduza start dnsmasq", "exit code 3 when it is not ready within a minute"));
