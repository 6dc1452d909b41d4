using System.Runtime.InteropServices;

namespace Meduza.Linux;

/// <summary>
/// The number of a descriptor, borrowed from its handle for the length of a call: it cannot be closed, and so not come
/// to mean another file, before this is disposed of.
/// </summary>
internal readonly ref struct BorrowedDescriptor
{
    private readonly SafeHandle _handle;

    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    public BorrowedDescriptor(SafeHandle handle)
    {
        var added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
    }

    public int Number => (int)_handle.DangerousGetHandle();

    public void Dispose() => _handle.DangerousRelease();
}
