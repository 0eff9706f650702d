import type { Cluster } from '../../client/cluster.ts'
import type { FetchSettings } from '../../client/fetch/fetch-config.ts'
import type { FetchTarget } from '../../client/fetch/fetch-partition.ts'
import { Fetcher } from '../../client/fetch/fetcher.ts'
import { currentRecord } from '../records/current-record.ts'
import type { ConsumedRecord } from '../records/formatter.ts'

/** The records of one partition, one by one; each is good until the next. */
export async function* recordsOf(
  cluster: Cluster,
  settings: FetchSettings,
  target: FetchTarget,
): AsyncGenerator<ConsumedRecord, void, undefined> {
  const fetcher = new Fetcher(cluster, settings, [target])
  try {
    for (let records = await fetcher.next(); records !== null; records = await fetcher.next()) {
      while (records.next()) yield currentRecord(records)
    }
  } finally {
    fetcher.close()
  }
}
