namespace Meduza.Lab.Services;

/// <summary>
/// Programs in the place of mihomo and MosDNS, which no archive has: each binds what the original binds, and answers there.
/// Every name has the one address by which it is known who answered. A double of mihomo binds its ports when
/// <c>/run/go</c> is there. A signal makes each of them hang, or end.
/// </summary>
internal static class ProxyDoubles
{
    /// <summary>The address that MosDNS gives for every name, and that mihomo gives.</summary>
    public const string MosdnsAnswer = "198.51.100.1", MihomoAnswer = "198.51.100.2";

    /// <summary>For <see cref="Harness.PidOneOptions.Prepare"/>.</summary>
    public const string Prepare = $$"""
        cat > /usr/bin/lab-names.pl <<'PERL'
        use strict;
        use Socket;
        # A resolver: every name has one address, for no time.
        sub names {
            my ($address, $port) = @_;
            socket(my $server, AF_INET, SOCK_DGRAM, 0) or die $!;
            bind($server, pack_sockaddr_in($port, inet_aton($address))) or die $!;
            return $server;
        }
        sub answer {
            my ($server, $address) = @_;
            my $from = recv($server, my $question, 4096, 0) or return;
            return if length $question < 17;
            my $end = 12;
            $end += 1 + ord substr($question, $end, 1) while $end < length($question) && ord substr($question, $end, 1);
            send($server, substr($question, 0, 2) . pack('n5', 0x8180, 1, 1, 0, 0) . substr($question, 12, $end - 7)
                . pack('n3Nna4', 0xc00c, 1, 1, 0, 4, inet_aton($address)), 0, $from);
        }
        1;
        PERL
        cat > /usr/bin/mihomo <<'PERL'
        #!/usr/bin/perl
        use strict;
        use Socket;
        require '/usr/bin/lab-names.pl';
        $SIG{HUP} = sub { };
        select(undef, undef, undef, 0.02) until -e '/run/go';
        my $names = names('127.0.0.1', 1053);
        socket(my $listener, AF_INET, SOCK_STREAM, 0) or die $!;
        setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
        bind($listener, pack_sockaddr_in(9090, INADDR_LOOPBACK)) or die $!;
        listen($listener, 16) or die $!;
        while (1) {
            my $ready = '';
            vec($ready, fileno($_), 1) = 1 for $names, $listener;
            next if select($ready, undef, undef, undef) < 1;
            answer($names, '{{MihomoAnswer}}') if vec($ready, fileno($names), 1);
            next unless vec($ready, fileno($listener), 1);
            accept(my $client, $listener) or next;
            sysread($client, my $question, 4096);
            syswrite($client, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            close $client;
        }
        PERL
        cat > /usr/bin/mosdns <<'PERL'
        #!/usr/bin/perl
        use strict;
        require '/usr/bin/lab-names.pl';
        my $names = names('127.0.0.1', 1153);
        answer($names, '{{MosdnsAnswer}}') while 1;
        PERL
        chmod 644 /usr/bin/lab-names.pl
        chmod 755 /usr/bin/mihomo /usr/bin/mosdns
        """;
}
