namespace Meduza.Lab.Demo;

public class DemoTests
{
    [Fact]
    public void The_demo_does_what_it_says()
    {
        using var told = new StringWriter();
        var code = new DemoRun(told).Run(keep: false);
        Assert.True(code == 0, told.ToString());
    }
}
