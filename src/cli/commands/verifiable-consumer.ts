import { clusterOptions } from '../../client/config/common-config.ts'
import type { TopicPartition } from '../../client/topic-partition.ts'
import { comparePartitions } from '../../client/topic-partition.ts'
import { defineCommand } from '../command.ts'
import { selectTopic } from '../consume/selection.ts'
import type { Values } from '../option-spec.ts'
import { Polls } from '../perf/polls.ts'
import { memberSettings } from '../perf/read-settings.ts'
import { CONSUMER_OPTIONS, checkConsumerOptions } from '../verifiable/consumer-options.ts'
import { EventPrinter } from '../verifiable/events.ts'
import { VerifiableReader } from '../verifiable/reader.ts'

type Options = Values<typeof CONSUMER_OPTIONS>

export const verifiableConsumer = defineCommand({
  name: 'verifiable-consumer',
  style: 'argparse',
  options: CONSUMER_OPTIONS,
  subjects: ['topic'],
  failure: {
    exit: 0,
    noServer: 'error: argument --bootstrap-server is required',
    badAddress: 'Failed to construct kafka consumer',
  },
  check: checkConsumerOptions,
  endsOnInterrupt: true,
  examples: [
    'verifiable-consumer --topic orders --group-id checks --max-messages 3',
    'verifiable-consumer --topic orders --group-id checks-2 --max-messages 3 --verbose --enable-autocommit',
    'verifiable-consumer --topic orders --group-id checks-3 --max-messages 3 --group-protocol consumer',
  ],
  async run(options, context) {
    const { interrupted } = context
    const server = {
      bootstrapServer: options.bootstrapServer,
      context: options.context,
      commandConfig: options.commandConfig ?? options['consumer.config'],
    }
    const { properties } = await context.settings(server)
    const { fetch, group } = memberSettings(consumerProperties(options, properties))
    const cluster = await context.cluster(server, clusterOptions(fetch))
    const events = new EventPrinter(context, () => cluster.clock.now())
    const tell = (name: string) => (partitions: readonly TopicPartition[]) =>
      events.print(name, { partitions: [...partitions].sort(comparePartitions).map(plain) })
    const selection = selectTopic(options.topic, undefined, fetch)
    const { openGroupReader } = await import('../consume/group-reader.ts')
    const consumer = openGroupReader(
      cluster,
      {
        group,
        fetch,
        topic: options.topic,
        selection,
        onAssigned: tell('partitions_assigned'),
        onRevoked: tell('partitions_revoked'),
      },
      context,
    )
    const onInterrupt = (): void => {
      try {
        events.print('shutdown_requested')
      } catch {
        // Thrown here it would end the process; the next event cannot be printed either.
      }
      void consumer.close()
    }
    interrupted.addEventListener('abort', onInterrupt)
    // Whoever waits for events learns at once that nobody listens.
    await cluster.reach()
    events.print('startup_complete')
    const reader = new VerifiableReader(
      consumer,
      new Polls(consumer, group['max.poll.records']),
      {
        limit: options.maxMessages,
        tellsRecords: options.verbose,
        commits: !options.enableAutocommit,
      },
      events,
    )
    try {
      await reader.read(interrupted)
    } finally {
      await consumer.close()
      events.print('shutdown_complete')
      interrupted.removeEventListener('abort', onInterrupt)
      if (!interrupted.aborted) events.print('shutdown_requested')
    }
  },
})

const plain = ({ topic, partition }: TopicPartition) => ({ topic, partition })

/** The properties of the consumer: what Kafka's tool sets wins over the file. */
function consumerProperties(options: Options, given: ReadonlyMap<string, string>): Map<string, string> {
  const properties = new Map(given)
  const put = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) properties.set(name, String(value))
  }
  put('group.protocol', options.groupProtocol)
  if (options.groupProtocol === 'consumer') put('group.remote.assignor', options.groupRemoteAssignor)
  else put('partition.assignment.strategy', options.assignmentStrategy)
  put('group.id', options.groupId)
  put('group.instance.id', options.groupInstanceId)
  put('enable.auto.commit', String(options.enableAutocommit))
  put('auto.offset.reset', options.resetPolicy)
  put('session.timeout.ms', options.sessionTimeout)
  return properties
}
