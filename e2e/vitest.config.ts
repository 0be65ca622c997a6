import { defineConfig } from 'vitest/config'

// One browser at a time: two cores are enough for it, and for nothing beside it.
export default defineConfig({ test: { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 } })
