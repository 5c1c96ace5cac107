namespace Tallystick.Api.Tests.Hostile;

/// <summary>What callers send that mean no good, or mean well and are wrong.</summary>
internal static class HostileValues
{
    private static readonly string Long = new('x', 70_000);

    /// <summary>In the place of any member: as it stands in JSON.</summary>
    public static readonly string[] Members =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.5", "1e3", "1E-7", "0.0000001", "1.0000000", "999999999999",
        "1000000000000", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e400",
        "123456789012345678901234567890", "\"\"", "\" \"", "\"0\"", "\"1\"", "\"-1\"", "\"1e3\"", "\"NaN\"",
        "\"Infinity\"",
        "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u202e\"", "\"\\r\\nSet-Cookie: a=b\"",
        "\"../../etc/passwd\"", "\"%2e%2e%2f\"", "\"' OR 1=1 --\"", "\"${7*7}\"", "\"<script>alert(1)</script>\"",
        "\"=1+1\"", "\"１\"", "\"ａｃｍｅ\"", "\"Ω≈ç√∫\"", "\"😀\"", "\"null\"", "\"__proto__\"", "\"constructor\"",
        $"\"{Long}\"", "[]", "[null]", "[[]]", "[1,2,3]", "{}", "{\"a\":1}", "{\"\":null}",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.999999Z\"", "\"2026-02-30T00:00:00Z\"",
        "\"2026-01-01T24:00:00Z\"", "\"2026-01-01T00:00:00\"", "\"2026-01-01T00:00:00+99:99\"", "\"2026-01-01\"",
    ];

    /// <summary>In the place of the whole body.</summary>
    public static readonly string[] Bodies =
    [
        "", " ", "null", "true", "0", "\"\"", "[]", "[{}]", "{", "}", "{\"a\"", "{\"a\":}", "{a:1}", "{'a':1}",
        "{\"a\":1,}", "{\"a\":1}{\"a\":1}", "{\"a\":1}//", "/**/{}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"\\u0061ccount_id\":1}", "\ufeff{}", "{\"a\":\"\t\"}", new string('[', 10_000),
        string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200), $"{{\"a\":\"{Long}\"}}",
        "{\"__proto__\":{}}", "{\"$ref\":\"#\"}",
    ];

    /// <summary>In the place of an id or a name in the path.</summary>
    public static readonly string[] Segments =
    [
        "%00", "%0a", "..%2f..", "%2e%2e", "%ff", "%c3%28", "%ed%a0%80", "a%2Fb", "a%20b", "%3Cscript%3E",
        "%F0%9F%98%80",
        "0", "-1", "null", "undefined", "*", "'", "%25", "%", "%zz", "a:b", "a;b", "a,b", "@", "~", "_", ".", "-",
        "zzzzzzzzzzzzzzzzzzzzzzzzzz", "grt_", "chg_e111fs9tyrg4000000039n", "CHG_E111FS9TYRG400000003EX",
        "hld_e111fs9tyrg40000000000", "grt_ilou", new string('a', 129), new string('a', 8_000),
    ];

    /// <summary>Values of query parameters.</summary>
    public static readonly string[] Queries =
    [
        "", "0", "-1", "1", "1.5", "1e3", "1001", "99999999999999999999", "null", "true", "%00", "%ff", "a%26b",
        "%F0%9F%98%80",
        "'", "%3Cscript%3E", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "TnNK7DQZ-UilRPZVNA", "AAAA", "====", new string('A', 4_000),
    ];
}
