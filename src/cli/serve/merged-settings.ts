// The settings of a broker, from the file, --config and --override: the later goes before the earlier.
import { UsageError } from '../failures.ts'
import { readProperties } from '../properties/java-properties.ts'

type Setting = readonly [name: string, value: string]

export interface SettingOptions {
  readonly serverProperties?: string | undefined
  readonly config: readonly Setting[]
  readonly override: readonly Setting[]
  readonly dataDir?: string | undefined
  readonly ephemeral?: boolean | undefined
}

const DATA_FOLDER = ['log.dirs', 'log.dir']
/** Names of the same thing: one that is given replaces all of them. */
const SYNONYMS = [DATA_FOLDER, ['node.id', 'broker.id']]

/** Throws UsageError when two options name different data folders. */
export function mergedSettings(options: SettingOptions): Map<string, string> {
  const { serverProperties, dataDir, ephemeral } = options
  const settings =
    serverProperties === undefined ? new Map<string, string>() : readProperties(serverProperties)
  const given = new Map([...options.config, ...options.override])
  for (const names of SYNONYMS) {
    if (names.some((name) => given.has(name))) for (const name of names) settings.delete(name)
  }
  for (const [name, value] of given) settings.set(name, value)
  if (dataDir === undefined && !ephemeral) return settings
  const clash = DATA_FOLDER.find((name) => given.has(name))
  if (clash !== undefined && ephemeral)
    throw new UsageError(`--ephemeral and ${clash}=${given.get(clash)} exclude each other`)
  // The file's data folder is replaced by the option's; one that was given beside the option has to be the same.
  if (clash === undefined) for (const name of DATA_FOLDER) settings.delete(name)
  return settings
}
