namespace Meduza.Abi.Tests;

/// <summary>Something that our code takes C to say.</summary>
/// <param name="Header">Where C says it.</param>
/// <param name="Name">What it is about, for the reader of a failure.</param>
/// <param name="Expression">An integer expression of C.</param>
/// <param name="Value">What our code takes it to be.</param>
internal sealed record Claim(string Header, string Name, string Expression, long Value);
