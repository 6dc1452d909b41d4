using Meduza.Lab.Harness;

namespace Meduza.Bench.Supervision;

/// <summary>A supervisor, and how it becomes PID 1 over a number of services: each a shell that becomes sleep(1).</summary>
/// <param name="Name">As the figures have it.</param>
/// <param name="Program">What must be on this machine.</param>
/// <param name="Command">What becomes PID 1.</param>
/// <param name="Configure">Shell commands that write the configuration of <c>$n</c> services, run in the root of its machine.</param>
internal sealed record Peer(string Name, string Program, IReadOnlyList<string> Command, string Configure)
{
    /// <summary>What each service executes: a copy of the shell of its own, so that its execution is told apart.</summary>
    public static string ServiceProgram(int service) => $"/usr/lib/lab/sh{service}";

    /// <summary>The script that the shell runs.</summary>
    public const string Script = "/etc/lab-run";

    /// <summary>Before this is opened for writing, nothing starts.</summary>
    public const string Gate = "/lab-gate";

    public static Peer Meduza { get; } = new("meduza", PidOne.Program, [PidOne.Program], "");

    /// <summary>Those to stand beside, each told to restart at once what ended.</summary>
    public static IReadOnlyList<Peer> Others { get; } =
    [
        new("s6", "s6-svscan", ["/usr/bin/s6-svscan", "/run/service"],
            """
            i=0
            while [ $i -lt $n ]; do
                mkdir -p /run/service/s$i
                printf '#!/usr/lib/lab/sh%s\nexec /bin/sleep 100000\n' $i > /run/service/s$i/run
                chmod 755 /run/service/s$i/run
                i=$((i+1))
            done
            """),
        new("dinit", "dinit", ["/usr/bin/env", "dinit", "--container", "--services-dir", "/etc/lab-dinit"],
            """
            mkdir -p /etc/lab-dinit
            printf 'type = internal\n' > /etc/lab-dinit/boot
            i=0
            while [ $i -lt $n ]; do
                printf 'type = process\ncommand = /usr/lib/lab/sh%s /etc/lab-run\nrestart = true\nrestart-delay = 0\nrestart-limit-interval = 0\n' $i > /etc/lab-dinit/s$i
                printf 'waits-for = s%s\n' $i >> /etc/lab-dinit/boot
                i=$((i+1))
            done
            """),
        new("supervisord", "supervisord", ["/usr/bin/supervisord", "--nodaemon", "--configuration", "/etc/lab-supervisord.conf"],
            """
            printf '[supervisord]\nuser=root\nlogfile=/var/log/supervisord.log\npidfile=/run/supervisord.pid\n' > /etc/lab-supervisord.conf
            i=0
            while [ $i -lt $n ]; do
                printf '[program:s%s]\ncommand=/usr/lib/lab/sh%s /etc/lab-run\nautorestart=true\nstartsecs=0\n' $i $i >> /etc/lab-supervisord.conf
                i=$((i+1))
            done
            """),
    ];

    /// <summary>True when its program is here.</summary>
    public bool IsInstalled => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists($"{folder}/{Program}"));

    /// <summary>All that is done in the new root before it becomes PID 1.</summary>
    public string Prepare(int services) =>
        $"""
        n={services}
        mkdir -p /usr/lib/lab /run /var/log
        i=0
        while [ $i -lt $n ]; do cp /bin/sh /usr/lib/lab/sh$i; i=$((i+1)); done
        echo 'exec /bin/sleep 100000' > {Script}
        {(this == Meduza ? "" : "mount -n -t proc proc /proc")}
        {Configure}
        mkfifo {Gate}
        read go < {Gate}
        """;
}
