import type { EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Ending, openStream } from '../src/lib/transport.ts'
import { settle, World } from './world.ts'

const parse = async (chunks: readonly Uint8Array[]) => {
  const world = new World()
  const frames: EventSourceMessage[] = []
  const retries: number[] = []
  const endings: Ending[] = []
  openStream(world.environment, '/api/v1/sse', {}, 1_000, {
    frame: (frame) => frames.push(frame),
    retry: (ms) => retries.push(ms),
    heard: () => {},
    ended: (ending) => endings.push(ending),
  })
  await world.stream.open()
  for (const chunk of chunks) await world.stream.send(chunk)
  await world.stream.end()
  await settle()
  return { frames: frames.map(({ id, event, data }) => ({ id, event, data })), retries, endings }
}

const bytes = (text: string) => new TextEncoder().encode(text)

/** [WHATWG HTML 9.2.6], rule by rule. */
const RULES: [string, string, object[]][] = [
  ['one leading byte order mark is ignored', '\uFEFFdata: a\n\n', [{ data: 'a' }]],
  [
    'lines end with LF, CR or CRLF',
    'data: a\r\rdata: b\n\ndata: c\r\n\r\n',
    [{ data: 'a' }, { data: 'b' }, { data: 'c' }],
  ],
  ['lines of data are joined by a line feed', 'data: a\ndata: b\n\n', [{ data: 'a\nb' }]],
  ['one space after the colon goes, no more', 'data:  a\n\ndata:b\n\n', [{ data: ' a' }, { data: 'b' }]],
  ['a line that begins with a colon is a comment', ': hi\n\n:\ndata: a\n\n', [{ data: 'a' }]],
  ['a field without a colon has an empty value', 'data\n\ndata: a\n\n', [{ data: '' }, { data: 'a' }]],
  ['without data there is no event', 'event: x\nid: 1\n\ndata: a\n\n', [{ data: 'a' }]],
  ['an unknown field is ignored', 'nonsense: 1\ndata: a\n\n', [{ data: 'a' }]],
  ['names are exact', 'Data: no\n data: no\ndata: a\n\n', [{ data: 'a' }]],
  ['what the end cuts is discarded', 'data: a\n\ndata: b\n', [{ data: 'a' }]],
  ['an id with NUL is ignored', 'id: 1\0\ndata: a\n\n', [{ data: 'a' }]],
  [
    'id and event belong to their own frame',
    'id: 1\nevent: x\ndata: a\n\ndata: b\n\n',
    [{ id: '1', event: 'x', data: 'a' }, { data: 'b' }],
  ],
  ['any text goes through', 'data: ü € 😀 {"a":"\\n"}\n\n', [{ data: 'ü € 😀 {"a":"\\n"}' }]],
]

describe('the rules of event streams, at any chunking', () => {
  test.each(RULES)('%s', async (_, text, expected) => {
    const whole = await parse([bytes(text)])
    const seen = whole.frames.map(({ id, event, data }) => ({ ...(id && { id }), ...(event && { event }), data }))
    expect(seen).toEqual(expected)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes(text).length })), async (cuts) => {
        const all = bytes(text)
        const at = [0, ...cuts.sort((a, b) => a - b), all.length]
        const chunks = at.slice(1).map((end, n) => all.slice(at[n], end))
        expect(await parse(chunks.filter((chunk) => chunk.length > 0))).toEqual(whole)
      }),
      { numRuns: 20 },
    )
  })

  test('retry takes digits only', async () => {
    const { retries } = await parse([bytes('retry: 700\nretry: 1e3\nretry: -1\nretry: \nretry: 5x\ndata: a\n\n')])
    expect(retries).toEqual([700])
  })
})

test('bytes that are no UTF-8 become replacement characters, not an end', async () => {
  const { frames, endings } = await parse([bytes('data: a'), new Uint8Array([0xff, 0xc3]), bytes('b\n\n')])
  expect(frames.map(({ data }) => data)).toEqual(['a\uFFFD\uFFFDb'])
  expect(endings).toEqual([{ kind: 'closed' }])
})
