using System.Text.Json;
using Meduza.Gateway.Model.Keys;

namespace Meduza.Init.Tests.Cli;

public class SchemaVerbTests
{
    [Fact]
    public async Task Json_has_every_key_with_what_a_program_needs_of_it()
    {
        var text = await FakePid1.RunAsync("/nowhere", "schema", "--json");
        Assert.Equal((0, ""), (text.Code, text.Error));
        var keys = JsonDocument.Parse(text.Output).RootElement.GetProperty("keys").EnumerateArray().ToDictionary(key => key.GetProperty("pattern").GetString()!);
        Assert.Equal(KeyTable.All.Select(spec => spec.Template).Order(), keys.Keys.Order());

        var port = keys["/nodes/<ID>/tinc/port"];
        Assert.Equal(
            ("port", "655", false, false, "tinc", "read"),
            (Text(port, "kind"), Text(port, "default"), port.GetProperty("list").GetBoolean(), port.GetProperty("secret").GetBoolean(), Text(port, "component"), Text(port, "access")));
        Assert.Equal("a port, 1 to 65535", Text(port, "expected"));
        Assert.True(keys["/nodes/<ID>/lan"].GetProperty("list").GetBoolean());
        Assert.True(keys["/global/easytier/network_secret"].GetProperty("secret").GetBoolean());
        Assert.Equal("refused", Text(keys["/nodes/<ID>/openvpn/<NAME>/up"], "access"));
        Assert.Equal("written", Text(keys["/updated/<ID>/commit"], "access"));
    }

    [Fact]
    public async Task Part_or_text_selects_keys()
    {
        var tinc = (await FakePid1.RunAsync("/nowhere", "schema", "tinc")).Output;
        Assert.Contains("/nodes/<ID>/tinc/port", tinc, StringComparison.Ordinal);
        Assert.Contains("/global/tinc/netname", tinc, StringComparison.Ordinal);
        Assert.DoesNotContain("openvpn", tinc, StringComparison.Ordinal);
        var text = (await FakePid1.RunAsync("/nowhere", "schema", "keepalive")).Output;
        Assert.Contains("/nodes/<ID>/wireguard/<NAME>/peer/<PEER>/persistent_keepalive", text, StringComparison.Ordinal);
        var none = await FakePid1.RunAsync("/nowhere", "schema", "nonsense");
        Assert.Equal(1, none.Code);
        Assert.Contains("there are the parts", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markdown_has_the_tables_of_all_parts()
    {
        var text = (await FakePid1.RunAsync("/nowhere", "schema", "--markdown")).Output;
        Assert.Contains("## tinc\n\n| key | value | default | meaning |", text, StringComparison.Ordinal);
        Assert.Equal(2, (await FakePid1.RunAsync("/nowhere", "schema", "tinc", "--markdown")).Code);
    }

    private static string? Text(JsonElement key, string field) => key.GetProperty(field).GetString();
}
