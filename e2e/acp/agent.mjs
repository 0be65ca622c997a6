// An agent made with the official SDK, so that our client is held against another's idea of the protocol.
import { Readable, Writable } from 'node:stream'
import * as acp from '@agentclientprotocol/sdk'

const turns = new Map()

const app = acp
  .agent({ name: 'sdk-agent' })
  .onRequest(acp.methods.agent.initialize, () => ({
    protocolVersion: acp.PROTOCOL_VERSION,
    agentCapabilities: { loadSession: true },
  }))
  .onRequest(acp.methods.agent.session.new, () => ({ sessionId: 'sdk-1' }))
  .onRequest(acp.methods.agent.session.load, async ({ params, client }) => {
    await say(client, params.sessionId, 'what was said before')
    return {}
  })
  .onRequest(acp.methods.agent.session.prompt, async ({ params, client }) => {
    const turn = new AbortController()
    turns.set(params.sessionId, turn)
    return { stopReason: await work(client, params, turn.signal) }
  })
  .onNotification(acp.methods.agent.session.cancel, ({ params }) => turns.get(params.sessionId)?.abort())

const update = (client, sessionId, update) => client.notify(acp.methods.client.session.update, { sessionId, update })

const say = (client, sessionId, text) =>
  update(client, sessionId, { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })

async function work(client, { sessionId, prompt }, signal) {
  process.stderr.write('sdk-agent: working\n')
  if (prompt[0].text === 'wait') {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return 'cancelled'
  }
  await update(client, sessionId, {
    sessionUpdate: 'plan',
    entries: [{ content: 'Ask', priority: 'high', status: 'in_progress' }],
  })
  await say(client, sessionId, 'I need ')
  await say(client, sessionId, 'a permission.')
  const call = { toolCallId: 'call-1', title: 'Edit a file', kind: 'edit' }
  await update(client, sessionId, { sessionUpdate: 'tool_call', ...call, status: 'pending' })
  const { outcome } = await client.request(acp.methods.client.session.requestPermission, {
    sessionId,
    toolCall: call,
    options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
  })
  await update(client, sessionId, {
    sessionUpdate: 'tool_call_update',
    toolCallId: 'call-1',
    status: outcome.optionId === 'yes' ? 'completed' : 'failed',
    content: [{ type: 'diff', path: '/a', oldText: 'x', newText: 'y' }],
  })
  return 'end_turn'
}

app.connect(acp.ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)))
