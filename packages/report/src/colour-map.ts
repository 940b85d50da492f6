/**
 * 256 colours from night blue over teal and rose to pearl, [256, 3]. Lightness in OKLab rises evenly, so equal steps
 * of level look equal, in grey and to the colour-blind too; only hue and chroma are a matter of taste.
 */
export function nacreColours(): Uint8Array {
  const palette = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const t = i / 255;
    const lightness = 0.14 + 0.83 * t;
    const hue = (265 + 165 * t) * (Math.PI / 180); // blue 265, violet 310, rose 360, sand 70
    const chroma = 0.155 * Math.sin(Math.PI * Math.min(1, 0.12 + 0.85 * t)) ** 0.8;
    palette.set(oklabToRgb(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)), 3 * i);
  }
  return palette;
}

/** OKLab to sRGB bytes; Ottosson 2020, "A perceptual color space for image processing". */
function oklabToRgb(lightness: number, a: number, b: number): number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map(gammaByte);
}

function gammaByte(linear: number): number {
  const light = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
}
