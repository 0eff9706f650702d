import { defineCommand, defineGroup } from '../command.ts'
import { Failure } from '../failures.ts'
import { askFeatures, featureListing } from '../features/describe.ts'
import { dependencyListing, mappingListing, parseFeatureLevel } from '../features/mapping.ts'
import { requireDistinct, updateFeatures, wantedLevels } from '../features/update.ts'
import type { Given } from '../option-spec.ts'
import { CONTROLLER_OPTION, checkServerChoice, int, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

const OPTIONS = { ...SERVER_OPTIONS, bootstrapController: CONTROLLER_OPTION } as const

const lineError = (reason: string): string => `Command line error: ${reason}. Type --help for help.`

const COMMON = {
  style: 'argparse',
  failure: {
    badOption: lineError,
    noServer: lineError('You must specify either --bootstrap-controller or --bootstrap-server.'),
  },
  check: (given: Pick<Given, 'has'>) =>
    checkServerChoice(
      given,
      lineError('argument --bootstrap-controller: not allowed with argument --bootstrap-server'),
    ),
} as const

const METADATA = {
  flags: '--metadata <release>',
  help: 'The level of metadata.version, as a release.',
  deprecated: ' `metadata` flag is deprecated and may be removed in a future release.',
} as const
const RELEASE = {
  flags: '--release-version <release>',
  help: 'The release whose levels all features are to have.',
} as const
const LEVEL = { flags: '--feature <name=level>', help: 'A feature and its level.', repeatable: true } as const
const UNSAFE = { flags: '--unsafe', help: 'Even if metadata is lost that way.' } as const
const DRY_RUN = { flags: '--dry-run', help: 'Ask whether it could be done, and do nothing.' } as const

const describe = defineCommand({
  ...COMMON,
  name: 'describe',
  summary: 'Tell which levels are supported and which are in force.',
  examples: ['features describe -o table'],
  options: { ...OPTIONS, nodeId: { flags: '--node-id <id>', help: 'The broker to ask.', parse: int } },
  formats: ALL_FORMATS,
  async run(options, context) {
    const cluster = await context.cluster(options)
    await context.print(featureListing(await askFeatures(cluster, options.nodeId)))
  },
})

const upgrade = defineCommand({
  ...COMMON,
  name: 'upgrade',
  summary: 'Raise the levels of features.',
  examples: [
    'features upgrade --feature group.version=1 --dry-run',
    'features upgrade --release-version 4.3 --dry-run',
  ],
  options: { ...OPTIONS, metadata: METADATA, releaseVersion: RELEASE, feature: LEVEL, dryRun: DRY_RUN },
  subjects: ['feature'],
  async run(options, context) {
    const cluster = await context.cluster(options)
    const levels = required(wantedLevels('upgrade', options), 'upgrade')
    await updateFeatures(cluster, 'upgrade', levels, { unsafe: false, dryRun: options.dryRun }, context)
  },
})

const downgrade = defineCommand({
  ...COMMON,
  name: 'downgrade',
  summary: 'Lower the levels of features.',
  examples: ['features downgrade --feature group.version=0 --dry-run'],
  options: {
    ...OPTIONS,
    metadata: METADATA,
    releaseVersion: RELEASE,
    feature: LEVEL,
    unsafe: UNSAFE,
    dryRun: DRY_RUN,
  },
  subjects: ['feature'],
  async run(options, context) {
    const cluster = await context.cluster(options)
    const levels = required(wantedLevels('downgrade', options), 'downgrade')
    await updateFeatures(cluster, 'downgrade', levels, options, context)
  },
})

const disable = defineCommand({
  ...COMMON,
  name: 'disable',
  summary: 'Turn features off.',
  examples: ['features disable --feature group.version --dry-run'],
  options: {
    ...OPTIONS,
    feature: { flags: '--feature <name>', help: 'A feature to turn off.', repeatable: true },
    unsafe: UNSAFE,
    dryRun: DRY_RUN,
  },
  subjects: ['feature'],
  async run(options, context) {
    const cluster = await context.cluster(options)
    const levels = requireDistinct(options.feature.map((feature) => ({ feature, level: 0 })))
    await updateFeatures(cluster, 'disable', required(levels, 'disable'), options, context)
  },
})

const versionMapping = defineCommand({
  ...COMMON,
  name: 'version-mapping',
  summary: 'Tell the levels that a release has by default.',
  examples: ['features version-mapping --release-version 3.9'],
  options: {
    ...OPTIONS,
    releaseVersion: { ...RELEASE, help: 'The release, as 4.3 or 3.9-IV0.', default: '4.3-IV0' },
  },
  subjects: ['releaseVersion'],
  formats: ALL_FORMATS,
  run: ({ releaseVersion }, context) => context.print(mappingListing(releaseVersion)),
})

const featureDependencies = defineCommand({
  ...COMMON,
  name: 'feature-dependencies',
  summary: 'Tell what a level of a feature needs.',
  examples: ['features feature-dependencies --feature transaction.version=2'],
  options: { ...OPTIONS, feature: { ...LEVEL, required: true } },
  subjects: ['feature'],
  formats: ALL_FORMATS,
  run: ({ feature }, context) => context.print(dependencyListing(feature.map(parseFeatureLevel))),
})

function required<T>(levels: readonly T[], operation: string): readonly T[] {
  if (levels.length > 0) return levels
  throw new Failure(`You must specify at least one feature to ${operation}`)
}

export const features = defineGroup({
  name: 'features',
  style: 'argparse',
  failure: { badOption: lineError },
  subcommands: [describe, upgrade, downgrade, disable, versionMapping, featureDependencies],
})
