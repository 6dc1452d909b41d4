namespace Meduza.Doubles;

/// <summary>A configuration that the original would not take, in words like its own.</summary>
internal sealed class ConfigException(string message) : Exception(message);
