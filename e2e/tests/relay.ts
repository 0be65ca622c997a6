/** A relay between page and server that can be told to cut, to stall and to let through. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export class Relay {
  url = ''
  isStalled = false
  isDown = false
  readonly #target: URL
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing))
    this.#server.on('connection', (socket) => {
      if (this.isDown) socket.destroy()
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  start(): Promise<void> {
    return new Promise((done) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address()
        this.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
        done()
      })
    })
  }

  /** Everything that is open breaks. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  end(): void {
    this.cut()
    this.#server.close()
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { hostname, port } = this.#target
    // The page's origin is ours; the server is told its own, as a relay with --public-url would not need to.
    const { origin: _, ...headers } = incoming.headers
    const onward = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers: { ...headers, host: this.#target.host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.on('data', (bytes) => this.isStalled || outgoing.write(bytes))
        answer.on('end', () => this.isStalled || outgoing.end())
        answer.on('error', () => outgoing.destroy())
      },
    )
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }
}
