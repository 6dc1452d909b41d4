using System.Globalization;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Meduza.Init.Cli.KeyFiles;

/// <summary>
/// Keys in YAML: one flat map. It is read event by event and ends at the first thing that is no text, so neither depth nor
/// aliases of a hostile file cost anything.
/// </summary>
internal static class YamlKeys
{
    /// <summary>The tag of a value that is not UTF-8, written in base64 (yaml.org/type/binary).</summary>
    public const string BinaryTag = "tag:yaml.org,2002:binary";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <inheritdoc cref="KeyFile.Parse"/>
    public static Snapshot Parse(string name, ReadOnlyMemory<byte> content)
    {
        var keys = new KeyCollection(name);
        Parser? events = null;
        try
        {
            using var text = new StringReader(Strict.GetString(content.Span));
            events = new Parser(text);
            events.Consume<StreamStart>();
            if (events.Accept<StreamEnd>(out _))
                throw keys.Wrong("", "there is nothing in it but comments: write {} where there is no key");
            events.Consume<DocumentStart>();
            if (!events.TryConsume<MappingStart>(out _))
                throw keys.Wrong(Place(events.Current!), "this is no map of keys and values");
            while (!events.TryConsume<MappingEnd>(out _))
                Take(keys, events);
            events.Consume<DocumentEnd>();
            if (!events.TryConsume<StreamEnd>(out _))
                throw keys.Wrong(Place(events.Current!), "a second document begins: the file is one map");
            return keys.At(0);
        }
        catch (DecoderFallbackException)
        {
            throw keys.Wrong("", "this is not UTF-8");
        }
        catch (YamlException e)
        {
            throw keys.Wrong(Place(e.Start), $"this is no YAML: {Reason(e)}");
        }
        // What the parser throws by itself at some texts that are not YAML, as YamlReader knows too.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw keys.Wrong(events?.Current is { } last ? Place(last.End) : "", "this is no YAML: its form is wrong");
        }
    }

    private static void Take(KeyCollection keys, Parser events)
    {
        var place = Place(events.Current!);
        if (!events.TryConsume<Scalar>(out var key))
            throw keys.Wrong(place, "a key must be plain text");
        if (!events.TryConsume<Scalar>(out var value))
        {
            throw keys.Wrong(place, events.Accept<AnchorAlias>(out _)
                ? $"the value of {Quoted.Of(key.Value)} is an alias: write it out"
                : $"the value of {Quoted.Of(key.Value)} is no text: the file is flat, one whole key and its value each");
        }
        keys.Add(key.Value, Bytes(keys, key.Value, value), place);
    }

    private static byte[] Bytes(KeyCollection keys, string key, Scalar value)
    {
        // Nothing, and what YAML takes for nothing, is more likely forgotten than meant.
        if (value.Style == ScalarStyle.Plain && value.Tag.IsEmpty && value.Value is "" or "~" or "null")
        {
            var orThatText = value.Value.Length > 0 ? $", \"{value.Value}\" for that text" : "";
            throw keys.Wrong(Place(value), $"{Quoted.Of(key)} has no value: write \"\" for an empty one{orThatText}");
        }
        if (value.Tag.IsEmpty || value.Tag.Value != BinaryTag)
            return Encoding.UTF8.GetBytes(value.Value);
        try
        {
            return Convert.FromBase64String(value.Value);
        }
        catch (FormatException)
        {
            throw keys.Wrong(Place(value), $"the value of {Quoted.Of(key)} is not base64");
        }
    }

    private static string Place(ParsingEvent parsed) => Place(parsed.Start);

    private static string Place(Mark mark) => string.Create(CultureInfo.InvariantCulture, $"line {mark.Line}, column {mark.Column}");

    private static string Reason(YamlException e)
    {
        var reason = (e.InnerException as YamlException ?? e).Message;
        return reason.Length > 0 ? char.ToLowerInvariant(reason[0]) + reason[1..].TrimEnd('.') : "its form is wrong";
    }
}
