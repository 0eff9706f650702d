import { type Int64, parseInt64 } from '../../bytes/int64.ts'
import { listOffsets, OFFSET_SPECS } from '../../client/offsets.ts'
import { partitionName } from '../../client/topic-partition.ts'
import { defineCommand } from '../command.ts'
import { Failure, UsageError } from '../failures.ts'
import type { OffsetRow } from '../offsets/listing.ts'
import { offsetListing } from '../offsets/listing.ts'
import { ruleFilter, topicFilter, withoutInternal } from '../offsets/partition-filter.ts'
import { BadValue } from '../option-spec.ts'
import { SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

const NO_PORT = 'Please provide valid host:port like host1:9091,host2:9092'

const occurred = (reason: string): string => `Error occurred: ${reason}`

export const getOffsets = defineCommand({
  name: 'get-offsets',
  options: {
    ...SERVER_OPTIONS,
    topic: { flags: '-t, --topic <regex>', help: 'Topics to list; every one without it.' },
    partitions: { flags: '--partitions <ids>', help: 'Partitions to list, as 0,1,2; every one without it.' },
    topicPartitions: {
      flags: '--topic-partitions <rules>',
      help: 'orders:0,orders:3-5,.*:7- in place of the two.',
    },
    time: {
      flags: '--time <spec>',
      help: 'earliest, latest, max-timestamp, …, or milliseconds.',
      parse: parseTime,
      default: OFFSET_SPECS.latest,
      details: `${Object.keys(OFFSET_SPECS).join(', ')}, or milliseconds since 1970.`,
      completes: Object.keys(OFFSET_SPECS),
    },
    excludeInternalTopics: { flags: '--exclude-internal-topics', help: "Leave out Kafka's own topics." },
  },
  subjects: ['topic'],
  formats: [...ALL_FORMATS, 'prometheus'],
  failure: {
    sentence: occurred,
    badValue: occurred,
    badOption: occurred,
    badAddress: (reason) =>
      reason.startsWith('Invalid url') ? NO_PORT : occurred('Failed to create new KafkaAdminClient'),
  },
  examples: [
    'get-offsets orders',
    'get-offsets --time max-timestamp -o table',
    'get-offsets --topic-partitions orders:0-3 --time earliest',
  ],
  check(given) {
    if (given.has('topicPartitions') && (given.has('topic') || given.has('partitions'))) {
      throw new UsageError(occurred('--topic-partitions cannot be used with --topic or --partitions'))
    }
  },
  async run(options, context) {
    const chosen = await readFilter(options)
    const filter = options.excludeInternalTopics ? withoutInternal(chosen) : chosen
    const cluster = await context.cluster(options)
    const partitions = [...(await cluster.allTopics()).values()].flatMap((topic) =>
      topic.partitions
        .filter(({ partition }) => filter(topic.name, partition))
        .map(({ partition }) => ({ topic: topic.name, partition, timestamp: options.time })),
    )
    if (partitions.length === 0) {
      throw new Failure(occurred('Could not match any topic-partitions with the specified filters'))
    }
    const results = await listOffsets(cluster, partitions)
    const rows: OffsetRow[] = []
    for (const { target, answer, error } of results) {
      const name = partitionName(target)
      if (error)
        context.say(`Skip getting offsets for topic-partition ${name} due to error: ${error.message}`)
      else if (answer.offset >= 0) rows.push({ ...target, offset: answer.offset })
    }
    await context.print(offsetListing(rows, options.time))
    return results.some(({ error }) => error !== null) ? 1 : 0
  },
})

async function readFilter({
  topic,
  partitions,
  topicPartitions,
}: Record<'topic' | 'partitions' | 'topicPartitions', string | undefined>) {
  try {
    return topicPartitions === undefined
      ? await topicFilter(topic, partitions)
      : await ruleFilter(topicPartitions)
  } catch (error) {
    if (error instanceof Failure) throw new UsageError(occurred(error.message), { hint: error.hint })
    throw error
  }
}

function parseTime(text: string): Int64 {
  if (Object.hasOwn(OFFSET_SPECS, text)) return OFFSET_SPECS[text as keyof typeof OFFSET_SPECS]
  const time = parseInt64(text)
  if (time !== null) return time
  throw new BadValue(
    `Malformed time argument ${text}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / ` +
      '-5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp',
    { isWhole: true },
  )
}
