import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { BROKER_SETTINGS } from '../../broker/config/broker-settings.ts'
import type { Logger } from '../../broker/logger.ts'
import { startBroker } from '../../broker/start.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../failures.ts'
import { BadValue } from '../option-spec.ts'
import { int } from '../options.ts'
import { readProperties } from '../properties.ts'
import { readServerProperties } from '../serve/server-properties.ts'
import { parseSetting, parseTopicOption } from '../serve/topic-option.ts'

const DEFAULT_PORT = 9092

export const serve = defineCommand({
  name: 'serve',
  options: {
    port: {
      flags: '--port <port>',
      help: `Port to listen on, ${DEFAULT_PORT} unless given; 0 takes a free one.`,
      parse: parsePort,
    },
    host: {
      flags: '--host <address>',
      help: 'Address to listen on: 127.0.0.1 unless given, so nobody else gets in.',
    },
    dataDir: {
      flags: '--data-dir <folder>',
      help: 'Where topics are kept: ktool/broker in your data folder unless given.',
    },
    ephemeral: {
      flags: '--ephemeral',
      help: 'Keep topics in a temporary folder that is removed at the end.',
    },
    brokers: {
      flags: '--brokers <n>',
      help: 'Show this process as that many brokers, on ports one after the other.',
      parse: parseCount,
    },
    topic: {
      flags: '-t, --topic <name:partitions:key=value,...>',
      help: 'Create this topic unless it is there.',
      parse: parseTopicOption,
      repeatable: true,
    },
    config: {
      flags: '--config <key=value>',
      help: "A setting of the broker, under Kafka's name.",
      parse: (text: string) => parseSetting(text, '--config'),
      repeatable: true,
    },
    serverProperties: {
      flags: '--server-properties <file>',
      help: 'A server.properties file; options win over it.',
    },
  },
  subjects: ['serverProperties'],
  examples: [
    'serve --ephemeral --topic orders:3',
    'serve --brokers 3 --port 9092',
    'serve server.properties',
  ],
  endsOnInterrupt: true,
  check(given) {
    if (given.has('ephemeral') && given.has('dataDir')) {
      throw new UsageError('--ephemeral and --data-dir exclude each other')
    }
  },
  async run(options, context) {
    const file =
      options.serverProperties === undefined
        ? new Map<string, string>()
        : readProperties(options.serverProperties)
    const fromFile = readServerProperties(file)
    const settings = new Map([...file, ...options.config])
    warnOfUnknown(settings, context)
    const dataDir = resolve(options.dataDir ?? fromFile.dataDir ?? defaultDataDir(context.io.env))
    const broker = await startBroker({
      ...(options.ephemeral ? {} : { dataDir }),
      host: options.host ?? fromFile.host ?? '127.0.0.1',
      port: options.port ?? fromFile.port ?? DEFAULT_PORT,
      brokers: options.brokers ?? 1,
      nodeId: fromFile.nodeId ?? 1,
      advertisedHost: fromFile.advertisedHost,
      config: Object.fromEntries(settings),
      topics: options.topic,
      logger: loggerOf(context),
    })
    context.say(`serving at ${broker.bootstrapServers}, data in ${broker.dataDir}`)
    context.io.out(`${JSON.stringify({ event: 'ready', ...readyFields(broker), pid: context.io.pid })}\n`)
    await interrupted(context)
    context.say('stopping')
    await broker.close()
    return 0
  },
})

const readyFields = ({ bootstrapServers, clusterId, dataDir }: Awaited<ReturnType<typeof startBroker>>) => ({
  bootstrapServers,
  clusterId,
  dataDir,
})

/** `ktool/broker` in the folder for a user's data (XDG Base Directory Specification). */
function defaultDataDir(env: Context['io']['env']): string {
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'ktool', 'broker')
}

function warnOfUnknown(settings: ReadonlyMap<string, string>, context: Context): void {
  for (const name of settings.keys()) {
    if (!BROKER_SETTINGS.has(name)) context.say(`warning: '${name}' is not a setting that this broker knows`)
  }
}

const loggerOf = (context: Context): Logger => ({
  info: (message) => context.say(message),
  warn: (message) => context.say(`warning: ${message}`),
  error(message, cause) {
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? '')
    context.say(`error: ${message}${why ? `: ${why}` : ''}`)
  },
})

function interrupted({ interrupted }: Context): Promise<void> {
  return new Promise((done) => {
    if (interrupted.aborted) done()
    else interrupted.addEventListener('abort', () => done(), { once: true })
  })
}

function parsePort(text: string): number {
  const port = int(text)
  if (port >= 0 && port <= 65535) return port
  throw new BadValue(`--port: '${text}' is not between 0 and 65535`, { isWhole: true })
}

function parseCount(text: string): number {
  const count = int(text)
  if (count >= 1) return count
  throw new BadValue(`--brokers: '${text}' is not a positive integer`, { isWhole: true })
}
