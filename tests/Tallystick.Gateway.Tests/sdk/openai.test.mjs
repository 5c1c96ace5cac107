import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI, { toFile } from 'openai';
import { base, directed, faultOf, joined, key, messages, text } from './setting.mjs';

const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0 });
const weather = {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const sound = () => toFile(Buffer.alloc(40_000), 'speech.mp3');

test('a chat', async () => {
    const answer = await client.chat.completions.create({ model: 'echo', messages });
    assert.equal(answer.choices[0].message.content, text);
    assert.equal(answer.usage.total_tokens, 6);
});

test('a chat in a stream, without the usage that nobody asked for', async () => {
    const stream = await client.chat.completions.create({ model: 'echo', messages, stream: true });
    const told = await joined(stream, chunk => {
        assert.equal(chunk.usage ?? null, null);
        assert.equal(chunk.choices.length, 1);
        return chunk.choices[0].delta.content;
    });
    assert.equal(told, text);
});

test('a chat in a stream, with the usage that was asked for', async () => {
    const stream = await client.chat.completions.create(
        { model: 'echo', messages, stream: true, stream_options: { include_usage: true } });
    assert.equal(await joined(stream, chunk => chunk.usage?.total_tokens), '6');
});

test('the helper for streams', async () => {
    const whole = await client.chat.completions.stream({ model: 'echo', messages }).finalChatCompletion();
    assert.equal(whole.choices[0].message.content, text);
});

test('a call of a tool, and the answer after it', async () => {
    const asked = { model: 'gpt-5', messages: [...messages], tools: [weather] };
    const { message, finish_reason } = (await client.chat.completions.create(asked)).choices[0];
    assert.equal(finish_reason, 'tool_calls');
    const [call] = message.tool_calls;
    assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ['weather', { city: 'Oslo' }]);
    asked.messages.push(message, { role: 'tool', tool_call_id: call.id, content: '12' });
    const answer = await client.chat.completions.create(asked);
    assert.equal(answer.choices[0].message.content, 'Twelve degrees.');
});

test('a call of a tool in a stream', async () => {
    const whole = await client.chat.completions
        .stream({ model: 'gpt-5', messages, tools: [weather] }).finalChatCompletion();
    const [call] = whole.choices[0].message.tool_calls;
    assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ['weather', { city: 'Oslo' }]);
});

test('tools that run by themselves', async () => {
    const runner = client.chat.completions.runTools({
        model: 'gpt-5', messages,
        tools: [{ ...weather, function: { ...weather.function, parse: JSON.parse, function: () => '12' } }],
    });
    assert.equal(await runner.finalContent(), 'Twelve degrees.');
});

test('a response', async () => {
    const answer = await client.responses.create({ model: 'echo', input: text });
    assert.deepEqual([answer.output_text, answer.usage.total_tokens], [text, 6]);
});

test('a response in a stream', async () => {
    const stream = client.responses.stream({ model: 'echo', input: text });
    const told = await joined(stream, event => event.type === 'response.output_text.delta' ? event.delta : '');
    const whole = await stream.finalResponse();
    assert.deepEqual([told, whole.status, whole.usage.total_tokens], [text, 'completed', 6]);
});

test('a response that calls a tool', async () => {
    const answer = await client.responses.create(
        { model: 'gpt-5', input: text, tools: [{ type: 'function', ...weather.function, strict: false }] });
    const [call] = answer.output;
    assert.deepEqual([call.type, call.name, JSON.parse(call.arguments)], ['function_call', 'weather', { city: 'Oslo' }]);
});

test('embeddings, packed as the SDK wants them and as numbers', async () => {
    const asked = { model: 'echo', input: ['a b', 'c'] };
    const packed = await client.embeddings.create(asked);
    const plain = await client.embeddings.create({ ...asked, encoding_format: 'float' });
    assert.deepEqual(packed.data, plain.data);
    assert.deepEqual([plain.data.length, plain.data[0].embedding.length, plain.usage.prompt_tokens], [2, 8, 3]);
});

test('completions of old', async () => {
    const answer = await client.completions.create({ model: 'echo', prompt: text });
    assert.equal(answer.choices[0].text, text);
});

test('an image', async () => {
    const answer = await client.images.generate({ model: 'gpt-image-1', prompt: 'a horse' });
    assert.deepEqual([answer.data[0].b64_json, answer.usage.output_tokens], ['aG9yc2U=', 272]);
});

test('speech', async () => {
    const answer = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: text });
    assert.equal(Buffer.from(await answer.arrayBuffer()).toString(), 'sound');
});

test('a transcription and a translation', async () => {
    const heard = await client.audio.transcriptions.create({ model: 'whisper-1', file: await sound() });
    assert.equal(heard.text, 'heard');
    const said = await client.audio.translations.create({ model: 'whisper-1', file: await sound() });
    assert.equal(said.text, 'said');
});

test('the models, one by one and all', async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes('echo'), `${ids}`);
    assert.equal((await client.models.retrieve('echo')).id, 'echo');
});

test('the receipt is in the headers', async () => {
    const { response } = await client.chat.completions.create({ model: 'echo', messages }).withResponse();
    assert.equal(response.headers.get('tally-cost'), '9.000000');
    assert.match(response.headers.get('tally-charge-id'), /^chg_/);
});

test('what is refused or fails is what its users catch', async () => {
    const chat = asked => faultOf(() => client.chat.completions.create({ model: 'echo', messages, ...asked }));
    const stranger = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'wrong', maxRetries: 0 });
    assert.deepEqual(await chat({ model: 'nowhere/x' }), ['NotFoundError', 404, 'not_found']);
    assert.deepEqual(await chat({ n: 99 }), ['BadRequestError', 400, 'invalid_request']);
    assert.deepEqual(await chat({ max_tokens: 99_000_000 }), ['APIError', 402, 'insufficient_credits']);
    assert.deepEqual(await chat({ messages: directed('fail=429') }), ['RateLimitError', 429, 'rate_limited']);
    assert.deepEqual(await chat({ messages: directed('fail=500') }), ['InternalServerError', 502, 'upstream_error']);
    assert.deepEqual(await chat({ messages: directed('fail=504') }), ['InternalServerError', 504, 'upstream_timeout']);
    assert.deepEqual(await faultOf(() => stranger.models.list()), ['AuthenticationError', 401, 'unauthenticated']);
    assert.deepEqual(
        await chat({ stream: true, max_tokens: 99_000_000 }), ['APIError', 402, 'insufficient_credits']);
});

test('a stream that breaks off is told as an error and not as an end', async () => {
    const stream = await client.chat.completions.create(
        { model: 'echo', stream: true, messages: directed('tokens=9 break=3') });
    let told = '';
    const fault = await faultOf(async () => {
        for await (const chunk of stream) told += chunk.choices[0]?.delta.content ?? '';
    });
    assert.deepEqual([told, fault], ['word1 word2 word3', ['APIError', undefined, 'upstream_error']]);
});

test('its own retries are not charged for what failed', async () => {
    const patient = new OpenAI({ baseURL: `${base}/v1`, apiKey: key });
    const { data, response } = await patient.chat.completions.create({ model: 'flaky', messages }).withResponse();
    assert.equal(data.choices[0].message.content, 'Twelve degrees.');
    assert.equal(response.headers.get('tally-cost'), '13.000000');
});
