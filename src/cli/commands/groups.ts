import { type GroupType, groupType, type ListedGroup, listGroups } from '../../client/groups/listing.ts'
import { defineCommand } from '../command.ts'
import { UsageError } from '../failures.ts'
import { groupListing } from '../groups/list.ts'
import { forbid, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

/** How long the listing may take in all, as in Kafka. */
const TIMEOUT_MS = 30_000

const sentence = (reason: string): string => `Error while executing groups command : ${reason}`

const BAD_TYPE = '--group-type must be a valid group type.'

const KINDS = ['consumer', 'share', 'streams'] as const

export const groups = defineCommand({
  name: 'groups',
  options: {
    ...SERVER_OPTIONS,
    list: { flags: '--list', help: 'List the groups.' },
    groupType: {
      flags: '--group-type <type>',
      help: 'Only groups of this type.',
      parse(text: string): GroupType {
        const type = groupType(text)
        if (type === undefined) throw new UsageError(BAD_TYPE)
        return type
      },
      completes: ['classic', 'consumer', 'share', 'streams'],
    },
    protocol: { flags: '--protocol <protocol>', help: 'Only groups of this protocol: consumer, connect, …' },
    consumer: {
      flags: '--consumer',
      help: 'Only groups of consumers.',
      details: 'Of type consumer, and classic ones of protocol consumer or of none.',
    },
    share: { flags: '--share', help: 'Only share groups.' },
    streams: { flags: '--streams', help: 'Only streams groups.' },
  },
  words: ['list'],
  formats: ALL_FORMATS,
  failure: { sentence, badValue: sentence },
  examples: ['groups list', 'groups --list --consumer -o json', 'groups --list --group-type classic -o name'],
  check(given) {
    if (!given.has('list')) throw new UsageError('Command must include exactly one action: --list.')
    for (const kind of KINDS) {
      forbid(given, kind, [...KINDS.filter((other) => other !== kind), 'groupType', 'protocol'])
    }
  },
  async run(options, context) {
    const cluster = await context.cluster(options)
    const all = await listGroups(cluster, { timeoutMs: TIMEOUT_MS })
    const isWanted = ({ type, protocol }: ListedGroup): boolean => {
      if (options.groupType !== undefined && type !== options.groupType) return false
      if (options.protocol !== undefined && protocol !== options.protocol) return false
      if (options.consumer) return protocol === 'consumer' || protocol === '' || type === 'Consumer'
      if (options.share) return type === 'Share'
      return !options.streams || type === 'Streams'
    }
    await context.print(groupListing(all.filter(isWanted)))
  },
})
