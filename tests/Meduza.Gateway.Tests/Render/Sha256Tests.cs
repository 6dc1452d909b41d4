using CsCheck;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Render;

public sealed class Sha256Tests
{
    /// <summary>FIPS 180-2, appendix B.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Known_text_has_its_known_hash(string text, string hash)
    {
        var sha = new Sha256();
        sha.Append(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal(hash, Convert.ToHexStringLower(sha.Finish()));
    }

    [Fact]
    public void Any_bytes_in_any_pieces_have_the_hash_that_the_framework_gives_them() => Gen.Byte.Array[0, 200].Array[0, 5].Sample(pieces =>
    {
        var sha = new Sha256();
        foreach (var piece in pieces)
            sha.Append(piece);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData([.. pieces.SelectMany(piece => piece)]), sha.Finish());
    }, iter: 3_000);
}
