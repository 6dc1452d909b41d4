using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Meduza.Init.Agent.Downloads;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>What is fetched, and what a server may not do to whoever fetches.</summary>
public sealed class WebFetchTests
{
    private const int Longest = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_body_comes_as_it_was_however_it_is_packed(string packing)
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("proxies: 香港\n", 1000)));
        using var server = new WebServer(_ => WebServer.Ok(Packed.Of(body, packing), packing.Length > 0 ? $"Content-Encoding: {packing}\r\n" : ""));
        Assert.Equal(body, await Get(server));
        var request = Assert.Single(server.Requests);
        Assert.Contains("Accept-Encoding: gzip, br, zstd\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nUser-Agent: clash.meta (mihomo; meduza ", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_knows_a_copy_by_is_sent_back_and_the_same_is_not_sent_again()
    {
        const string Tag = "W/\"abc\"", Time = "Tue, 24 Nov 2026 20:00:00 GMT";
        using var server = new WebServer(request => request.Contains("If-None-Match", StringComparison.Ordinal)
            ? WebServer.Status(304, "")
            : WebServer.Ok("new"u8.ToArray(), $"ETag: {Tag}\r\nLast-Modified: {Time}\r\n"));

        var first = await Fetch().GetAsync(Address(server), null, null, Cancellation);
        var again = await Fetch().GetAsync(Address(server), first.Validators, null, Cancellation);

        Assert.Equal(new Validators(Tag, Time), first.Validators);
        Assert.Equal((null, first.Validators), (again.Content, again.Validators));
        Assert.Contains($"If-None-Match: {Tag}\r\n", server.Requests.Last(), StringComparison.Ordinal);
        Assert.Contains($"If-Modified-Since: {Time}\r\n", server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_asked_for_all_of_it_and_says_that_it_is_the_same_has_sent_nothing()
    {
        using var server = new WebServer(_ => WebServer.Status(304, ""));
        await Refused(server, "it redirects to what is neither http nor https");
    }

    [Fact]
    public async Task A_name_and_a_password_in_the_address_go_to_the_server_and_not_to_where_it_redirects()
    {
        using var other = new WebServer(_ => WebServer.Ok("here"));
        using var server = new WebServer(_ => WebServer.Status(302, $"Location: http://127.0.0.1:{other.Port}/there\r\n"));
        Assert.Equal("here"u8.ToArray(), (await Fetch().GetAsync(new Uri($"http://me:h%40nter2@127.0.0.1:{server.Port}/"), null, null, Cancellation)).Content);
        Assert.Contains($"Authorization: Basic {Convert.ToBase64String("me:h@nter2"u8)}\r\n", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", Assert.Single(other.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        using var server = new WebServer(_ => WebServer.Status(302, "Location: /again\r\n"));
        await Refused(server, "it redirects more than 5 times");
        Assert.Equal(6, server.Requests.Count);
    }

    [Theory]
    [InlineData("Location: file:///etc/passwd\r\n")]
    [InlineData("Location: gopher://127.0.0.1/\r\n")]
    [InlineData("Location: http://[\r\n")]
    [InlineData("")]
    public async Task A_redirect_to_what_is_not_of_the_web_is_not_followed(string header)
    {
        using var server = new WebServer(_ => WebServer.Status(302, header));
        await Refused(server, "it redirects to what is neither http nor https");
    }

    [Theory]
    [InlineData(404)]
    [InlineData(503)]
    public async Task Another_status_is_named(int status)
    {
        using var server = new WebServer(_ => WebServer.Status(status));
        await Refused(server, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1 cannot be asked for it: it answers with status {status}"));
    }

    [Fact]
    public async Task An_answer_longer_than_the_limit_is_refused_whether_it_says_so_or_not()
    {
        using var honest = new WebServer(_ => WebServer.Ok(new byte[Longest + 1]));
        await Refused(honest, "its answer is longer than 1 MiB");
        using var silent = new WebServer(_ => [.. "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8, .. new byte[Longest + 1]]);
        await Refused(silent, "its answer is longer than 1 MiB");
        using var atLimit = new WebServer(_ => WebServer.Ok(new byte[Longest]));
        Assert.Equal(Longest, (await Get(atLimit))?.Length);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_small_answer_that_unpacks_to_a_huge_one_is_refused(string packing)
    {
        var bomb = Packed.Of(new byte[64 << 20], packing);
        Assert.True(bomb.Length < Longest);
        using var server = new WebServer(_ => WebServer.Ok(bomb, $"Content-Encoding: {packing}\r\n"));
        await Refused(server, "its answer is longer than 1 MiB");
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        using var server = new WebServer(_ => null);
        var refused = await Assert.ThrowsAsync<FetchException>(() => new WebFetch(new FetchLimits(TimeSpan.FromMilliseconds(300), Timeout.InfiniteTimeSpan, Longest)).GetAsync(Address(server), null, null, Cancellation));
        Assert.Contains("it did not answer in full within 0.3 s", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_want_it_any_more_does_not_get_an_error_of_the_server()
    {
        using var server = new WebServer(_ => null);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fetch().GetAsync(Address(server), null, null, cancel.Token));
    }

    [Fact]
    public async Task What_is_no_answer_is_told_in_words()
    {
        using var garbage = new WebServer(_ => "SSH-2.0-OpenSSH\r\n"u8.ToArray());
        await Refused(garbage, "its answer cannot be read");
        using var cut = new WebServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray());
        await Refused(cut, "its answer ends too early");
        using var mispacked = new WebServer(_ => WebServer.Ok("no gzip at all"u8.ToArray(), "Content-Encoding: gzip\r\n"));
        await Refused(mispacked, "its answer is not packed as it says");
        using var misnamed = new WebServer(_ => WebServer.Ok("no zstd at all"u8.ToArray(), "Content-Encoding: zstd\r\n"));
        await Refused(misnamed, "its answer is not packed as it says");
        using var unknown = new WebServer(_ => WebServer.Ok("?"u8.ToArray(), "Content-Encoding: compress\r\n"));
        await Refused(unknown, "its answer is packed in a way that nobody asked for");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task What_is_packed_and_cut_off_is_not_taken_for_all_of_it(string packing)
    {
        var packed = Packed.Of(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i}\n"))), packing);
        using var server = new WebServer(_ => WebServer.Ok(packed[..(packed.Length / 2)], $"Content-Encoding: {packing}\r\n"));
        await Refused(server, "its answer is not packed as it says");
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up_before_the_time_for_the_whole_is_over()
    {
        using var server = new WebServer(_ => null);
        var refused = await Assert.ThrowsAsync<FetchException>(
            () => new WebFetch(new FetchLimits(TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(200), Longest)).GetAsync(Address(server), null, null, Cancellation));
        Assert.Contains("nothing came from it for 0.2 s", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_answers_without_tls_is_told_in_words()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serve = Task.Run(async () =>
        {
            using var peer = await listener.AcceptTcpClientAsync(Cancellation);
            await peer.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Cancellation);
        }, Cancellation);
        await Refused(new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), "it does not speak TLS");
        await serve;
    }

    [Fact]
    public async Task Who_is_not_there_is_told_in_words()
    {
        await Refused(new Uri($"http://127.0.0.1:{ClosedPort()}/?token=hunter2"), "127.0.0.1 cannot be asked for it: it refuses connections");
        await Refused(new Uri("http://nowhere.invalid/?token=hunter2"), "nowhere.invalid cannot be asked for it: its name is not known");
    }

    [Fact]
    public async Task A_certificate_that_nobody_signed_is_not_trusted()
    {
        using var certificate = SelfSigned();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serve = Task.Run(async () =>
        {
            using var peer = await listener.AcceptTcpClientAsync(Cancellation);
            await using var tls = new SslStream(peer.GetStream());
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await tls.AuthenticateAsServerAsync(certificate);
                // TLS 1.3 tells of a distrust only with the first read.
                Assert.NotEqual(0, await tls.ReadAsync(new byte[1], Cancellation));
            });
        }, Cancellation);
        await Refused(new Uri($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/"), "its certificate is not signed by an authority that this machine trusts");
        await serve;
    }

    private static WebFetch Fetch() => new(new FetchLimits(TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan, Longest));

    private static Uri Address(WebServer server) => new($"http://127.0.0.1:{server.Port}/");

    private static async Task<byte[]?> Get(WebServer server) => (await Fetch().GetAsync(Address(server), null, null, Cancellation)).Content;

    private static Task Refused(WebServer server, string reason) => Refused(Address(server), reason);

    private static async Task Refused(Uri address, string reason)
    {
        var refused = await Assert.ThrowsAsync<FetchException>(() => Fetch().GetAsync(address, null, null, Cancellation));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
