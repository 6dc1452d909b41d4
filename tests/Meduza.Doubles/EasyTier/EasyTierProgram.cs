using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Meduza.Linux;
using Meduza.Linux.Netlink.Route;

namespace Meduza.Doubles.EasyTier;

/// <summary>
/// easytier-core's command line (2.4, <c>easytier-core.rs</c>): <c>--config-file FILE</c>, with <c>--check-config</c> to end after it was read. It
/// writes its configuration, makes its device, and runs until SIGINT or SIGTERM. It reaches nobody.
/// </summary>
internal static class EasyTierProgram
{
    private const int Usage = 2, Panic = 101;
    private const string RpcVariable = "ET_RPC_PORTAL";

    public static int Run(string[] arguments)
    {
        string? file = null;
        var isCheck = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "-V" or "--version":
                    Console.Out.WriteLine("easytier-core 2.4.5-double");
                    return 0;
                case "--check-config":
                    isCheck = true;
                    break;
                case "-c" or "--config-file":
                    if (++i == arguments.Length)
                        return Wrong($"a value is required for '{arguments[i - 1]} <CONFIG_FILE>...' but none was supplied");
                    file = arguments[i];
                    break;
                default:
                    return Wrong($"unexpected argument '{arguments[i]}' found");
            }
        }
        var faults = new Faults("easytier-core");
        try
        {
            var config = EasyTierConfig.Read(file ?? throw new ConfigException("no config file"));
            if (isCheck && faults.Has(Faults.Refuse))
                throw new ConfigException($"failed to parse config file: {config.Text}\n\nCaused by:\n    it is not liked");
            return isCheck ? 0 : Start(file, config, faults);
        }
        catch (ConfigException e)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
        catch (PanicException e)
        {
            Console.Error.WriteLine($"thread 'main' panicked at easytier/src/common/config.rs:\n{e.Message}");
            return Panic;
        }
    }

    private static int Wrong(string what)
    {
        Console.Error.WriteLine($"error: {what}\n\nUsage: easytier-core [OPTIONS]\n\nFor more information, try '--help'.");
        return Usage;
    }

    private static int Start(string file, EasyTierConfig config, Faults faults)
    {
        faults.WatchForCrash(Panic, "thread 'tokio-runtime-worker' panicked at easytier/src/peers/peer_manager.rs");
        using var ended = new ManualResetEventSlim();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        Console.Out.WriteLine($"Starting easytier from config file \"{file}\" with config:\n############### TOML ###############\n\n{config.Text}\n-----------------------------------");
        faults.WaitWhile(Faults.Hold);
        List<IDisposable> open = [];
        var portal = IPEndPoint.Parse(Environment.GetEnvironmentVariable(RpcVariable) ?? "0.0.0.0:15888");
        foreach (var (isUdp, listen) in config.Listeners.Prepend((IsUdp: false, Listen: portal)))
            Listen(isUdp, listen, open);
        using var device = Device(config);
        ended.Wait();
        Console.Out.WriteLine("Stopping easytier...");
        open.ForEach(socket => socket.Dispose());
        return 0;

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ended.Set();
        }
    }

    private static void Listen(bool isUdp, IPEndPoint listen, List<IDisposable> open)
    {
        var socket = new Socket(listen.AddressFamily, isUdp ? SocketType.Dgram : SocketType.Stream, isUdp ? ProtocolType.Udp : ProtocolType.Tcp);
        open.Add(socket);
        try
        {
            socket.Bind(listen);
            if (!isUdp)
                socket.Listen();
        }
        catch (SocketException e)
        {
            // It goes on with those that it has.
            Console.Error.WriteLine($"listener add failed: {listen}: {e.Message}");
        }
    }

    /// <summary>Null where it has none. An address that is there already makes it give the device up.</summary>
    private static Descriptor? Device(EasyTierConfig config)
    {
        if (config.Address is not { } network)
            return null;
        try
        {
            var name = config.Device.Length > 0 ? config.Device : "tun0";
            var device = TunDevice.OpenTun(name);
            using var route = RouteSocket.Open();
            var index = route.GetLink(name)!.Value.Index;
            route.AddAddress(index, config.Host!, network.PrefixLength);
            route.SetMtu(index, 1380);
            route.SetUp(index);
            Console.Out.WriteLine($"tun device ready. dev: {name}");
            return device;
        }
        catch (LinuxException e)
        {
            Console.Error.WriteLine($"tun device error: {e.Message}");
            return null;
        }
    }
}
