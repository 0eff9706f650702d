import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '../../broker/logger.ts'
import type { BrokerHandle } from '../../broker/start.ts'
import type { PlaceOptions } from '../../broker/start-settings.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { Failure, messageOf, UsageError } from '../failures.ts'
import type { Given, OptionSpecs, Values } from '../option-spec.ts'
import { BadValue } from '../option-spec.ts'
import { int } from '../options.ts'
import { parseAdvertised } from '../serve/advertise-option.ts'
import { mergedSettings } from '../serve/merged-settings.ts'
import { removeReadyFile, writeReadyFile } from '../serve/ready-file.ts'
import { recoveryText } from '../serve/recovery-text.ts'
import { parseSetting, parseTopicOption } from '../serve/topic-option.ts'

const DEFAULT_PORT = 9092

const OPTIONS = {
  port: {
    flags: '--port <port>',
    help: `Port to listen on, ${DEFAULT_PORT} unless given; 0, and with --exec, a free one.`,
    parse: parsePort,
    section: 'Where it listens',
  },
  host: {
    flags: '--host <address>',
    help: 'Address to listen on: 127.0.0.1 unless given, so nobody else gets in.',
    parse: (text: string) => parseFilled(text, '--host'),
    section: 'Where it listens',
  },
  advertise: {
    flags: '--advertise <host[:port]>',
    help: 'What clients are told to connect to: the address they came to unless given.',
    parse: parseAdvertised,
    section: 'Where it listens',
  },
  brokers: {
    flags: '--brokers <n>',
    help: 'Show this process as that many brokers, on ports one after the other.',
    parse: parseCount,
    section: 'Where it listens',
  },
  dataDir: {
    flags: '--data-dir <folder>',
    help: 'Where topics are kept: ktool/broker in your data folder unless given.',
    parse: (text: string) => parseFilled(text, '--data-dir'),
    section: 'What it holds',
  },
  ephemeral: {
    flags: '--ephemeral',
    help: 'A temporary folder, removed at the end; with --exec, unless --data-dir is given.',
    section: 'What it holds',
  },
  topic: {
    flags: '-t, --topic <name:partitions:key=value,...>',
    help: 'Create this topic unless it is there.',
    parse: parseTopicOption,
    repeatable: true,
    section: 'What it holds',
  },
  seed: {
    flags: '--seed <file>',
    help: 'Records as JSON lines, written to those of their topics that are empty.',
    section: 'What it holds',
  },
  config: {
    flags: '--config <key=value>',
    help: "A setting of the broker, under Kafka's name.",
    parse: (text: string) => parseSetting(text, '--config'),
    repeatable: true,
    section: 'How it runs',
  },
  override: {
    flags: '--override <key=value>',
    help: 'The same as --config, as kafka-server-start.sh has it.',
    parse: (text: string) => parseSetting(text, '--override'),
    repeatable: true,
    rare: true,
    section: 'How it runs',
  },
  serverProperties: {
    flags: '--server-properties <file>',
    help: 'A server.properties file; --config, --override and --data-dir win over it.',
    section: 'How it runs',
  },
  readyFile: {
    flags: '--ready-file <file>',
    help: 'Write the ready line to this file as well; it is gone again at the end.',
    section: 'How it runs',
  },
  exec: {
    flags: '--exec',
    help: 'Run the command behind -- with KAFKA_BOOTSTRAP_SERVERS set; exit with its code.',
    section: 'How it runs',
  },
} as const satisfies OptionSpecs

type Options = Values<typeof OPTIONS>

export const serve = defineCommand({
  name: 'serve',
  options: OPTIONS,
  subjects: ['serverProperties'],
  takesCommand: true,
  examples: [
    { line: 'serve --ephemeral --port 0 --topic orders:3', goesOn: true },
    { line: 'serve server.properties', goesOn: true },
    'serve --topic orders:3 --exec -- npm test',
  ],
  endsOnInterrupt: true,
  check,
  async run(options, context) {
    const broker = await start(options, context)
    context.onClose(() => broker.close())
    return await Promise.race([serveClients(broker, options, context), failureOf(broker)])
  },
})

/** Rejects when the broker has closed itself. */
async function failureOf({ failed }: BrokerHandle): Promise<never> {
  const reason = await failed
  throw new Failure(`the broker was closed: ${messageOf(reason)}`, {
    hint: 'a data folder has one broker; start it again where the folder and its .lock are left alone',
    cause: reason,
  })
}

/** Runs until the command has ended, or until an interrupt without one. */
async function serveClients(
  broker: BrokerHandle,
  options: Options,
  context: Context,
): Promise<number | undefined> {
  if (options.seed !== undefined) await seed(options.seed, broker, context)
  context.say(`serving at ${describeListeners(broker)}, data in ${broker.dataDir}`)
  const recovered = recoveryText(broker.recovery)
  if (recovered !== null) context.say(recovered)
  const ready = `${JSON.stringify({ event: 'ready', ...readyFields(broker), pid: context.io.pid })}\n`
  if (options.readyFile !== undefined) {
    const path = options.readyFile
    writeReadyFile(path, ready)
    context.onClose(() => removeReadyFile(path))
  }
  if (options.exec && context.interrupted.aborted) return undefined
  if (options.exec) return await execute(context.given.command ?? [], broker, context)
  context.io.out(ready)
  await interrupted(context)
  context.say('stopping')
  // Here, so that a folder found to be lost makes serve fail.
  await broker.close()
  return 0
}

