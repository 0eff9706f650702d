import type { Listing } from '../../../src/cli/output.ts'
import { figureListing } from '../../../src/cli/perf/figure-printer.ts'
import { SEND_COLUMNS, SendFigures } from '../../../src/cli/perf/send-figures.ts'

const sent = new SendFigures({ isSteady: false, startMs: 0, intervalMs: 1, onInterval: () => {} })

/** What the tools that measure print, under their headings in docs/json-fields.md. */
export const PERF_LISTINGS: Record<string, Listing> = {
  'producer-perf-test': figureListing([sent.totalRow(1)], SEND_COLUMNS),
}
