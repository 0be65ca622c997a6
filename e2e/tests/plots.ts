/** What is seen of a plot: its pixels. */
import type { Locator } from 'playwright-core'

export interface Seen {
  /** How many pixels have the colour of its marks. */
  marks: number
  /** How light the marks and what is behind them are, 0 to 255. */
  markLight: number
  groundLight: number
}

/** Counts on a picture of it, so that nothing that is hidden or has the colour of its ground counts. */
export const seen = async (plot: Locator): Promise<Seen> => {
  const picture = (await plot.screenshot()).toString('base64')
  return plot.evaluate(async (figure, base64) => {
    const image = new Image()
    image.src = `data:image/png;base64,${base64}`
    await image.decode()
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d', { willReadFrequently: true })
    const mark = figure.querySelector('.fill-current')
    if (pen === null || mark === null) throw new Error('nothing to see')
    const colour = (css: string) => {
      pen.fillStyle = css
      pen.fillRect(0, 0, 1, 1)
      return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)]
    }
    const light = ([red = 0, green = 0, blue = 0]: number[]) => 0.299 * red + 0.587 * green + 0.114 * blue
    const wanted = colour(getComputedStyle(mark).fill)
    const ground = colour(getComputedStyle(figure).backgroundColor)
    pen.drawImage(image, 0, 0)
    const { data } = pen.getImageData(0, 0, image.width, image.height)
    let marks = 0
    for (let at = 0; at < data.length; at += 4) {
      if (wanted.every((value, channel) => Math.abs(value - (data[at + channel] ?? 0)) < 8)) marks++
    }
    return { marks, markLight: light(wanted), groundLight: light(ground) }
  }, picture)
}
