import { randomBytes } from 'node:crypto'
import { randomUuid } from '../../bytes/uuid.ts'
import type { Voter } from '../../log/metadata-snapshot.ts'
import { defineCommand, defineGroup } from '../command.ts'
import { Failure, UsageError } from '../failures.ts'
import { dependencyListing, mappingListing } from '../features/mapping.ts'
import { METADATA_VERSION } from '../features/releases.ts'
import { DRY_RUN } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { readProperties } from '../properties/java-properties.ts'
import { initialLevels, parseNeededLevel, unsupportedLevel } from '../storage/feature-levels.ts'
import { parseScram, SCRAM_SINCE } from '../storage/scram.ts'
import { readServerConfig, type ServerConfig } from '../storage/server-config.ts'
import { parseVoters, voterHost } from '../storage/voters.ts'

const CONFIG = {
  flags: '-c, --config <file>',
  help: 'The properties file of the server.',
  required: true,
} as const

const info = defineCommand({
  name: 'info',
  summary: 'Show the data folders of a server and what is wrong with them.',
  examples: ['storage info --config server.properties'],
  style: 'argparse',
  options: { config: CONFIG },
  subjects: ['config'],
  formats: ['text', 'json', 'jsonl'],
  async run({ config }, context) {
    const { infoText, inspectFolders, problemsText } = await import('../storage/info.ts')
    const found = inspectFolders(readServerConfig(readProperties(config)).directories)
    const { identity, problems } = found
    await context.print({
      text: () => infoText(found),
      items: [
        { directories: found.found, metadata: identity && Object.fromEntries(identity.properties), problems },
      ],
      columns: [],
      names: () => [],
    })
    if (context.isText) context.io.err(problemsText(problems))
    return problems.length === 0 ? 0 : 1
  },
})

const QUORUM_KEYS = ['standalone', 'noInitialControllers', 'initialControllers'] as const
const QUORUM_FLAGS = {
  standalone: '--standalone/-s',
  noInitialControllers: '--no-initial-controllers/-N',
  initialControllers: '--initial-controllers/-I',
}

