using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Meduza.Init.Agent.Reconcile;

namespace Meduza.Init.Cli;

/// <summary>Options that several verbs have.</summary>
internal static class CommonOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON" };

    /// <summary><c>--timeout S</c>: seconds, also parts of one, or with units.</summary>
    public static Option<double> Timeout() => new("--timeout")
    {
        Description = "Seconds to wait at most",
        HelpName = "S",
        DefaultValueFactory = _ => 60,
        CustomParser = Seconds,
    };

    /// <summary><c>--confirm S</c>: within how many seconds a commit is to be confirmed; 0 where it is not given.</summary>
    public static Option<double> Confirm() => new("--confirm")
    {
        Description = "Every node goes back by itself unless `meduza confirm` follows within this time: seconds, or 90s, 5m, 1h30m",
        HelpName = "S",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Duration.Parse(text) is { } limit && ConfirmLimit.Allows(limit) && limit.Ticks % TimeSpan.TicksPerSecond == 0)
                return limit.TotalSeconds;
            result.AddError($"'{text}' is no time for a confirmation: give whole seconds, {Duration.Text(ConfirmLimit.Shortest)} to {ConfirmLimit.Longest.TotalHours:0}h (90, 5m, 1h30m)");
            return 0;
        },
    };

    /// <summary><c>--from FILE|-</c>: keys from a file instead of from etcd, for <see cref="KeyFiles.KeyFile"/>.</summary>
    public static Option<string?> From() => new("--from")
    {
        Description = "Read the keys from this file: flat JSON, flat YAML, or what `etcdctl get --prefix \"\" -w json` prints; - is standard input",
        HelpName = "FILE",
    };

    /// <summary>The beginning of keys.</summary>
    public static Argument<string?> Prefix(string description)
    {
        var argument = new Argument<string?>("PREFIX") { Arity = ArgumentArity.ZeroOrOne, Description = description };
        argument.Validators.Add(NoOption);
        argument.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => !t.Value.StartsWith('/')) is { } prefix)
                result.AddError($"'{prefix.Value}' is no beginning of keys: it begins with /");
        });
        return argument;
    }

    /// <summary><c>--from FILE|-</c>: a file of keys.</summary>
    public static Option<string> From(bool required) => new("--from")
    {
        Description = "Keys from this file: JSON, YAML, or what etcdctl prints with -w json; - is standard input",
        HelpName = "FILE",
        Required = required,
    };

    /// <summary>One service by name.</summary>
    public static Argument<string?> Service(ArgumentArity arity, string description)
    {
        var argument = new Argument<string?>("SERVICE") { Arity = arity, Description = description };
        argument.Validators.Add(NoOption);
        return argument;
    }

    /// <summary>Any number of services by name.</summary>
    public static Argument<string[]> Services(string description)
    {
        var argument = new Argument<string[]>("SERVICE") { Arity = ArgumentArity.ZeroOrMore, Description = description };
        argument.Validators.Add(NoOption);
        return argument;
    }

    /// <summary>A whole number that is not negative.</summary>
    public static int WholeNumber(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        result.AddError($"'{text}' is not a number of lines: give a whole number, 0 or more");
        return 0;
    }

    private static double Seconds(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Duration.Parse(text) is { TotalSeconds: <= 86_400 } limit)
            return limit.TotalSeconds;
        result.AddError($"'{text}' is not a time limit: give seconds, at most 86400");
        return 0;
    }

    // A mistyped option would otherwise pass for the name of a service.
    private static void NoOption(ArgumentResult result)
    {
        if (result.Tokens.FirstOrDefault(t => t.Value.StartsWith('-')) is { } option)
            result.AddError($"no option '{option.Value}'");
    }
}
