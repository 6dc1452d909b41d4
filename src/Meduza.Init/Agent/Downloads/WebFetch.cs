using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;

namespace Meduza.Init.Agent.Downloads;

/// <summary>
/// One file over http or https, within limits of time and size; a few redirects are followed, never from https to http. A
/// server is judged by the machine's roots (<c>SSL_CERT_FILE</c> and <c>SSL_CERT_DIR</c> name others), and a proxy is asked
/// where the environment names one (<c>http_proxy</c>, <c>https_proxy</c>, <c>no_proxy</c>).
/// </summary>
/// <param name="timeout">From the name's resolution to the last byte.</param>
/// <param name="longest">In bytes, unpacked: a small answer that unpacks to a huge one is too long.</param>
internal sealed class WebFetch(TimeSpan timeout, int longest)
{
    private const int MostRedirects = 5;

    // Providers answer with what the client that asks can read, and know it by this.
    private static readonly string Agent = $"clash.meta (mihomo; meduza {BuildInfo.Version})";

    /// <summary>Fetches it.</summary>
    /// <param name="address">http or https; a name and password in it are sent as such (RFC 7617), and not to where it redirects.</param>
    /// <param name="had">Of the copy that is there; null where there is none, or it is wanted anew.</param>
    /// <exception cref="FetchException">It cannot be had. The message names the host, and nothing else of the address: it may hold a token.</exception>
    public async Task<Fetched> GetAsync(Uri address, Validators? had, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        SslPolicyErrors? distrust = null;
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli,
            UseCookies = false,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
        {
            distrust = errors;
            return errors == SslPolicyErrors.None;
        };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            var (at, credentials) = (address, address.UserInfo);
            for (var redirects = 0; ; redirects++)
            {
                using var request = Request(at, credentials, had);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (had is not null && response.StatusCode == HttpStatusCode.NotModified)
                    return new(null, had);
                if ((int)response.StatusCode is < 300 or >= 400)
                    return new(await ReadAsync(response, limit.Token), Validators.Of(response));
                if (redirects == MostRedirects)
                    throw new RefusedAnswerException($"it redirects more than {MostRedirects} times");
                (at, credentials) = (Next(at, response.Headers.Location), "");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Failed(address, $"it did not answer in full within {timeout.TotalSeconds:0.#} s", null);
        }
        catch (RefusedAnswerException e)
        {
            throw Failed(address, e.Message, null);
        }
        catch (InvalidDataException e)
        {
            throw Failed(address, "its answer is not packed as it says", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Failed(address, FetchFailure.Reason(e, distrust), e);
        }
    }

    /// <summary>Where a redirect leads. Every step is taken here, so that none leads to a file, or out of TLS.</summary>
    private static Uri Next(Uri address, Uri? location)
    {
        if (location is null || !Uri.TryCreate(address, location, out var next) || next.Scheme is not ("http" or "https"))
            throw new RefusedAnswerException("it redirects to what is neither http nor https");
        return next.Scheme == address.Scheme || next.Scheme == "https" ? next : throw new RefusedAnswerException("it redirects from https to http");
    }

    private static HttpRequestMessage Request(Uri address, string credentials, Validators? had)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        if (credentials.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(credentials))));
        if (had?.ETag is { } tag)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        if (had?.LastModified is { } time)
            request.Headers.TryAddWithoutValidation("If-Modified-Since", time);
        return request;
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
            throw new RefusedAnswerException($"it answers with status {(int)response.StatusCode}");
        if (response.Content.Headers.ContentLength > longest)
            throw TooLong();
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        using var content = new MemoryStream();
        var chunk = new byte[64 << 10];
        while (await body.ReadAsync(chunk, cancellation) is var length and > 0)
        {
            if (content.Length + length > longest)
                throw TooLong();
            content.Write(chunk, 0, length);
        }
        return content.ToArray();
    }

    private RefusedAnswerException TooLong() => new($"its answer is longer than {longest >> 20} MiB");

    private static FetchException Failed(Uri address, string reason, Exception? cause) => new($"{address.IdnHost} cannot be asked for it: {reason}", cause);

    /// <summary>An answer came, and is not one to take.</summary>
    private sealed class RefusedAnswerException(string message) : Exception(message);
}
