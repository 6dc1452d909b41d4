using System.Diagnostics;
using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Continuation;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>PID 1 that executes itself anew with 15 services: how long nobody answers, and what it costs to be ready for it.</summary>
internal static class Continuity
{
    private const int Services = 15;
    private const int Samples = 20;
    private const int Writes = 500;

    public static void Measure()
    {
        using var machine = PidOne.Start(new() { Environment = ["NODE_ID=bench", "ETCD_ENDPOINTS=http://192.0.2.1:2379"] });
        machine.WaitUntil(() => File.Exists(machine.ControlSocket), "a control socket");
        for (var i = 0; i < Services; i++)
            Ask(machine, new() { Verb = Verbs.Define, Definition = Definition(i) });

        var silent = new List<double>();
        for (var n = 0; n < Samples; n++)
        {
            var before = Ask(machine, new() { Verb = Verbs.Upgrade }).Init!;
            var since = Stopwatch.GetTimestamp();
            ControlReply reply;
            do
                reply = Ask(machine, new() { Verb = Verbs.Status });
            while (reply.Init!.ImageStartedAt == before.ImageStartedAt);
            silent.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
        Figure.Print("execute_in_place_silence", "ms", silent);
        MeasureWrites();
    }

    /// <summary>The state of so many services, written as after a turn in which one of them changed.</summary>
    private static void MeasureWrites()
    {
        var state = new KeptState
        {
            Version = KeptState.CurrentVersion,
            Services = [.. Enumerable.Range(0, Services).Select(i => new KeptService { Definition = Definition(i), Process = new() { Pid = 100 + i } })],
            Logs = new() { Services = [.. Enumerable.Range(0, Services).Select(i => new KeptLog { Name = $"s{i}", Output = new() { Reader = 9, Writer = 10 }, Error = new() { Reader = 11, Writer = 12 } })] },
        };
        using var file = StateFile.Create();
        var samples = new List<double>();
        for (var n = 0; n < 2 * Writes; n++)
        {
            var since = Stopwatch.GetTimestamp();
            file.Write(state);
            if (n >= Writes)
                samples.Add(Stopwatch.GetElapsedTime(since).TotalMicroseconds);
        }
        Figure.Print("state_for_the_next_image_written", "us", samples);
    }

    private static ServiceDefinition Definition(int number) =>
        new() { Name = $"s{number}", Component = $"s{number}", Command = ["/bin/sleep", "100000"], Environment = ["A=b"], After = [$"s{number - 1}"] };

    /// <summary>The first frame of the answer, on a connection of its own; asked again where an image ended meanwhile.</summary>
    private static ControlReply Ask(PidOne machine, ControlRequest request)
    {
        while (true)
        {
            try
            {
                return AskAsync(machine, request).GetAwaiter().GetResult();
            }
            catch (IOException)
            {
                // That image is gone; its listener is not.
            }
        }
    }

    private static async Task<ControlReply> AskAsync(PidOne machine, ControlRequest request)
    {
        await using var client = await ControlClient.ConnectAsync(machine.ControlSocket, CancellationToken.None);
        await foreach (var reply in client.StreamAsync(request, CancellationToken.None))
            return reply.Error is { } error ? throw new LabException(error) : reply;
        throw new IOException("no answer");
    }
}
