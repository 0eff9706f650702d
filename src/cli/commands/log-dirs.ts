import { defineCommand } from '../command.ts'
import { UsageError } from '../failures.ts'
import { askLogDirs } from '../log-dirs/ask.ts'
import { logDirListing } from '../log-dirs/listing.ts'
import { BadValue } from '../option-spec.ts'
import { requireOptions, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

export const logDirs = defineCommand({
  name: 'log-dirs',
  options: {
    ...SERVER_OPTIONS,
    describe: { flags: '--describe', help: 'Tell the sizes of the partitions in each log directory.' },
    topicList: {
      flags: '--topic-list <topics>',
      help: 'Topics to tell of, as a,b; every one without it.',
      parse: splitList,
      default: [],
    },
    brokerList: {
      flags: '--broker-list <ids>',
      help: 'Brokers to ask, as 1,2; every one without it.',
      parse: parseBrokers,
      default: [],
    },
  },
  words: ['describe'],
  subjects: ['topicList'],
  formats: ALL_FORMATS,
  examples: [
    'log-dirs --describe',
    'log-dirs describe orders,payments -o table',
    'log-dirs --describe --broker-list 1 --topic-list orders',
  ],
  check: (given) => requireOptions(given, 'describe'),
  async run({ topicList, brokerList, ...server }, context) {
    const cluster = await context.cluster(server)
    const alive = (await cluster.brokers()).map(({ nodeId }) => nodeId)
    const absent = brokerList.filter((id) => !alive.includes(id))
    if (absent.length > 0) {
      const current = alive.join(',')
      throw new UsageError(
        `ERROR: The given brokers do not exist from --broker-list: ${absent.join(',')}. Current existent brokers: ${current}`,
      )
    }
    const asked = brokerList.length > 0 ? brokerList : alive
    if (context.isText) {
      context.io.out('Querying brokers for log directories information\n')
      context.io.out(`Received log directory information from brokers ${asked.join(',')}\n`)
    }
    const dirs = await askLogDirs(cluster, asked, topicList)
    await context.print(logDirListing(dirs))
    return dirs.some(({ error }) => error !== null) ? 1 : 0
  },
})

function splitList(text: string): string[] {
  return text.split(',').filter((part) => part !== '')
}

function parseBrokers(text: string): number[] {
  return splitList(text).map((part) => {
    if (/^[+-]?\d+$/.test(part)) return Number(part)
    throw new BadValue(`For input string: "${part}"`, { isWhole: true })
  })
}
