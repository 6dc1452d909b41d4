using System.Text;
using System.Text.Json;
using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Continuation;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests;

public sealed class RecordJsonTests
{
    [Fact]
    public void Names_are_in_snake_case_enums_by_name_and_what_is_null_is_absent()
    {
        var readiness = new Readiness(ReadinessKind.TcpPort, "80");
        var health = new HealthCheck(readiness) { Restart = true };
        var definition = new ServiceDefinition { Name = "a", Component = "b", Command = ["/bin/ü", "\"x\""], Health = health };
        var json = Text(new ControlRequest { Verb = Verbs.Define, Definition = definition }, ControlJson.Write);

        Assert.StartsWith("""{"version":1,"id":0,"verb":"define","definition":{"name":"a","component":"b","kind":"Daemon","command":["/bin/\u00FC","\u0022x\u0022"],""", json, StringComparison.Ordinal);
        Assert.Contains("""{"probe":{"kind":"TcpPort","target":"80"},"interval_milliseconds":10000,""", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\"program\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_given_stands_for_that_of_the_property() =>
        Assert.Contains("\"wireguard\":[]", Text(new AgentReport { Node = "n", Version = "1" }, ControlJson.Write), StringComparison.Ordinal);

    [Fact]
    public void Where_defaults_are_left_out_what_must_be_there_is_written_all_the_same()
    {
        var json = Text(new KeptProcess { Pid = 0 }, KeptJson.Write);

        Assert.Equal("""{"pid":0,"reported":""}""", json);
        Assert.Equal(0, JsonText.Parse(Encoding.UTF8.GetBytes(json), KeptJson.ReadKeptProcess).Pid);
    }

    [Fact]
    public void Moments_bytes_and_numbers_come_back_as_they_were()
    {
        var line = new KeptLine(long.MinValue, long.MaxValue, true, [0, 0xff, 10]);
        var tail = Again(new KeptTail { Lines = [line] }, KeptJson.Write, KeptJson.ReadKeptTail).Lines[0];
        var service = Again(
            new KeptService
            {
                Definition = new() { Name = "a", Component = "a", Command = ["/a"], Limits = new() { Process = [new("core", 0, ulong.MaxValue)] } },
                State = ServiceState.Backoff,
                RetryAt = TimeSpan.FromTicks(-1),
                ProbeDelay = TimeSpan.MaxValue,
                StartedOn = [3, int.MinValue],
            },
            KeptJson.Write, KeptJson.ReadKeptService);

        Assert.Equal((long.MinValue, long.MaxValue, true), (tail.Number, tail.Time, tail.Error));
        Assert.Equal([0, 0xff, 10], tail.Text);
        Assert.Equal((ServiceState.Backoff, TimeSpan.FromTicks(-1), TimeSpan.MaxValue), (service.State, service.RetryAt, service.ProbeDelay));
        Assert.Equal([3, int.MinValue], service.StartedOn);
        Assert.Equal(new ProcessLimit("core", 0, ulong.MaxValue), Assert.Single(service.Definition.Limits.Process));
        Assert.Null(service.ProbeAt);
    }

    [Fact]
    public void What_is_unknown_is_passed_over_whatever_it_holds()
    {
        var request = Read("""{"new":{"verb":[1,{"id":2}]},"verb":"status","id":7,"newer":null}""");

        Assert.Equal(("status", 7L), (request.Verb, request.Id));
    }

    [Theory]
    [InlineData("""{"id":1}""", "verb")]
    [InlineData("""{"verb":"a","id":"1"}""", "id")]
    [InlineData("""{"verb":"a","id":1.5}""", "id")]
    [InlineData("""{"verb":"a","id":9223372036854775808}""", "id")]
    [InlineData("""{"verb":"a","follow":1}""", "follow")]
    [InlineData("""{"verb":7}""", "verb")]
    [InlineData("""{"verb":"\ud800"}""", "verb")]
    [InlineData("""{"verb":"a","services":"b"}""", "services")]
    [InlineData("""{"verb":"a","services":[1]}""", "services")]
    [InlineData("""{"verb":"a","definition":{"name":"a","component":"a","command":[],"kind":"Demon"}}""", "kind")]
    [InlineData("""{"verb":"a","definition":[]}""", "$")]
    [InlineData("[]", "$")]
    [InlineData("null", "$")]
    public void A_value_of_another_kind_is_named(string json, string name) =>
        Assert.Equal(name, Assert.Throws<JsonException>(() => Read(json)).Path);

    [Theory]
    [InlineData("")]
    [InlineData("""{"verb":"a" """)]
    [InlineData("""{"verb":"a"} {}""")]
    [InlineData("""{"services":["a" """)]
    public void What_is_cut_off_or_followed_by_more_is_none(string json) => Assert.ThrowsAny<JsonException>(() => Read(json));

    private static ControlRequest Read(string json) => JsonText.Parse(Encoding.UTF8.GetBytes(json), ControlJson.ReadControlRequest);

    private static T Again<T>(T value, Action<Utf8JsonWriter, T> write, JsonReading<T> read) => JsonText.Parse(JsonText.Utf8(value, write), read);

    private static string Text<T>(T value, Action<Utf8JsonWriter, T> write) => Encoding.UTF8.GetString(JsonText.Utf8(value, write));
}
