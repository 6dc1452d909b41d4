using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Meduza.Doubles.Yaml;

/// <summary>A YAML text as go-yaml gives it to a program: the first document, merge keys not followed (Meduza writes none).</summary>
internal static class YamlFile
{
    /// <exception cref="ConfigException">It is no YAML.</exception>
    public static YamlNode? Read(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new ConfigException($"yaml: line {e.Start.Line}: {e.Message.ReplaceLineEndings(" ")}");
        }
        return stream.Documents is [var document, ..] ? document.RootNode : null;
    }
}
