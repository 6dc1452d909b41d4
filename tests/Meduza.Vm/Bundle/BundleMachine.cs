using System.Net.Sockets;
using System.Text;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Vm.Bundle;

/// <summary>A machine of the bundle that <c>./build.sh vm</c> makes, with 128 MiB of memory and nobody in it: all that is known of it is its console and its network.</summary>
public sealed class BundleMachine : IDisposable
{
    public const int Memory = 128;

    private readonly string _monitor;
    private readonly RunningCommand _qemu;

    private BundleMachine(BundleNetwork network, string words, string? data)
    {
        _monitor = $"{network.Lab.Folder.Path}/monitor";
        File.Delete(_monitor);
        var folder = Folder;
        IReadOnlyList<string> command = network.Lab.Core.Command(
        [
            "qemu-system-x86_64", "-machine", "pc", "-accel", "tcg", "-cpu", "max", "-m", $"{Memory}", "-no-reboot", "-nodefaults", "-no-user-config",
            "-display", "none", "-monitor", $"unix:{_monitor},server,nowait", "-serial", "stdio",
            "-kernel", $"{folder}/vmlinuz", "-initrd", $"{folder}/initramfs", "-append", $"console=ttyS0 panic=-1 {words}",
            "-drive", $"file={folder}/root.squashfs,format=raw,if=virtio,readonly=on",
            .. data is null ? (string[])[] : ["-drive", $"file={data},format=raw,if=virtio"],
            .. BundleNetwork.Taps.SelectMany((tap, n) => (string[])
                ["-netdev", $"tap,id=n{n},ifname={tap},script=no,downscript=no", "-device", $"virtio-net-pci,netdev=n{n},mac=52:54:00:00:00:0{n}"]),
        ]);
        _qemu = Command.Start(command[0], [.. command.Skip(1)]);
        network.Lab.Folder.Own("qemu", _qemu.Pid);
    }

    /// <summary>Where the bundle is that <c>./build.sh</c> has made.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("MEDUZA_VM_BUNDLE") is { Length: > 0 } folder
        ? folder
        : throw new InvalidOperationException("MEDUZA_VM_BUNDLE is not set: the bundle is made by ./build.sh test");

    /// <summary>All that its console said so far.</summary>
    public string Console => _qemu.Text;

    public int Pid => _qemu.Pid;

    /// <param name="words">Of the kernel's command line.</param>
    /// <param name="data">The image of a disk beside that with the root; null for none.</param>
    public static BundleMachine Start(BundleNetwork network, string words, string? data = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new(network, words, data);
    }

    /// <summary>Waits for a line of its console, or finds it.</summary>
    public string WaitFor(string text)
    {
        try
        {
            return _qemu.WaitForLine(line => line.Contains(text, StringComparison.Ordinal), Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the machine did not say: {text}\n{Console}");
        }
    }

    /// <summary>Gives QEMU's monitor a command: <c>system_powerdown</c> is the button, <c>sendkey</c> the keyboard.</summary>
    public void Monitor(string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_monitor));
        socket.Send(Encoding.ASCII.GetBytes($"{command}\n"));
        // Closed at once, the monitor may not have read it: it is there when it shows its prompt a second time.
        var answer = new byte[4096];
        var prompts = 0;
        while (prompts < 2 && socket.Receive(answer) is > 0 and var count)
            prompts += Encoding.ASCII.GetString(answer, 0, count).Split("(qemu)").Length - 1;
    }

    /// <summary>Waits until the machine is off.</summary>
    public void WaitForEnd() => _qemu.Wait(Limit);

    public void Dispose()
    {
        if (!_qemu.HasExited)
        {
            _qemu.Kill(9);
            _qemu.Wait(Must.Patience);
        }
        _qemu.Dispose();
    }

    // A busy machine may be ten times slower than a quiet one.
    private static TimeSpan Limit => TimeSpan.FromMinutes(4);
}
