using Meduza.Init.Cli;

namespace Meduza.Init.Tests.Cli;

public class SessionTests
{
    [Theory]
    [InlineData(true, null, "xterm", true)]
    [InlineData(true, "", "xterm", true)]
    [InlineData(false, null, "xterm", false)]
    [InlineData(true, "1", "xterm", false)]
    [InlineData(true, null, "dumb", false)]
    [InlineData(true, null, null, false)]
    public void Colour_is_for_terminals_that_want_it(bool isTerminal, string? noColour, string? terminal, bool colour) =>
        Assert.Equal(colour, Session.WantsColour(isTerminal, noColour, terminal));
}
