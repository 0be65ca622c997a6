import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Server } from './server.ts'

const server = new Server()

beforeAll(async () => {
  await server.start()
  await server.make('/agents', { agent: 'worker', protocol: 'command', command: '/bin/true' })
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

test('a profile is made by its fields, told what is wrong at each, and keeps values that are never shown', async () => {
  const { page, isClean } = await open(`${server.url}/agents`)
  const agent = page.getByRole('region', { name: 'worker' })
  await agent.getByRole('button', { name: 'New profile' }).click()
  await agent.getByRole('textbox', { name: 'Label' }).fill('Careful')
  await agent.getByRole('textbox', { name: 'Model' }).fill('large')
  await agent.getByRole('textbox', { name: 'Time limit' }).fill('soon')
  const limit = agent.getByRole('textbox', { name: 'Time limit' })
  expect(await limit.getAttribute('aria-invalid')).toBe('true')
  await agent.getByText('A number of minutes above 0, or nothing.').waitFor()
  await limit.fill('30')
  await agent.getByRole('combobox').selectOption('allowReads')
  await agent.getByRole('textbox', { name: 'Prompt' }).fill('Do {{title}}, with tests.')
  await agent.getByRole('textbox', { name: 'Environment' }).fill('9TH=x')
  await agent.getByText('"9TH" is no name').waitFor()
  await agent.getByRole('textbox', { name: 'Environment' }).fill('KEY=a value that is kept')
  await agent.getByRole('button', { name: 'Add profile' }).click()
  await agent.getByText('large · Allow reading, ask for the rest · 30 min · KEY · own prompt').waitFor()

  const profiles = async () => (await (await server.call('GET', '/agent-profiles')).json()).agentProfiles
  const config = {
    model: 'large',
    timeLimit: 1800,
    permissionPolicy: 'allowReads',
    promptTemplate: 'Do {{title}}, with tests.',
    env: ['KEY'],
  }
  expect(await profiles()).toMatchObject([{ label: 'Careful', agent: 'worker', config }])

  await agent.getByRole('button', { name: 'Edit Careful' }).click()
  expect(await agent.getByRole('textbox', { name: 'Environment' }).inputValue()).toBe('KEY')
  await agent.getByRole('textbox', { name: 'Model' }).fill('')
  await agent.getByRole('button', { name: 'Save' }).click()
  await agent.getByText('Allow reading, ask for the rest · 30 min · KEY · own prompt', { exact: true }).waitFor()
  const { model: _, ...others } = config
  expect((await profiles())[0].config).toEqual(others)
  expect(await page.content()).not.toContain('a value that is kept')
  await isClean()
})
