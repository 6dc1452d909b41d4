using System.Text;
using Meduza.Gateway.Model;

namespace Meduza.Gateway.Render;

/// <summary><c>/etc/etcd_hosts</c>: a line <c>ADDRESS&lt;TAB&gt;HOSTNAME</c> for each address (hosts(5)).</summary>
public static class HostsRenderer
{
    public const string Path = "/etc/etcd_hosts";

    public static byte[] Render(HostRecords records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var text = new StringBuilder();
        foreach (var record in records.Records)
        {
            foreach (var address in record.Addresses)
                text.Append(address).Append('\t').Append(record.Name).Append('\n');
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
