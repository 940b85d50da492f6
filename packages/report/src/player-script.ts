import { soundTransportScript } from "./sound-transport-script.js";

/**
 * The script of a sound's layers: buttons and keys switch between versions that run in step. Sounds are taken from the
 * page's own audio elements, which stay usable without the script.
 */
export const playerScript = `
(() => {
  ${soundTransportScript}
  const $ = (selector) => [...document.querySelectorAll(selector)];
  const deck = document.querySelector(".deck");
  const sounds = $("audio"), buttons = $("[data-version]"), parts = $(".version");
  const play = deck.querySelector(".play"), seek = deck.querySelector("input"), clock = deck.querySelector("output");
  const duration = Number(seek.max);
  const transport = soundTransport(sounds.map((sound) => sound.src), { seconds: duration, ended: () => show() });
  let chosen = 0, pending = false;
  const toggle = async () => {
    if (pending) return;
    pending = true;
    sounds.forEach((sound) => sound.pause());
    if (transport.playing()) transport.stop();
    else await transport.play();
    pending = false;
    show();
  };
  const choose = (index) => {
    if (!buttons[index]) return;
    chosen = index;
    transport.choose(index);
    show();
  };
  const go = (seconds) => { transport.go(seconds); show(); };
  const show = () => {
    const at = transport.place();
    play.textContent = transport.playing() ? "Pause" : "Play";
    seek.value = at;
    seek.setAttribute("aria-valuetext", at.toFixed(1) + " seconds");
    clock.textContent = at.toFixed(1) + " / " + duration.toFixed(1) + " s";
    document.body.style.setProperty("--at", duration ? at / duration : 0);
    document.body.style.setProperty("--playing", at > 0 ? 0.85 : 0);
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === chosen));
    parts.forEach((part, i) => part.classList.toggle("chosen", i === chosen));
    if (transport.playing()) requestAnimationFrame(show);
  };
  buttons.forEach((button, i) => button.addEventListener("click", () => choose(i)));
  play.addEventListener("click", toggle);
  seek.addEventListener("input", () => go(Number(seek.value)));
  $(".field").forEach((field) => field.addEventListener("click", (event) => {
    const box = field.getBoundingClientRect();
    go((duration * (event.clientX - box.left)) / box.width);
  }));
  sounds.forEach((sound) => sound.addEventListener("play", () => {
    if (transport.playing()) { transport.stop(); show(); }
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
