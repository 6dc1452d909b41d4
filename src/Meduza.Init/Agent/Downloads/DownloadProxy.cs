using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Downloads;

/// <summary>Through whom files are downloaded: the proxy that the environment names for that, and otherwise mihomo while it is ready.</summary>
internal sealed class DownloadProxy(Uri? named, IReadOnlyDictionary<string, ServiceStatus> services)
{
    private readonly FixedProxy? _named = named is null ? null : new(named);
    private readonly FixedProxy _mihomo = new(new Uri($"http://127.0.0.1:{ClashConfig.MixedPort}"));

    /// <summary>Whom to ask at this moment; null for nobody.</summary>
    public FixedProxy? Find() =>
        _named ?? (services.GetValueOrDefault(TransparentProxy.Service) is { State: ServiceStates.Ready } ? _mihomo : null);
}
