using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meduza.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Lab.Harness;

/// <summary>
/// etcd's JSON gateway (<c>/v3/kv/…</c>), asked from out here over connections that begin in the lab's core: a write costs
/// a millisecond or two, and no process is started. A member that does not answer is passed over.
/// </summary>
public sealed class EtcdJson : IDisposable
{
    /// <summary>Of one member with one answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Of all of them: where the disk is busy, members vote more than once before one leads.</summary>
    private static readonly TimeSpan ElectionPatience = TimeSpan.FromMinutes(2);

    /// <summary>Counts what this one has written.</summary>
    private readonly string _counter = $"/lab/written/{Guid.NewGuid():N}";
    private readonly List<HttpClient> _members;
    private long _written;
    private int _current;

    public EtcdJson(LabNetwork lab)
    {
        ArgumentNullException.ThrowIfNull(lab);
        _members = [.. lab.Etcd.Members.Select(member => Client(lab.Core, member))];
    }

    /// <summary>
    /// Writes and deletes keys in one transaction. One whose answer was lost is sent again, and counts once: a member that was
    /// frozen may carry out what it had got long after another one did.
    /// </summary>
    /// <returns>The revision at which that stands.</returns>
    public long Write(IEnumerable<(string Key, string Value)> puts, IEnumerable<string>? deletes = null)
    {
        var (before, number) = (_written, (_written + 1).ToString(CultureInfo.InvariantCulture));
        var operations = new JsonArray(Put(_counter, number));
        foreach (var (key, value) in puts)
            operations.Add((JsonNode)Put(key, value));
        foreach (var key in deletes ?? [])
            operations.Add((JsonNode)new JsonObject { ["request_delete_range"] = new JsonObject { ["key"] = Base64(key) } });
        var expected = before == 0
            ? new JsonObject { ["key"] = Base64(_counter), ["target"] = "CREATE", ["create_revision"] = "0" }
            : new JsonObject { ["key"] = Base64(_counter), ["target"] = "VALUE", ["value"] = Base64(before.ToString(CultureInfo.InvariantCulture)) };
        var question = new JsonObject
        {
            ["compare"] = new JsonArray(expected),
            ["success"] = operations,
            ["failure"] = new JsonArray(new JsonObject { ["request_range"] = new JsonObject { ["key"] = Base64(_counter) } }),
        };
        var revision = Ask("/v3/kv/txn", question, answer =>
        {
            if (answer.TryGetProperty("succeeded", out _))
                return Number(answer.GetProperty("header"), "revision");
            // What was sent before counted after all.
            var counter = answer.GetProperty("responses")[0].GetProperty("response_range").GetProperty("kvs")[0];
            return EtcdEvents.Text(counter, "value") == number ? Number(counter, "mod_revision") : throw new LabException($"somebody else writes {_counter}");
        });
        _written = before + 1;
        return revision;
    }

    /// <summary>Writes <c>/commit</c>.</summary>
    /// <inheritdoc cref="Write"/>
    public long Commit(string value) => Write([("/commit", value)]);

    /// <summary>The value of a key, or null.</summary>
    public string? Get(string key) => Ask("/v3/kv/range", new JsonObject { ["key"] = Base64(key) }, answer =>
        answer.TryGetProperty("kvs", out var keys) ? EtcdEvents.Text(keys[0], "value") : null);

    public void Dispose()
    {
        foreach (var member in _members)
            member.Dispose();
    }

    private T Ask<T>(string path, JsonObject question, Func<JsonElement, T> read)
    {
        var deadline = Environment.TickCount64 + (long)ElectionPatience.TotalMilliseconds;
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(question) };
                using var response = _members[_current].Send(request);
                using var answer = JsonDocument.Parse(response.Content.ReadAsStream());
                if (response.IsSuccessStatusCode)
                    return read(answer.RootElement);
                throw new HttpRequestException(answer.RootElement.ToString());
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException)
            {
                if (Environment.TickCount64 > deadline)
                    throw new LabException($"etcd takes no request: {e.Message}", e);
                _current = (_current + 1) % _members.Count;
                Thread.Sleep(20);
            }
        }
    }

    private static HttpClient Client(NetworkNamespace network, EtcdMember member)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (context, _) => ValueTask.FromResult<Stream>(new NetworkStream(Connect(network, context.DnsEndPoint), ownsSocket: true)),
        };
        return new HttpClient(handler) { BaseAddress = new Uri(member.Endpoint), Timeout = Patience };
    }

    private static Socket Connect(NetworkNamespace network, DnsEndPoint to)
    {
        using var handle = Descriptor.Open(network.Handle, O_RDONLY);
        var socket = NamespaceThread.Run(handle, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            socket.NoDelay = true;
            // A member that is cut off would be tried for minutes.
            using var limit = new CancellationTokenSource(Patience);
            socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(to.Host), to.Port), limit.Token).AsTask().GetAwaiter().GetResult();
            return socket;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw new HttpRequestException(e.Message, e);
        }
    }

    private static JsonObject Put(string key, string value) =>
        new JsonObject { ["request_put"] = new JsonObject { ["key"] = Base64(key), ["value"] = Base64(value) } };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>JSON of Protocol Buffers has 64-bit numbers as text.</summary>
    private static long Number(JsonElement element, string name) => long.Parse(element.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
