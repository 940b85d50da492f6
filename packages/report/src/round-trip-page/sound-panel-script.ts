/** The panel of a sound: all versions on one clock at one loudness, and the spectrograms of what is compared. */
export const soundPanelScript = `
const matched = (steps) => {
  const gains = steps.map(({ media }) => media.gain ?? 0);
  const most = Math.max(...gains);
  return gains.map((gain) => gain - most);
};
const soundPanel = (file) => {
  const controls = versionControls(file, () => changed());
  const { versions } = controls;
  if (versions.length === 0) return { node: el("p", { class: "quiet" }, "The report holds no sounds of this file."), key: () => false, close: () => {} };
  const steps = versions.flatMap((version) => version.steps);
  const rate = Number(file.facts.sampleRate);
  const transport = soundTransport(steps.map(({ media }) => media.href), { rate: rate >= 8000 && rate <= 96000 ? rate : 48000, ended: () => show() });
  const play = el("button", { type: "button", class: "play", click: () => toggle() }, "Play");
  const seek = el("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0, "aria-label": "Position", input: () => { transport.go(Number(seek.value)); show(); } });
  const clock = el("output", {});
  const match = el("input", { type: "checkbox", checked: true, change: () => level() });
  const told = el("output", { class: "told", "aria-live": "polite" });
  const figures = [spectrogramFigure(""), spectrogramFigure("")];
  const unread = el("p", { class: "quiet", hidden: true }, "There are no spectrograms: a page may not read the samples of sounds that lie beside it.");
  const pictures = el("div", { class: "pair-of" }, ...figures.map(({ node }) => node));
  const node = el("div", { class: "panel-of" },
    el("div", { class: "row" }, play, seek, clock), controls.table, controls.steps, controls.pair, pictures, unread);
  controls.pair.append(el("label", { class: "check" }, match, "One loudness"), told);
  const index = (version) => steps.indexOf(version.steps[version.at]);
  const decibels = matched(steps);
  const unreadable = "These sounds cannot be read here; where they lie in a folder, it belongs beside the page.";
  let closed = false;
  const cached = new Map();
  const pictureOf = async (at) => {
    const buffer = await transport.buffer(at);
    if (buffer && !cached.has(at)) cached.set(at, { buffer, levels: spectrogramLevels(buffer) });
    return cached.get(at);
  };
  const level = () => {
    transport.level(decibels.map((gain) => (match.checked ? 10 ** (gain / 20) : 1)));
    const gain = decibels[index(controls.current())];
    told.textContent = match.checked ? "played " + decimal(gain, 1) + " dB, so that all are equally loud" : "played as they are";
  };
  let turn = 0;
  const draw = async () => {
    const now = ++turn;
    const pair = [controls.other(), controls.current()];
    const names = pair.map((version, i) => (i ? "B " : "A ") + versionName(version));
    const [first, ...drawn] = await Promise.all([versions[0], ...pair].map((version) => pictureOf(index(version))));
    if (closed || now !== turn) return;
    pictures.hidden = !first;
    unread.hidden = Boolean(first);
    show();
    if (!first) return;
    const top = first.levels.levels.reduce((most, value) => Math.max(most, value), -120);
    drawn.forEach(({ buffer, levels }, i) => figures[i].draw(buffer, levels, top, names[i]));
    figures[0].node.hidden = pair[0] === pair[1];
  };
  const changed = () => {
    transport.choose(index(controls.current()));
    level();
    draw().catch(() => { told.textContent = unreadable; });
  };
  const show = () => {
    if (closed) return;
    const at = transport.place(), duration = transport.duration();
    play.textContent = transport.playing() ? "Pause" : "Play";
    seek.max = duration;
    seek.value = at;
    seek.setAttribute("aria-valuetext", at.toFixed(1) + " seconds");
    clock.textContent = at.toFixed(1) + " / " + duration.toFixed(1) + " s";
    node.style.setProperty("--at", duration ? at / duration : 0);
    node.style.setProperty("--playing", at > 0 ? 0.85 : 0);
    if (transport.playing()) requestAnimationFrame(show);
  };
  const toggle = async () => {
    try {
      if (transport.playing()) transport.stop();
      else await transport.play();
    } catch {
      told.textContent = unreadable;
    }
    show();
  };
  figures.forEach(({ field }) => field.addEventListener("click", (event) => {
    const box = field.getBoundingClientRect();
    transport.go((transport.duration() * (event.clientX - box.left)) / box.width);
    show();
  }));
  pictures.hidden = true;
  controls.show();
  show();
  const key = (pressed) => {
    if (pressed !== " ") return controls.key(pressed);
    toggle();
    return true;
  };
  return { node, key, close: () => { closed = true; transport.close(); } };
};
`;
