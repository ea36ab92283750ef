import type { Shard } from '../domain/shards.js'
import { SETTINGS } from './environment.js'
import type { EnvironmentReading } from './read-environment.js'

/** Which part of the books is this process's, and where the others are. */
export interface ShardSettings {
  readonly shard: Shard
  /** Base URLs of all shards by index, without a slash at the end; undefined: nobody is asked for books of others. */
  readonly peers: readonly string[] | undefined
}

const KEY = SETTINGS.shardPeers.key
const PLACE = '{shard}'

/** The shard and its peers; what is wrong with them goes to the problems. */
export function readShards({ values, malformed }: EnvironmentReading, problems: string[]): ShardSettings {
  const { shard, shardPeers: written } = values
  if (written === undefined || malformed.has('shard')) return { shard, peers: undefined }
  const listed = written.split(',').map((url) => url.trim())
  const [first = ''] = listed
  const isPattern = listed.length === 1 && first.includes(PLACE)
  const urls = isPattern
    ? Array.from({ length: shard.count }, (_, index) => first.replaceAll(PLACE, String(index)))
    : listed
  const before = problems.length
  if (urls.length !== shard.count)
    problems.push(
      `${KEY} lists ${urls.length} URLs, and ${SETTINGS.shard.key} says that there are ${shard.count} shards: write one of each, in the order of the shards, or one with ${PLACE} in it`,
    )
  const [wrong] = urls.filter((url) => !isBaseUrl(url))
  if (wrong !== undefined)
    problems.push(
      `${KEY} has what is no base URL (it is not shown): write http(s)://HOST:PORT without user, path and parameters`,
    )
  return { shard, peers: problems.length > before ? undefined : urls.map((url) => url.replace(/\/+$/, '')) }
}

function isBaseUrl(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false
  const { username, password, pathname, search, hash } = new URL(text)
  return `${username}${password}${search}${hash}` === '' && pathname === '/'
}
