using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza stop SERVICE</c>: done when its process is gone.</summary>
internal sealed class StopVerb(Session session) : ServiceVerb(
    Verbs.Stop, state => state == ServiceStates.Down, "Stop a service, and wait until its process is gone", session,
    ("meduza stop dnsmasq --timeout 5", "it stays down until it is started, or a commit needs it"));
