import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { Problem } from './api/request.ts'
import { fetchLatePlaces, Places } from './places.tsx'
import './styles.css'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // A refusal stays a refusal; only what didn't arrive is tried again.
      retry: (tries, error) => tries < 3 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <BrowserRouter>
          <Places />
        </BrowserRouter>
      </QueryClientProvider>
    </StrictMode>,
  )
}

const SOON_MS = 1500
setTimeout(fetchLatePlaces, SOON_MS)
