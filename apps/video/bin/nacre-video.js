#!/usr/bin/env node
// Plain and committed: package managers link programs when they install, which is before anything is built.
import "../dist/main.js";
