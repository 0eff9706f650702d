import type { Changes } from '../configs/changes.ts'
import { UsageError } from '../failures.ts'
import type { Given, Values } from '../option-spec.ts'
import { DRY_RUN, exactlyOne, forbid, SERVER_OPTIONS } from '../options.ts'

export const METRICS_ACTIONS = ['list', 'describe', 'alter', 'delete'] as const

export const METRICS_OPTIONS = {
  ...SERVER_OPTIONS,
  list: { flags: '--list', help: 'List the subscriptions.' },
  describe: { flags: '--describe', help: 'Tell what the subscriptions ask for.' },
  alter: { flags: '--alter', help: 'Make or change a subscription.' },
  delete: { flags: '--delete', help: 'Delete a subscription.' },
  name: { flags: '--name <name>', help: 'The subscription.' },
  generateName: { flags: '--generate-name', help: 'With --alter: make up a name.' },
  interval: {
    flags: '--interval <ms>',
    help: "How often clients send metrics; '' puts it back to its default.",
  },
  metrics: {
    flags: '--metrics <prefix,...>',
    help: "Metrics, by the start of their names; '' for none.",
    parse: splitValues,
    repeatable: true,
  },
  match: {
    flags: '--match <k=v,...>',
    help: 'Only clients whose client_id, client_instance_id, client_software_name, client_software_version, client_source_address or client_source_port match.',
    parse: splitValues,
    repeatable: true,
  },
  dryRun: DRY_RUN,
} as const

/** Parts between commas as jopt-simple reads them: empty ones do not count, unless there is nothing else. */
function splitValues(text: string): string[] {
  const parts = text.split(',').filter((part) => part !== '')
  return parts.length > 0 ? parts : [text]
}

type Key = keyof typeof METRICS_OPTIONS

export function checkClientMetrics(given: Given<Key>): void {
  exactlyOne(
    given,
    METRICS_ACTIONS,
    'Command must include exactly one action: --alter, --delete, --describe or --list.',
  )
  const changes = ['generateName', 'interval', 'match', 'metrics'] as const
  forbid(given, 'delete', changes)
  forbid(given, 'describe', changes)
  forbid(given, 'list', ['name', ...changes])
  if (given.has('alter') && given.has('name') === given.has('generateName')) {
    throw new UsageError('One of --name or --generate-name must be specified with --alter.')
  }
  const [interval = ''] = given.texts('interval')
  if (interval !== '' && !isInt(interval)) {
    throw new UsageError('Invalid interval value. Enter an integer, or leave empty to reset.')
  }
  if (given.has('delete') && !given.has('name')) {
    throw new UsageError('A client metrics resource name must be specified with --delete.')
  }
}

const isInt = (text: string): boolean => /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31

/** The settings to set, and those to put back to their default: what is given empty. */
export function metricsChanges({ interval, metrics, match }: Values<typeof METRICS_OPTIONS>): Changes {
  const given = Object.entries({
    'interval.ms': interval,
    match: match.length > 0 ? match.flat().join(',') : undefined,
    metrics: metrics.length > 0 ? metrics.flat().join(',') : undefined,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    set: new Map(given.filter(([, value]) => value !== '')),
    remove: given.filter(([, value]) => value === '').map(([name]) => name),
  }
}
