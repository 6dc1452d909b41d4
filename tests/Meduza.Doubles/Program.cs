using Meduza.Doubles.Mihomo;
using Meduza.Doubles.Mosdns;

// By the name that it was started by, as busybox; under its own name the first argument says which.
string[] all = [Path.GetFileName(Environment.GetCommandLineArgs()[0]), .. args];
if (all[0] is not ("mihomo" or "mosdns"))
    all = all[1..];
return all switch
{
    ["mihomo", .. var arguments] => MihomoProgram.Run(arguments),
    ["mosdns", .. var arguments] => MosdnsProgram.Run(arguments),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: meduza-doubles mihomo|mosdns ARGUMENT…, or a link to it of that name");
    return 2;
}
