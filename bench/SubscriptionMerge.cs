using System.Diagnostics;
using System.Globalization;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Yaml;
using YamlDotNet.Core;

namespace Meduza.Bench;

/// <summary>A subscription of 5 MB with 5,000 proxies: read, merged into mihomo's configuration, and written.</summary>
internal static class SubscriptionMerge
{
    private const int Proxies = 5_000;
    private const int Bytes = 5_000_000;
    private const int Samples = 20;

    public static void Measure()
    {
        var text = Text();
        var shipped = (YamlMap)YamlReader.Read(new Machine().MihomoBase);
        List<double> times = [];
        for (var n = 0; n < Samples; n++)
            times.Add(Milliseconds(() => Merge(text, shipped)));
        Figure.Print("subscription_5mb_merge", "ms", times);
        times.Clear();
        for (var n = 0; n < Samples; n++)
            times.Add(Milliseconds(() => ParseOnly(text)));
        Figure.Print("subscription_5mb_parser_alone", "ms", times);

        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        // Forgets the peak until now: proc_pid_clear_refs(5).
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Status("VmRSS");
        Merge(text, shipped);
        Figure.Print("subscription_5mb_merge_memory", "MB", (Status("VmHWM") - before) / 1000);
    }

    private static void Merge(ReadOnlyMemory<byte> text, YamlMap shipped)
    {
        var subscription = Subscription.Read(text, out var problem) ?? throw new InvalidOperationException(problem);
        var config = MihomoConfig.Merge(shipped, subscription, ClashMode.Tproxy, null, static _ => { });
        if (YamlWriter.Write(config).Length < Bytes * 9 / 10)
            throw new InvalidOperationException("much of the subscription is gone");
    }

    /// <summary>What YamlDotNet takes of it: all events, and nothing done with them.</summary>
    private static void ParseOnly(byte[] text)
    {
        var parser = new Parser(new StringReader(Encoding.UTF8.GetString(text)));
        while (parser.MoveNext())
        {
        }
    }

    private static double Milliseconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Kilobytes, from proc_pid_status(5).</summary>
    private static double Status(string name) => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Replace(name + ":", "", StringComparison.Ordinal).Trim(),
        CultureInfo.InvariantCulture);

    private static byte[] Text()
    {
        var text = new StringBuilder("proxies:\n");
        for (var i = 0; i < Proxies; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{ name: \"🇭🇰 香港 {i:0000} | IEPL\", type: vmess, server: node{i}.example.com, port: {10_000 + i}, uuid: 0a6f4e3c-59a4-4c49-9d1b-{i:000000000000}, alterId: 0, cipher: auto, ")
                .Append(CultureInfo.InvariantCulture, $"udp: true, tls: true, servername: cdn{i}.example.com, network: ws, ws-opts: {{ path: /ray{i}, headers: {{ Host: cdn{i}.example.com }} }} }}\n");
        }
        text.Append("proxy-groups:\n");
        for (var group = 0; group < 6; group++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - name: group{group}\n    type: select\n    proxies:\n");
            for (var i = 0; i < Proxies; i++)
                text.Append(CultureInfo.InvariantCulture, $"      - \"🇭🇰 香港 {i:0000} | IEPL\"\n");
        }
        text.Append("rules:\n");
        var size = Encoding.UTF8.GetByteCount(text.ToString());
        for (var i = 0; size < Bytes; i++)
        {
            var rule = string.Create(CultureInfo.InvariantCulture, $"  - DOMAIN-SUFFIX,site{i}.example.org,group{i % 6}\n");
            text.Append(rule);
            size += rule.Length;
        }
        return Encoding.UTF8.GetBytes(text.Append("  - MATCH,DIRECT\n").ToString());
    }
}
