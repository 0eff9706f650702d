/** A 32-bit number as Java's Float.toString writes it. */
export const javaFloat = (value: number): string => javaDouble(withFewestDigits(value))

/** The shortest decimal that stands for the same 32-bit number. */
function withFewestDigits(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits))
    if (Math.fround(candidate) === value) return candidate
  }
  return Number(value.toPrecision(9))
}

/** A number as Java's Double.toString writes it: `1024.0`, `2.0E7`, `1.0E-4`. */
export function javaDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value)
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}
