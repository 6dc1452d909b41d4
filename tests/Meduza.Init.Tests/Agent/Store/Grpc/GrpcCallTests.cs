using System.Net;
using Meduza.Init.Agent.Store.Grpc;

namespace Meduza.Init.Tests.Agent.Store.Grpc;

public sealed class GrpcCallTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_come_one_by_one_and_then_the_status()
    {
        using var call = await GrpcCall.BeginAsync(Answer([.. GrpcFrame.Of("a"u8), .. GrpcFrame.Of([])], ("grpc-status", "0")), Cancellation);

        Assert.Equal("61", Convert.ToHexString((await call.NextAsync(Cancellation))!));
        Assert.Equal("", Convert.ToHexString((await call.NextAsync(Cancellation))!));
        Assert.Null(await call.NextAsync(Cancellation));
    }

    [Fact]
    public async Task A_call_that_ends_badly_says_so_behind_its_messages()
    {
        using var call = await GrpcCall.BeginAsync(
            Answer(GrpcFrame.Of("a"u8), ("grpc-status", "11"), ("grpc-message", "etcdserver: 100%25 compacted")), Cancellation);
        await call.NextAsync(Cancellation);

        var error = await Assert.ThrowsAsync<GrpcException>(() => call.NextAsync(Cancellation));
        Assert.Equal((GrpcStatus.OutOfRange, "etcdserver: 100% compacted"), (error.Status, error.Detail));
    }

    [Fact]
    public async Task A_call_that_fails_at_once_has_its_status_in_the_head()
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
        answer.Headers.Add("grpc-status", "7");

        Assert.Equal(GrpcStatus.PermissionDenied, (await Assert.ThrowsAsync<GrpcException>(() => GrpcCall.BeginAsync(answer, Cancellation))).Status);
    }

    [Fact]
    public async Task A_call_without_a_status_is_no_good_one()
    {
        using var call = await GrpcCall.BeginAsync(Answer([]), Cancellation);

        Assert.Equal(GrpcStatus.Unknown, (await Assert.ThrowsAsync<GrpcException>(() => call.NextAsync(Cancellation))).Status);
    }

    [Theory]
    [InlineData("00000000")]            // half a head
    [InlineData("000000000561")]        // five bytes, and there is one
    public async Task A_body_that_ends_within_a_message_is_a_lost_connection(string hex)
    {
        using var call = await GrpcCall.BeginAsync(Answer(Convert.FromHexString(hex), ("grpc-status", "0")), Cancellation);

        await Assert.ThrowsAsync<EndOfStreamException>(() => call.NextAsync(Cancellation));
    }

    [Theory]
    [InlineData("0100000000")]          // compressed
    [InlineData("0004000001")]          // longer than the limit
    public async Task A_message_that_nobody_asked_for_is_refused_before_it_is_kept(string hex)
    {
        using var call = await GrpcCall.BeginAsync(Answer(Convert.FromHexString(hex), ("grpc-status", "0")), Cancellation);

        await Assert.ThrowsAsync<GrpcException>(() => call.NextAsync(Cancellation));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "application/grpc")]
    [InlineData(HttpStatusCode.OK, "text/html")]
    public async Task What_is_no_gRPC_is_no_call(HttpStatusCode status, string type)
    {
        using var answer = new HttpResponseMessage(status) { Content = new ByteArrayContent([]) };
        answer.Content.Headers.ContentType = new(type);

        await Assert.ThrowsAsync<GrpcException>(() => GrpcCall.BeginAsync(answer, Cancellation));
    }

    private static HttpResponseMessage Answer(byte[] body, params (string Name, string Value)[] trailers)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body), Version = HttpVersion.Version20 };
        answer.Content.Headers.ContentType = new("application/grpc");
        foreach (var (name, value) in trailers)
            answer.TrailingHeaders.TryAddWithoutValidation(name, value);
        return answer;
    }
}
