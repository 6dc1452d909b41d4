using System.CommandLine;
using System.Globalization;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>A verb that brings one service to a state and waits until it is there.</summary>
internal abstract class ServiceVerb : Verb
{
    private readonly Argument<string?> _service = CommonOptions.Service(ArgumentArity.ExactlyOne, "Which service");
    private readonly Option<double> _timeout = CommonOptions.Timeout();
    private readonly Func<string, bool> _isGoal;

    /// <param name="isGoal">True for the states, of <see cref="ServiceStates"/>, in which it is done.</param>
    protected ServiceVerb(string name, Func<string, bool> isGoal, string description, Session session, params (string Line, string Meaning)[] examples)
        : base(name, description, session, examples)
    {
        _isGoal = isGoal;
        Add(_service);
        Add(_timeout);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var name = arguments.GetRequiredValue(_service)!;
        var timeout = TimeSpan.FromSeconds(arguments.GetValue(_timeout));
        await using var connection = await ControlConnection.OpenAsync(Session.SocketPath, cancellation);
        var reply = await connection.SendAsync(
            new() { Verb = Name, Services = [name], TimeoutMilliseconds = (int)timeout.TotalMilliseconds }, timeout, cancellation);
        if (reply.Services.IsEmpty)
            reply = await connection.SendAsync(new() { Verb = Verbs.Status }, null, cancellation);

        var service = ServiceNames.Find(reply.Services, name);
        Session.Output.WriteLine(Final(service));
        return _isGoal(service.State) ? ExitCodes.Done : ExitCodes.NotYet;
    }

    private string Final(ServiceStatus service)
    {
        var state = Tones.Paint(service.State, _isGoal(service.State) ? Tone.Good : Tone.Bad, Session.Colour);
        var text = $"{service.Name}: {state}";
        if (service.Pid > 0)
            text += string.Create(CultureInfo.InvariantCulture, $", pid {service.Pid}");
        if (!_isGoal(service.State) && service.WaitingFor is { } waiting)
            text += $", waits for {Tones.Clean(waiting)}";
        if (!_isGoal(service.State) && service.LastExit is { } exit)
            text += $", last exit: {Tones.Clean(exit)}";
        return text;
    }
}
