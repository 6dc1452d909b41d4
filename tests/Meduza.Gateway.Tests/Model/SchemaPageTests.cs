using System.Text;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Schema;
using Meduza.Gateway.Tests.Golden;

namespace Meduza.Gateway.Tests.Model;

/// <summary>
/// <c>docs/etcd-schema.md</c> says what the key table says. <c>MEDUZA_GOLDEN=write</c> writes its tables anew.
/// </summary>
public sealed class SchemaPageTests
{
    private const string Begin = "<!-- keys: ";
    private const string End = "<!-- end -->";

    private static string Page => Path.Combine(GoldenTests.Folder(), "../../../docs/etcd-schema.md");

    [Fact]
    public void Page_lists_every_key_as_the_table_has_it()
    {
        var text = File.ReadAllText(Page);
        var current = Fill(text);
        if (Environment.GetEnvironmentVariable("MEDUZA_GOLDEN") == "write")
            File.WriteAllText(Page, current);
        else
            Assert.Equal(current, text);
        foreach (var spec in KeyTable.All)
            Assert.Contains($"`{SchemaTables.NameOf(spec)}`", current, StringComparison.Ordinal);
    }

    [Fact]
    public void No_key_is_listed_twice()
    {
        foreach (var group in KeyTable.All.GroupBy(spec => spec.Template))
            Assert.True(group.Count() == 1, group.Key);
    }

    [Fact]
    public void Every_key_says_what_it_is() => Assert.All(KeyTable.All, spec =>
    {
        Assert.NotEmpty(spec.About);
        Assert.NotEmpty(spec.Component);
        // Only what is refused, or read by nothing yet, has no kind of value.
        Assert.Equal(spec is RefusedKey or UndrivenKey, spec.KindName.Length == 0);
        Assert.DoesNotContain(spec.About, char.IsControl);
    });

    /// <summary>Replaces what stands between the markers of each section by the keys that the section is about.</summary>
    private static string Fill(string text)
    {
        var page = new StringBuilder();
        var at = 0;
        for (int begin; (begin = text.IndexOf(Begin, at, StringComparison.Ordinal)) >= 0;)
        {
            var named = text.IndexOf(" -->\n", begin, StringComparison.Ordinal);
            var sections = text[(begin + Begin.Length)..named].Split(' ');
            page.Append(text, at, named + 5 - at).Append(SchemaTables.Of(sections));
            at = text.IndexOf(End, named, StringComparison.Ordinal);
        }
        return page.Append(text, at, text.Length - at).ToString();
    }
}
