import { clusterOptions } from '../../client/config/common-config.ts'
import { Producer } from '../../client/produce/producer.ts'
import { producerSettings } from '../../client/produce/producer-config.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import type { Values } from '../option-spec.ts'
import { EventPrinter } from './events.ts'
import type { PRODUCER_OPTIONS } from './producer-options.ts'
import { NumberSender } from './sender.ts'

type Options = Values<typeof PRODUCER_OPTIONS>

export async function runVerifiableProducer(options: Options, context: Context): Promise<void> {
  const server = {
    bootstrapServer: options.bootstrapServer,
    context: options.context,
    commandConfig: options.commandConfig ?? options['producer.config'],
  }
  const { properties } = await context.settings(server)
  const defaults = [
    ['acks', String(options.acks)],
    ['retries', '0'],
  ] as const
  const settings = producerSettings(new Map([...defaults, ...properties]))
  const cluster = await context.cluster(server, clusterOptions(settings))
  const { clock } = cluster
  const events = new EventPrinter(context, () => clock.now())
  const producer = await Producer.create(cluster, settings)
  const sender = new NumberSender(
    producer,
    {
      topic: options.topic,
      count: options.maxMessages,
      perSecond: options.throughput,
      valuePrefix: options.valuePrefix,
      keys: options.repeatingKeys,
      createMs: options.messageCreateTime === -1 ? undefined : options.messageCreateTime,
    },
    events,
    clock,
  )
  // Whoever waits for events learns at once that nobody listens.
  await cluster.reach()
  events.print('startup_complete')
  try {
    await sender.send(context.interrupted)
  } finally {
    await producer.close()
    events.print('shutdown_complete')
    const { sent, acked, perSecond } = sender
    const figures = { sent, acked, target_throughput: options.throughput }
    events.print('tool_data', figures, { avg_throughput: perSecond })
  }
  const { sent, acked } = sender
  if (acked < sent) throw new Failure(`${sent - acked} of ${sent} records were not acknowledged`)
}
