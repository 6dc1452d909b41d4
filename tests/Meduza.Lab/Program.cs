using System.Globalization;
using Meduza.Lab;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;
using Meduza.Lab.Soak;
using Xunit.MicrosoftTestingPlatform;

Live.TakeDownOnSignals();
LabFolder.SweepAbandoned();
return Live.End(args switch
{
    ["demo"] => new DemoRun(Console.Out).Run(keep: false),
    ["soak", var changes, var seed, var logs] => new SoakRun(
        new(int.Parse(changes, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture)) { Logs = logs }, Console.Out).Run(),
    ["demo", "--keep"] => new DemoRun(Console.Out).Run(keep: true),
    _ => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
});
