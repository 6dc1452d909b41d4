using System.Runtime.InteropServices;

namespace Meduza.Doubles.Mihomo;

/// <summary>
/// mihomo's command line (<c>main.go</c>): <c>-d FOLDER</c>, <c>-f FILE</c>, <c>-t</c> checks the configuration and ends, <c>-v</c>
/// says the version. It runs until SIGTERM or SIGINT; SIGHUP has it read its file again.
/// </summary>
internal static class MihomoProgram
{
    public const string Version = "1.19.24-double";

    public static int Run(string[] arguments)
    {
        string folder = "/root/.config/mihomo", file = "config.yaml";
        bool isTest = false, isVersion = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i].TrimStart('-'))
            {
                case "d" when i + 1 < arguments.Length: folder = arguments[++i]; break;
                case "f" or "config" when i + 1 < arguments.Length: file = arguments[++i]; break;
                case "t": isTest = true; break;
                case "v": isVersion = true; break;
                default:
                    Console.Error.WriteLine($"flag provided but not defined: {arguments[i]}");
                    return 2;
            }
        }
        if (isVersion)
        {
            Console.Out.WriteLine($"Mihomo Meta {Version} linux {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()} with go0");
            return 0;
        }
        var path = Path.GetFullPath(file, Path.GetFullPath(folder));
        return isTest ? Check(folder, path) : Run(folder, path);
    }

    private static int Check(string folder, string path)
    {
        try
        {
            MakeFolder(folder);
            MihomoConfig.Parse(Read(path));
        }
        catch (ConfigException e)
        {
            MihomoLog.Say("error", e.Message);
            Console.Out.WriteLine($"configuration file {path} test failed");
            return 1;
        }
        Console.Out.WriteLine($"configuration file {path} test is successful");
        return 0;
    }

    private static int Run(string folder, string path)
    {
        var faults = new Faults("mihomo");
        faults.WatchForCrash();
        MihomoConfig config;
        try
        {
            MakeFolder(folder);
            config = MihomoConfig.Parse(Read(path));
        }
        catch (ConfigException e)
        {
            MihomoLog.Say("fatal", $"Parse config error: {e.Message}");
            return 1;
        }
        using var ended = new ManualResetEventSlim();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        MihomoLog.Say("info", "Start initial configuration in progress");
        faults.WaitWhile(Faults.Hold);
        using var service = new MihomoService(faults);
        service.Apply(config);
        using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            try
            {
                service.Apply(MihomoConfig.Parse(Read(path)));
            }
            catch (ConfigException e)
            {
                MihomoLog.Say("error", $"Parse config error: {e.Message}");
            }
        });
        MihomoLog.Say("info", "Initial configuration complete");
        ended.Wait();
        return 0;

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ended.Set();
        }
    }

    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"Parse config error: open {path}: {e.Message}");
        }
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"Initial configuration directory error: can't create config directory {folder}: {e.Message}");
        }
    }
}

/// <summary>Lines as logrus writes them, on standard output.</summary>
internal static class MihomoLog
{
    public static void Say(string level, string text) => Console.Out.WriteLine(
        $"time=\"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffff00Z}\" level={level} msg=\"{text.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"");
}
