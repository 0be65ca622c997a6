// Runs before the first paint, so that no page flashes in the wrong theme. `src/ui/theme.ts` writes what is read here.
;(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    let chosen = 'system'
    try {
      chosen = localStorage.getItem('boardcast.theme') ?? 'system'
    } catch {
      // Storage may be forbidden; the system's theme then stands.
    }
    const theme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light'
    document.documentElement.dataset.theme = theme
  }
  apply()
  dark.addEventListener('change', apply)
  addEventListener('storage', apply)
  addEventListener('boardcast:theme', apply)
})()
