import { CLIENT_PROPERTY_NAMES } from '../../client/config/property-names.ts'
import { shownName } from '../contexts/secret-properties.ts'
import { closest } from '../did-you-mean.ts'
import { nameValues } from './name-value.ts'

/**
 * Warns of names that no client of Kafka has. Those of files only when they look like a slip: settings of other
 * programs may stand beside Kafka's, and Java's clients say nothing of them.
 */
export function propertyWarnings(names: Iterable<string>, typed: readonly string[]): string[] {
  const typedNames = nameValues(typed).map(([name]) => name)
  return [...new Set([...names, ...typedNames])].flatMap((name) => {
    if (CLIENT_PROPERTY_NAMES.includes(name) || name.startsWith('config.providers.')) return []
    const near = closest(name, CLIENT_PROPERTY_NAMES)
    if (near === undefined && !typedNames.includes(name)) return []
    const isWithoutValue = typed.includes(name)
    const form = isWithoutValue ? '; it is to be NAME=VALUE' : ''
    const suggestion = near === undefined ? form : `; did you mean ${near}?`
    return [`WARN: no client of Kafka has a property '${shownName(name)}'${suggestion}`]
  })
}