const format = defineCommand({
  name: 'format',
  summary: 'Prepare the data folders of a server.',
  examples: [
    'storage format --config controller.properties --cluster-id "$(ktool storage random-uuid)" --standalone',
  ],
  style: 'argparse',
  options: {
    config: CONFIG,
    clusterId: { flags: '-t, --cluster-id <id>', help: 'The id of the cluster.', required: true },
    addScram: {
      flags: '-S, --add-scram <credential>',
      help: 'A SCRAM credential of a user.',
      repeatable: true,
      details: 'SCRAM-SHA-256=[name=alice,password=secret], or with iterations, salt and saltedpassword.',
    },
    ignoreFormatted: {
      flags: '-g, --ignore-formatted',
      help: 'Pass over folders that are formatted already.',
    },
    releaseVersion: {
      flags: '-r, --release-version <version>',
      help: 'The release whose features the cluster starts with.',
      details: '3.3-IV3 to 4.3-IV0, which is the default.',
    },
    feature: {
      flags: '-f, --feature <name=level>',
      help: 'The level of one feature.',
      repeatable: true,
    },
    standalone: {
      flags: '-s, --standalone',
      help: 'This controller is the only voter of a dynamic quorum.',
      section: 'Its quorum',
    },
    noInitialControllers: {
      flags: '-N, --no-initial-controllers',
      help: 'The voters of the dynamic quorum are not known yet.',
      section: 'Its quorum',
    },
    initialControllers: {
      flags: '-I, --initial-controllers <voters>',
      help: 'The voters, the same for all nodes.',
      details: '0@host:9093:directory-id,1@host:9093:directory-id,…',
      section: 'Its quorum',
    },
    dryRun: DRY_RUN,
  },
  subjects: ['config'],
  check(given) {
    const [first, second] = QUORUM_KEYS.filter((key) => given.has(key))
    if (first !== undefined && second !== undefined) {
      throw new UsageError(
        `error: argument ${QUORUM_FLAGS[second]}: not allowed with argument ${QUORUM_FLAGS[first]}`,
      )
    }
  },
  async run(options, { io }) {
    const { formatFolders } = await import('../storage/format.ts')
    const config = readServerConfig(readProperties(options.config))
    const hasQuorumFlag =
      options.standalone || options.noInitialControllers || options.initialControllers !== undefined
    if (config.hasStaticVoters && hasQuorumFlag) {
      throw new Failure(
        'You cannot specify controller.quorum.voters and format the node with --initial-controllers or --standalone. ' +
          'If you want to use dynamic quorum, please remove controller.quorum.voters and specify controller.quorum.bootstrap.servers instead.',
      )
    }
    if (!config.hasStaticVoters && !hasQuorumFlag && config.roles.includes('controller')) {
      throw new Failure(
        'Because controller.quorum.voters is not set on this controller, you must specify one of the following: --standalone, --initial-controllers, or --no-initial-controllers.',
      )
    }
    const levels = initialLevels({
      releaseVersion: options.releaseVersion,
      features: options.feature,
      hasDynamicQuorum: hasQuorumFlag,
    })
    if (options.addScram.length > 0 && levels.get(METADATA_VERSION)! < SCRAM_SINCE) {
      throw new Failure('SCRAM is only supported in metadata.version 3.5-IV2 or later.')
    }
    const plan = {
      config,
      clusterId: options.clusterId,
      levels,
      credentials: options.addScram.map((text) => parseScram(text, randomBytes)),
      voters: options.standalone
        ? [soleVoter(config)]
        : options.initialControllers === undefined
          ? null
          : parseVoters(options.initialControllers),
      ignoresFormatted: options.ignoreFormatted,
    }
    formatFolders(plan, {
      print: (line) => io.out(`${line}\n`),
      now: io.now,
      randomBytes,
      isDryRun: options.dryRun,
    })
  },
})

function soleVoter({ roles, nodeId, controllerEndpoint }: ServerConfig): Voter {
  if (!roles.includes('controller')) throw new Failure('You can only use --standalone on a controller.')
  if (!controllerEndpoint) throw new Failure('No controller listeners found.')
  const { host, port } = controllerEndpoint
  return { nodeId, host: voterHost(host), port, directoryId: randomUuid(randomBytes) }
}

const versionMapping = defineCommand({
  name: 'version-mapping',
  summary: 'Show the feature levels that go with a release.',
  examples: ['storage version-mapping --release-version 4.0-IV3'],
  style: 'argparse',
  options: {
    releaseVersion: {
      flags: '-r, --release-version <version>',
      help: 'The release, 3.3-IV3 or later.',
      default: '4.3-IV0',
    },
  },
  subjects: ['releaseVersion'],
  formats: ALL_FORMATS,
  run: ({ releaseVersion }, context) => context.print(mappingListing(releaseVersion)),
})

const featureDependencies = defineCommand({
  name: 'feature-dependencies',
  summary: 'Show what feature levels need of other features.',
  examples: ['storage feature-dependencies --feature transaction.version=2'],
  style: 'argparse',
  options: {
    feature: {
      flags: '-f, --feature <name=level>',
      help: 'The feature and its level.',
      required: true,
      repeatable: true,
    },
  },
  subjects: ['feature'],
  formats: ALL_FORMATS,
  run: ({ feature }, context) =>
    context.print(dependencyListing(feature.map(parseNeededLevel), unsupportedLevel)),
})

const randomUuidCommand = defineCommand({
  name: 'random-uuid',
  summary: 'Print a random id, as for a cluster.',
  examples: ['storage random-uuid'],
  style: 'argparse',
  options: {},
  async run(_options, { io }) {
    io.out(`${randomUuid(randomBytes)}\n`)
  },
})

export const storage = defineGroup({
  name: 'storage',
  style: 'argparse',
  subcommands: [info, format, versionMapping, featureDependencies, randomUuidCommand],
})
