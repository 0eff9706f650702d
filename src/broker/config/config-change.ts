/** What IncrementalAlterConfigs can do with a setting, with the numbers of the wire. */
export const CONFIG_OPERATIONS = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

/** One change of one setting; a deletion needs no value. */
export interface ConfigChange {
  readonly name: string
  readonly operation: number
  readonly value: string | null
}
