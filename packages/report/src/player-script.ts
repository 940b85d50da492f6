/**
 * The page's script: all versions run on one clock and only one is let through, so switching keeps the place to the
 * sample. Sounds are taken from the page's own audio elements, which stay usable without the script.
 */
export const playerScript = `
(() => {
  const $ = (selector) => [...document.querySelectorAll(selector)];
  const deck = document.querySelector(".deck");
  const sounds = $("audio"), buttons = $("[data-version]"), parts = $(".version");
  const play = deck.querySelector(".play"), seek = deck.querySelector("input"), clock = deck.querySelector("output");
  let context, buffers, running = [], offset = 0, since = 0, chosen = 0, playing = false, pending = false;
  const duration = Number(seek.max);
  const place = () => Math.min(duration, playing ? offset + context.currentTime - since : offset);
  const bytes = (audio) => Uint8Array.from(atob(audio.src.split(",")[1]), (c) => c.charCodeAt(0)).buffer;
  const load = async () => {
    if (buffers) return;
    context = new AudioContext();
    buffers = await Promise.all(sounds.map((sound) => context.decodeAudioData(bytes(sound))));
  };
  const halt = () => {
    for (const { source } of running) { source.onended = null; source.stop(); }
    running = [];
  };
  const start = () => {
    halt();
    running = buffers.map((buffer, i) => {
      const source = new AudioBufferSourceNode(context, { buffer });
      const gain = new GainNode(context, { gain: i === chosen ? 1 : 0 });
      source.connect(gain).connect(context.destination);
      return { source, gain: gain.gain };
    });
    since = context.currentTime + 0.02;
    for (const { source } of running) source.start(since, offset);
    running[0].source.onended = () => { stop(); offset = 0; show(); };
  };
  const stop = () => { offset = place(); playing = false; halt(); show(); };
  const toggle = async () => {
    if (pending) return;
    if (playing) return stop();
    pending = true;
    sounds.forEach((sound) => sound.pause());
    await load();
    await context.resume();
    if (offset >= duration - 0.01) offset = 0;
    start();
    playing = true;
    pending = false;
    show();
  };
  const choose = (index) => {
    if (!buttons[index]) return;
    chosen = index;
    running.forEach(({ gain }, i) => gain.setTargetAtTime(i === chosen ? 1 : 0, context.currentTime, 0.004));
    show();
  };
  const go = (seconds) => {
    offset = Math.max(0, Math.min(duration, seconds));
    if (playing) start();
    show();
  };
  const show = () => {
    const at = Math.max(0, place());
    play.textContent = playing ? "Pause" : "Play";
    seek.value = at;
    seek.setAttribute("aria-valuetext", at.toFixed(1) + " seconds");
    clock.textContent = at.toFixed(1) + " / " + duration.toFixed(1) + " s";
    document.body.style.setProperty("--at", duration ? at / duration : 0);
    document.body.style.setProperty("--playing", at > 0 ? 0.85 : 0);
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === chosen));
    parts.forEach((part, i) => part.classList.toggle("chosen", i === chosen));
    if (playing) requestAnimationFrame(show);
  };
  buttons.forEach((button, i) => button.addEventListener("click", () => choose(i)));
  play.addEventListener("click", toggle);
  seek.addEventListener("input", () => go(Number(seek.value)));
  $(".field").forEach((field) => field.addEventListener("click", (event) => {
    const box = field.getBoundingClientRect();
    go((duration * (event.clientX - box.left)) / box.width);
  }));
  sounds.forEach((sound) => sound.addEventListener("play", () => {
    if (playing) stop();
    sounds.forEach((other) => other !== sound && other.pause());
  }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) choose(Number(event.key));
    if (event.key === "[") choose(chosen - 1);
    if (event.key === "]") choose(chosen + 1);
    if (event.key === " " && !event.target.closest("button, input, audio, summary, .scroll")) {
      event.preventDefault();
      toggle();
    }
  });
  deck.hidden = false;
  show();
})();
`;
