using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Meduza.Doubles.Mosdns;

/// <summary>A list of rules as MosDNS loads it (<c>pkg/matcher/domain/load_helper.go</c>, <c>pkg/matcher/netlist/load_helper.go</c>).</summary>
internal static class MosdnsList
{
    private static readonly string[] Kinds = ["", "domain", "full", "keyword", "regexp"];

    /// <returns>At what it ends; null where it does not.</returns>
    public static string? Problem(string path, string type)
    {
        var number = 0;
        foreach (var line in File.ReadAllText(path).Split('\n'))
        {
            number++;
            if (LineProblem(line.TrimEnd('\r'), type) is { } problem)
                return string.Create(CultureInfo.InvariantCulture, $"line {number}: {problem}");
        }
        return null;
    }

    private static string? LineProblem(string line, string type)
    {
        if (type == "ip_set")
        {
            var address = line.Trim().Split('#')[0].Split(' ')[0];
            return address.Length == 0 || (address.Contains('/', StringComparison.Ordinal) ? IPNetwork.TryParse(address, out _) : IPAddress.TryParse(address, out _))
                ? null : $"ParseAddr(\"{address}\"): unable to parse IP";
        }
        var rule = line.Split('#')[0].Trim();
        if (type != "domain_set" || rule.Length == 0)
            return null;
        if (rule.Any(char.IsWhiteSpace))
            return "rule string has more than one section";
        var kind = rule.Contains(':', StringComparison.Ordinal) ? rule.Split(':')[0] : "";
        if (!Kinds.Contains(kind))
            return $"unsupported match type [{kind}]";
        try
        {
            // As RE2 it looks neither ahead nor behind.
            if (kind == "regexp")
                _ = new Regex(rule["regexp:".Length..], RegexOptions.NonBacktracking);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return $"error parsing regexp: {e.Message}";
        }
    }
}
