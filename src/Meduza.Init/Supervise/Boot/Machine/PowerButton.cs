using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Netlink.Generic;

namespace Meduza.Init.Supervise.Boot.Machine;

/// <summary>The button that switches a machine off, or the "shut down" of a virtual one: nobody else in here would see it.</summary>
internal sealed class PowerButton : IDisposable
{
    private readonly AcpiEvents _events;
    private readonly Watch _watch;

    private PowerButton(AcpiEvents events, EventLoop loop, Action pressed)
    {
        _events = events;
        _watch = loop.Watch(events.Descriptor, Ready.Read, _ =>
        {
            if (events.Read().Contains(AcpiEvents.PowerButton))
                pressed();
        });
    }

    /// <returns>Null where the kernel has no ACPI, or refuses; that is said.</returns>
    public static PowerButton? Watch(EventLoop loop, Action pressed, Action<string> say)
    {
        AcpiEvents? events = null;
        try
        {
            events = AcpiEvents.Open();
            return events is null ? null : new(events, loop, pressed);
        }
        catch (LinuxException e)
        {
            events?.Dispose();
            say($"warning: the machine's power button does nothing, use \"kill 1\" or Ctrl-Alt-Del: {e.Message}");
            return null;
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        _events.Dispose();
    }
}
