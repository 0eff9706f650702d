// Numbers as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats

import type { Int64 } from '../../bytes/int64.ts'

export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  /** Null when it is unknown, and left out. */
  readonly value: Int64 | null
}

/** A gauge with its samples; nothing when none is known. */
export function metric(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples
    .filter(({ value }) => value !== null)
    .map(({ labels, value }) => `${name}{${labelText(labels)}} ${value}\n`)
  if (lines.length === 0) return ''
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`
}

const labelText = (labels: Sample['labels']): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}="${String(value).replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`)
    .join(',')
