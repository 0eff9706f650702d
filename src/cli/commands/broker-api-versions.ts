import { defineCommand } from '../command.ts'
import { SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

export const brokerApiVersions = defineCommand({
  name: 'broker-api-versions',
  options: SERVER_OPTIONS,
  formats: ALL_FORMATS,
  examples: [
    'broker-api-versions',
    'broker-api-versions -o table',
    'broker-api-versions -o jsonl | grep ListOffsets',
  ],
  async run(options, context) {
    const { askApiVersions } = await import('../api-versions/ask.ts')
    const { apiVersionListing } = await import('../api-versions/listing.ts')
    const brokers = await askApiVersions(await context.cluster(options))
    await context.print(apiVersionListing(brokers))
    for (const { error, host, port } of brokers)
      if (error !== null) context.say(`${host}:${port} -> ERROR: ${error}`)
    return brokers.some(({ error }) => error !== null) ? 1 : 0
  },
  failure: { exit: 0, badAddress: (reason) => reason },
})
