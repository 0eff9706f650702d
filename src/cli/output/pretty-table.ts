/** A table as ToolsUtils.prettyPrintTable of Kafka's tools prints it: a tab behind each cell, also the last. */
export function prettyTable(headers: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [headers, ...rows.map((row) => row.map(String))]
  const widths = headers.map((_, at) => lines.reduce((width, line) => Math.max(width, line[at]!.length), 0))
  return lines.map((line) => `${line.map((cell, at) => `${cell.padEnd(widths[at]!)}\t`).join('')}\n`).join('')
}
