using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Meduza.Init.Agent.Status;

namespace Meduza.Init.Agent.Names;

/// <summary>
/// Asks a resolver for something that it knows without asking another one. Any answer counts, also that it cannot say: with that
/// dnsmasq goes on to the next by itself (RFC 1035, 4.1).
/// </summary>
internal sealed class NameQuestion : IQuestion
{
    /// <summary>Type A, class IN.</summary>
    private static readonly byte[] Localhost = [9, .. "localhost"u8, 0, 0, 1, 0, 1];

    /// <summary>Type TXT, class CH: what dnsmasq says of itself, and nobody else (dnsmasq(8), --no-ident).</summary>
    private static readonly byte[] Version = [7, .. "version"u8, 4, .. "bind"u8, 0, 0, 16, 0, 3];

    private const int HeaderLength = 12;
    private const byte IsAnswerBit = 0x80;

    // One number for all questions: an answer to an earlier one, that comes while this one waits, is as good a sign.
    private readonly byte[] _question;
    private readonly byte[] _answer = new byte[512];
    private readonly IPEndPoint _address;
    private Socket? _socket;

    private NameQuestion(string address, byte[] question)
    {
        _address = IPEndPoint.Parse(address);
        _question = Question((ushort)Random.Shared.Next(ushort.MaxValue + 1), question);
    }

    /// <summary>For <c>localhost</c>.</summary>
    /// <param name="address">Address and port.</param>
    public static NameQuestion OfLocalhost(string address) => new(address, Localhost);

    /// <summary>For dnsmasq's own version.</summary>
    /// <param name="address">Address and port.</param>
    public static NameQuestion OfItself(string address) => new(address, Version);

    public async Task<bool> AskAsync(CancellationToken limit)
    {
        try
        {
            var socket = _socket ??= Connect();
            // One that hung and goes on answers all that it was asked: kept, these would hide its next hang for as long.
            while (socket.Available > 0)
                socket.Receive(_answer);
            socket.Send(_question);
            while (true)
            {
                if (IsAnswer(_answer.AsSpan(0, await socket.ReceiveAsync(_answer, limit))))
                    return true;
            }
        }
        catch (OperationCanceledException) when (_socket is { Available: > 0 } socket)
        {
            // It was this process that did not run for a while: the answer is there.
            return IsAnswer(_answer.AsSpan(0, socket.Receive(_answer)));
        }
        catch (SocketException)
        {
            // Nobody is there, or no descriptor is to be had.
            return false;
        }
    }

    public void Dispose() => _socket?.Dispose();

    /// <summary>So the kernel passes on what comes from there alone, and says when nobody has that port.</summary>
    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(_address);
        return socket;
    }

    /// <summary>
    /// <code>
    /// header: id, flags (recursion desired), 1 question, no answers, no authorities, no more
    /// </code>
    /// </summary>
    private static byte[] Question(ushort id, byte[] question) =>
        [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. question];

    private bool IsAnswer(ReadOnlySpan<byte> message) =>
        message.Length >= HeaderLength
        && BinaryPrimitives.ReadUInt16BigEndian(message) == BinaryPrimitives.ReadUInt16BigEndian(_question)
        && (message[2] & IsAnswerBit) != 0;
}
