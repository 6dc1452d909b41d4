using Meduza.Lab;
using Meduza.Lab.Harness;
using Xunit.MicrosoftTestingPlatform;

Live.TakeDownOnSignals();
LabFolder.SweepAbandoned();
return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
