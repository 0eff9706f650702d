import { isUuid } from '../../bytes/uuid.ts'
import type { Voter } from '../../log/metadata-snapshot.ts'
import { Failure } from '../failures.ts'

/** The voters of `--initial-controllers`, by node; Failure in Kafka's words. */
export function parseVoters(text: string): Voter[] {
  const voters = text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .map(parseVoter)
    .sort((a, b) => a.nodeId - b.nodeId)
  if (voters.length === 0) throw new Failure('No voters given.')
  const twice = voters.find((voter, index) => voters[index + 1]?.nodeId === voter.nodeId)
  if (twice) throw new Failure(`Node id ${twice.nodeId} was specified more than once.`)
  return voters
}

function parseVoter(text: string): Voter {
  const input = text.trim()
  const at = input.indexOf('@')
  if (at < 0) throw new Failure('No @ found in dynamic voter string.')
  if (at === 0) throw new Failure('Invalid @ at beginning of dynamic voter string.')
  const idText = input.slice(0, at)
  if (!/^[+-]?\d{1,9}$/.test(idText)) throw new Failure('Failed to parse node id in dynamic voter string.')
  const nodeId = Number(idText)
  if (nodeId < 0) throw new Failure(`Invalid negative node id ${nodeId} in dynamic voter string.`)
  const [host, rest] = splitHost(input.slice(at + 1))
  if (!rest.startsWith(':')) throw new Failure('Port section must start with a colon.')
  const end = rest.indexOf(':', 1)
  if (end < 0) throw new Failure('No colon following port could be found.')
  const portText = rest.slice(1, end)
  if (!/^[+-]?\d{1,9}$/.test(portText)) throw new Failure('Failed to parse port in dynamic voter string.')
  const port = Number(portText)
  if (port < 0 || port > 65535) throw new Failure(`Invalid port ${port} in dynamic voter string.`)
  const directoryId = rest.slice(end + 1)
  if (!isUuid(directoryId)) throw new Failure('Failed to parse directory ID in dynamic voter string.')
  return { nodeId, host, port, directoryId }
}

function splitHost(input: string): [host: string, rest: string] {
  if (input === '') throw new Failure('No hostname found after node id.')
  if (input.startsWith('[')) {
    const end = input.indexOf(']')
    if (end < 0) throw new Failure('Hostname began with left bracket, but no right bracket was found.')
    return [voterHost(input.slice(1, end)), input.slice(end + 1)]
  }
  const end = input.indexOf(':')
  if (end < 0) throw new Failure('No colon following hostname could be found.')
  return [input.slice(0, end), input.slice(end)]
}

/** A host as it is stored: Java writes an IPv6 address with all its eight groups. */
export function voterHost(host: string): string {
  if (!/^[0-9a-f:]+$/i.test(host) || !host.includes(':')) return host
  const [left = '', right] = host.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const before = groups(left)
  const after = right === undefined ? [] : groups(right)
  const zeroes =
    right === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeroes, ...after].map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
