using System.Net;
using System.Text.Json;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// Asks mihomo's API whether mihomo does its work. Any answer of it counts, also a refusal: a password that it does not accept
/// any more is no illness. But a group that tests its members and is on REJECT takes what is sent to it and throws it away, so
/// one with such a group is not well (<c>GET /group</c> of <c>hub/route/groups.go</c>).
/// </summary>
/// <param name="address">Address and port.</param>
/// <param name="current">How it is asked by what it runs with now; null where that is not known.</param>
internal sealed class MihomoQuestion(string address, Func<MihomoApi?> current) : IQuestion
{
    /// <summary>Bytes of an answer: a hundred groups of a thousand members each are 3 MB.</summary>
    private const int Longest = 8 << 20;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        // One that hangs and one that went away both have to be met by a connection of their own.
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    { MaxResponseContentBufferSize = Longest };

    private bool _hasAnswered;

    public string? Lack { get; private set; }

    public async Task<bool> AskAsync(CancellationToken limit)
    {
        Lack = null;
        try
        {
            using var answer = await _client.GetAsync(new Uri($"http://{address}/version"), HttpCompletionOption.ResponseHeadersRead, limit);
            // Before its first tests a group is on its first member, whatever that is.
            if (_hasAnswered && current() is { MayBeStuck: true } api && api.Address == address)
                Lack = await StuckAsync(api.Secret, limit);
            _hasAnswered = true;
            return Lack is null;
        }
        catch (HttpRequestException)
        {
            // Nobody is there.
            return false;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<string?> StuckAsync(Secret? secret, CancellationToken limit)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{address}/group"));
        if (secret is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {secret.Reveal()}");
        using var answer = await _client.SendAsync(request, limit);
        // One of the time before there was such a path, or one with another password: of its groups nothing is known.
        return answer.StatusCode == HttpStatusCode.OK && Stuck(await answer.Content.ReadAsByteArrayAsync(limit)) is { } group
            ? $"a proxy for group {Quoted.Of(group)}, which is stuck on REJECT"
            : null;
    }

    /// <summary>The first group in an answer that tests its members, has one that does not reject, and is on one that does; null where none is.</summary>
    /// <param name="json"><c>{"proxies":[{"name":"auto","type":"URLTest","now":"REJECT","all":["a","REJECT"],…},…]}</c></param>
    public static string? Stuck(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("proxies", out var groups) || groups.ValueKind != JsonValueKind.Array)
                return null;
            foreach (var group in groups.EnumerateArray())
            {
                if (group.ValueKind == JsonValueKind.Object && Text(group, "type") == "URLTest" && MihomoApi.Rejects(Text(group, "now")) && HasOther(group))
                    return Text(group, "name") ?? "";
            }
        }
        catch (JsonException)
        {
            // Whoever has that port is not mihomo.
        }
        return null;
    }

    private static bool HasOther(JsonElement group)
    {
        if (!group.TryGetProperty("all", out var members) || members.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var member in members.EnumerateArray())
        {
            if (member.ValueKind == JsonValueKind.String && !MihomoApi.Rejects(member.GetString()))
                return true;
        }
        return false;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
