using CsCheck;
using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Processes;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

/// <summary>Whatever happens, in whatever order, to services that depend on each other in whatever way.</summary>
public sealed class SupervisionPropertyTests
{
    private const int Services = 5;

    /// <summary>What can happen to a service, or to all (then the service does not count).</summary>
    private enum Happening
    {
        Define, DefineAnew, Start, Stop, Restart, Remove, Execute, ExitWell, ExitBadly, ShowSign, HideSign, BeWell, BeIll, SayReady, SayStopping,
        AgentSaysReady, AgentSaysNot, PassLittle, PassLong, NoProcesses, Processes,
    }

    private static readonly Gen<ServiceDefinition[]> Definitions =
        from kinds in Gen.Int[0, 5].Array[Services]
        from checks in Gen.Int[0, 3].Array[Services]
        from edges in Gen.Select(Gen.Int[0, Services - 1], Gen.Int[0, Services - 1], Gen.Bool).Array[0, 8]
        from tells in Gen.Bool.Array[Services]
        select Enumerable.Range(0, Services).Select(i => new ServiceDefinition
        {
            Name = $"s{i}",
            Component = $"s{i}",
            Command = [$"/bin/s{i}"],
            Kind = kinds[i] == 0 ? ServiceKind.Oneshot : ServiceKind.Daemon,
            Readiness = kinds[i] switch
            {
                1 => new(ReadinessKind.File, $"/run/s{i}"),
                2 => new(ReadinessKind.NotifySocket, ""),
                3 => new(ReadinessKind.Agent, ""),
                _ => Readiness.Started,
            },
            Health = checks[i] == 0 || kinds[i] == 0 ? null : new(new Readiness(ReadinessKind.File, $"/run/h{i}")) { Restart = checks[i] == 1 },
            WhenRequiredRestarts = tells[i] ? RequiredRestart.Tell : RequiredRestart.Restart,
            // Requirements only of lower numbers: circles are refused. After goes every way.
            Requires = [.. edges.Where(e => e.Item3 && e.Item1 == i && e.Item2 < i).Select(e => $"s{e.Item2}").Distinct()],
            After = [.. edges.Where(e => !e.Item3 && e.Item1 == i).Select(e => $"s{e.Item2}").Distinct()],
        }).ToArray();

    private static readonly Gen<(Happening What, int Which)[]> Histories =
        Gen.Select(Gen.Enum<Happening>(), Gen.Int[0, Services - 1]).Array[0, 60];

    [Fact]
    public void The_rules_hold_after_everything_that_happens() => Gen.Select(Definitions, Histories).Sample((definitions, history) =>
    {
        var bench = new SupervisorBench();
        foreach (var definition in definitions)
            bench.Define(definition);
        foreach (var (what, which) in history)
        {
            Do(bench, definitions[which], what);
            Check(bench);
        }
    });

    [Fact]
    public void When_all_goes_well_again_all_that_is_wanted_and_may_be_up_comes_up() => Gen.Select(Definitions, Histories).Sample((definitions, history) =>
    {
        var bench = new SupervisorBench();
        foreach (var definition in definitions)
            bench.Define(definition);
        foreach (var (what, which) in history)
            Do(bench, definitions[which], what);

        bench.Processes.NoMore = 0;
        for (var i = 0; i < Services; i++)
        {
            bench.Processes.ReadyTargets.Add($"/run/s{i}");
            bench.Processes.ReadyTargets.Add($"/run/h{i}");
        }
        for (var round = 0; round < 40; round++)
        {
            foreach (var process in bench.Processes.Started.Where(p => !p.IsGone).ToArray())
            {
                process.Execute();
                bench.Supervisor.Find(process.Definition.Name)?.Said(process.Pid, isReady: true, null);
                process.Say(Notice.Ready);
                if (process.Definition.Kind == ServiceKind.Oneshot || process.Got.Count > 0 || process.SaidStopping)
                    bench.Supervisor.Exited(new(process.Pid, 0, 0));
            }
            bench.Pass(61);
        }

        Assert.All(bench.Supervisor.Services, s => Assert.Equal(!s.Wanted ? ServiceState.Down
            : !MayComeUp(bench, s) ? ServiceState.Waiting
            : s.Definition.Kind == ServiceKind.Oneshot ? ServiceState.Completed
            : ServiceState.Ready, s.State));
    });

    [Fact]
    public void The_end_comes_within_its_limit_in_the_reverse_order_whatever_happened() => Gen.Select(Definitions, Histories).Sample((definitions, history) =>
    {
        var bench = new SupervisorBench();
        foreach (var definition in definitions)
            bench.Define(definition);
        foreach (var (what, which) in history)
            Do(bench, definitions[which], what);
        bench.Processes.Story.Clear();
        var done = 0;

        bench.Supervisor.Shutdown(() => done++);
        Check(bench);
        bench.Pass(25.1); // not even SIGKILL ends them

        Assert.Equal(1, done);
        Assert.DoesNotContain(bench.Processes.Story, s => s.StartsWith("start", StringComparison.Ordinal));
    });

