import type { OptionSpec, OptionSpecs } from '../option-spec.ts'
import { longName, shortName, takesValue } from '../option-spec.ts'

/** A long option as jopt-simple reads it: also behind a single dash, and with a value that may stand in it. */
const LONG = /^-{1,2}([A-Za-z][\w.-]+)(=.*)?$/s

/**
 * Spellings that jopt-simple takes and commander does not, in commander's notation: `-topic orders` is
 * `--topic orders`, and `--sync=maybe` is `--sync`, as the value of an option that takes none is dropped.
 */
export function joptArguments(options: OptionSpecs, args: readonly string[]): string[] {
  const byName = new Map(Object.values(options).map((spec) => [longName(spec), spec]))
  const valued = new Set(
    Object.values(options)
      .filter((spec) => takesValue(spec) === 'always')
      .flatMap(spellings),
  )
  const end = args.indexOf('--')
  return args.map((arg, at) => {
    if ((end >= 0 && at >= end) || valued.has(args[at - 1] ?? '')) return arg
    const [, name = '', value = ''] = LONG.exec(arg) ?? []
    const spec = byName.get(name)
    if (spec === undefined) return arg
    return `--${name}${takesValue(spec) === 'never' ? '' : value}`
  })
}

function spellings(spec: OptionSpec): string[] {
  const letter = shortName(spec)
  return [`--${longName(spec)}`, `-${longName(spec)}`, ...(letter === undefined ? [] : [`-${letter}`])]
}
