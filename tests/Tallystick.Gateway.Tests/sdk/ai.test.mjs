import assert from 'node:assert/strict';
import test from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import {
    embedMany, generateImage, generateSpeech, generateText, stepCountIs, streamText, tool, transcribe,
} from 'ai';
import { z } from 'zod';
import { base, joined, key, text } from './setting.mjs';

const openai = createOpenAI({ baseURL: `${base}/v1`, apiKey: key });
const anthropic = createAnthropic({ baseURL: `${base}/v1`, apiKey: key });
const weather = tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `12 in ${city}` });

for (const [name, model, named] of [
    ['chat', openai.chat, 'gpt-5'], ['responses', openai.responses, 'gpt-5'], ['messages', anthropic, 'claude'],
]) {
    test(`${name}: text`, async () => {
        const answer = await generateText({ model: model('echo'), prompt: text, maxRetries: 0 });
        assert.deepEqual([answer.text, answer.usage.outputTokens], [text, 3]);
    });

    test(`${name}: text in a stream`, async () => {
        const answer = streamText({ model: model('echo'), prompt: text, maxRetries: 0 });
        assert.equal(await joined(answer.textStream, part => part), text);
        assert.equal((await answer.usage).outputTokens, 3);
    });

    test(`${name}: a tool, and the answer after it`, async () => {
        const answer = await generateText({
            model: model(named), prompt: text, tools: { weather }, stopWhen: stepCountIs(2), maxRetries: 0,
        });
        assert.deepEqual([answer.text, answer.steps.length], ['Twelve degrees.', 2]);
        assert.equal(answer.steps[0].toolResults[0].output, '12 in Oslo');
    });

    test(`${name}: what is refused has a status`, async () => {
        await assert.rejects(
            generateText({ model: model('echo'), prompt: text, maxOutputTokens: 99_000_000, maxRetries: 0 }),
            fault => fault.name === 'AI_APICallError' && fault.statusCode === 402
                && fault.data.error.message.length > 0 && !fault.isRetryable);
    });
}

test('embeddings', async () => {
    const { embeddings } = await embedMany({ model: openai.embedding('echo'), values: ['a', 'b'], maxRetries: 0 });
    assert.deepEqual(embeddings.map(one => one.length), [8, 8]);
});

test('an image', async () => {
    const { image } = await generateImage({ model: openai.image('gpt-image-1'), prompt: 'a horse', maxRetries: 0 });
    assert.equal(image.base64, 'aG9yc2U=');
});

test('speech, and what it says', async () => {
    const { audio } = await generateSpeech({ model: openai.speech('tts-1'), text, maxRetries: 0 });
    assert.equal(Buffer.from(audio.uint8Array).toString(), 'sound');
    const heard = await transcribe(
        { model: openai.transcription('whisper-1'), audio: new Uint8Array(40_000), maxRetries: 0 });
    assert.equal(heard.text, 'heard');
});
