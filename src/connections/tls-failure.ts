/** What a source's messages call things. */
export interface TlsWords {
  /** The setting that names the CA. */
  readonly caSetting: string
  /** What to do about a host name that the certificate does not hold. */
  readonly hostRemedy: string
  /** What to do about a server that does not speak TLS as we do. */
  readonly protocolRemedy: string
}

const UNTRUSTED = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
]

/** Why TLS with a server failed and what to do about it, by the code of Node's error; undefined: that was not why. */
export function tlsFailure(code: string, { caSetting, hostRemedy, protocolRemedy }: TlsWords): string | undefined {
  if (UNTRUSTED.includes(code))
    return `the server's certificate is not signed by a CA that is trusted: set ${caSetting} to the CA that signed it`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `the server's certificate is for another host name: ${hostRemedy}`
  if (code === 'CERT_HAS_EXPIRED')
    return `the server's certificate, or its CA's in ${caSetting}, has expired: renew it (or set this machine's clock right)`
  if (code === 'CERT_NOT_YET_VALID')
    return `the server's certificate, or its CA's in ${caSetting}, is not valid yet: set the clock right, here or there`
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return `TLS could not be agreed on with the server: ${protocolRemedy}`
  return undefined
}
