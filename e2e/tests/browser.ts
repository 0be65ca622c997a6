/** Debian's browser, watched: a page says nothing on the console, breaks no policy and asks nobody else. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

let browser: Browser | null = null

export const closeBrowser = async (): Promise<void> => {
  await browser?.close()
  browser = null
}

export interface Tab {
  readonly page: Page
  /** Fails if the page said anything, broke its policy or asked another server. */
  readonly isClean: () => Promise<void>
  /** The same, but for what the browser itself says of a server that is away. */
  readonly isCleanButForOutages: () => Promise<void>
}

/** A page in a context of its own: another visitor. */
export const open = async (url: string, options: BrowserContextOptions = {}): Promise<Tab> => {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS })
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  const said: string[] = []
  const outages: string[] = []
  page.on('console', (message) => {
    const isOutage = message.text().startsWith('Failed to load resource: net::ERR_')
    ;(isOutage ? outages : said).push(message.text())
  })
  page.on('pageerror', (error) => said.push(error.message))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) said.push(`asked ${request.url()}`)
  })
  await page.addInitScript(() => {
    Object.assign(window, { violations: [] })
    document.addEventListener('securitypolicyviolation', (event) => {
      Reflect.get(window, 'violations').push(`${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  await page.goto(url)
  const isCleanButForOutages = async () => {
    expect(await page.evaluate(() => Reflect.get(window, 'violations'))).toEqual([])
    expect(said).toEqual([])
  }
  return {
    page,
    isCleanButForOutages,
    isClean: async () => {
      await isCleanButForOutages()
      expect(outages).toEqual([])
    },
  }
}
