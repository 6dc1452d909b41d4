using Meduza.Image;
using Meduza.Image.Machine;
using Meduza.Image.Oci;
using Meduza.Image.Root;
using Meduza.Image.ThirdParty;

// rootfs | image | machine, with what ImageArguments names, a machine with --kernel FOLDER too; fetch FOLDER ARCHITECTURE [confirm]. All said goes to standard error.
try
{
    switch (args)
    {
        case ["rootfs", .. var words]:
        {
            var arguments = ImageArguments.Parse(words);
            var tree = Assembly.Of(arguments, Say);
            var folder = Path.Combine(arguments.Out, $"rootfs-{arguments.Suffix}");
            RootWriter.Write(tree, folder, arguments.Time);
            Say($"{folder}:\n{SizeTable.Text(tree)}");
            return 0;
        }
        case ["image", .. var words]:
        {
            var arguments = ImageArguments.Parse(words);
            ImageMaking.Make(arguments, Say);
            return 0;
        }
        case ["machine", .. var words]:
        {
            var at = Array.IndexOf(words, "--kernel");
            var kernel = at >= 0 && at + 1 < words.Length ? words[at + 1] : throw new ImageException("--kernel is missing: ./build.sh vm gives it");
            MachineMaking.Make(ImageArguments.Parse(words), kernel, Say);
            return 0;
        }
        case ["fetch", var folder, var architecture, .. var more]:
            return await Fetching.RunAsync(PinnedRelease.All, folder, Architecture.Of(architecture), more is ["confirm"], Say) ? 0 : 3;
        default:
            Say("usage: Meduza.Image rootfs|image|machine --architecture … or fetch FOLDER ARCHITECTURE [confirm]; ./build.sh runs it");
            return 2;
    }
}
catch (ImageException e)
{
    Say(e.Message);
    return 1;
}

static void Say(string line) => Console.Error.WriteLine(line.TrimEnd('\n'));
