// The assignors of the broker, by the name that members ask for (KIP-848).
import type { Assignor } from './assignor.ts'
import { assignRanges } from './range-assignor.ts'
import { assignUniformly } from './uniform-assignor.ts'

const ASSIGNORS: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', assignUniformly],
  ['range', assignRanges],
])

/** Kafka takes the names of classes in group.consumer.assignors, too. */
const CLASS_NAMES: ReadonlyMap<string, string> = new Map([
  ['org.apache.kafka.coordinator.group.assignor.UniformAssignor', 'uniform'],
  ['org.apache.kafka.coordinator.group.assignor.RangeAssignor', 'range'],
])

/** The names of the assignors that group.consumer.assignors allows, the default first; those of others are left out. */
export const allowedAssignors = (configured: readonly string[]): string[] =>
  configured.map((name) => CLASS_NAMES.get(name) ?? name).filter((name) => ASSIGNORS.has(name))

/** The assignor of that name; the uniform one where there is none. */
export const assignorNamed = (name: string): Assignor => ASSIGNORS.get(name) ?? assignUniformly
