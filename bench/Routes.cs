using System.Diagnostics;
using System.Globalization;
using System.Net;
using Meduza.Linux;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Process;

namespace Meduza.Bench;

/// <summary>Ten thousand routes: added, read, and taken away, beside ip(8) doing the same from a batch.</summary>
internal static class Routes
{
    private const int Count = 10_000;
    private const int Samples = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static void Measure()
    {
        using var space = NamespaceThread.Create();
        using var route = RouteSocket.Open(space);
        var link = Prepare(route);
        var routes = Enumerable.Range(0, Count)
            .Select(i => new IpRoute(IPNetwork.Parse(string.Create(CultureInfo.InvariantCulture, $"10.{i / 256}.{i % 256}.0/24"))) { LinkIndex = link })
            .ToList();
        var lines = string.Concat(routes.Select(r => $"route add {r.Destination} dev v0 proto static\n"));

        List<double> adds = [], dumps = [], ipAdds = [], ipDumps = [];
        for (var n = 0; n < Samples; n++)
        {
            adds.Add(Milliseconds(() => Change(route, routes, static (batch, r) => batch.AddRoute(r))));
            dumps.Add(Milliseconds(() => Expect(route.GetRoutes(new RouteFilter { Protocol = RouteProtocol.Static }).Count)));
            ipDumps.Add(Milliseconds(() => Ip(space, ["route", "show", "proto", "static"], null)));
            Change(route, routes, static (batch, r) => batch.DeleteRoute(r));
            ipAdds.Add(Milliseconds(() => Ip(space, ["-batch", "-"], lines)));
            Change(route, routes, static (batch, r) => batch.DeleteRoute(r));
        }
        Figure.Print("routes_10000_add", "ms", adds);
        Figure.Print("routes_10000_dump", "ms", dumps);
        Figure.Print("routes_10000_add_ip_batch", "ms", ipAdds);
        Figure.Print("routes_10000_add_to_ip_batch", "ratio", adds.Min() / ipAdds.Min());
        Figure.Print("routes_10000_dump_to_ip", "ratio", dumps.Min() / ipDumps.Min());
    }

    private static int Prepare(RouteSocket route)
    {
        route.SetLoopbackUp();
        route.CreateVeth("v0", "v1");
        var link = route.GetLink("v0")!.Value.Index;
        route.SetUp(link);
        route.SetUp(route.GetLink("v1")!.Value.Index);
        return link;
    }

    private static void Change(RouteSocket route, List<IpRoute> routes, Action<RouteBatch, IpRoute> add)
    {
        var batch = new RouteBatch();
        foreach (var one in routes)
            add(batch, one);
        if (route.Send(batch) is [var failure, ..])
            throw failure;
    }

    private static void Ip(Descriptor space, string[] arguments, string? input)
    {
        var result = NamespaceThread.Run(space, () => Command.Run("ip", arguments, Limit, input));
        if (result.ExitCode != 0)
            throw new InvalidOperationException(result.Error);
    }

    private static void Expect(int count)
    {
        if (count != Count)
            throw new InvalidOperationException($"{count} routes instead of {Count}");
    }

    private static double Milliseconds(Action action)
    {
        var begun = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
