// The contrast of a page as it is painted: of every text with what lies behind it, and of the parts of controls that must be seen. WCAG 2.2,
// success criteria 1.4.3 (4.5:1; 3:1 for large text) and 1.4.11 (3:1 for what is needed to recognise a control or a figure).
import type { Page } from "playwright-core";

/** Too little of it. `over`: what lies behind, from the page upwards. */
export type PaleSpot = {
  readonly what: string;
  readonly color: string;
  readonly over: string;
  readonly ratio: number;
  readonly least: number;
};

type Spot = {
  what: string;
  color: string;
  /** Backgrounds from the page to the element, each as CSS. */
  layers: string[];
  /** Of the element and all around it, multiplied. */
  opacity: number;
  sizePx: number;
  weight: number;
  isText: boolean;
};
type Rgb = readonly [number, number, number];

/** @returns how many spots were measured, and those that are too pale. */
export async function paleSpots(page: Page): Promise<{ measured: number; pale: PaleSpot[] }> {
  const spots = (await page.evaluate(collectSpots)) as Spot[];
  const pale = spots.flatMap((spot): PaleSpot[] => {
    const over = spot.layers.reduce<Rgb>((below, layer) => paint(layer, below, 1), [255, 255, 255]);
    const ratio = contrast(paint(spot.color, over, spot.opacity), over);
    const isLarge = spot.sizePx >= 24 || (spot.sizePx >= 18.66 && spot.weight >= 700);
    const least = !spot.isText || isLarge ? 3 : 4.5;
    const { what, color } = spot;
    return ratio >= least ? [] : [{ what, color, over: `rgb(${over.map(Math.round).join(", ")})`, ratio: Number(ratio.toFixed(2)), least }];
  });
  return { measured: spots.length, pale };
}

function paint(css: string, below: Rgb, opacity: number): Rgb {
  const [r = 0, g = 0, b = 0, alpha = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
  const share = alpha * opacity;
  const mix = (over: number, under: number): number => share * over + (1 - share) * under;
  return [mix(r, below[0]), mix(g, below[1]), mix(b, below[2])];
}

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance([r, g, b]: Rgb): number {
  const linear = (channel: number): number => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

// In the page. Disabled controls are left out, as the criteria do. Parts: borders of fields, which nothing else shows; bars and the lines of a key.
const collectSpots = `(() => {
  const chain = (element) => {
    const all = [];
    for (let one = element; one !== null; one = one.parentElement) all.unshift(one);
    return all;
  };
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible" && element.closest(":disabled") === null;
  };
  const spotOf = (element, what, color, behind, isText) => {
    const style = getComputedStyle(element);
    return {
      what, color, isText,
      layers: chain(behind).map((one) => getComputedStyle(one).backgroundColor),
      opacity: chain(element).reduce((share, one) => share * Number(getComputedStyle(one).opacity), 1),
      sizePx: parseFloat(style.fontSize),
      weight: Number(style.fontWeight),
    };
  };
  const spots = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.data.trim();
    if (text === "" || !isSeen(element)) continue;
    spots.push(spotOf(element, text.slice(0, 60), getComputedStyle(element).color, element, true));
  }
  for (const field of document.querySelectorAll("input, textarea, select")) {
    if (!isSeen(field)) continue;
    const style = getComputedStyle(field);
    spots.push(spotOf(field, "border of " + field.id, style.borderTopColor, field.parentElement, false));
    spots.push(spotOf(field, "text of " + field.id, style.color, field, true));
    if (field.placeholder) spots.push(spotOf(field, "placeholder of " + field.id, getComputedStyle(field, "::placeholder").color, field, true));
  }
  for (const bar of document.querySelectorAll(".bar-fill"))
    if (isSeen(bar)) spots.push(spotOf(bar, "bar", getComputedStyle(bar).backgroundColor, bar.parentElement, false));
  for (const bar of document.querySelectorAll("progress"))
    if (isSeen(bar)) spots.push(spotOf(bar, "progress", getComputedStyle(bar).accentColor, bar.parentElement, false));
  for (const line of document.querySelectorAll(".key i")) {
    if (!isSeen(line)) continue;
    const style = getComputedStyle(line);
    const color = parseFloat(style.borderTopWidth) > 0 ? style.borderTopColor : style.borderLeftColor;
    spots.push(spotOf(line, "key", color, line.parentElement, false));
  }
  return spots;
})()`;
