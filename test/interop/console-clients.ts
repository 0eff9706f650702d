// kcat and the console tools of Apache Kafka and ktool: what they are called with, and how their output is read.
import { kcat } from '../support/outside.ts'
import { type ProgramResult, runOrThrow } from '../support/run-program.ts'
import { fromBase64, type SeenRecord, type WrittenRecord } from './seen-record.ts'

const text = (bytes: string | null): string | null => fromBase64(bytes)?.toString() ?? null

/** kcat gives every record of a run the same headers, and an empty value stands for null. */
export async function writeWithKcat(
  servers: string,
  topic: string,
  codec: string,
  records: readonly WrittenRecord[],
): Promise<void> {
  const lines = records.map(({ key, value }) => `${text(key) ?? ''}\t${text(value) ?? ''}\n`)
  const headers = records[0]!.headers.flatMap(([name, value]) => [
    '-H',
    value === null ? name : `${name}=${text(value)}`,
  ])
  const args = ['-P', '-b', servers, '-t', topic, '-p', '0', '-K', '\t', '-Z', '-z', codec, ...headers]
  await runOrThrow(kcat!, args, { input: lines.join('') })
}

export async function readWithKcat(servers: string, topic: string, count: number): Promise<SeenRecord[]> {
  // Lengths go before the bytes; -1 stands for null.
  const format = '%o %T %K %S %h\n%k%s\n'
  const args = ['-C', '-b', servers, '-t', topic, '-p', '0', '-o', 'beginning', '-c', String(count), '-q']
  const { stdout } = await runOrThrow(kcat!, [...args, '-f', format])
  const seen: SeenRecord[] = []
  for (let at = 0; at < stdout.length; ) {
    const endOfLine = stdout.indexOf(10, at)
    const [offset, timestamp, keySize, valueSize, ...headers] = stdout
      .toString('utf8', at, endOfLine)
      .split(' ')
    const [key, afterKey] = take(stdout, endOfLine + 1, Number(keySize))
    const [value, afterValue] = take(stdout, afterKey, Number(valueSize))
    seen.push({
      offset: Number(offset),
      timestamp: Number(timestamp),
      key,
      value,
      headers: parseHeaders(headers.join(' '), '='),
    })
    at = afterValue + 1
  }
  return seen
}

function take(bytes: Buffer, at: number, size: number): [taken: string | null, end: number] {
  return size < 0 ? [null, at] : [bytes.toString('base64', at, at + size), at + size]
}

function parseHeaders(list: string, separator: string): SeenRecord['headers'] {
  if (list === '') return []
  return list.split(',').map((header) => {
    const [name, ...value] = header.split(separator)
    const joined = value.join(separator)
    return [name!, joined === 'NULL' ? null : Buffer.from(joined).toString('base64')] as const
  })
}

/** A console tool: its name and options, as Apache Kafka's scripts take them. */
export type RunTool = (
  tool: string,
  args: readonly string[],
  options: { input?: string },
) => Promise<ProgramResult>

export async function writeWithConsole(
  run: RunTool,
  servers: string,
  topic: string,
  codec: string,
  records: readonly WrittenRecord[],
): Promise<void> {
  const lines = records.map(({ key, value, headers }) => {
    const list = headers.map(([name, header]) => `${name}:${text(header) ?? 'NULL'}`).join(',')
    return `${list || 'NULL'}\t${text(key) ?? 'NULL'}\t${text(value) ?? 'NULL'}\n`
  })
  const properties = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL']
  const args = ['--bootstrap-server', servers, '--topic', topic, '--compression-codec', codec]
  const given = properties.flatMap((property) => ['--reader-property', property])
  const { code, stderr } = await run('console-producer', [...args, ...given], { input: lines.join('') })
  if (code !== 0 || /error/i.test(stderr)) throw new Error(`console-producer ended with ${code}: ${stderr}`)
}

// Bytes that no test record holds, so that records with line ends and tabs come through.
const FIELD = '\x01'
const LINE = '\x02\n'

export async function readWithConsole(
  run: RunTool,
  servers: string,
  topic: string,
  count: number,
): Promise<SeenRecord[]> {
  const printed = ['timestamp', 'offset', 'headers', 'key'].map((field) => `print.${field}=true`)
  const properties = [...printed, `key.separator=${FIELD}`, `line.separator=${LINE}`, 'null.literal=NULL']
  const args = ['--bootstrap-server', servers, '--topic', topic, '--partition', '0', '--offset', 'earliest']
  const limits = ['--max-messages', String(count), '--timeout-ms', '30000']
  const given = properties.flatMap((property) => ['--formatter-property', property])
  const { code, stdout, stderr } = await run('console-consumer', [...args, ...limits, ...given], {})
  if (code !== 0) throw new Error(`console-consumer ended with ${code}: ${stderr}`)
  return split(stdout, LINE).map((line) => {
    const [time, offset, headers, key, value] = split(line, FIELD)
    const bytes = (field: Buffer) => (field.toString() === 'NULL' ? null : field.toString('base64'))
    return {
      offset: Number(offset!.toString().replace('Offset:', '')),
      timestamp: Number(time!.toString().replace('CreateTime:', '')),
      key: bytes(key!),
      value: bytes(value ?? Buffer.alloc(0)),
      headers: parseHeaders(headers!.toString().replace('NO_HEADERS', ''), ':'),
    }
  })
}

function split(bytes: Buffer, separator: string): Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, from)) {
    parts.push(bytes.subarray(from, at))
    from = at + separator.length
  }
  if (from < bytes.length || separator === FIELD) parts.push(bytes.subarray(from))
  return parts
}
