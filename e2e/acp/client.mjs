// A client made with the official SDK, which refuses what the protocol doesn't know: it plays a plain turn, a permission
// and a cancelled turn with the agent `process.argv[2] agent` in the working folder, and prints what it heard as one JSON document.
import { spawn } from 'node:child_process'
import { Readable, Writable } from 'node:stream'
import * as acp from '@agentclientprotocol/sdk'

const child = spawn(process.argv[2], ['agent'], { stdio: ['pipe', 'pipe', 'inherit'] })
const updates = []
const sessions = new Set()

const app = acp
  .client({ name: 'sdk-client' })
  .onNotification(acp.methods.client.session.update, ({ params }) => {
    sessions.add(params.sessionId)
    updates.push(params.update.sessionUpdate)
  })
  .onRequest(acp.methods.client.session.requestPermission, ({ params }) => ({
    outcome: { outcome: 'selected', optionId: params.options[0].optionId },
  }))

const stream = acp.ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout))
await app.connectWith(stream, async (agent) => {
  const { session } = acp.methods.agent
  const { protocolVersion } = await agent.request(acp.methods.agent.initialize, {
    protocolVersion: acp.PROTOCOL_VERSION,
    clientCapabilities: {},
  })
  const { sessionId } = await agent.request(session.new, { cwd: process.cwd(), mcpServers: [] })
  const play = async (text) =>
    (await agent.request(session.prompt, { sessionId, prompt: [{ type: 'text', text }] })).stopReason
  const stopReasons = [await play('A plain turn'), await play('/permission')]
  const slow = play('/slow 1000')
  await agent.notify(session.cancel, { sessionId })
  stopReasons.push(await slow)
  const before = updates.length
  await agent.request(session.load, { sessionId, cwd: process.cwd(), mcpServers: [] })
  const replayed = updates.splice(before)
  const unknown = await agent.request('session/levitate', {}).catch((error) => error.code)
  const kinds = [...new Set(updates)].sort()
  const isOne = sessions.size === 1 && sessions.has(sessionId)
  process.stdout.write(JSON.stringify({ protocolVersion, stopReasons, kinds, replayed, unknown, isOne }))
})
child.stdin.end()
