using System.Net;

namespace Meduza.Init.Agent.Downloads;

/// <summary>An answer whose head has come. Its body is read as it comes, packed or not, within the limits.</summary>
/// <param name="response">The head.</param>
/// <param name="limits">Of the fetch.</param>
/// <param name="quiet">Cancelled when nothing has come for too long, and when the whole takes too long.</param>
/// <param name="transfer">Told of what comes; null where nobody looks.</param>
internal sealed class WebAnswer(HttpResponseMessage response, FetchLimits limits, CancellationTokenSource quiet, Transfer? transfer)
{
    private const int ChunkSize = 64 << 10;

    public HttpStatusCode Status => response.StatusCode;

    public Validators Validators { get; } = Validators.Of(response);

    /// <summary>How the body is packed, as <see cref="Packing"/> takes it; null where it is not.</summary>
    public string? Packing { get; } = response.Content.Headers.ContentEncoding is { Count: > 0 } all ? string.Join(", ", all) : null;

    /// <summary>True for a part that is all the rest.</summary>
    /// <param name="from">The number of its first byte.</param>
    public bool IsRest(long from) =>
        response.Content.Headers.ContentRange is { Unit: "bytes", From: { } first, To: { } last } range && first == from && (range.Length ?? last + 1) == last + 1;

    /// <summary>Refuses what is no success, and what says that it is too long.</summary>
    /// <param name="already">Bytes that are there of it.</param>
    public void RequireBody(long already = 0)
    {
        if (!response.IsSuccessStatusCode)
            throw new RefusedAnswerException($"it answers with status {(int)Status}") { IsOfTheWay = (int)Status >= 500 };
        if (already + response.Content.Headers.ContentLength > limits.Longest)
            throw Downloads.Packing.TooLong(limits.Longest);
    }

    /// <summary>Copies the body as it comes.</summary>
    /// <param name="write">Takes each part of it.</param>
    /// <param name="already">Bytes that are there of it.</param>
    public async Task CopyAsync(Action<ReadOnlySpan<byte>> write, long already = 0)
    {
        transfer?.Begin(already, already + response.Content.Headers.ContentLength);
        await using var body = await response.Content.ReadAsStreamAsync(quiet.Token);
        var chunk = new byte[ChunkSize];
        for (var length = already; await body.ReadAsync(chunk, quiet.Token) is var count and > 0;)
        {
            quiet.CancelAfter(limits.Quiet);
            if ((length += count) > limits.Longest)
                throw Downloads.Packing.TooLong(limits.Longest);
            write(chunk.AsSpan(0, count));
            transfer?.Add(count);
        }
    }
}
