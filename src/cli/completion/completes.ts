import type { Completes, OptionSpec } from '../option-spec.ts'
import { longName } from '../option-spec.ts'

export type NameKind = 'topic' | 'group' | 'context'

const TOPIC_OPTIONS = ['topic', 'include']
const GROUP_OPTIONS = ['group']

/** What an option's value can be: what it declares, or what its placeholder tells. */
export function completesOf(spec: OptionSpec): Completes | undefined {
  if (spec.completes !== undefined) return spec.completes
  const placeholder = /[<[]([^>\]]*)/.exec(spec.flags)?.[1] ?? ''
  if (/^(file|path)\b/.test(placeholder)) return 'file'
  if (/^(folder|directory)\b/.test(placeholder)) return 'folder'
  if (/^topics?$/.test(placeholder)) return 'topic'
  if (/^groups?$/.test(placeholder)) return 'group'
  if (!/^(name|id|regex|pattern)$/.test(placeholder)) return undefined
  if (TOPIC_OPTIONS.includes(longName(spec))) return 'topic'
  return GROUP_OPTIONS.includes(longName(spec)) ? 'group' : undefined
}
