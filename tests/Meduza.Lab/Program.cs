using Meduza.Lab;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;
using Xunit.MicrosoftTestingPlatform;

Live.TakeDownOnSignals();
LabFolder.SweepAbandoned();
return Live.End(args switch
{
    ["demo"] => new DemoRun(Console.Out).Run(keep: false),
    ["demo", "--keep"] => new DemoRun(Console.Out).Run(keep: true),
    _ => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
});
