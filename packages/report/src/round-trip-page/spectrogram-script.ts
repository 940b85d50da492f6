/** Spectrograms drawn from decoded sounds: power of Hann windows of 1024, the loudest level within each pixel. */
export const spectrogramScript = `
const range = 80, rows = 180, size = 1024;
const hann = Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
const transform = (re, im) => {
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j]] = [re[j], re[i]];
  }
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const [c, s] = [Math.cos((Math.PI * k) / half), -Math.sin((Math.PI * k) / half)];
      for (let i = k; i < size; i += 2 * half) {
        const o = i + half, x = re[o] * c - im[o] * s, y = re[o] * s + im[o] * c;
        re[o] = re[i] - x; im[o] = im[i] - y; re[i] += x; im[i] += y;
      }
    }
  }
};
const spectrogramLevels = (buffer) => {
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
  const hop = Math.max(size / 4, Math.ceil(buffer.length / 900));
  const columns = Math.max(1, Math.ceil(buffer.length / hop));
  const levels = new Float32Array(rows * columns).fill(-120);
  const re = new Float32Array(size), im = new Float32Array(size), power = new Float32Array(size / 2 + 1);
  for (let x = 0; x < columns; x++) {
    power.fill(0);
    for (const samples of channels) {
      for (let i = 0; i < size; i++) re[i] = (samples[x * hop + i - size / 2] ?? 0) * hann[i];
      im.fill(0);
      transform(re, im);
      for (let k = 0; k <= size / 2; k++) power[k] += (re[k] ** 2 + im[k] ** 2) / channels.length;
    }
    for (let k = 0; k <= size / 2; k++) {
      const at = (rows - 1 - Math.min(rows - 1, Math.floor((k * rows) / (size / 2 + 1)))) * columns + x;
      levels[at] = Math.max(levels[at], 10 * Math.log10(power[k] * 16 / size ** 2 + 1e-12));
    }
  }
  return { levels, columns };
};
const drawSpectrogram = (canvas, { levels, columns }, top) => {
  canvas.width = columns;
  canvas.height = rows;
  const image = new ImageData(columns, rows);
  levels.forEach((level, at) => {
    const colour = 3 * Math.round(255 * Math.min(1, Math.max(0, 1 + (level - top) / range)));
    image.data.set([palette[colour], palette[colour + 1], palette[colour + 2], 255], 4 * at);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
};
const roundTicks = (end, count) => {
  const rough = end / count, decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * [1, 2, 5, 10].find((factor) => factor * decade >= rough * 0.999);
  return Array.from({ length: Math.floor((0.95 * end) / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
};
const spectrogramFigure = (title) => {
  const canvas = el("canvas", { role: "img" });
  const heights = el("div", { class: "frequencies", "aria-hidden": "true" });
  const times = el("div", { class: "times", "aria-hidden": "true" });
  const field = el("div", { class: "field" }, canvas, el("i", { class: "cursor", "aria-hidden": "true" }));
  const caption = el("figcaption", {}, title);
  const node = el("figure", { class: "sound" }, caption, el("div", { class: "picture" }, heights, field, times));
  const draw = (buffer, levels, top, name) => {
    const kilohertz = buffer.sampleRate / 2000, seconds = buffer.duration;
    drawSpectrogram(canvas, levels, top);
    caption.textContent = name;
    canvas.setAttribute("aria-label", "Spectrogram of " + name + ": " + seconds.toFixed(1) + " seconds from left to right, 0 to " + kilohertz.toFixed(1) + " kilohertz from bottom to top, lighter is louder, " + range + " decibels in all.");
    const place = (share) => (100 * share).toFixed(2) + "%";
    heights.replaceChildren(el("b", {}, "kHz"), ...roundTicks(kilohertz, 4).map((f) => el("span", { style: "bottom:" + place(f / kilohertz) }, f)));
    times.replaceChildren(...roundTicks(seconds, 5).map((t) => el("span", { style: "left:" + place(t / seconds) }, t)), el("b", {}, "s"));
  };
  return { node, field, draw };
};
`;
