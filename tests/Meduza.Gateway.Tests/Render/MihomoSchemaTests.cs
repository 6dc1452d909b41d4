using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Tests.Golden;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Render;

/// <summary>
/// What is rendered is a mihomo configuration by the JSON schema of npm's <c>meta-json-schema</c>, which <c>build.sh</c>
/// fetches before the tests.
/// </summary>
public sealed class MihomoSchemaTests
{
    private const string Subscription = """
        proxies:
          - {name: "🇭🇰 ss", type: ss, server: ss.example, port: 443, cipher: aes-128-gcm, password: "123", udp: true}
          - {name: vm, type: vmess, server: vm.example, port: 443, uuid: 5d1b8f0e-0000-4000-8000-000000000000, alterId: 0, cipher: auto, tls: true, network: ws, ws-opts: {path: /ray, headers: {Host: cdn.example}}}
          - {name: tr, type: trojan, server: tr.example, port: 443, password: x, sni: tr.example, skip-cert-verify: true}
          - {name: hy, type: hysteria2, server: hy.example, port: 443, password: x}
        proxy-groups:
          - {name: pick, type: select, proxies: [auto, "🇭🇰 ss", vm, DIRECT]}
          - {name: auto, type: url-test, proxies: ["🇭🇰 ss", vm, tr, hy], url: "https://www.gstatic.com/generate_204", interval: 300, tolerance: 50}
        proxy-providers:
          more: {type: http, url: "https://example.org/more", path: ./more.yaml, interval: 3600, health-check: {enable: true, url: "https://www.gstatic.com/generate_204", interval: 600}}
        rule-providers:
          direct: {type: http, behavior: domain, url: "https://example.org/direct", path: ./direct.yaml, interval: 86400}
        rules: ["RULE-SET,direct,DIRECT", "DOMAIN-SUFFIX,example.org,pick", "GEOIP,CN,DIRECT", "MATCH,auto"]
        dns: {enable: true, listen: 0.0.0.0:53, enhanced-mode: fake-ip, nameserver: [223.5.5.5], fallback: ["tls://8.8.8.8"]}
        tun: {enable: true, stack: system, auto-route: true}
        sniffer: {enable: true, sniff: {TLS: {ports: [443]}}}
        profile: {store-selected: true}
        """;

    [Theory]
    [InlineData(false, ClashMode.Mixed)]
    [InlineData(false, ClashMode.Tproxy)]
    [InlineData(true, ClashMode.Mixed)]
    [InlineData(true, ClashMode.Tproxy)]
    public void Configuration_is_valid_under_the_published_schema(bool subscribed, ClashMode mode)
    {
        var subscription = subscribed ? (YamlMap)YamlReader.Read(Encoding.UTF8.GetBytes(Subscription)) : null;
        var config = MihomoConfig.Merge((YamlMap)YamlReader.Read(new Machine().MihomoBase), subscription, mode, new Secret("s"), _ => { });
        AssertValid(YamlReader.Read(YamlWriter.Write(config)));
    }

    [Theory]
    [InlineData("socks-port: nine\n")]
    [InlineData("mode: upside-down\n")]
    [InlineData("proxies: [{name: x, type: vmess, port: 70000}]\n")]
    public void Schema_refuses_what_is_wrong(string text) => Assert.False(Evaluate(YamlReader.Read(Encoding.UTF8.GetBytes(text))).IsValid);

    internal static void AssertValid(YamlNode config)
    {
        var results = Evaluate(config);
        var errors = (results.Details ?? []).Where(detail => detail.Errors is not null)
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"));
        Assert.True(results.IsValid, string.Join('\n', errors));
    }

    internal static bool IsValid(YamlNode config) => Evaluate(config).IsValid;

    private static EvaluationResults Evaluate(YamlNode config) => Schema.Value.Evaluate(
        JsonSerializer.SerializeToElement(Json(config)), new EvaluationOptions { OutputFormat = OutputFormat.List });

    private static Lazy<JsonSchema> Schema { get; } = new(() =>
    {
        var path = Path.Combine(GoldenTests.Folder(), "../../../artifacts/mihomo-schema/package/schemas/meta-json-schema.json");
        Assert.True(File.Exists(path), "the schema is not there: ./build.sh test unit fetches it");
        // It names its dialect by a URL without the fragment, which the validator does not know, and has keywords of editors.
        var schema = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        schema.Remove("$schema");
        return JsonSchema.FromText(schema.ToJsonString(), new BuildOptions { Dialect = Dialect.Draft07 });
    });

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Json(entry.Value)))),
        YamlSequence list => new JsonArray([.. list.Items.Select(Json)]),
        YamlScalar { Type: YamlType.Null } => null,
        YamlScalar { Type: YamlType.Bool, Text: var text } => text == "true",
        YamlScalar { Type: YamlType.IntNumber, Text: var text } => Integer(text),
        YamlScalar { Type: YamlType.FloatNumber, Text: var text } => double.Parse(text, CultureInfo.InvariantCulture),
        YamlScalar scalar => scalar.Text,
        _ => throw new InvalidOperationException(node.ToString()),
    };

    private static JsonValue Integer(string text) => text switch
    {
        ['0', 'x' or 'X', .. var hex] => JsonValue.Create(Convert.ToInt64(hex, 16)),
        ['0', >= '0' and <= '7', ..] => JsonValue.Create(Convert.ToInt64(text, 8)),
        _ => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
    };
}
