import assert from 'node:assert/strict';
import test from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { base, directed, faultOf, key, messages, text } from './setting.mjs';

const client = new Anthropic({ baseURL: base, apiKey: key, maxRetries: 0 });
const asked = { model: 'echo', max_tokens: 99, messages };
const tools = [{ name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }];

test('a message', async () => {
    const answer = await client.messages.create(asked);
    assert.deepEqual([answer.content[0].text, answer.usage.output_tokens, answer.stop_reason], [text, 3, 'end_turn']);
});

test('a message in a stream', async () => {
    const stream = client.messages.stream(asked);
    let told = '';
    stream.on('text', part => told += part);
    const whole = await stream.finalMessage();
    assert.deepEqual([told, whole.usage.output_tokens, whole.stop_reason], [text, 3, 'end_turn']);
});

test('the use of a tool, and the answer after it', async () => {
    const first = await client.messages.create({ ...asked, model: 'claude', tools });
    const [use] = first.content;
    assert.deepEqual([first.stop_reason, use.name, use.input], ['tool_use', 'weather', { city: 'Oslo' }]);
    const answer = await client.messages.create({
        ...asked, model: 'claude', tools,
        messages: [
            ...messages, { role: 'assistant', content: first.content },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: '12' }] },
        ],
    });
    assert.equal(answer.content[0].text, 'Twelve degrees.');
});

test('the use of a tool in a stream', async () => {
    const [use] = (await client.messages.stream({ ...asked, model: 'claude', tools }).finalMessage()).content;
    assert.deepEqual([use.name, use.input], ['weather', { city: 'Oslo' }]);
});

test('tokens are counted', async () => {
    assert.equal((await client.messages.countTokens({ model: 'echo', messages })).input_tokens, 3);
});

test('the models', async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes('echo'), `${ids}`);
});

test('the receipt is in the headers', async () => {
    const { response } = await client.messages.create(asked).withResponse();
    assert.equal(response.headers.get('tally-cost'), '9.000000');
});

test('what is refused or fails is what its users catch', async () => {
    const message = more => faultOf(() => client.messages.create({ ...asked, ...more }));
    const stranger = new Anthropic({ baseURL: base, apiKey: 'wrong', maxRetries: 0 });
    assert.deepEqual(await message({ model: 'nowhere/x' }), ['NotFoundError', 404, 'not_found']);
    assert.deepEqual(await message({ max_tokens: 0 }), ['BadRequestError', 400, 'invalid_request']);
    assert.deepEqual(
        await message({ max_tokens: 99_000_000, stream: true }), ['PaymentRequiredError', 402, 'insufficient_credits']);
    assert.deepEqual(await message({ messages: directed('fail=429') }), ['RateLimitError', 429, 'rate_limited']);
    assert.deepEqual(await message({ messages: directed('fail=529') }), ['InternalServerError', 502, 'upstream_error']);
    assert.deepEqual(await faultOf(() => stranger.models.list()), ['AuthenticationError', 401, 'unauthenticated']);
});

test('a stream that breaks off is told as an error and not as an end', async () => {
    const fault = await faultOf(
        () => client.messages.stream({ ...asked, messages: directed('tokens=9 break=3') }).finalMessage());
    assert.deepEqual(fault, ['APIError', undefined, 'upstream_error']);
});
