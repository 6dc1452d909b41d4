using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;

namespace Meduza.Init.Agent.Downloads;

/// <summary>
/// Questions over http or https, within limits of time and size; a few redirects are followed, never from https to http. A
/// server is judged by the machine's roots (<c>SSL_CERT_FILE</c> and <c>SSL_CERT_DIR</c> name others).
/// </summary>
/// <param name="limits">Of each fetch.</param>
/// <param name="proxy">Who is asked in the server's place; null is whom the environment names (<c>http_proxy</c>, <c>https_proxy</c>, <c>no_proxy</c>).</param>
internal sealed class WebFetch(FetchLimits limits, IWebProxy? proxy = null)
{
    private const int MostRedirects = 5;

    // Providers answer with what the client that asks can read, and know it by this.
    private static readonly string Agent = $"clash.meta (mihomo; meduza {BuildInfo.Version})";

    /// <summary>Fetches something into memory.</summary>
    /// <param name="address">As in <see cref="AskAsync"/>.</param>
    /// <param name="had">Of the copy that is there; null where there is none, or it is wanted anew.</param>
    /// <param name="transfer">Told of what comes; null where nobody looks.</param>
    /// <param name="cancellation">Ends the fetch.</param>
    /// <exception cref="FetchException">As in <see cref="AskAsync"/>.</exception>
    public Task<Fetched> GetAsync(Uri address, Validators? had, Transfer? transfer, CancellationToken cancellation) => AskAsync(
        address,
        request => had?.Ask(request),
        async answer =>
        {
            if (had is not null && answer.Status == HttpStatusCode.NotModified)
                return new Fetched(null, had);
            answer.RequireBody();
            using var packed = new MemoryStream();
            await answer.CopyAsync(packed.Write);
            if (answer.Packing is null)
                return new Fetched(packed.ToArray(), answer.Validators);
            packed.Position = 0;
            using var content = new MemoryStream();
            Packing.Unpack(packed, answer.Packing, limits.Longest, content.Write);
            return new Fetched(content.ToArray(), answer.Validators);
        },
        transfer, cancellation);

    /// <summary>Asks a question, and reads the answer.</summary>
    /// <param name="address">http or https; a name and password in it are sent as such (RFC 7617), and not to where it redirects.</param>
    /// <param name="ask">Adds to each request what is asked beyond the address.</param>
    /// <param name="read">Reads the answer that is no redirect.</param>
    /// <param name="transfer">Told of what comes; null where nobody looks.</param>
    /// <param name="cancellation">Ends the fetch.</param>
    /// <exception cref="FetchException">It cannot be had. The message names the host, and nothing else of the address: it may hold a token.</exception>
    public async Task<T> AskAsync<T>(
        Uri address, Action<HttpRequestMessage> ask, Func<WebAnswer, Task<T>> read, Transfer? transfer, CancellationToken cancellation)
        where T : class?
    {
        ArgumentNullException.ThrowIfNull(address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(limits.Total);
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        quiet.CancelAfter(limits.Quiet);
        SslPolicyErrors? distrust = null;
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, Proxy = proxy };
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
                using var request = Request(at, credentials);
                ask(request);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, quiet.Token);
                var isUnmodified = response.StatusCode == HttpStatusCode.NotModified && (request.Headers.Contains("If-None-Match") || request.Headers.Contains("If-Modified-Since"));
                if (isUnmodified || (int)response.StatusCode is < 300 or >= 400)
                    return await read(new(response, limits, quiet, transfer));
                if (redirects == MostRedirects)
                    throw new RefusedAnswerException($"it redirects more than {MostRedirects} times");
                (at, credentials) = (Next(at, response.Headers.Location), "");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw limit.IsCancellationRequested
                ? Failed(address, $"it did not answer in full within {limits.Total.TotalSeconds:0.#} s", true, null)
                : Failed(address, $"nothing came from it for {limits.Quiet.TotalSeconds:0.#} s", true, null);
        }
        catch (RefusedAnswerException e)
        {
            throw Failed(address, e.Message, e.IsOfTheWay, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Failed(address, FetchFailure.Reason(e, distrust), true, e);
        }
    }

    /// <summary>Where a redirect leads. Every step is taken here, so that none leads to a file, or out of TLS.</summary>
    private static Uri Next(Uri address, Uri? location)
    {
        if (location is null || !Uri.TryCreate(address, location, out var next) || next.Scheme is not ("http" or "https"))
            throw new RefusedAnswerException("it redirects to what is neither http nor https");
        return next.Scheme == address.Scheme || next.Scheme == "https" ? next : throw new RefusedAnswerException("it redirects from https to http");
    }

    private static HttpRequestMessage Request(Uri address, string credentials)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        // Unpacked here, and not by the client: what is kept of a file that did not come whole is as it came.
        request.Headers.TryAddWithoutValidation("Accept-Encoding", Packing.Accepted);
        if (credentials.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(credentials))));
        return request;
    }

    private static FetchException Failed(Uri address, string reason, bool isOfTheWay, Exception? cause) =>
        new($"{address.IdnHost} cannot be asked for it: {reason}", cause) { IsOfTheWay = isOfTheWay };
}
