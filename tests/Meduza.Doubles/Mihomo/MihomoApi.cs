using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Meduza.Doubles.Mihomo;

/// <summary>
/// The API (<c>hub/route</c>): <c>/</c>, <c>/version</c>, <c>/configs</c>, <c>/proxies</c>, <c>/group</c>, <c>/providers/proxies</c>,
/// <c>/rules</c>, each with <c>Authorization: Bearer SECRET</c> where there is a secret. One answer a connection.
/// </summary>
internal sealed class MihomoApi(IPEndPoint listen, MihomoService service) : TcpPort(listen, service.Faults)
{
    private const int LongestHead = 16 << 10;

    protected override void Serve(Socket client)
    {
        if (ApiRequest.Read(client, LongestHead) is not { } request)
            return;
        var (status, body) = request.Secret == service.Config.Secret || service.Config.Secret.Length == 0
            ? Answer(request)
            : (401, Message("Unauthorized"));
        client.Send(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status} {Reason(status)}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
        client.Send(body);
    }

    private (int Status, byte[] Body) Answer(ApiRequest request)
    {
        var config = service.Config;
        switch (request)
        {
            case { Method: "GET", Path: ["" or null] or [] }: return (200, Json(json => json.WriteString("hello", "mihomo")));
            case { Method: "GET", Path: ["version"] }:
                return (200, Json(json =>
                {
                    json.WriteBoolean("meta", true);
                    json.WriteString("version", MihomoProgram.Version);
                }));
            case { Method: "GET", Path: ["configs"] }: return (200, Configs(config));
            case { Method: "PUT", Path: ["configs"] }: return Reload(request.Body);
            case { Method: "GET", Path: ["proxies"] }: return (200, Json(json => Proxies(json, config)));
            case { Method: "GET", Path: ["proxies" or "group", var name] }:
                return config.Groups.FirstOrDefault(group => group.Name == name) is { } one ? (200, Json(json => Write(json, one)))
                    : config.Proxies.FirstOrDefault(proxy => proxy.Name == name) is { } proxy && request.Path[0] == "proxies" ? (200, Json(json => Write(json, proxy.Name, proxy.Type)))
                    : (404, Message("Resource not found"));
            case { Method: "PUT", Path: ["proxies", var name] }: return Choose(name, request.Body);
            case { Method: "GET", Path: ["group"] }: return (200, Json(json => Groups(json, config)));
            case { Method: "GET", Path: ["providers", "proxies"] }:
                return (200, Json(json =>
                {
                    json.WriteStartObject("providers");
                    foreach (var provider in config.Providers)
                    {
                        json.WriteStartObject(provider);
                        json.WriteString("name", provider);
                        json.WriteString("vehicleType", "HTTP");
                        json.WriteEndObject();
                    }
                    json.WriteEndObject();
                }));
            case { Method: "GET", Path: ["rules"] }:
                return (200, Json(json =>
                {
                    json.WriteStartArray("rules");
                    foreach (var rule in config.Rules)
                        json.WriteStringValue(rule);
                    json.WriteEndArray();
                }));
            case { Path: ["version" or "configs" or "proxies" or "group" or "rules", ..] }: return (405, []);
            default: return (404, Encoding.ASCII.GetBytes("404 page not found\n"));
        }
    }

    private (int, byte[]) Reload(byte[] body)
    {
        try
        {
            using var request = JsonDocument.Parse(body);
            var payload = Field(request, "payload");
            var path = Field(request, "path");
            if (payload.Length == 0 && !Path.IsPathRooted(path))
                return (400, Message("path is not a absolute path"));
            service.Apply(MihomoConfig.Parse(payload.Length > 0 ? payload : MihomoProgram.Read(path)));
            return (204, []);
        }
        catch (JsonException)
        {
            return (400, Message("Body invalid"));
        }
        catch (ConfigException e)
        {
            return (400, Message(e.Message));
        }
    }

    private (int, byte[]) Choose(string name, byte[] body)
    {
        if (service.Config.Groups.FirstOrDefault(group => group.Name == name) is not { } group)
            return (404, Message("Resource not found"));
        try
        {
            using var request = JsonDocument.Parse(body);
            var chosen = Field(request, "name");
            if (group.Type != "Selector")
                return (400, Message("Must be a Selector"));
            if (!group.Members.Contains(chosen))
                return (400, Message("Selector update error: proxy not exist"));
            service.Chosen[name] = chosen;
            return (204, []);
        }
        catch (JsonException)
        {
            return (400, Message("Body invalid"));
        }
    }

    private static string Field(JsonDocument request, string name) =>
        request.RootElement.ValueKind == JsonValueKind.Object && request.RootElement.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private void Proxies(Utf8JsonWriter json, MihomoConfig config)
    {
        json.WriteStartObject("proxies");
        foreach (var proxy in config.Proxies)
        {
            json.WritePropertyName(proxy.Name);
            json.WriteStartObject();
            Write(json, proxy.Name, proxy.Type);
            json.WriteEndObject();
        }
        foreach (var group in config.Groups)
        {
            json.WritePropertyName(group.Name);
            json.WriteStartObject();
            Write(json, group);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void Groups(Utf8JsonWriter json, MihomoConfig config)
    {
        json.WriteStartArray("proxies");
        foreach (var group in config.Groups)
        {
            json.WriteStartObject();
            Write(json, group);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Write(Utf8JsonWriter json, Group group)
    {
        json.WriteStartArray("all");
        foreach (var member in group.Members)
            json.WriteStringValue(member);
        json.WriteEndArray();
        json.WriteString("now", service.Now(group));
        json.WriteString("testUrl", group.TestUrl);
        Write(json, group.Name, group.Type);
    }

    private void Write(Utf8JsonWriter json, string name, string type)
    {
        json.WriteBoolean("alive", !service.Faults.Has(Faults.Reject));
        json.WriteStartObject("extra");
        json.WriteEndObject();
        json.WriteStartArray("history");
        json.WriteEndArray();
        json.WriteString("name", name);
        json.WriteString("type", type);
        json.WriteBoolean("udp", true);
    }

    private static byte[] Configs(MihomoConfig config) => Json(json =>
    {
        json.WriteNumber("port", 0);
        json.WriteNumber("socks-port", config.SocksPort);
        json.WriteNumber("tproxy-port", config.TproxyPort);
        json.WriteNumber("mixed-port", config.MixedPort);
        json.WriteBoolean("allow-lan", config.AllowLan);
        json.WriteString("mode", config.Mode);
    });

    private static byte[] Message(string text) => Json(json => json.WriteString("message", text));

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        _ => "Method Not Allowed",
    };
}
