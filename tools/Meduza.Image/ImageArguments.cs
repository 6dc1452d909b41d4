using System.Globalization;

namespace Meduza.Image;

/// <summary>What a run is about, as <c>build/image.sh</c> gives it: <c>--name value</c>, each once.</summary>
/// <param name="Architecture">Of the image.</param>
/// <param name="Variant">Empty for the image itself; see <see cref="Root.Contents.Variants"/>.</param>
/// <param name="Binary">meduza-init.</param>
/// <param name="Packages">Folder of unpacked packages.</param>
/// <param name="Own">The folder <c>rootfs</c>.</param>
/// <param name="ThirdParty">The folder <c>third_party</c>.</param>
/// <param name="Out">Folder of what is made.</param>
/// <param name="Time">What every file bears.</param>
public sealed record ImageArguments(
    Architecture Architecture, string Variant, string Binary, string Packages, string Own, string ThirdParty, string Out, DateTimeOffset Time)
{
    /// <summary>What the names of its files end with: <c>amd64</c>, <c>amd64-debug</c>.</summary>
    public string Suffix => Variant.Length == 0 ? Architecture.Name : $"{Architecture.Name}-{Variant}";

    /// <exception cref="ImageException">One is missing, or makes no sense.</exception>
    public static ImageArguments Parse(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var given = new Dictionary<string, string>();
        for (var i = 0; i + 1 < words.Count; i += 2)
            given[words[i]] = words[i + 1];
        return new(
            Architecture.Of(Value("--architecture")), given.GetValueOrDefault("--variant", ""), Value("--binary"), Value("--packages"), Value("--own"),
            Value("--third-party"), Value("--out"), DateTimeOffset.FromUnixTimeSeconds(Seconds(Value("--time"))));

        string Value(string name) => given.GetValueOrDefault(name) ?? throw new ImageException($"{name} is missing: ./build.sh image gives it");

        static long Seconds(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : throw new ImageException($"--time {text} is no number of seconds: see SOURCE_DATE_EPOCH");
    }
}
