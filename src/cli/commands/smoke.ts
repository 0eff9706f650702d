import type { ClusterOptions } from '../../client/cluster.ts'
import { defineCommand } from '../command.ts'
import type { Context, ServerOptions } from '../context.ts'
import { ConditionNotMet, Failure, messageOf } from '../failures.ts'
import { positiveMs, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

const ID_BYTES = 6

export const smoke = defineCommand({
  name: 'smoke',
  options: {
    topic: {
      flags: '-t, --topic <name>',
      help: 'The topic to use, made if it is missing, and kept; else one that is deleted.',
      completes: 'topic',
    },
    maxLatencyMs: {
      flags: '--max-latency-ms <ms>',
      help: 'Exit with 3 when the record took longer to the cluster and back.',
      parse: positiveMs,
    },
    timeoutMs: {
      flags: '--timeout-ms <ms>',
      help: 'How long each step may take.',
      parse: positiveMs,
      default: 10_000,
    },
    ...SERVER_OPTIONS,
  },
  subjects: ['topic'],
  formats: ALL_FORMATS,
  failure: { sentence: (reason) => `ktool smoke: ${reason}` },
  examples: ['smoke', 'smoke --topic orders --max-latency-ms 5000', 'smoke -o json'],
  async run({ topic, maxLatencyMs, timeoutMs, ...server }, context) {
    const { latencyMs, smokeListing } = await import('../smoke/listing.ts')
    const { smokeTest } = await import('../smoke/round-trip.ts')
    const { cluster, bootstrapServers } = await clusterToTest(server, timeoutMs, context)
    let leftover: string | null = null
    // Whoever interrupts finds nothing of it either.
    context.onClose(async () => {
      if (leftover === null) return
      const { tryToRemoveTopics } = await import('../topics/remove.ts')
      await tryToRemoveTopics(cluster, [leftover], { timeoutMs })
    })
    const outcome = await smokeTest(cluster, {
      topic,
      timeoutMs,
      tick: () => context.io.uptimeMs,
      id: context.io.randomBytes(ID_BYTES).toString('hex'),
      stop: context.interrupted,
      onLeftover: (left) => {
        leftover = left
      },
    })
    if (context.interrupted.aborted) return
    await context.print(smokeListing({ bootstrapServers, ...outcome }))
    const failed = outcome.steps.find(({ error }) => error !== null)
    if (failed) {
      const { error, step } = failed
      const code = error && 'code' in error ? String(error.code) : undefined
      throw new Failure(`ktool smoke: ${step}: ${messageOf(error)}`, { cause: error, code })
    }
    const latency = latencyMs(outcome)!
    if (maxLatencyMs !== undefined && latency > maxLatencyMs) {
      throw new ConditionNotMet(`ktool smoke: the record took ${latency} ms, more than ${maxLatencyMs}`)
    }
  },
})

/** The cluster that is named; where none is, a broker of our own, so that the program itself can be tried. */
async function clusterToTest(server: ServerOptions, timeoutMs: number, context: Context) {
  const limits: Partial<ClusterOptions> = { requestTimeoutMs: timeoutMs, defaultApiTimeoutMs: timeoutMs }
  const { server: named } = await context.settings(server)
  if (named.source !== 'default') {
    return { cluster: await context.cluster(server, limits), bootstrapServers: named.addresses }
  }
  const { startBroker } = await import('../../broker/start.ts')
  const broker = await startBroker()
  context.onClose(() => broker.close())
  const { bootstrapServers } = broker
  context.say(`no broker is named: this is one of ktool's own, at ${bootstrapServers}`)
  return {
    cluster: await context.cluster({ ...server, bootstrapServer: bootstrapServers }, limits),
    bootstrapServers,
  }
}
