namespace Meduza.Lab.Services;

/// <summary>
/// Programs in the place of mihomo and MosDNS, which no archive has: each binds what the original binds, and answers there.
/// A double of mihomo binds its API when <c>/run/go</c> is there.
/// </summary>
internal static class ProxyDoubles
{
    /// <summary>For <see cref="Harness.PidOneOptions.Prepare"/>.</summary>
    public const string Prepare = """
        cat > /usr/bin/mihomo <<'PERL'
        #!/usr/bin/perl
        use strict;
        use Socket;
        $SIG{HUP} = sub { };
        select(undef, undef, undef, 0.02) until -e '/run/go';
        socket(my $listener, AF_INET, SOCK_STREAM, 0) or die $!;
        setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
        bind($listener, pack_sockaddr_in(9090, INADDR_LOOPBACK)) or die $!;
        listen($listener, 16) or die $!;
        while (1) {
            accept(my $client, $listener) or next;
            sysread($client, my $question, 4096);
            syswrite($client, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            close $client;
        }
        PERL
        cat > /usr/bin/mosdns <<'PERL'
        #!/usr/bin/perl
        use strict;
        use Socket;
        socket(my $server, AF_INET, SOCK_DGRAM, 0) or die $!;
        bind($server, pack_sockaddr_in(1153, INADDR_LOOPBACK)) or die $!;
        sleep 1000 while 1;
        PERL
        chmod 755 /usr/bin/mihomo /usr/bin/mosdns
        """;
}
