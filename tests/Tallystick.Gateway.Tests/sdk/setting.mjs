// What the tests of all SDKs share: where the gateway is, and how they look at what an SDK gives or throws.
export const base = process.env.GATEWAY_URL;
export const key = process.env.GATEWAY_KEY;
export const text = 'one two three';
export const messages = [{ role: 'user', content: text }];

/** Asks the built-in upstream to behave as directed. */
export const directed = directions => [{ role: 'user', content: `echo: ${directions}` }];

/** The picked parts of a stream's events, joined. */
export async function joined(stream, pick) {
    let whole = '';
    for await (const event of stream) whole += pick(event) ?? '';
    return whole;
}

/** What an SDK throws: the class that its users catch, the status, and our code inside the provider's object. */
export async function faultOf(run) {
    try {
        await run();
    } catch (fault) {
        const error = fault.error?.error ?? fault.error;
        return [fault.constructor.name, fault.status, error?.code ?? fault.code];
    }
    throw new Error('nothing was thrown');
}
