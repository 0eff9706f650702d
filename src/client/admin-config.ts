import { COMMON_PROPERTIES, type CommonSettings } from './common-config.ts'
import { readSettings } from './properties.ts'

/** Settings of an administrative client from properties such as those of --command-config. */
export const adminSettings = (properties: ReadonlyMap<string, string>): CommonSettings =>
  readSettings(COMMON_PROPERTIES, properties, ['bootstrap.controllers', 'retries'])
