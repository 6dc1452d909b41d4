using System.Globalization;
using System.Text.RegularExpressions;
using Meduza.Gateway.Model.OpenVpn;

namespace Meduza.Gateway.Tests.Model.OpenVpn;

/// <summary>Every argument of every directive, given what only looks like one; the others are right.</summary>
public sealed partial class DirectiveShapeTests
{
    private static readonly string[] NeverAnArgument = ["\"\"", "\"open", "'open", "x\" \"y\" \"z", "\"a b\"", "a/b"];

    public static TheoryData<string> Allowed => new(DirectiveTable.Allowed.Select(shape => shape.Name));

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Wrong_argument_is_refused_in_every_place(string name)
    {
        var shape = DirectiveTable.Allowed.Single(shape => shape.Name == name);
        var arguments = shape.Required.AddRange(shape.Optional);
        var good = DirectiveExamples.Of(shape, arguments).Select(DirectiveText.Quote).ToList();
        for (var place = 0; place < arguments.Length; place++)
        {
            foreach (var wrong in Wrong(arguments[place]))
                Assert.False(shape.Kind.Read(string.Join(' ', good.Select((word, at) => at == place ? wrong : word))).Ok, $"{name}: {wrong} for {arguments[place].Expected}");
        }
        Assert.False(shape.Kind.Read(string.Join(' ', good.Append("and").Append("more"))).Ok, name);
        if (shape.Required.Length > 0)
            Assert.False(shape.Kind.Read(string.Join(' ', good.Take(shape.Required.Length - 1).DefaultIfEmpty("\"\""))).Ok, name);
    }

    private static string[] Wrong(DirectiveArgument argument) => argument.Expected switch
    {
        "text" => ["\"\"", "\"open", new('x', 257)],
        "text without a comma" => ["\"\"", "\"open", "a,b", new('x', 257)],
        "a port" => ["0", "65536", "01", "http"],
        "an IPv4 address" => ["fd00::1", "10.0.0.0/8", "010.0.0.1", "host"],
        "an IPv6 address" => ["10.0.0.1", "fd00::1/64", "fd00::1%eth0"],
        "an IPv6 address with /LENGTH" => ["fd00::1", "10.0.0.0/8", "fd00::/129"],
        "a host name or an address" => ["-up", "a..b", "host:80", "a/b"],
        "a device name" => ["abcdefghijklmnop", "a/b", "lo", ".."],
        var words when Range().Match(words) is { Success: true } range => [$"{Number(range.Groups[1].Value) - 1}", $"{Number(range.Groups[2].Value) + 1}", "01", "0x1", "1.0", "many"],
        var words when words.Contains('|', StringComparison.Ordinal) => ["other", words.Split('|')[0] + "x"],
        _ => NeverAnArgument,
    };

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\Aa number (\d+)–(\d+)\z")]
    private static partial Regex Range();
}
