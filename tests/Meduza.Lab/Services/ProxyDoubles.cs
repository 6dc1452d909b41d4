using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>
/// Programs in the place of mihomo, MosDNS and EasyTier, which no archive has: <c>tests/Meduza.Doubles</c>, or the true ones where
/// <c>MEDUZA_REAL_MIHOMO</c>, <c>MEDUZA_REAL_MOSDNS</c> and <c>MEDUZA_REAL_EASYTIER</c> name them. mihomo begins when it is let go. Faults are files
/// (<see cref="Set"/>), and signals.
/// </summary>
public static class ProxyDoubles
{
    /// <summary>The address that MosDNS gives for every name, and that mihomo gives.</summary>
    public const string MosdnsAnswer = "198.51.100.1", MihomoAnswer = "198.51.100.2";

    /// <summary>Faults of a program, as the double knows them.</summary>
    public const string Hold = "hold", Hang = "hang", Crash = "crash", Reject = "reject", Refuse = "refuse";

    private const string Folder = "/var/lib/doubles";

    /// <summary>For <see cref="PidOneOptions.Prepare"/>: mihomo is held at its start, before it binds anything.</summary>
    public static string Prepare { get; } = $"""
        mkdir -m 755 -p {Folder}
        touch {Folder}/mihomo.{Hold}
        for program in mihomo mosdns easytier-core; do
            [ -e /usr/bin/$program.true ] || ln -sf meduza-doubles /usr/bin/$program
        done
        for program in mosdns easytier-core; do
            if [ -e /usr/bin/$program.true ]; then ln -sf $program.true /usr/bin/$program; fi
        done
        if [ -e /usr/bin/mihomo.true ]; then
            printf '%s\n' '#!/bin/sh' 'case " $* " in *" -t "* | *" -v "*) exec /usr/bin/mihomo.true "$@" ;; esac' \
                'while [ -e {Folder}/mihomo.{Hold} ]; do sleep 0.02; done' 'exec /usr/bin/mihomo.true "$@"' > /usr/bin/mihomo
            chmod 755 /usr/bin/mihomo
        fi
        """;

    /// <summary>For <see cref="Gateway.Programs"/>.</summary>
    public static IReadOnlyDictionary<string, string> Programs
    {
        get
        {
            var programs = new Dictionary<string, string> { ["meduza-doubles"] = Binary.Doubles };
            foreach (var (name, variable) in (ReadOnlySpan<(string, string)>)[("mihomo", "MEDUZA_REAL_MIHOMO"), ("mosdns", "MEDUZA_REAL_MOSDNS"), ("easytier-core", "MEDUZA_REAL_EASYTIER")])
            {
                if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path)
                    programs[name + ".true"] = path;
            }
            return programs;
        }
    }

    /// <summary>Boots a gateway with both programs.</summary>
    public static PidOne Start(Gateway gateway, IReadOnlyList<string>? environment = null, string prepare = "")
    {
        gateway.Programs = Programs;
        var init = gateway.Start(environment, $"{Prepare}\n{prepare}");
        // Only then is its root as it is to be, and what a test does in there is not undone.
        init.WaitUntil(() => File.Exists(init.ControlSocket), "PID 1 runs");
        return init;
    }

    /// <summary>Lets mihomo begin.</summary>
    public static void Go(PidOne init) => Clear(init, "mihomo", Hold);

    /// <summary>From now on the program has this fault.</summary>
    public static void Set(PidOne init, string program, string fault)
    {
        Must.Run(init.Inside("sh", "-c", $"umask 022; : > {Folder}/{program}.{fault}"));
    }

    /// <summary>The fault is over.</summary>
    public static void Clear(PidOne init, string program, string fault) => Must.Run(init.Inside("rm", "-f", $"{Folder}/{program}.{fault}"));
}
