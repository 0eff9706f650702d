import type { Listing } from '../../../src/cli/output/listing.ts'
import { figureListing } from '../../../src/cli/perf/figure-printer.ts'
import { latencyListing } from '../../../src/cli/perf/latency-listing.ts'
import { READ_COLUMNS, ReadFigures } from '../../../src/cli/perf/read-figures.ts'
import { SEND_COLUMNS, SendFigures } from '../../../src/cli/perf/send-figures.ts'

const sent = new SendFigures({ isSteady: false, startMs: 0, intervalMs: 1, onInterval: () => {} })

const read = new ReadFigures(0, String)

/** What the tools that measure print, under their headings in docs/json-fields.md. */
export const PERF_LISTINGS: Record<string, Listing> = {
  'producer-perf-test': figureListing([sent.totalRow(1)], SEND_COLUMNS),
  'consumer-perf-test': figureListing([read.total(1).row], READ_COLUMNS),
  'e2e-latency': latencyListing([1]),
}
