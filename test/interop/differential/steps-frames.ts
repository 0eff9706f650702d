import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { ApiVersions, Metadata } from '../../../src/protocol/messages/metadata.ts'
import { ListOffsets } from '../../../src/protocol/messages/offsets.ts'
import { fetchFrom } from '../../support/partition-requests.ts'
import { requestFrame } from '../../support/wire-client.ts'
import { type Step, send } from './step.ts'

/** A frame with a header and any bytes behind it. */
function frame(
  apiKey: number,
  version: number,
  rest: Buffer = Buffer.alloc(0),
  clientIdBytes: number | null = 0,
): Buffer {
  const header = Buffer.alloc(clientIdBytes === null ? 12 : 14)
  header.writeInt32BE(header.length - 4 + rest.length, 0)
  header.writeInt16BE(apiKey, 4)
  header.writeInt16BE(version, 6)
  header.writeInt32BE(77, 8)
  if (clientIdBytes !== null) header.writeInt16BE(clientIdBytes, 12)
  return Buffer.concat([header, rest])
}

const length = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** The frame without its last bytes, its length set right. */
function shortened(whole: Buffer, by: number): Buffer {
  const cut = Buffer.from(whole.subarray(0, whole.length - by))
  cut.writeInt32BE(cut.length - 4, 0)
  return cut
}

/** The frame with more bytes at its end. */
function lengthened(whole: Buffer, more: Buffer): Buffer {
  const longer = Buffer.concat([whole, more])
  longer.writeInt32BE(longer.length - 4, 0)
  return longer
}

const metadata = requestFrame(Metadata, 9, { topics: [] })
const software = { clientSoftwareName: 'a', clientSoftwareVersion: '1' }

export const frameSteps: readonly Step[] = [
  send('a request', metadata),
  send('two requests at once', Buffer.concat([metadata, metadata])),
  send('an empty frame', length(0)),
  send('a negative length', length(-1)),
  send('a length over the limit', length(104_857_601)),
  send('a header cut short', Buffer.concat([length(6), Buffer.from([0, 3, 0, 9, 0, 0])])),
  send('a header without client id', frame(3, 9, Buffer.alloc(0), null)),
  send('a client id of null', frame(3, 1, length(0), -1)),
  send('a client id longer than the frame', frame(3, 1, length(0), 100)),
  send('a client id of negative length', frame(3, 1, length(0), -2)),
  send('an unknown API', frame(999, 0)),
  send('a negative API', frame(-1, 0)),
  send('an API of brokers only', frame(4, 0)),
  send('an API of controllers only', frame(52, 0)),
  send('a version too high', frame(3, 14, length(0))),
  send('a version too low', frame(1, 3, length(0))),
  send('a negative version', frame(3, -1, length(0))),
  send('Produce in a version that is told but not served', frame(0, 2, Buffer.alloc(20))),
  send('ApiVersions in a version too high', frame(18, 5, Buffer.alloc(3))),
  send('ApiVersions in a negative version', frame(18, -1, Buffer.alloc(3))),
  send('ApiVersions without a body', frame(18, 3)),
  send('ApiVersions in version 0 with a body', frame(18, 0, Buffer.from('more'))),
  send('a body without its last byte', shortened(metadata, 1)),
  send('a body with a byte too many', lengthened(metadata, Buffer.from([0]))),
  send(
    'a body with garbage behind it',
    lengthened(requestFrame(ApiVersions, 3, software), Buffer.alloc(9, 7)),
  ),
  send('an array longer than the frame', frame(3, 1, length(1000))),
  send('a huge array', frame(3, 1, length(0x7fff_ffff))),
  send('an array of length -2', frame(3, 1, length(-2))),
  send('null where it is not allowed', frame(2, 1, Buffer.concat([length(-1), length(-1)]))),
  send('tags nobody knows', frame(18, 3, Buffer.from([1, 9, 2, 1, 1, 2, 0x61, 2, 0x31, 0]))),
  send('a tag longer than the frame', frame(18, 3, Buffer.from([1, 9, 100, 1]))),
  send('a varint that does not end', frame(18, 3, Buffer.alloc(12, 0xff))),
  send(
    'a string that is not UTF-8',
    frame(3, 1, Buffer.concat([length(1), Buffer.from([0, 2, 0xff, 0xfe])])),
  ),
  send(
    'a request cut in the middle of its body',
    shortened(requestFrame(Fetch, 12, fetchFrom([{ topic: 'x' }])), 9),
  ),
  send(
    'a bad request behind a good one',
    Buffer.concat([requestFrame(ListOffsets, 5, { replicaId: -1, topics: [] }), length(-5)]),
  ),
]
