import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTextFile, readTextFileLater } from '../../../src/lib/text-file.js'

describe.each([
  ['at once', async (path: string) => readTextFile(path)],
  ['while other things go on', readTextFileLater],
])('a file of settings, read %s', (_, read) => {
  const folder = mkdtempSync(join(tmpdir(), 'quant-text-file-'))
  const path = join(folder, 'quant.yaml')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each([
    ['of a few letters', 'benchmark: SPÝ\n'],
    ['that is empty', ''],
    ['that is as large as one may be', 'x'.repeat(4 * 2 ** 20)],
  ])('is the text of one %s', async (_name, text) => {
    writeFileSync(path, text)
    expect(await read(path)).toBe(text)
  })

  test('is refused where it is larger, or never ends', async () => {
    writeFileSync(path, 'x'.repeat(4 * 2 ** 20 + 1))
    await expect(read(path)).rejects.toMatchObject({ code: 'EFBIG' })
    await expect(read('/dev/zero')).rejects.toMatchObject({ code: 'EFBIG' })
  })

  test('throws what the system says where there is none', async () => {
    await expect(read(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(read(folder)).rejects.toMatchObject({ code: 'EISDIR' })
  })
})
