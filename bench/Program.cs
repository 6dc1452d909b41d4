using Meduza.Bench;
using Meduza.Lab.Harness;

Live.TakeDownOnSignals();
LabFolder.SweepAbandoned();

ProxyRules.Measure();
Boot.Measure();
using var solo = SoloGateway.Start();
IdleMemory.Measure(solo, "after_start");
CommitLatency.Measure(solo);
UnchangedCommit.Measure(solo);
IdleMemory.Measure(solo, "after_100_commits");
