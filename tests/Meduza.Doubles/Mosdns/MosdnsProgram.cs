using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Meduza.Doubles.Mosdns;

/// <summary>
/// MosDNS's command line (version 5, <c>coremain/run.go</c>): <c>start [-c FILE] [-d FOLDER]</c>, <c>version</c>. It answers on the
/// ports of its servers until SIGTERM or SIGINT; any other signal does what it does by default.
/// </summary>
internal static class MosdnsProgram
{
    private static readonly IPAddress NamesAnswer = IPAddress.Parse("198.51.100.1");

    public static int Run(string[] arguments)
    {
        if (arguments is ["version"])
        {
            Console.Out.WriteLine("v5.3.3-double");
            return 0;
        }
        if (arguments is not ["start", .. var options])
        {
            Console.Error.WriteLine(arguments is [var command, ..] ? $"Error: unknown command \"{command}\" for \"mosdns\"" : "Usage:\n  mosdns [command]");
            return arguments.Length == 0 ? 0 : 1;
        }
        string? folder = null, file = null;
        for (var i = 0; i < options.Length; i++)
        {
            switch (options[i])
            {
                case "-d" or "--dir" when i + 1 < options.Length: folder = options[++i]; break;
                case "-c" or "--config" when i + 1 < options.Length: file = options[++i]; break;
                default:
                    Console.Error.WriteLine($"Error: unknown flag: {options[i]}");
                    return 1;
            }
        }
        try
        {
            return Start(folder, file ?? "config.yaml");
        }
        catch (ConfigException e)
        {
            Console.Error.WriteLine($"Error: {e.Message}");
            return 1;
        }
    }

    private static int Start(string? folder, string file)
    {
        var faults = new Faults("mosdns");
        faults.WatchForCrash();
        try
        {
            if (folder is not null)
                Directory.SetCurrentDirectory(folder);
        }
        catch (IOException e)
        {
            throw new ConfigException($"failed to change the current working directory, {e.Message}");
        }
        var servers = MosdnsConfig.Servers(file);
        using var ended = new ManualResetEventSlim();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        faults.WaitWhile(Faults.Hold);
        List<IDisposable> open = [];
        foreach (var (tag, isUdp, listen) in servers)
        {
            try
            {
                open.Add(isUdp ? new NamesPort(listen, NamesAnswer, faults) : new SilentPort(listen, faults));
            }
            catch (SocketException e)
            {
                throw new ConfigException($"mosdns exited, failed to init plugin {tag}, failed to create socket, listen {listen}: {e.Message}");
            }
        }
        ended.Wait();
        open.ForEach(port => port.Dispose());
        return 0;

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ended.Set();
        }
    }

    /// <summary>A TCP server that is there.</summary>
    private sealed class SilentPort(IPEndPoint listen, Faults faults) : TcpPort(listen, faults)
    {
        protected override void Serve(Socket client)
        {
        }
    }
}
