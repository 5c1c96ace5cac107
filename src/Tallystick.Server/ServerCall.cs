using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tallystick.Contracts.Json;
using Tallystick.Engine.Ports;

namespace Tallystick.Server;

/// <summary>A command's requests to a running server.</summary>
internal sealed class ServerCall : IDisposable
{
    private readonly HttpClient _http;

    public ServerCall(Uri url, string key)
    {
        _http = new(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = url, Timeout = TimeSpan.FromMinutes(10),
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <exception cref="ServerRefusedException">The server answered with a problem.</exception>
    /// <exception cref="StoreUnavailableException">The server could not be asked.</exception>
    public async Task<T> PostAsync<T>(string path, byte[] body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        try
        {
            using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancel);
            var answer = await response.Content.ReadAsByteArrayAsync(cancel);
            if (!response.IsSuccessStatusCode) throw Refused((int)response.StatusCode, answer);
            return JsonSerializer.Deserialize(answer, type)
                ?? throw new StoreUnavailableException($"{_http.BaseAddress} answers nothing.");
        }
        catch (HttpRequestException fault)
        {
            throw new StoreUnavailableException($"{_http.BaseAddress} cannot be asked: {fault.Message}", fault);
        }
    }

    public void Dispose() => _http.Dispose();

    private ServerRefusedException Refused(int status, byte[] answer)
    {
        try
        {
            var problem = JsonSerializer.Deserialize(answer, AnswerJson.Default.ProblemResponse);
            return new($"{_http.BaseAddress} answers {status} {problem?.Code}: {problem?.Detail}", status);
        }
        catch (JsonException)
        {
            return new($"{_http.BaseAddress} answers {status}.", status);
        }
    }
}
