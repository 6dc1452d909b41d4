using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Tests.Fuzz.Oracles;
using Meduza.Gateway.Tests.Plan;
using Meduza.Gateway.Tests.Render;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Fuzz;

/// <summary>
/// Hostile keys, given to the model and every renderer; what comes out is read by the grammar of the program that it is for.
/// <see cref="FuzzSize"/> says how many fleets, and which.
/// </summary>
public sealed class RenderFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Hostile_keys_are_refused_or_bring_nothing_that_was_not_asked_for()
    {
        var (count, seed, rendered) = (FuzzSize.Fleets, FuzzSize.Seed, 0);
        for (var number = 0; number < count; number++)
        {
            var fleet = HostileFleet.Of(seed, number);
            try
            {
                rendered += Judge(fleet) ? 1 : 0;
            }
            catch (Exception e)
            {
                Assert.Fail($"fleet {number} of seed {seed} ({fleet})\n{e}");
            }
        }
        output.WriteLine($"{count} fleets, seed {seed}, {rendered} of them rendered");
        Assert.True(rendered > count / 4, $"only {rendered} of {count} were rendered at all");
    }

    /// <summary>By the schema that mihomo's editors have, which is too slow to be asked about every fleet.</summary>
    [Fact]
    public void Subscription_that_mihomo_takes_stays_one()
    {
        var shipped = (YamlMap)YamlReader.Read(new Machine().MihomoBase);
        var (count, seed, valid) = (FuzzSize.Fleets / 10, FuzzSize.Seed, 0);
        for (var number = 0; number < count; number++)
        {
            var text = HostileSubscription.Make(HostileFleet.RandomOf(seed, number));
            if (Subscription.Read(text, out _) is not { } subscription || !MihomoSchemaTests.IsValid(subscription))
                continue;
            valid++;
            MihomoSchemaTests.AssertValid(MihomoConfig.Merge(shipped, subscription, ClashMode.Tproxy, null, _ => { }));
        }
        Assert.True(valid > count / 10, $"only {valid} of {count} were valid to begin with");
    }

    /// <summary>Each line of each file is somebody's to judge: one more is noticed, whatever file it is in.</summary>
    [Theory]
    [InlineData("berlin")]
    [InlineData("paris")]
    [InlineData("home")]
    [InlineData("lab")]
    public void Oracles_notice_what_was_not_asked_for(string node)
    {
        var keys = HostileFleet.Example;
        foreach (var set in (KeySet[])[keys, keys.With("/global/mesh_type", "easytier"), keys.With("/global/internal_routing_system", "bgp")])
        {
            var good = Rendered.Of(set.Config(node), new());
            OracleList.Judge(good);
            foreach (var file in good.State.Files)
            {
                foreach (var line in (string[])["evil = 1\n", "evil\n", "evil: 1\n", "#\nevil 127.0.0.1\n"])
                    Assert.True(Refused(good.With(file.Path, text => text + line)) || Refused(good.With(file.Path, text => line + text)), $"{file.Path}: {line}");
            }
        }
    }

    private static bool Judge(HostileFleet fleet)
    {
        var result = fleet.Keys.Parse(fleet.Node);
        Assert.Equal(result.Config is null, !result.Errors.IsEmpty);
        Assert.All(result.Errors.Concat(result.Warnings), finding => Assert.True(IsOneLine(finding.Message) && finding.Message.Length < 1_000, finding.Message));
        if (result.Config is null)
            return false;
        var rendered = Rendered.Of(result.Config, fleet.Machine);
        Assert.All(rendered.State.Warnings, warning => Assert.True(IsOneLine(warning.Message), warning.Message));
        OracleList.Judge(rendered);
        Assert.True(Planner.Plan(Rendered.Of(fleet.Keys.Config(fleet.Node), fleet.Machine).State, Machines.After(rendered.State)).IsEmpty);
        return true;
    }

    private static bool Refused(Rendered rendered)
    {
        try
        {
            OracleList.Judge(rendered);
            return false;
        }
        catch (Exception e) when (e is Xunit.Sdk.IAssertionException or Tomlyn.TomlException or YamlDotNet.Core.YamlException)
        {
            return true;
        }
    }

    private static bool IsOneLine(string text) => !text.Any(Lines.IsControl);
}
