import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { repository } from './repository.ts'
import { Server } from './server.ts'

const server = new Server()

beforeAll(async () => {
  await server.start()
  await server.make('/agents', { agent: 'worker', protocol: 'command', command: '/bin/cat' })
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

const field = (page: Page, name: string) => page.getByRole('region', { name: 'worker' }).getByRole('textbox', { name })
const profiles = async () => (await (await server.call('GET', '/agent-profiles')).json()).agentProfiles

test('a profile is made by its fields, told what is wrong at each, and keeps values that are never shown', async () => {
  const { page, isClean } = await open(`${server.url}/agents`)
  const agent = page.getByRole('region', { name: 'worker' })
  await agent.getByRole('button', { name: 'New profile' }).click()
  await field(page, 'Label').fill('Careful')
  await field(page, 'Model').fill('large')
  await field(page, 'Time limit').fill('soon')
  expect(await field(page, 'Time limit').getAttribute('aria-invalid')).toBe('true')
  await agent.getByText('A number of minutes above 0').waitFor()
  await field(page, 'Time limit').fill('30')
  await agent.getByRole('combobox').selectOption('allow-reads')
  await field(page, 'Prompt').fill('Do {{titel}}, with tests.')
  await agent.getByText('{{titel}} is no field of a card.').waitFor()
  await field(page, 'Prompt').fill('Do {{title}}, with tests.')
  await field(page, 'Environment').fill('9TH=x')
  await agent.getByText('"9TH" is no name').waitFor()
  await field(page, 'Environment').fill('KEY=a value that is kept')
  await agent.getByRole('button', { name: 'Add profile' }).click()
  await agent.getByText('large · Allow reading, ask for the rest · 30 min · KEY · own prompt').waitFor()

  const config = {
    model: 'large',
    timeLimitSeconds: 1800,
    permissionPolicy: 'allow-reads',
    promptTemplate: 'Do {{title}}, with tests.',
    env: ['KEY'],
  }
  expect(await profiles()).toMatchObject([{ label: 'Careful', agent: 'worker', config }])

  await agent.getByRole('button', { name: 'Edit Careful' }).click()
  expect(await field(page, 'Environment').inputValue()).toBe('KEY')
  await field(page, 'Model').fill('')
  await agent.getByRole('button', { name: 'Save' }).click()
  await agent.getByText('Allow reading, ask for the rest · 30 min · KEY · own prompt', { exact: true }).waitFor()
  const { model: _, ...others } = config
  expect((await profiles())[0].config).toEqual(others)
  expect(await page.content()).not.toContain('a value that is kept')
  await isClean()
})

test('what only the server finds wrong is told at its field, too', async () => {
  const { page } = await open(`${server.url}/agents`)
  const agent = page.getByRole('region', { name: 'worker' })
  await agent.getByRole('button', { name: 'New profile' }).click()
  await field(page, 'Model').fill('x'.repeat(201))
  await agent.getByRole('button', { name: 'Add profile' }).click()
  await agent.getByRole('alert').getByText('Must have 1 to 200 characters').waitFor()
  expect(await field(page, 'Model').getAttribute('aria-invalid')).toBe('true')
  await field(page, 'Model').fill('')
  await field(page, 'More arguments').fill(`-v\nghp_${'aB3dE5gH7jK9'.repeat(3)}`)
  await agent.getByRole('button', { name: 'Add profile' }).click()
  await agent.getByRole('alert').getByText('Looks like a secret').waitFor()
  expect(await field(page, 'More arguments').getAttribute('aria-invalid')).toBe('true')
  expect(await profiles()).toHaveLength(1)
})

test('an attempt shows the profile that it ran with as it was', async () => {
  const repositoryPath = repository(server.dir)
  const boardId = (await server.make('/boards', { name: 'Profiled', repositoryPath })).id
  const { id } = await server.make(`/boards/${boardId}/cards`, { title: 'Say it' })
  const { page, isClean } = await open(`${server.url}/boards/${boardId}/cards/${id}`)
  await page.getByRole('button', { name: 'Start an attempt' }).click()
  const form = page.getByRole('form', { name: 'Start an attempt' })
  await form.getByRole('combobox', { name: 'Agent' }).selectOption({ label: 'worker: Careful' })
  expect(await form.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe('Do Say it, with tests.')
  await form.getByRole('button', { name: 'Start', exact: true }).click()
  const panel = page.getByRole('complementary', { name: 'Attempt' })
  await panel.getByText('Succeeded').waitFor()
  const [{ profileId }] = await profiles()
  await server.call('DELETE', `/agent-profiles/${profileId}`)
  await page.reload()
  await panel.getByText('With the profile Careful as it was: Allow reading, ask for the rest · 30 min').waitFor()
  await panel.getByRole('tab', { name: 'Log' }).click()
  await panel.getByText('Do Say it, with tests.').waitFor()
  await isClean()
})
