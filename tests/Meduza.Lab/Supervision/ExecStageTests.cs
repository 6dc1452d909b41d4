using System.Globalization;
using System.Text.Json.Nodes;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Supervision;

/// <summary>What a definition says of a process's identity, privileges, limits and place, as the kernel then shows it; and what is told when that cannot be.</summary>
public sealed class ExecStageTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private int Start(string name, JsonObject? privileges = null, JsonObject? limits = null)
    {
        _machine.Define(name, ["/bin/sleep", "1000"], d =>
        {
            d["privileges"] = privileges;
            d["limits"] = limits;
        });
        Machine.Until(() => _machine.State(name) == "ready" || _machine.LastExit(name) is not null, $"{name} that is ready or failed");
        Assert.Null(_machine.LastExit(name));
        return _machine.HostPid(_machine.Pid(name));
    }

    private static string Account(string database, string name) => Must.Run(["getent", database, name]).Split(':')[2];

    private static string FourTimes(string number) => string.Join(' ', Enumerable.Repeat(number, 4));

    [Fact]
    public void User_and_groups_are_those_named_and_nothing_of_root_is_left()
    {
        var by = ProcessCredentials.Of(Start("a", new() { ["user"] = "games", ["group"] = "mail", ["groups"] = new JsonArray("news", "adm") }));

        Assert.Equal(FourTimes(Account("passwd", "games")), by.Uids);
        Assert.Equal(FourTimes(Account("group", "mail")), by.Gids);
        Assert.Equal($"{Account("group", "adm")} {Account("group", "news")}", by.Groups);
        Assert.Equal((CapabilitySet.None, CapabilitySet.None, CapabilitySet.None), (by.Permitted, by.Effective, by.Ambient));
        Assert.False(by.NoNewPrivileges);
    }

    [Fact]
    public void A_user_without_further_words_has_the_groups_that_the_machine_gives_it()
    {
        _machine.Init.Run("sed", "-i", "s/^news:.*/&games/; s/^adm:.*/&,games/", "/etc/group");

        var by = ProcessCredentials.Of(Start("a", new() { ["user"] = "games" }));

        Assert.Equal(FourTimes(Must.Run(["id", "-g", "games"]).Trim()), by.Gids);
        Assert.Equal(
            ((string[])[Account("group", "adm"), Account("group", "news"), Must.Run(["id", "-g", "games"]).Trim()]).Order(),
            by.Groups.Split(' ').Order());
    }

    [Fact]
    public void A_user_has_the_capabilities_named_and_can_never_have_others()
    {
        var by = ProcessCredentials.Of(Start("a", new()
        {
            ["user"] = "games", ["capabilities"] = new JsonArray("CAP_NET_BIND_SERVICE", "CAP_BPF"), ["no_new_privileges"] = true,
        }));

        var named = CapabilitySet.Of(Capability.CAP_NET_BIND_SERVICE, Capability.CAP_BPF);
        Assert.Equal(
            (named, named, named, named, named), (by.Bounding, by.Permitted, by.Effective, by.Inheritable, by.Ambient));
        Assert.True(by.NoNewPrivileges);
    }

    [Fact]
    public void Root_has_the_capabilities_named_and_no_program_of_its_gives_it_others()
    {
        var named = CapabilitySet.Of(Capability.CAP_NET_ADMIN, Capability.CAP_CHOWN);
        var by = ProcessCredentials.Of(Start("a", new() { ["capabilities"] = new JsonArray("CAP_NET_ADMIN", "CAP_CHOWN") }));

        Assert.Equal(FourTimes("0"), by.Uids);
        Assert.Equal((named, named, named, CapabilitySet.None), (by.Bounding, by.Permitted, by.Effective, by.Ambient));

        var none = ProcessCredentials.Of(Start("b", new() { ["capabilities"] = new JsonArray() }));
        Assert.Equal((CapabilitySet.None, CapabilitySet.None), (none.Bounding, none.Permitted));
    }

    [Fact]
    public void What_is_not_bounded_has_what_PID_1_has()
    {
        var own = ProcessCredentials.Of(_machine.Init.HostPid);
        var by = ProcessCredentials.Of(Start("a"));

        Assert.Equal((own.Bounding, own.Permitted, "0022"), (by.Bounding, by.Permitted, by.Umask));
    }

    [Fact]
    public void Limits_score_nice_and_umask_hold()
    {
        var pid = Start("a", limits: new()
        {
            ["process"] = new JsonArray(
                new JsonObject { ["resource"] = "nofile", ["soft"] = 100, ["hard"] = 200 },
                new JsonObject { ["resource"] = "core", ["soft"] = 0, ["hard"] = 0 },
                new JsonObject { ["resource"] = "memlock", ["soft"] = 4096 },
                new JsonObject { ["resource"] = "nproc", ["soft"] = 1000, ["hard"] = 1000 },
                // Less than what a process of this binary has mapped.
                new JsonObject { ["resource"] = "as", ["soft"] = 100_000_000, ["hard"] = 100_000_000 }),
            ["oom_score"] = 500, ["nice"] = 5, ["umask"] = 63,
        });

        var limits = File.ReadLines($"/proc/{pid}/limits").Skip(1).ToDictionary(l => l[..26].Trim(), l => l[26..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["100", "200"], limits["Max open files"][..2]);
        Assert.Equal(["0", "0"], limits["Max core file size"][..2]);
        Assert.Equal("4096", limits["Max locked memory"][0]);
        Assert.Equal(["1000", "1000"], limits["Max processes"][..2]);
        Assert.Equal(["100000000", "100000000"], limits["Max address space"][..2]);
        Assert.Equal("500", File.ReadAllText($"/proc/{pid}/oom_score_adj").Trim());
        Assert.Equal("5", File.ReadAllText($"/proc/{pid}/stat").Split(' ')[18]);
        Assert.Equal("0077", ProcessCredentials.Of(pid).Umask);
    }

    [Fact]
    public void A_process_runs_in_the_network_namespace_of_its_definition()
    {
        _machine.Init.Run("ip", "netns", "add", "inner");

        var pid = Start("a", new() { ["network_namespace"] = "/run/netns/inner" });

        var inner = _machine.Init.Run("stat", "-L", "-c", "%i", "/run/netns/inner").Output.Trim();
        Assert.Equal(inner, ProcessTable.NamespaceOf(pid, "net").ToString(CultureInfo.InvariantCulture));
        Assert.NotEqual(ProcessTable.NamespaceOf(_machine.Init.HostPid, "net"), ProcessTable.NamespaceOf(pid, "net"));
    }

    [Fact]
    public void Every_failure_is_told_in_words_and_backs_off_from_the_first()
    {
        _machine.Init.Run("sh", "-c", "echo x > /tmp/plain; printf '#!/no/such/interpreter\n' > /tmp/script; chmod +x /tmp/script; echo y > /tmp/text; chmod +x /tmp/text");
        // The kernel counts those that a user has already.
        Start("holder", new() { ["user"] = "games" });
        Dictionary<string, (string Command, JsonObject? Privileges, JsonObject? Limits, string Told)> cases = new()
        {
            ["missing"] = ("/no/such/program", null, null, "/no/such/program: no such file"),
            ["plain"] = ("/tmp/plain", null, null, "/tmp/plain: permission denied"),
            ["script"] = ("/tmp/script", null, null, "/tmp/script: its interpreter does not exist"),
            ["text"] = ("/tmp/text", null, null, "/tmp/text: no program, or one for another machine than this"),
            ["user"] = ("/bin/true", new() { ["user"] = "nobody-at-all" }, null, "user \"nobody-at-all\" does not exist: install the program's package, or add the user"),
            ["group"] = ("/bin/true", new() { ["group"] = "no-group" }, null, "group \"no-group\" does not exist: install the program's package, or add the group"),
            ["groups"] = ("/bin/true", new() { ["groups"] = new JsonArray("mail", "no-group") }, null, "group \"no-group\" does not exist: install the program's package, or add the group"),
            ["netns"] = ("/bin/true", new() { ["network_namespace"] = "/run/netns/x" }, null, "network namespace /run/netns/x: no such file"),
            ["no-netns"] = ("/bin/true", new() { ["network_namespace"] = "/etc/passwd" }, null, "network namespace /etc/passwd: not a network namespace"),
            ["nproc"] = ("/bin/true", new() { ["user"] = "games" }, new() { ["process"] = new JsonArray(new JsonObject { ["resource"] = "nproc", ["soft"] = 0, ["hard"] = 0 }) },
                "/bin/true: its user has as many processes as limit nproc lets it"),
            ["folder"] = ("/bin/true", null, null, "working folder /nowhere: no such folder"),
            ["closed-folder"] = ("/bin/true", new() { ["user"] = "games", ["capabilities"] = new JsonArray() }, null, "working folder /root: permission denied"),
        };
        foreach (var (name, (command, privileges, limits, _)) in cases)
        {
            _machine.Define(name, [command], d =>
            {
                d["privileges"] = privileges;
                d["limits"] = limits;
                d["working_folder"] = name switch { "folder" => "/nowhere", "closed-folder" => "/root", _ => "/" };
            });
        }

        Machine.Until(() => cases.Keys.All(name => _machine.LastExit(name) is not null), "failure of all");

        Assert.All(cases, c => Assert.Equal(c.Value.Told, _machine.LastExit(c.Key)));
        Assert.All(cases.Keys, name => Assert.InRange((int)_machine.Status()[name]["restarts"]!, 0, 3));
        Assert.Contains("user \"nobody-at-all\" does not exist", _machine.Init.Meduza("status", "user").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_PID_1_does_not_have_it_cannot_give_and_says_so()
    {
        // A container with less than a machine has.
        using var poor = new Machine(new() { Command = ["/usr/bin/setpriv", "--bounding-set", "-bpf,-sys_resource,-sys_nice", PidOne.Program] });
        poor.Define("capability", ["/bin/true"], d => d["privileges"] = new JsonObject { ["capabilities"] = new JsonArray("CAP_CHOWN", "CAP_BPF") });
        poor.Define("limit", ["/bin/true"], d => d["limits"] = new JsonObject { ["process"] = new JsonArray(new JsonObject { ["resource"] = "nofile", ["hard"] = 1_000_000_000 }) });
        poor.Define("nice", ["/bin/true"], d => d["limits"] = new JsonObject { ["nice"] = -5 });
        poor.Define("score", ["/bin/true"], d => d["limits"] = new JsonObject { ["oom_score"] = -500 });

        Machine.Until(() => poor.Status().Values.All(s => (string)s["name"]! == "agent" || s["last_exit"] is not null), "failure of all");

        Assert.Equal("capability CAP_BPF is not PID 1's to give: grant it to this container", poor.LastExit("capability"));
        Assert.StartsWith("limit nofile ", poor.LastExit("limit"), StringComparison.Ordinal);
        Assert.EndsWith(": above PID 1's own, and it may not raise that: grant CAP_SYS_RESOURCE to this container", poor.LastExit("limit"), StringComparison.Ordinal);
        Assert.Equal("nice -5: permission denied", poor.LastExit("nice"));
        Assert.Equal("oom_score_adj -500: permission denied", poor.LastExit("score"));
        poor.UntilState("agent", "ready");
    }

    [Fact]
    public void The_agent_has_no_more_than_it_needs()
    {
        _machine.UntilState("agent", "ready");

        var by = ProcessCredentials.Of(_machine.HostPid(_machine.Pid("agent")));

        Assert.Equal("CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_NET_ADMIN CAP_NET_RAW", by.Bounding.ToString());
        Assert.Equal((by.Bounding, by.Bounding), (by.Permitted, by.Effective));
        Assert.True(by.NoNewPrivileges);
    }
}
