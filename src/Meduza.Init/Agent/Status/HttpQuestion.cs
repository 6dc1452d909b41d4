namespace Meduza.Init.Agent.Status;

/// <summary>
/// Asks an HTTP API (mihomo's). Any answer of it counts, also a refusal: it takes no password, and one that it does not accept
/// any more is no illness.
/// </summary>
/// <param name="address">Address and port.</param>
internal sealed class HttpQuestion(string address) : IQuestion
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        // One that hangs and one that went away both have to be met by a connection of their own.
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    private readonly Uri _uri = new($"http://{address}/version");

    public async Task<bool> AskAsync(CancellationToken limit)
    {
        try
        {
            using var answer = await _client.GetAsync(_uri, HttpCompletionOption.ResponseHeadersRead, limit);
            return true;
        }
        catch (HttpRequestException)
        {
            // Nobody is there.
            return false;
        }
    }

    public void Dispose() => _client.Dispose();
}
