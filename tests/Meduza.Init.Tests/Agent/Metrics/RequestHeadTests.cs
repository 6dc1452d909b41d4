using System.Text;
using Meduza.Init.Agent.Metrics;

namespace Meduza.Init.Tests.Agent.Metrics;

public class RequestHeadTests
{
    [Theory]
    [InlineData("GET /metrics HTTP/1.1", 200)]
    [InlineData("GET /metrics HTTP/1.0", 200)]
    [InlineData("GET /metrics?debug=1 HTTP/1.1", 200)]
    [InlineData("GET http://gw.example:9470/metrics HTTP/1.1", 200)]
    [InlineData("HEAD /metrics HTTP/1.1", 200)]
    [InlineData("GET / HTTP/1.1", 404)]
    [InlineData("GET /metrics/ HTTP/1.1", 404)]
    [InlineData("GET http://gw.example HTTP/1.1", 404)]
    [InlineData("POST /metrics HTTP/1.1", 405)]
    [InlineData("get /metrics HTTP/1.1", 405)]
    [InlineData("GET /metrics", 400)]
    [InlineData("GET  HTTP/1.1", 400)]
    [InlineData("GET /metrics HTTP/2.0", 400)]
    [InlineData("", 400)]
    [InlineData(" /metrics HTTP/1.1", 400)]
    [InlineData("\u0016\u0003\u0001 tls", 400)]
    public void A_request_is_judged_by_its_first_line(string line, int status)
    {
        var head = Encoding.Latin1.GetBytes($"{line}\r\nHost: x\r\n\r\n");
        Assert.True(RequestHead.IsWhole(head));
        Assert.Equal(status, RequestHead.Judge(head, out var withoutBody));
        Assert.Equal(line.StartsWith("HEAD", StringComparison.Ordinal), withoutBody);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /metrics HTTP/1.1\r\n")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: x\r\n\r")]
    public void A_head_is_whole_at_its_empty_line(string head) => Assert.False(RequestHead.IsWhole(Encoding.Latin1.GetBytes(head)));
}