    [Fact]
    public void What_is_required_is_asked_to_end_after_all_that_require_it() => Gen.Select(Definitions, Histories).Sample((definitions, history) =>
    {
        var bench = new SupervisorBench();
        foreach (var definition in definitions)
            bench.Define(definition);
        foreach (var (what, which) in history)
            Do(bench, definitions[which], what);
        // The rest of what was asked before is not the shutdown's order.
        foreach (var process in bench.Processes.Started.Where(p => (p.Got.Count > 0 || p.SaidStopping) && !p.IsGone).ToArray())
            bench.Supervisor.Exited(new(process.Pid, 0, 0));
        bench.Processes.Story.Clear();

        var living = bench.Processes.Started.Where(p => !p.IsGone).ToList();
        bench.Supervisor.Shutdown(() => { });
        for (var round = 0; round < Services; round++)
        {
            foreach (var process in living.Where(p => p.Got.Count > 0 && !p.IsGone))
                bench.Supervisor.Exited(new(process.Pid, 0, 0));
        }

        Assert.All(living, p => Assert.True(p.IsGone));
        foreach (var process in living)
        {
            foreach (var required in living.Where(r => bench.Processes.Story.Contains($"signal {r.Definition.Name} 15")
                && process.Definition.Requires.Contains(r.Definition.Name)))
            {
                Assert.True(
                    bench.Processes.Story.IndexOf($"signal {process.Definition.Name} 15") < bench.Processes.Story.IndexOf($"signal {required.Definition.Name} 15"),
                    $"{required.Definition.Name} was asked before {process.Definition.Name}");
            }
        }
    });

    private static void Do(SupervisorBench bench, ServiceDefinition definition, Happening what)
    {
        var service = bench.Supervisor.Find(definition.Name);
        var process = bench.Processes.Started.LastOrDefault(p => p.Definition.Name == definition.Name && !p.IsGone);
        switch (what)
        {
            case Happening.Define: bench.Supervisor.Define(definition); break;
            case Happening.DefineAnew: bench.Supervisor.Define(definition with { Revision = $"{bench.Processes.Started.Count}" }); break;
            case Happening.Start when service is not null: bench.Supervisor.Start(service); break;
            case Happening.Stop: service?.Stop(); break;
            case Happening.Restart: service?.Restart(); break;
            case Happening.Remove: service?.Remove(); break;
            case Happening.Execute: process?.Execute(); break;
            case Happening.ExitWell when process is not null: bench.Supervisor.Exited(new(process.Pid, 0, 0)); break;
            case Happening.ExitBadly when process is not null: bench.Supervisor.Exited(new(process.Pid, 1, 0)); break;
            case Happening.ShowSign: bench.Processes.ReadyTargets.Add($"/run/{definition.Name}"); break;
            case Happening.HideSign: bench.Processes.ReadyTargets.Remove($"/run/{definition.Name}"); break;
            case Happening.BeWell: bench.Processes.ReadyTargets.Add($"/run/h{definition.Name[1..]}"); break;
            case Happening.BeIll: bench.Processes.ReadyTargets.Remove($"/run/h{definition.Name[1..]}"); break;
            case Happening.SayReady: process?.Say(Notice.Ready); break;
            case Happening.SayStopping: process?.Say(new Notice(false, true, false, null)); break;
            case Happening.AgentSaysReady when process is not null: service?.Said(process.Pid, isReady: true, null); break;
            case Happening.AgentSaysNot when process is not null: service?.Said(process.Pid, isReady: false, "why"); break;
            case Happening.PassLittle: bench.Pass(0.7); break;
            case Happening.PassLong: bench.Pass(40); break;
            case Happening.NoProcesses: bench.Processes.NoMore = 11; break;
            case Happening.Processes: bench.Processes.NoMore = 0; break;
        }
    }

    private static bool MayComeUp(SupervisorBench bench, Service service) =>
        service.Wanted && service.Definition.Requires.All(name => bench.Supervisor.Find(name) is { } required && MayComeUp(bench, required));

    private static void Check(SupervisorBench bench)
    {
        foreach (var service in bench.Supervisor.Services)
        {
            var living = bench.Processes.Started.Where(p => p.Definition.Name == service.Name && !p.IsGone).ToList();
            Assert.True(living.Count <= 1, $"{service.Name} has {living.Count} processes");
            Assert.Equal(living.Count == 1, service.HasProcess);
            Assert.Equal(
                service.State is ServiceState.Starting or ServiceState.Ready or ServiceState.Unhealthy or ServiceState.Stopping, service.HasProcess);
            if (bench.Supervisor.IsShuttingDown)
                continue;

            Assert.True(service.Wanted ? service.State != ServiceState.Down : service.State is ServiceState.Down or ServiceState.Stopping);
            if (service.State == ServiceState.Waiting)
                Assert.NotNull(service.WaitingFor);
            if (service.State is ServiceState.Backoff or ServiceState.Failing)
                Assert.NotNull(bench.Timers.UntilNext());
            if (service.State == ServiceState.Stopping)
                Assert.True(living[0].Got.Count > 0 || living[0].SaidStopping || service.WaitingFor is not null, $"{service.Name} is neither asked to stop nor held");
            if (service.State is ServiceState.Starting or ServiceState.Ready or ServiceState.Unhealthy)
            {
                foreach (var required in living[0].Definition.Requires.Select(bench.Supervisor.Find))
                    Assert.True(required is not null && MayComeUp(bench, required), $"{service.Name} runs without what it requires");
            }
            // Whoever was asked to stop for good while others require it was asked after them.
            if (service is { State: ServiceState.Stopping, Wanted: false } && living[0].Got.Count > 0)
            {
                Assert.DoesNotContain(bench.Supervisor.Services, other => other.State is ServiceState.Starting or ServiceState.Ready or ServiceState.Unhealthy
                    && other.Definition.Requires.Contains(service.Name));
            }
        }
    }
}
