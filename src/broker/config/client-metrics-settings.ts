import { distinct } from './checks.ts'
import { int, list, type Setting } from './setting.ts'

export const clientMetricsSettings: readonly Setting[] = [
  int('interval.ms', 300_000),
  list('match', '', { check: distinct }),
  list('metrics', '', { check: distinct }),
]
