using Meduza.Gateway.Model.WireGuard;

namespace Meduza.Gateway.Tests.Model;

/// <summary>Public keys from private ones: as <c>wg pubkey</c> answers, and the first iteration of RFC 7748, section 5.2.</summary>
public sealed class X25519Tests
{
    [Theory]
    [InlineData("CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "QiyOemIn17yhNQs+K7cnn3iXuHu2hUt4PGDoAxGuMHk=")]
    [InlineData("//////////////////////////////////////////8=", "hHwNLDdSNPNl5mCVUYejc1oPdhPRYJ06ak2MU66qWiI=")]
    [InlineData("ZTYyOWYxOTZkYzYxMjUwOWVhOWE2MWRmNTUyNDIzYTA=", "dSnLsEKfBFS/XVEMqicpjqmP7BNpVuvGlqwOjNunplg=")]
    [InlineData("NzI2NTRkY2Q1MDg2NzNlOTkxY2MwOGY5ZGU2ZGI5OTc=", "NF2ULSNI4ftSGVmOSkFk958Bf0N8KkUOJVS2LcdxYy4=")]
    [InlineData("ZjAzNWJiZDMyYTdlOTU4NzI2M2NmYTFjODM4ZjczZWU=", "cyQtAAUloyclbycrAOL1l+icnMAspDEmGmUW0aS0RBc=")]
    [InlineData("NjQ5YTVhMjg0M2QwODBlNTQxMjRkOWNlYjE1YzkwNGM=", "S8PHBRZmWBX5KJenDQl+1VgojHB7EcHbtL9CBCkGbgI=")]
    public void Public_key_is_the_one_that_WireGuard_has(string privateKey, string publicKey) =>
        Assert.Equal(publicKey, Convert.ToBase64String(X25519.PublicKey(Convert.FromBase64String(privateKey))));
}
