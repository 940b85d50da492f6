/**
 * Script of pages with sounds. `soundTransport(hrefs, options)` plays all sounds on one clock and lets one through, so
 * switching keeps the place to the sample; sounds that are not in the page itself, whose samples a page from a disk
 * may not read, are played one at a time from the same place (`elementTransport`). Both have one form:
 *
 * buffer(i)    resolves when a sound can be played, to the decoded sound where it can be read
 * play, stop   from and at place(), in seconds of duration()
 * choose(i)    which one is heard; level(gains) sets factors, one a sound
 *
 * options: seconds (length before loading), rate (hertz to decode to), ended (called at the end)
 */
export const soundTransportScript = `
const bufferTransport = (hrefs, { seconds = 0, rate = 48000, ended }) => {
  let context, buffers, running = [], gains = hrefs.map(() => 1);
  let offset = 0, since = 0, chosen = 0, playing = false, length = seconds;
  const place = () => Math.max(0, Math.min(length, playing ? offset + context.currentTime - since : offset));
  const decode = async (href) => {
    const binary = atob(href.slice(href.indexOf(",") + 1));
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
    const buffer = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes.buffer);
    length = Math.max(length, buffer.duration);
    return buffer;
  };
  const decoding = new Map();
  const buffer = (i) => {
    if (!decoding.has(i)) decoding.set(i, decode(hrefs[i]));
    return decoding.get(i);
  };
  const halt = () => {
    for (const { source } of running) { source.onended = null; source.stop(); }
    running = [];
  };
  const start = () => {
    halt();
    running = buffers.map((buffer, i) => {
      const source = new AudioBufferSourceNode(context, { buffer });
      const gain = new GainNode(context, { gain: i === chosen ? gains[i] : 0 });
      source.connect(gain).connect(context.destination);
      return { source, gain: gain.gain };
    });
    since = context.currentTime + 0.02;
    for (const { source } of running) source.start(since, offset);
    const longest = buffers.findIndex((buffer) => buffer.duration === length);
    running[Math.max(0, longest)].source.onended = () => { stop(); offset = 0; ended(); };
  };
  const stop = () => { offset = place(); playing = false; halt(); };
  const play = async () => {
    buffers ??= await Promise.all(hrefs.map((_, i) => buffer(i)));
    context ??= new AudioContext();
    await context.resume();
    if (offset >= length - 0.01) offset = 0;
    start();
    playing = true;
  };
  const mix = () =>
    running.forEach(({ gain }, i) => gain.setTargetAtTime(i === chosen ? gains[i] : 0, context.currentTime, 0.004));
  const go = (to) => { offset = Math.max(0, Math.min(length, to)); if (playing) start(); };
  return {
    buffer, play, stop, place, go,
    choose: (index) => { chosen = index; mix(); },
    level: (factors) => { gains = factors; mix(); },
    playing: () => playing,
    duration: () => length,
    close: () => { halt(); context?.close(); },
  };
};
const elementTransport = (hrefs, { seconds = 0, ended }) => {
  const sounds = hrefs.map((href) => Object.assign(new Audio(href), { preload: "metadata", onended: ended }));
  let chosen = 0;
  const playing = () => !sounds[chosen].paused && !sounds[chosen].ended;
  const duration = () => sounds[chosen].duration || seconds;
  const ready = (sound) => new Promise((resolve, reject) => {
    if (sound.readyState > 0) return resolve();
    sound.addEventListener("loadedmetadata", () => resolve(), { once: true });
    sound.addEventListener("error", () => reject(new Error("cannot be loaded")), { once: true });
  });
  return {
    play: () => sounds[chosen].play(),
    stop: () => sounds.forEach((sound) => sound.pause()),
    place: () => sounds[chosen].currentTime,
    go: (to) => { sounds[chosen].currentTime = to; },
    choose: (index) => {
      if (index === chosen) return;
      const [before, after, was] = [sounds[chosen], sounds[index], playing()];
      after.currentTime = before.currentTime;
      before.pause();
      chosen = index;
      if (was) after.play();
    },
    level: (factors) => sounds.forEach((sound, i) => { sound.volume = Math.min(1, factors[i]); }),
    playing, duration,
    buffer: (i) => ready(sounds[i]),
    close: () => sounds.forEach((sound) => { sound.pause(); sound.removeAttribute("src"); }),
  };
};
const soundTransport = (hrefs, options) =>
  (hrefs.every((href) => href.startsWith("data:")) ? bufferTransport : elementTransport)(hrefs, options);
`;
