namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>
/// Makes chains of our own be what they must be, all of them by one transaction, and leaves alone whatever else is in
/// their tables. What is right is not touched: when all is, nothing is sent.
/// </summary>
public static class OwnChains
{
    /// <returns>How many changes were made.</returns>
    /// <exception cref="LinuxException">The kernel refused one of them, and made none.</exception>
    public static int Apply(NfTables tables, params IReadOnlyCollection<OwnChain> chains)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return tables.Change(transaction => Compose(tables, transaction, chains));
    }

    /// <summary>Those of the chains that are not what they must be. Changes nothing.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static IReadOnlyList<OwnChain> Differing(NfTables tables, params IReadOnlyCollection<OwnChain> chains)
    {
        ArgumentNullException.ThrowIfNull(tables);
        List<OwnChain> differing = [];
        tables.Change(transaction =>
        {
            differing.Clear();
            var reading = new Reading(tables);
            foreach (var chain in chains)
            {
                var trial = new RuleTransaction(transaction.Generation);
                Compose(reading, trial, chain);
                if (trial.Count > 0)
                    differing.Add(chain);
            }
        });
        return differing;
    }

    private static void Compose(NfTables tables, RuleTransaction transaction, IReadOnlyCollection<OwnChain> chains)
    {
        var reading = new Reading(tables);
        foreach (var chain in chains)
            Compose(reading, transaction, chain);
    }

    private static void Compose(Reading reading, RuleTransaction transaction, OwnChain chain)
    {
        if (chain.Rules.IsEmpty)
            Remove(reading, transaction, chain);
        else
            Put(reading, transaction, chain);
    }

    private static void Put(Reading reading, RuleTransaction transaction, OwnChain chain)
    {
        var (family, table) = (chain.Family, chain.Table);
        if (!reading.HasTable(family, table))
        {
            transaction.NewTable(family, table);
            reading.Add(family, table);
        }
        if (reading.FindChain(family, table, chain.From.Name) is not { IsBase: true })
        {
            // Where there is one of that name that packets do not enter by themselves, the kernel refuses.
            transaction.NewChain(family, table, chain.From);
            reading.Add(new InstalledChain(family, table, chain.From.Name, IsBase: true));
        }

        var isNew = reading.FindChain(family, table, chain.Name) is null;
        var rules = reading.Rules(family, table);
        var present = rules.Where(rule => rule.Chain == chain.Name).ToList();
        if (isNew)
            transaction.NewChain(family, table, chain.Name);
        if (!present.Select(rule => rule.Rule).SequenceEqual(chain.Rules))
        {
            if (present.Count > 0)
                transaction.FlushChain(family, table, chain.Name);
            foreach (var rule in chain.Rules)
                transaction.AppendRule(family, table, chain.Name, rule);
        }

        // One way in: a second one, one from elsewhere, or one with conditions goes.
        var jumps = rules.Where(rule => rule.Rule.TargetChain == chain.Name).ToList();
        var right = jumps.Find(rule => rule.Chain == chain.From.Name && rule.Rule.Equals(chain.Jump));
        foreach (var wrong in jumps.Where(jump => jump != right))
            transaction.DeleteRule(family, table, wrong);
        if (right is null)
            transaction.AppendRule(family, table, chain.From.Name, chain.Jump);
    }

    private static void Remove(Reading reading, RuleTransaction transaction, OwnChain chain)
    {
        var (family, table) = (chain.Family, chain.Table);
        if (reading.FindChain(family, table, chain.Name) is null)
            return;
        var rules = reading.Rules(family, table);
        foreach (var jump in rules.Where(rule => rule.Rule.TargetChain == chain.Name))
            transaction.DeleteRule(family, table, jump);
        if (rules.Any(rule => rule.Chain == chain.Name))
            transaction.FlushChain(family, table, chain.Name);
        transaction.DeleteChain(family, table, chain.Name);
    }

    /// <summary>What is there, read once for all chains of a family or table; what was asked for since is there too.</summary>
    private sealed class Reading(NfTables tables)
    {
        private readonly Dictionary<NetfilterFamily, List<string>> _tables = [];
        private readonly Dictionary<NetfilterFamily, List<InstalledChain>> _chains = [];
        private readonly Dictionary<string, IReadOnlyList<InstalledRule>> _rules = [];

        public bool HasTable(NetfilterFamily family, string table) => Tables(family).Contains(table);

        public InstalledChain? FindChain(NetfilterFamily family, string table, string chain) =>
            Chains(family).Find(each => each.Family == family && each.Table == table && each.Name == chain);

        public IReadOnlyList<InstalledRule> Rules(NetfilterFamily family, string table)
        {
            var whole = $"{family} {table}";
            if (!_rules.TryGetValue(whole, out var rules))
                _rules.Add(whole, rules = tables.GetRules(family, table));
            return rules;
        }

        public void Add(NetfilterFamily family, string table) => Tables(family).Add(table);

        public void Add(InstalledChain chain) => Chains(chain.Family).Add(chain);

        private List<string> Tables(NetfilterFamily family)
        {
            if (!_tables.TryGetValue(family, out var list))
                _tables.Add(family, list = [.. tables.GetTables(family)]);
            return list;
        }

        private List<InstalledChain> Chains(NetfilterFamily family)
        {
            if (!_chains.TryGetValue(family, out var list))
                _chains.Add(family, list = [.. tables.GetChains(family)]);
            return list;
        }
    }
}
