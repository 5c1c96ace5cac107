using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tallystick.Gateway.Wire;
using Xunit;

namespace Tallystick.Gateway.Tests;

/// <summary>The scanner finds what a parser finds, whatever the document and wherever it is cut.</summary>
public sealed class JsonScannerTests(ITestOutputHelper output)
{
    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Names = ["usage", "a", "b", "model", "x y", "é", "us\"age"];

    private static readonly JsonPaths Paths = JsonPaths.Of(
        ("usage", PathUse.Capture, 1),
        ("a.usage", PathUse.Capture, 2),
        ("a.b", PathUse.Text, 3),
        ("b", PathUse.Elements, 4));

    [Fact]
    public void Finds_what_a_parser_finds_in_documents_cut_anywhere()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var document = Value(random, 4);
            if (document is not JsonObject) document = new JsonObject { ["usage"] = document };
            var text = document.ToJsonString(new(Plain) { WriteIndented = random.Next(2) == 0 });
            var heard = new Heard();
            var scanner = new JsonScanner(Paths, heard);
            for (ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text); !rest.IsEmpty;)
            {
                var taken = Math.Min(rest.Length, random.Next(1, 30));
                scanner.Feed(rest[..taken]);
                rest = rest[taken..];
            }
            Assert.True(Expected((JsonObject)document) == heard.ToString(), text);
        }
    }

    [Theory]
    [InlineData("{\"usage\":1}{\"usage\":2}")]
    [InlineData("{\"usage\":1}\n{\"usage\":2}\n")]
    [InlineData("[{\"usage\":1}\n,{\"usage\":2}]")]
    public void Documents_may_follow_each_other_or_be_a_list(string text)
    {
        var heard = new Heard();
        new JsonScanner(Paths, heard).Feed(Encoding.UTF8.GetBytes(text));
        Assert.Equal("1:1;1:2;", heard.ToString());
    }

    [Fact]
    public void A_value_too_long_to_keep_is_told_as_such_and_the_next_is_heard()
    {
        var heard = new Heard();
        var text = "{\"usage\":\"" + new string('x', 100_000) + "\",\"a\":{\"usage\":7}}";
        new JsonScanner(Paths, heard).Feed(Encoding.UTF8.GetBytes(text));
        Assert.Equal("1:overlong;2:7;", heard.ToString());
    }

    [Theory]
    [InlineData("}}}]]],,,:::\"")]
    [InlineData("{\"usage\":{\"usage\":")]
    [InlineData("\\\\\\\"{[")]
    [InlineData("{\"usage\"\"usage\"1 2 3}")]
    public void What_is_not_JSON_is_endured(string text)
    {
        var scanner = new JsonScanner(Paths, new Heard());
        scanner.Feed(Encoding.UTF8.GetBytes(text));
        scanner.Feed(new byte[] { 0xFF, 0xC0, 0x00 });
        scanner.Feed(Encoding.UTF8.GetBytes(new string('[', 10_000)));
        scanner.Reset();
        var heard = new Heard();
        new JsonScanner(Paths, heard).Feed("{\"usage\":1}"u8);
        Assert.Equal("1:1;", heard.ToString());
    }

    private static JsonNode? Value(Random random, int depth) => random.Next(depth == 0 ? 5 : 8) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.Next(-5, 1_000_000)),
        3 => JsonValue.Create(random.NextDouble()),
        4 => JsonValue.Create(Text(random)),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))]),
        _ => Members(random, depth),
    };

    private static JsonObject Members(Random random, int depth)
    {
        var members = new JsonObject();
        for (var i = random.Next(5); i > 0; i--) members[Names[random.Next(Names.Length)]] = Value(random, depth - 1);
        return members;
    }

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "a{}[]:,\"\\\n é€"[random.Next(13)]));

    /// <summary>
    /// The same by a parser: lists are looked through, and nothing is looked for inside what was captured.
    /// </summary>
    private static string Expected(JsonObject root)
    {
        var (heard, texts) = (new StringBuilder(), new StringBuilder());
        foreach (var (name, value) in root)
        {
            if (name == "usage") heard.Append($"1:{Compact(value)};");
            if (name == "a") foreach (var item in Items(value)) Inside(item);
            if (name == "b") Elements(value);
        }
        return $"{heard}{texts}";

        void Inside(JsonNode? item)
        {
            if (item is not JsonObject members) return;
            foreach (var (name, value) in members)
            {
                if (name == "usage") heard.Append($"2:{Compact(value)};");
                if (name != "b") continue;
                foreach (var text in Items(value).OfType<JsonValue>())
                    if (text.GetValueKind() == JsonValueKind.String) texts.Append(Compact(text)[1..^1]);
            }
        }

        void Elements(JsonNode? value)
        {
            if (value is not JsonArray list) return;
            foreach (var item in list)
            {
                heard.Append("4;");
                Elements(item);
            }
        }
    }

    private static IEnumerable<JsonNode?> Items(JsonNode? value) =>
        value is JsonArray list ? list.SelectMany(Items) : [value];

    private static string Compact(JsonNode? node) => node is null ? "null" : node.ToJsonString(Plain);

    private sealed class Heard : IJsonSink
    {
        private readonly StringBuilder _heard = new();
        private readonly List<byte> _text = [];

        public void Captured(int tag, ReadOnlySpan<byte> value) =>
            _heard.Append($"{tag}:{Compact(JsonNode.Parse(value))};");

        public void Overlong(int tag) => _heard.Append($"{tag}:overlong;");
        public void Text(int tag, ReadOnlySpan<byte> piece) => _text.AddRange(piece);
        public void Element(int tag) => _heard.Append($"{tag};");
        public override string ToString() => $"{_heard}{Encoding.UTF8.GetString([.. _text])}";
    }
}
