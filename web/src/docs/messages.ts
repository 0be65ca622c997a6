/** The AsyncAPI document as it is read: what a stream tells, and what programs outside may report. */
import { example } from './example.ts'
import { type Json, record, resolved, text } from './json.ts'
import { plain } from './schema.ts'
import { said } from './sought.ts'

export interface Message {
  /** Its name, which also names it in links. */
  id: string
  summary: string
  payload: unknown
  /** As it is on the wire. */
  sample: string
  /** What it can be found by. */
  said: string
}

export interface Channel {
  name: string
  /** From the root of the server on. */
  path: string
  method: string
  summary: string
  description: string
  messages: Message[]
}

/** What the document says before all else, in Markdown. */
export const guide = (document: Json): string => text(record(document.info).description)

/** What the server sends comes first. */
export function readChannels(document: Json): Channel[] {
  const operations = Object.values(record(document.operations)).map(record)
  const [server] = Object.values(record(document.servers)).map(record)
  const sorted = operations.toSorted((a, b) => Number(b.action === 'send') - Number(a.action === 'send'))
  return sorted.map((operation) => {
    const channel = resolved(operation.channel, document)
    const messages = Object.entries(record(channel.messages))
    return {
      name: text(channel.title),
      path: `${text(server?.pathname)}${text(channel.address)}`,
      method: text(record(record(operation.bindings).http).method),
      summary: text(operation.summary),
      description: text(channel.description),
      messages: messages.map(([id, node]) => message(id, resolved(node, document), operation, document)),
    }
  })
}

/** A report is summed up by what its data are. */
const dataWords = (node: Json, document: Json): string => {
  const { data } = record(resolved(node.payload, document).properties)
  return plain(resolved(data, document).description)
}

function message(id: string, node: Json, { action }: Json, document: Json): Message {
  const value = example(node.payload, document)
  const isNumbered = record(record(node.headers).properties).id !== undefined
  const frame = `${isNumbered ? 'id: 4f1c09d2-1042\n' : ''}event: ${id}\ndata: ${JSON.stringify(value)}`
  const told = {
    id,
    summary: text(node.summary) || dataWords(node, document),
    payload: node.payload,
    sample: action === 'send' ? frame : JSON.stringify(value, null, 2),
  }
  return { ...told, said: said(told, [node.payload], document) }
}
