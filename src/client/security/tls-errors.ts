import type { ConnectionFailure } from '../wire/connection-error.ts'

export interface TlsFailure {
  /** `tls` when left out. */
  readonly failure?: ConnectionFailure | undefined
  readonly reason: string
  readonly hint: string
}

const UNKNOWN_AUTHORITY = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]

/** What a broker's alert says of this client's certificate. */
const REFUSED_CERTIFICATE =
  /alert (bad certificate|certificate required|certificate unknown|unknown ca|certificate expired|unsupported certificate)/i

/** What a failed handshake means; null when the error is not of TLS at all. */
export function explainTls(error: Error, address: string): TlsFailure | null {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if ('syscall' in error && error.syscall === 'connect') return null
  if (UNKNOWN_AUTHORITY.includes(code)) {
    return of(`the certificate of ${address} is not signed by a trusted authority`, TRUST)
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return of(`the certificate of ${address} is for other names (${namesOf(error)})`, NAMES)
  }
  if (code === 'CERT_HAS_EXPIRED')
    return of(`the certificate of ${address} has expired`, 'the broker needs a new one')
  if (code === 'CERT_NOT_YET_VALID') {
    return of(`the certificate of ${address} is not valid yet`, 'compare the clocks of both machines')
  }
  if (/wrong version number|packet length too long|unknown protocol|http request/i.test(error.message)) {
    return of(`${address} does not speak TLS`, PLAIN)
  }
  const alert = REFUSED_CERTIFICATE.exec(error.message)?.[1]
  if (alert !== undefined) {
    return of(
      `${address} refuses this client's certificate, or wants one (${alert.toLowerCase()})`,
      OWN_CERTIFICATE,
    )
  }
  if (/protocol version|unsupported protocol|no protocols available/i.test(error.message)) {
    return of(`${address} speaks another version of TLS`, 'check ssl.enabled.protocols and ssl.protocol')
  }
  if (/handshake failure|no ciphers|no shared cipher/i.test(error.message)) {
    return of(
      `${address} found nothing in common`,
      `check ssl.cipher.suites; if it wants a certificate, ${OWN_CERTIFICATE}`,
    )
  }
  if (code === 'ECONNRESET' && error.message.includes('before secure TLS connection')) {
    const reason = 'the connection was closed during the TLS handshake'
    return { failure: 'closed', reason, hint: `a listener without TLS does that: ${PLAIN}` }
  }
  if (
    code.startsWith('ERR_SSL') ||
    code.startsWith('ERR_TLS') ||
    code === 'EPROTO' ||
    /^CERT_|^CRL_|_CERT/.test(code)
  ) {
    return of(`${address}: ${code}`, 'run with --debug to see what OpenSSL says')
  }
  return null
}

const of = (reason: string, remedy: string): TlsFailure => ({ reason, hint: `${reason}; ${remedy}` })

const TRUST =
  'set ssl.truststore.location to a file that holds the authority’s certificate, with ssl.truststore.type=PEM if it is one'
const NAMES =
  'connect by one of these names, or set ssl.endpoint.identification.algorithm to nothing to take any name'
const PLAIN = 'set security.protocol to PLAINTEXT or SASL_PLAINTEXT'
const OWN_CERTIFICATE = 'set ssl.keystore.location to a key and a certificate that the broker trusts'

/** The names of a certificate that is for others, as Node gives it with the error. */
function namesOf(error: Error): string {
  const { cert } = error as { cert?: { subjectaltname?: string; subject?: { CN?: string } } }
  return (cert?.subjectaltname ?? cert?.subject?.CN ?? 'none').replaceAll('IP Address:', 'IP:')
}