function check(given: Given): void {
  if (given.has('ephemeral') && given.has('dataDir')) {
    throw new UsageError('--ephemeral and --data-dir exclude each other')
  }
  const { command } = given
  if (given.has('exec') && !command?.length) {
    throw new UsageError('--exec: no command is given', {
      hint: 'it stands behind --, as in --exec -- npm test',
    })
  }
  if (!given.has('exec') && command !== null) {
    throw new UsageError('a command behind -- needs --exec', { hint: 'as in --exec -- npm test' })
  }
}

async function start(options: Options, context: Context): Promise<BrokerHandle> {
  // Whoever asks for help or mistypes an option does not wait for a broker to be loaded.
  const { readPlace } = await import('../../broker/start-settings.ts')
  const { startBroker } = await import('../../broker/start.ts')
  const settings = mergedSettings(options)
  const place = placeOptions(options, settings, context)
  try {
    readPlace(place, settings)
  } catch (error) {
    throw new UsageError(messageOf(error), hintFor(options.serverProperties))
  }
  const started = startBroker({
    ...place,
    brokers: options.brokers ?? 1,
    config: Object.fromEntries(settings),
    topics: options.topic,
    logger: loggerOf(context),
  })
  return await started.catch((error: unknown) => {
    throw explained(error)
  })
}

/** What the options say, and the defaults of serve where neither they nor the settings say anything. */
function placeOptions(
  options: Options,
  settings: ReadonlyMap<string, string>,
  { io }: Context,
): PlaceOptions {
  const { dataDir, host, port, advertise, ephemeral, exec } = options
  const hasDataDir = dataDir !== undefined || settings.has('log.dirs') || settings.has('log.dir')
  return {
    host,
    port: port ?? (settings.has('listeners') ? undefined : exec ? 0 : DEFAULT_PORT),
    advertisedHost: advertise?.host,
    advertisedPort: advertise?.port,
    dataDir: hasDataDir || ephemeral || exec ? dataDir : defaultDataDir(io.env),
  }
}

/** Most often it is the broker that was started before. */
function explained(error: unknown): unknown {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (isTaken) return new Failure(error.message, { hint: '--port 0 takes a port that is free', cause: error })
  if (!messageOf(error).includes(' is held by process ')) return error
  return new Failure(messageOf(error), {
    hint: 'one broker keeps its data there already; --data-dir names another folder',
  })
}

async function seed(path: string, { bootstrapServers }: BrokerHandle, context: Context): Promise<void> {
  const { seedTopics } = await import('../serve/seed.ts')
  const cluster = await context.clusterAt(bootstrapServers)
  const { records, passedOver } = await seedTopics(cluster, path, context.interrupted)
  context.say(`${records} records written from ${path}`)
  if (context.interrupted.aborted) context.say('interrupted: there may be more records in it')
  if (passedOver.length > 0) context.say(`left as they are, not empty: ${passedOver.join(', ')}`)
}

/** Runs the command; tells what the broker holds when it fails by itself. */
async function execute(
  command: readonly string[],
  { bootstrapServers }: BrokerHandle,
  context: Context,
): Promise<number> {
  const { runCommand } = await import('../serve/exec.ts')
  const code = await runCommand(command, bootstrapServers, context)
  if (code !== 0 && !context.interrupted.aborted) {
    context.say(`'${command.join(' ')}' ended with ${code}; the broker holds:`)
    await tellLastRecords(bootstrapServers, context)
  }
  return code
}

/** Whatever goes wrong here, the exit code is the one of the command. */
async function tellLastRecords(bootstrapServers: string, context: Context): Promise<void> {
  try {
    const { lastRecords } = await import('../serve/last-records.ts')
    context.io.err(await lastRecords(await context.clusterAt(bootstrapServers)))
  } catch (error) {
    context.say(`its records cannot be read: ${messageOf(error)}`)
  }
}

/** How to change what a file says, where there is one. */
const hintFor = (file: string | undefined) =>
  file === undefined ? {} : { hint: '--override NAME=VALUE replaces a setting of the file' }

/** Each address that is listened on, with what clients are told instead. */
function describeListeners({ listeners }: BrokerHandle): string {
  const names = new Set(listeners.map(({ name }) => name))
  return listeners
    .map(({ name, host, port, advertised }) => {
      const at = `${host.includes(':') ? `[${host}]` : host}:${port}`
      const shown = names.size > 1 ? `${name}://${at}` : at
      return advertised === undefined ? shown : `${shown} (advertised as ${advertised})`
    })
    .join(', ')
}

const readyFields = ({ bootstrapServers, clusterId, dataDir, recovery }: BrokerHandle) => ({
  bootstrapServers,
  clusterId,
  dataDir,
  recovery,
})

/** `ktool/broker` in the folder for a user's data (XDG Base Directory Specification). */
function defaultDataDir(env: Context['io']['env']): string {
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'ktool', 'broker')
}

const loggerOf = (context: Context): Logger => ({
  info: (message) => context.say(message),
  warn: (message) => context.say(`warning: ${message}`),
  error(message, cause) {
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? '')
    context.say(`error: ${message}${why ? `: ${why}` : ''}`)
  },
})

const interrupted = (context: Context): Promise<void> => new Promise((done) => context.onInterrupt(done))

/** An empty address would mean all of them, and an empty folder the working one; a variable that is not set means neither. */
function parseFilled(text: string, option: string): string {
  if (text !== '') return text
  throw new BadValue(`${option}: the value is empty`, { isWhole: true })
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
