using Meduza.Image.Packages;
using Meduza.Image.ThirdParty;

namespace Meduza.Image.Root;

/// <summary>The layers of the image, the one that changes least first.</summary>
public enum Layer
{
    Libraries,
    Daemons,
    Meduza,
}

/// <summary>Whose a file is.</summary>
/// <param name="Layer">In which layer it lies.</param>
/// <param name="Component">For the table of sizes: <c>frr</c>, <c>libraries</c>, …</param>
/// <param name="Package">Its package; null for what is ours or a third party's.</param>
public sealed record Origin(Layer Layer, string Component, DebianPackage? Package = null)
{
    /// <summary>The release of a third party that it is of; null for what is not.</summary>
    public PinnedRelease? Release { get; init; }

    /// <summary>What we made or wrote.</summary>
    public static Origin Own { get; } = new(Layer.Meduza, "meduza");
}
