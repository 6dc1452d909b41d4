using System.Globalization;
using System.Text;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Store;
using Meduza.Init.Cli.Offline;

namespace Meduza.Init.Cli.Support;

/// <summary>What the commit in force makes of this node: the files that are no secret, of the others their size, and <c>state.json</c>.</summary>
internal static class RenderedFiles
{
    public static IEnumerable<(string File, string Text)> Of(Session session, string node)
    {
        List<string> warnings = [];
        if (new SnapshotFolder(session.SnapshotFolder).LoadInForce(warnings.Add) is not { } kept)
            return [("rendered/problem.txt", string.Concat(warnings.Append($"no commit is kept in {session.SnapshotFolder}").Select(line => line + "\n")))];
        try
        {
            var config = NodeRendering.Parse(kept.Keys, node);
            var state = Renderer.Render(config, NodeRendering.Machine);
            return
            [
                ("rendered/state.json", JsonText.Document(StateDocument.Of(config, state), CliJson.Write) + "\n"),
                .. state.Files.Select(file => ($"rendered{file.Path}", file.Secret ? string.Create(CultureInfo.InvariantCulture, $"(secret, {file.Content.Length} bytes)\n") : Encoding.UTF8.GetString(file.Content.Span))),
            ];
        }
        catch (CommandException e)
        {
            return [("rendered/problem.txt", $"{e.Message}\n")];
        }
    }
}
