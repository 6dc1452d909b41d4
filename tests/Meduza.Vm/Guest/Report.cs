using System.Globalization;
using System.Text;
using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Vm.Guest;

/// <summary>
/// Tells the host by the second serial port: <c>ok NAME</c>, <c>failed NAME: WHY</c>, <c>figure NAME VALUE</c>, and
/// <c>end</c>, one a line.
/// </summary>
internal sealed class Report : IDisposable
{
    private const string Port = "/dev/ttyS1";

    private readonly Descriptor _port;

    private Report(Descriptor port) => _port = port;

    /// <summary>Mounts what a program needs to find itself, and opens the port.</summary>
    public static Report Open()
    {
        Mounts.MountIfMissing("proc", "/proc", "proc");
        Mounts.MountIfMissing("sysfs", "/sys", "sysfs");
        Mounts.MountIfMissing("devtmpfs", "/dev", "devtmpfs");
        Mounts.MountIfMissing("tmpfs", "/tmp", "tmpfs");
        return new Report(Descriptor.Open(Port, O_WRONLY | O_NOCTTY));
    }

    /// <returns>True when it held.</returns>
    public bool Scenario(string name, Action<Report> scenario)
    {
        try
        {
            scenario(this);
            Line($"ok {name}");
            return true;
        }
        catch (Exception e)
        {
            Line($"failed {name}: {e.ToString().Replace('\n', ' ')}");
            return false;
        }
    }

    /// <param name="value">In the unit that the name ends with.</param>
    public void Figure(string name, double value) => Line(string.Create(CultureInfo.InvariantCulture, $"figure {name} {value:0.###}"));

    public void End() => Line("end");

    public void Dispose() => _port.Dispose();

    private void Line(string text) => DescriptorIO.Write(_port, Encoding.UTF8.GetBytes(text + "\n"), Port);
}
