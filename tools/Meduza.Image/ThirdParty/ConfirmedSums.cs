using System.Security.Cryptography;

namespace Meduza.Image.ThirdParty;

/// <summary>
/// <c>third_party/SHA256SUMS</c>: the sums of files that an operator has confirmed to be what their makers published, in
/// the format of sha256sum(1). A file of a program that is not in it, or has another sum, is not taken.
/// </summary>
public sealed class ConfirmedSums
{
    public const string FileName = "SHA256SUMS";

    private readonly string _folder;
    private readonly Dictionary<string, string> _sums = [];

    /// <param name="folder">The folder <c>third_party</c>.</param>
    /// <exception cref="ImageException">A line is none of sha256sum's.</exception>
    public ConfirmedSums(string folder)
    {
        _folder = folder;
        var path = Path.Combine(folder, FileName);
        foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            if (line.Length == 0)
                continue;
            if (line.Length < 67 || line[64..66] is not ("  " or " *") || !line[..64].All(char.IsAsciiHexDigit))
                throw new ImageException($"{path}: \"{line}\" is not a sum and a file, as sha256sum writes them");
            _sums[line[66..]] = line[..64].ToUpperInvariant();
        }
    }

    /// <summary>True where there is a sum for that file; it need not be the right one.</summary>
    public bool Has(string file) => _sums.ContainsKey(file);

    /// <exception cref="ImageException">It is another file than the confirmed one, or nobody confirmed it.</exception>
    public void Require(string file)
    {
        var sum = SumOf(file);
        if (!_sums.TryGetValue(file, out var confirmed))
            throw new ImageException($"third_party/{file} is not confirmed, its sum is {Shown(sum)}: compare that with what its makers publish, then ./build.sh fetch confirm");
        if (confirmed != sum)
            throw new ImageException($"third_party/{file} has the sum {Shown(sum)}, and {FileName} says {Shown(confirmed)}: it is damaged or another one; remove the file, or the line if you know why");
    }

    /// <summary>Writes the sum of a file that has none yet.</summary>
    public void Confirm(string file)
    {
        _sums[file] = SumOf(file);
        File.WriteAllLines(Path.Combine(_folder, FileName), _sums.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Shown(pair.Value)}  {pair.Key}"));
    }

    /// <summary>As people see it.</summary>
    public string Sum(string file) => Shown(SumOf(file));

    private static string Shown(string sum) => sum.ToLowerInvariant();

    private string SumOf(string file)
    {
        using var content = File.OpenRead(Path.Combine(_folder, file));
        return Convert.ToHexString(SHA256.HashData(content));
    }
}
