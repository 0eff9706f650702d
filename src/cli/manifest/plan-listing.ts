import { messageOf } from '../failures.ts'
import type { Listing, Row } from '../output/listing.ts'
import { plural } from '../output/plural.ts'
import type { Outcomes } from './make.ts'
import { nameOf, type TopicChange } from './plan.ts'

/** The difference, as a person reads it and as rows: one for a topic that comes or goes, one for each thing that changes. */
export function planListing(changes: readonly TopicChange[], outcomes: Outcomes): Listing {
  const items = changes.flatMap((change) => {
    const error = outcomes.get(change)
    return rowsOf(change).map((row) => ({ ...row, error: error ? messageOf(error) : null }))
  })
  return {
    text: () => changes.map(changeText).join(''),
    items,
    columns: ['topic', 'action', 'what', 'from', 'to', 'error'],
    names: () => changes.map(nameOf),
  }
}

function rowsOf(change: TopicChange): Row[] {
  const topic = nameOf(change)
  const { action } = change
  if (action === 'delete') return [{ topic, action, what: 'topic', from: null, to: null }]
  if (action === 'create') {
    const { partitions, replicationFactor, configs } = change.topic
    return [
      { topic, action, what: 'topic', from: null, to: null },
      ...(partitions === null
        ? []
        : [{ topic, action, what: 'partitions', from: null, to: String(partitions) }]),
      ...(replicationFactor === null
        ? []
        : [{ topic, action, what: 'replicationFactor', from: null, to: String(replicationFactor) }]),
      ...[...(configs ?? [])].map(([what, to]) => ({ topic, action, what, from: null, to })),
    ]
  }
  const { partitions, configs } = change
  return [
    ...(partitions
      ? [{ topic, action, what: 'partitions', from: String(partitions.from), to: String(partitions.to) }]
      : []),
    ...configs.map(({ name, from, to }) => ({ topic, action, what: name, from, to })),
  ]
}

function changeText(change: TopicChange): string {
  if (change.action === 'delete') return `- topic ${change.name}\n`
  if (change.action === 'create') {
    const { name, partitions, replicationFactor, configs } = change.topic
    const size = [
      ...(partitions === null ? [] : [plural(partitions, 'partition')]),
      ...(replicationFactor === null ? [] : [`replication factor ${replicationFactor}`]),
    ]
    const head = `+ topic ${name}${size.length > 0 ? `: ${size.join(', ')}` : ''}\n`
    return head + [...(configs ?? [])].map(([key, value]) => `    + ${key}=${value}\n`).join('')
  }
  const { name, partitions, configs } = change
  return [
    `~ topic ${name}\n`,
    partitions ? `    ~ partitions: ${partitions.from} → ${partitions.to}\n` : '',
    ...configs.map(({ name: key, from, to }) => {
      if (from === null) return `    + ${key}=${to}\n`
      return to === null ? `    - ${key}=${from}\n` : `    ~ ${key}: ${from} → ${to}\n`
    }),
  ].join('')
}
