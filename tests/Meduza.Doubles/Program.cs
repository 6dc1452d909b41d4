using Meduza.Doubles.EasyTier;
using Meduza.Doubles.Mihomo;
using Meduza.Doubles.Mosdns;

// By the name that it was started by, as busybox; under its own name the first argument says which.
// In the place of a true one, too, to try the switch that takes that (MEDUZA_REAL_…).
var name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
string[] all = [name.EndsWith(".true", StringComparison.Ordinal) ? name[..^".true".Length] : name, .. args];
if (all[0] is not ("mihomo" or "mosdns" or "easytier-core"))
    all = all[1..];
return all switch
{
    ["mihomo", .. var arguments] => MihomoProgram.Run(arguments),
    ["easytier-core", .. var arguments] => EasyTierProgram.Run(arguments),
    ["mosdns", .. var arguments] => MosdnsProgram.Run(arguments),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: meduza-doubles mihomo|mosdns|easytier-core ARGUMENT…, or a link to it of that name");
    return 2;
}
