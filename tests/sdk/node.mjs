// Sends events with the SDK for Node, as a shop would. usage: node.mjs HOST KEY EVENTS PER_SECOND
import { Analytics } from '@segment/analytics-node'

const [host, writeKey, count, rate] = process.argv.slice(2)
const events = Number(count)
const perSecond = Number(rate)
const analytics = new Analytics({ writeKey, host, flushAt: 100, flushInterval: 200, maxRetries: 100_000, httpRequestTimeout: 10_000 })
let delivered = 0
let failed = 0
const began = Date.now()
for (let n = 0; n < events; n++) {
  const done = (error) => { error ? failed++ : delivered++ }
  const order = n % 2 === 0
  analytics.track({
    userId: `customer-${n % 500}`,
    event: order ? 'Order Completed' : 'Product Viewed',
    properties: order ? { order_id: `node-${n}`, total: 1 + n / 100, currency: 'EUR' } : { sku: `S-${n}` },
    context: { consent: { categoryPreferences: { Personalization: true } } },
  }, done)
  // A shop does not hold everything in memory either.
  while (n - delivered - failed > 4_000 || n > (Date.now() - began) / 1000 * perSecond + 100) {
    await new Promise((go) => setTimeout(go, 20))
  }
}
await analytics.closeAndFlush({ timeout: 600_000 })
console.log(JSON.stringify({ sdk: '@segment/analytics-node', events, delivered, failed, seconds: (Date.now() - began) / 1000 }))
process.exit(failed === 0 && delivered === events ? 0 : 1)
