using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Golden;

namespace Meduza.Gateway.Tests.Render;

public sealed class ProgramPrivilegesTests
{
    private static readonly Machine Bare = new() { Users = [] };

    [Fact]
    public void The_page_for_operators_has_the_same_table()
    {
        var page = Path.Combine(GoldenTests.Folder(), "..", "..", "..", "docs", "security.md");
        var rows = File.ReadLines(page).SkipWhile(line => !line.StartsWith("| program", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));

        Assert.Equal(ProgramPrivileges.All.Select(Row), rows);
    }

    private static string Row(ProgramPrivileges program)
    {
        var user = $"`{program.User}`{(program.DropsByItself ? ", by itself" : "")}";
        var capabilities = program.Capabilities.IsEmpty ? "none" : string.Join(' ', program.Capabilities.Select(name => $"`{name}`"));
        var noNew = program.On(new Machine()).NoNewPrivileges ? "yes" : "no";
        return $"| `{program.Program}` | {user} | {capabilities} | {noNew} | {program.Why} |";
    }

    [Fact]
    public void A_program_runs_as_its_user_where_there_is_one_and_else_as_a_root_of_little_power()
    {
        Assert.Equal("tinc", ProgramPrivileges.Tincd.On(new Machine()).User);
        var bare = ProgramPrivileges.Tincd.On(Bare);

        Assert.Null(bare.User);
        Assert.Null(ProgramPrivileges.Tincd.UserOn(Bare));
        Assert.Equal(ProgramPrivileges.Tincd.Capabilities, bare.Capabilities!.Value);
        Assert.True(bare.NoNewPrivileges);
    }

    [Fact]
    public void A_program_that_needs_its_user_asks_for_it_wherever_it_is()
    {
        Assert.Equal("frr", ProgramPrivileges.Zebra.On(Bare).User);
        Assert.Equal("frr", ProgramPrivileges.Zebra.UserOn(Bare));
    }

    [Fact]
    public void A_program_that_drops_by_itself_starts_as_root_and_with_what_that_takes()
    {
        var started = ProgramPrivileges.Ospfd.On(new Machine());

        Assert.Null(started.User);
        Assert.Equal(ProgramPrivileges.Ospfd.Capabilities.Concat(["CAP_SETGID", "CAP_SETUID"]), started.Capabilities!.Value);
        // What it reads and writes is still its user's.
        Assert.Equal("frr", ProgramPrivileges.Ospfd.UserOn(new Machine()));
    }

    [Fact]
    public void Every_service_that_is_rendered_is_bounded()
    {
        foreach (var node in (string[])["gw-a", "gw-b"])
        {
            foreach (var machine in (Machine[])[new(), Bare, new() { WireGuardInKernel = false, FrrHasMgmtd = true }])
            {
                var services = Renderer.Render(ConfigParser.Parse(Fleet.Keys.Snapshot, node).Config!, machine).Services;
                Assert.NotEmpty(services);
                Assert.All(services, service => Assert.True(service.Privileges is { Capabilities: not null, NoNewPrivileges: true }, service.Name));
            }
        }
    }

    [Fact]
    public void Privileges_and_limits_are_compared_by_what_they_say()
    {
        static Privileges One() => new() { User = "a", Groups = ["b"], Capabilities = ["CAP_CHOWN"] };
        static Limits Two() => new() { Process = [new("core", 0, 0)], Nice = 1 };
        Assert.Equal(One(), One());
        Assert.Equal(One().GetHashCode(), One().GetHashCode());
        Assert.NotEqual(One(), One() with { Groups = [] });
        Assert.NotEqual(One() with { Groups = null }, One() with { Groups = [] });
        Assert.NotEqual(One(), One() with { Capabilities = (ImmutableArray<string>)["CAP_KILL"] });
        Assert.NotEqual(One(), One() with { NetworkNamespace = "/run/netns/x" });
        Assert.Equal(Two(), Two());
        Assert.Equal(Two().GetHashCode(), Two().GetHashCode());
        Assert.NotEqual(Two(), Two() with { Process = [] });
        Assert.NotEqual(Two(), Two() with { MemoryMax = 1 });

        ServiceDefinition service = new() { Name = "x", Component = "x", Command = ["/x"], Privileges = One(), Limits = Two() };
        Assert.True(service.SameProcessAs(service with { Privileges = One(), Limits = Two() }));
        Assert.False(service.SameProcessAs(service with { Privileges = new() }));
        Assert.False(service.SameProcessAs(service with { Limits = new() }));
    }
}
