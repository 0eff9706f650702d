import { shownName } from '../contexts/secret-properties.ts'
import { Failure, UsageError } from '../failures.ts'
import { readProperties } from '../properties/java-properties.ts'

/** Settings to set and settings to put back to their default. */
export interface Changes {
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

// A comma or an equals sign counts only outside of square brackets, which group values with commas in them.
const OUTSIDE_BRACKETS = '(?=[^\\]]*(?:\\[|$))'
const COMMA = new RegExp(`,${OUTSIDE_BRACKETS}`)
const EQUALS = new RegExp(`\\s*=\\s*${OUTSIDE_BRACKETS}`)

/** The changes that --add-config, --add-config-file and --delete-config ask for. */
export function readChanges(options: {
  readonly addConfig?: string | undefined
  readonly addConfigFile?: string | undefined
  readonly deleteConfig: readonly string[]
}): Changes {
  const { addConfig, addConfigFile, deleteConfig } = options
  const fromFile = addConfigFile === undefined ? new Map<string, string>() : readProperties(addConfigFile)
  const set = addConfig === undefined ? fromFile : parseAddConfig(addConfig)
  const bad = [...set.keys()].find((key) => !/^[$a-zA-Z0-9._-]*$/.test(key))
  if (bad !== undefined) throw new Failure(`Invalid character found for config key: ${shownName(bad)}`)
  const remove = deleteConfig.flatMap((text) => text.split(',')).map((name) => name.trim())
  return { set, remove }
}

/** `k1=v1,k2=[v2,v3]` as settings; UsageError in Kafka's words where it is not of that form. */
export function parseAddConfig(text: string): Map<string, string> {
  const parts = text.split(COMMA)
  while (parts.at(-1) === '') parts.pop()
  const pairs = parts.map((part) => part.split(EQUALS))
  if (pairs.length === 0 || pairs.some((pair) => pair.length !== 2)) {
    throw new UsageError(
      'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  ' +
        '"key=[val1,val2]" to group values which contain commas.',
    )
  }
  return new Map(pairs.map(([key, value]) => [key!.trim(), value!.replace(/[[\]]/g, '').trim()]))
}
