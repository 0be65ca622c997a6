import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env.BOARDCAST_URL ?? 'http://127.0.0.1:4400'

// The server refuses a foreign Origin: to it, the development server is itself.
const beside = { target: server, changeOrigin: true, headers: { origin: new URL(server).origin } }

export default defineConfig({
  plugins: [react(), tailwindcss()],
  // An inlined asset would be a data: URL or an inline style, which the page's policy refuses.
  build: { assetsInlineLimit: 0, target: 'es2023', modulePreload: { polyfill: false } },
  server: { proxy: { '/api': beside, '/readyz': beside, '/healthz': beside } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
})
