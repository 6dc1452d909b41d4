using System.Net.Sockets;
using System.Text;

namespace Meduza.Vm.Harness;

/// <summary>Somebody who reads what the machine reports, and then presses keys: by the monitor of QEMU.</summary>
internal static class Keyboard
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Presses once; ends without having done so where the machine ends first.</summary>
    public static async Task PressAsync(MachineSetup setup, string monitor, string report, CancellationToken ended)
    {
        try
        {
            while (!File.Exists(report) || !(await File.ReadAllTextAsync(report, ended)).Contains(setup.KeysAfter, StringComparison.Ordinal))
                await Task.Delay(Pause, ended);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(monitor), ended);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"sendkey {setup.Keys}\n"), ended);
            // Closed at once, the monitor may not have read it.
            var answer = new byte[4096];
            while (await socket.ReceiveAsync(answer, ended) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
        }
    }
}
