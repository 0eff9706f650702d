const SIGHUP_BIT = 1n

/** Whether the process was started with SIGHUP ignored, as by `nohup`; only Linux has a file that contains it. */
export function isHangUpIgnored(readFile: (path: string) => string | null): boolean {
  const [, ignored = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFile('/proc/self/status') ?? '') ?? []
  return (BigInt(`0x${ignored}`) & SIGHUP_BIT) !== 0n
}
