namespace Meduza.Image;

/// <summary>The image cannot be made of what there is; the message names it and what to do.</summary>
public sealed class ImageException : Exception
{
    public ImageException(string message) : base(message)
    {
    }

    public ImageException(string message, Exception inner) : base(message, inner)
    {
    }

    public ImageException()
    {
    }
}
