/** What tools are about; the help of ktool lists them under these headings. */
export const SUBJECTS = [
  'Topics and records',
  'Groups',
  'Cluster',
  'Security',
  'Files of a broker',
  'Measuring and testing',
  'A broker on this machine',
  'ktool itself',
] as const

export type Subject = (typeof SUBJECTS)[number]
