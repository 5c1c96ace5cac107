// Prices each usage of the standard input (a line of JSON each) with the table named by the argument, in genai-prices' own way.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { calcPrice, updatePrices, waitForUpdate } from '@pydantic/genai-prices'

console.warn = () => {}
updatePrices(({ setProviderData }) => setProviderData(JSON.parse(readFileSync(process.argv[2], 'utf8'))))
await waitForUpdate()

const answers = []
for await (const line of createInterface({ input: process.stdin })) {
  const { provider, model, usage, at } = JSON.parse(line)
  try {
    const price = calcPrice(usage, model, { providerId: provider, timestamp: new Date(at) })
    answers.push(price === null
      ? { unknown: true }
      : { id: price.model.id, total: price.total_price, input: price.input_price, output: price.output_price })
  } catch (error) {
    answers.push({ error: error.message })
  }
}
process.stdout.write(answers.map(answer => JSON.stringify(answer)).join('\n') + '\n')
