using System.Text.RegularExpressions;
using Meduza.Container.Harness;

namespace Meduza.Container;

/// <summary>docs/deploy.md says what the containers of these tests are run with.</summary>
public partial class DeployPageTests
{
    [Fact]
    public void The_page_names_the_capabilities_that_are_enough()
    {
        var page = File.ReadAllText($"{BuiltImage.Sources}/docs/deploy.md");
        Assert.Equal(ContainerSetup.Enough, Flag().Matches(page).Select(match => $"CAP_{match.Groups[1].Value}").Order(StringComparer.Ordinal));
        Assert.Equal(ContainerSetup.Enough, Row().Matches(page).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"--cap-add (\w+)")]
    private static partial Regex Flag();

    [GeneratedRegex(@"^\| `(CAP_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
