using System.Text;
using Meduza.Init.Cli;

namespace Meduza.Init.Tests.Cli;

/// <summary>A command line that talks to etcd, with an environment of the test's.</summary>
internal static class EtcdCommand
{
    public static Task<FakePid1.Result> RunAsync(string endpoints, params string[] arguments) =>
        RunAsync([("ETCD_ENDPOINTS", endpoints)], "", arguments);

    public static async Task<FakePid1.Result> RunAsync((string Name, string Value)[] environment, string input, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var session = new Session(output, error, Colour: false, "/nowhere", "/nowhere", TimeProvider.System)
        {
            Input = () => Encoding.UTF8.GetBytes(input),
            Variable = name => environment.Where(v => v.Name == name).Select(v => v.Value).FirstOrDefault(),
        };
        var code = await CommandLine.RunAsync(arguments, session, TestContext.Current.CancellationToken);
        return new(code, output.ToString(), error.ToString());
    }
}
