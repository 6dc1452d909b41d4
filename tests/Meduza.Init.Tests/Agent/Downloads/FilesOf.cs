using Meduza.Init.Agent.Downloads;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>Files of a server that the test is.</summary>
internal sealed class FilesOf(KeptFiles files, Func<string, string, KeptCopy?, CancellationToken, Task<FetchedCopy>> fetch) : IDownloadSource
{
    public string Folder => files.Folder;

    public KeptCopy? Load(WantedDownload wanted, Action<string> warn) => files.Load(wanted.Name, warn);

    public Task<FetchedCopy> FetchAsync(WantedDownload wanted, KeptCopy? had, Transfer transfer, CancellationToken cancellation) => fetch(wanted.Name, wanted.Url, had, cancellation);

    public void Sweep(IEnumerable<string> wanted, DateTimeOffset before) => files.Sweep(wanted, before);
}
