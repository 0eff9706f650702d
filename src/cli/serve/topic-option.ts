import type { TopicRequest } from '../../broker/topic-request.ts'
import { shownName } from '../contexts/secret-properties.ts'
import { BadValue } from '../option-spec.ts'

/** `orders`, `orders:3` or `orders:3:retention.ms=1000,cleanup.policy=compact`. */
export function parseTopicOption(text: string): TopicRequest {
  const [, name, partitions, settings] = /^([^:]+)(?::(\d+)(?::(.+))?)?$/.exec(text) ?? []
  if (name === undefined) {
    throw new BadValue(`--topic: '${text}' is not NAME[:PARTITIONS[:key=value,...]]`, { isWhole: true })
  }
  return {
    name,
    partitions: partitions === undefined ? undefined : Number(partitions),
    // A comma inside a value, as in cleanup.policy=compact,delete, is followed by no key.
    configs: Object.fromEntries(
      (settings ? settings.split(/,(?=[a-z.]+=)/) : []).map((pair) => parseSetting(pair, '--topic')),
    ),
  }
}

/** `key=value`, split at the first equals sign. */
export function parseSetting(text: string, option: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at <= 0) throw new BadValue(`${option}: '${shownName(text)}' is not key=value`, { isWhole: true })
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
