import { expect, test } from "vitest";
import { copyrightOf, parseCopyright } from "./debian-copyright.js";

const parts = parseCopyright(`Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: A game
Files-Excluded:
 base/music/gone.ogg

Files: *
Copyright: 2002-2014, The Team
License: GPL-2+

Files:
 base/music/a+b.ogg
 base/music/theme?.ogg
Copyright:
 2013 Ann Other <ann@example.org>
 Bob
License: CC-BY-3.0
 You may do this and that.

Files: base/music/theme2.ogg
Copyright: Carl
License: CC0

License: GPL-2+
 Long words.
`);

test.each([
  ["base/sound/door.ogg", "GPL-2+", "The Team"],
  ["base/music/a+b.ogg", "CC-BY-3.0", "Ann Other <ann@example.org>, Bob"],
  ["base/music/aab.ogg", "GPL-2+", "The Team"],
  ["base/music/theme1.ogg", "CC-BY-3.0", "Ann Other <ann@example.org>, Bob"],
  ["base/music/theme2.ogg", "CC0", "Carl"],
])("of what a copyright file says, the last that covers %s holds", (path, licence, holders) => {
  expect(copyrightOf(parts, path)).toMatchObject({ licence, holders });
});

test("a path that nothing covers has no copyright", () => {
  expect(copyrightOf(parts.slice(1), "base/sound/door.ogg")).toBeUndefined();
});
