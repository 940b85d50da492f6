import { nacreColours } from "../colour-map.js";
import { soundTransportScript } from "../sound-transport-script.js";
import { fileListScript } from "./file-list-script.js";
import { pageScript } from "./page-script.js";
import { picturePanelScript } from "./picture-panel-script.js";
import { soundPanelScript } from "./sound-panel-script.js";
import { spectrogramScript } from "./spectrogram-script.js";
import { versionsScript } from "./versions-script.js";

/** All scripts of the page in one scope, in the order in which they need each other. */
export const roundTripScript = `
(() => {
const palette = Uint8Array.from(atob("${Buffer.from(nacreColours()).toString("base64")}"), (c) => c.charCodeAt(0));
${[pageScript, soundTransportScript, spectrogramScript, versionsScript, soundPanelScript, picturePanelScript, fileListScript].join("")}
})();
`;
