import { defineCommand, defineGroup } from '../command.ts'
import { IMPORT_FORMATS, type ImportFormat } from '../contexts/import/formats.ts'
import { UsageError } from '../failures.ts'
import { BadValue } from '../option-spec.ts'
import { DRY_RUN } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

const NAME = {
  flags: '--name <name>',
  help: 'The context.',
  required: true,
  completes: 'context',
} as const
const PROJECT = {
  flags: '--project',
  help: "In the project's .ktool.json, and not in your own file.",
} as const

/** What a context is made of. */
const PARTS = {
  bootstrapServer: { flags: '-b, --bootstrap-server <host:port,...>', help: 'Brokers to ask first.' },
  configFile: {
    flags: '--config-file <file>',
    help: 'Client settings, as a Java properties file that is read at each use.',
    completes: 'file',
  },
  property: {
    flags: '--property <name=value>',
    help: "A client setting, under Kafka's name.",
    repeatable: true,
  },
  readOnly: { flags: '--read-only', help: 'Refuse all that would change the cluster.' },
  description: { flags: '--description <text>', help: 'What people should know of it.' },
} as const

const add = defineCommand({
  name: 'add',
  summary: 'Write down a cluster under a name.',
  options: {
    name: { flags: '--name <name>', help: 'How the context is to be called.', required: true },
    ...PARTS,
    force: { flags: '--force', help: 'In place of a context of that name.' },
    project: PROJECT,
    dryRun: DRY_RUN,
  },
  subjects: ['name'],
  examples: [
    'context add local -b localhost:9092 --description "on this machine"',
    'context add prod -b kafka.example.com:9093 --config-file client.properties --read-only',
  ],
  run: async (options, context) =>
    (await import('../contexts/change-contexts.ts')).addContext(options, context),
})

const update = defineCommand({
  name: 'update',
  summary: 'Change parts of a context.',
  options: {
    name: NAME,
    ...PARTS,
    removeProperty: { flags: '--remove-property <name>', help: 'Forget a setting.', repeatable: true },
    writable: { flags: '--writable', help: 'Take --read-only back.' },
    project: PROJECT,
    dryRun: DRY_RUN,
  },
  subjects: ['name'],
  examples: ['context update dev --property client.id=me --read-only'],
  check(given) {
    if (given.has('readOnly') && given.has('writable')) {
      throw new UsageError('--read-only and --writable exclude each other')
    }
  },
  run: async (options, context) =>
    (await import('../contexts/change-contexts.ts')).updateContext(options, context),
})

const use = defineCommand({
  name: 'use',
  summary: 'Make a context the current one; - for none.',
  options: { name: NAME, project: PROJECT, dryRun: DRY_RUN },
  subjects: ['name'],
  examples: ['context use dev', 'context use -'],
  run: async (options, context) =>
    (await import('../contexts/change-contexts.ts')).useContext(options, context),
})

const list = defineCommand({
  name: 'list',
  summary: 'List the contexts, and tell which is the current one.',
  options: {},
  formats: ALL_FORMATS,
  examples: ['context list -o table'],
  run: async (_, context) => (await import('../contexts/show-contexts.ts')).listContexts(context),
})

const show = defineCommand({
  name: 'show',
  summary: 'Show a context, its secrets hidden; the current one without a name.',
  options: { name: { flags: '--name <name>', help: 'The context.', completes: 'context' } },
  subjects: ['name'],
  formats: ALL_FORMATS,
  examples: ['context show staging -o json'],
  run: async ({ name }, context) => (await import('../contexts/show-contexts.ts')).showContext(name, context),
})

const importing = defineCommand({
  name: 'import',
  summary: 'Take over the clusters of kcat, kafkactl, kaf, kcl, rpk or a Java client.',
  options: {
    file: {
      flags: '--file <file>',
      help: 'The file that the other program reads.',
      required: true,
      completes: 'file',
    },
    format: {
      flags: '--format <program>',
      help: 'Whose file it is: kcat, kafkactl, kaf, kcl, rpk or properties. Seen from the file if left out.',
      parse: importFormat,
      completes: IMPORT_FORMATS,
    },
    name: { flags: '--name <name>', help: 'The name of the context, for a file with one.' },
    force: { flags: '--force', help: 'In place of contexts of the same names.' },
    project: PROJECT,
    dryRun: DRY_RUN,
  },
  subjects: ['file'],
  formats: ALL_FORMATS,
  examples: ['context import ~/.config/kcat.conf --name kcat', 'context import client.properties --dry-run'],
  run: async (options, context) =>
    (await import('../contexts/import-contexts.ts')).importContexts(options, context),
})

const remove = defineCommand({
  name: 'remove',
  summary: 'Forget a context.',
  options: { name: NAME, project: PROJECT, dryRun: DRY_RUN },
  subjects: ['name'],
  examples: ['context remove staging'],
  run: async (options, context) =>
    (await import('../contexts/change-contexts.ts')).removeContext(options, context),
})

function importFormat(text: string): ImportFormat {
  const format = IMPORT_FORMATS.find((known) => known === text)
  if (format !== undefined) return format
  throw new BadValue(`--format: '${text}' is not one of ${IMPORT_FORMATS.join(', ')}`, { isWhole: true })
}

export const contextTool = defineGroup({
  name: 'context',
  subcommands: [list, show, use, add, update, importing, remove],
})
