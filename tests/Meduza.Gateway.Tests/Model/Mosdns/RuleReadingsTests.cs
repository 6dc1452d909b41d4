using Meduza.Gateway.Model.Mosdns;

namespace Meduza.Gateway.Tests.Model.Mosdns;

/// <summary>As what plugins read files, and what that says of the lists in the keys.</summary>
public sealed class RuleReadingsTests
{
    private const string Local = "/global/mosdns/local", Plugins = "/global/mosdns/plugins";

    private static readonly KeySet Keys = KeySet.Empty.With("/nodes/gw-a/mosdns/enable", "true");

    [Fact]
    public void The_plugins_say_as_what_a_file_is_read()
    {
        var readings = Keys.With(Plugins, """
            - {tag: a, type: domain_set, args: {files: [./rules/names.txt, /etc/mosdns/both.txt]}}
            - {tag: b, type: ip_set, args: {files: [addresses.txt, both.txt]}}
            - {tag: c, type: hosts, args: {files: [hosts.txt]}}
            - tag: d
              type: sequence
              args:
                - {matches: qname &./asked.txt $a full:x, exec: accept}
                - {matches: ["!resp_ip &answered.txt", has_resp], exec: accept}
            - {tag: e, type: udp_server, args: {entry: d, listen: 127.0.0.1:1153}}
            """).Config().Mosdns!.Readings;
        Assert.Equal(
            [
                ("addresses.txt", RuleReading.Addresses), ("answered.txt", RuleReading.Addresses), ("asked.txt", RuleReading.Names),
                ("both.txt", RuleReading.Names | RuleReading.Addresses), ("rules/names.txt", RuleReading.Names),
            ],
            readings.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void A_line_of_a_list_that_MosDNS_cannot_read_rejects_the_commit_with_its_number_and_what_is_expected()
    {
        var keys = Keys.With(Local, "domain:a.example\n# theirs\ngeosite:cn\nb.example extra\n");
        Assert.Equal(
            [
                (Local, "line 3: \"geosite:cn\" is of no known kind: expected a domain, or domain:, full:, keyword: or regexp: and what is to match, and nothing after it but a # comment"),
                (Local, "line 4: \"b.example extra\" is more than one word: expected a domain, or domain:, full:, keyword: or regexp: and what is to match, and nothing after it but a # comment"),
            ],
            keys.Parse().Errors.Select(error => (error.Key, error.Message)));
        Assert.Empty(keys.With("/nodes/gw-a/mosdns/enable", "false").Parse().Errors);
        Assert.Empty(Keys.With(Local, "domain:a.example\r\n# theirs\r\n").Parse().Errors);
    }

    [Fact]
    public void A_list_that_is_read_as_addresses_has_to_be_one_of_addresses()
    {
        var keys = Keys.With(Plugins, """
            - {tag: here, type: ip_set, args: {files: [etcd_local.txt]}}
            - {tag: e, type: udp_server, args: {entry: here, listen: 127.0.0.1:1153}}
            """);
        Assert.Empty(keys.With(Local, "192.0.2.0/24").With("/global/mosdns/block", "read: by nobody").Parse().Errors);
        Assert.StartsWith("line 1: \"a.example\" is no address", Assert.Single(keys.With(Local, "a.example").Parse().Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_list_of_another_kind_a_few_lines_are_told() =>
        Assert.Equal(5, Keys.With(Local, string.Join('\n', Enumerable.Range(0, 1000).Select(i => $"x:{i}"))).Parse().Errors.Length);
}
